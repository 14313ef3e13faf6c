package vm

import (
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// openOs adds the part of the library os that reads the clock. It works in UTC,
// whatever the zone of the machine.
func (s *State) openOs() {
	started := s.clock()
	s.setLibrary("os", map[string]lua.LGFunction{
		"clock":    func(L *lua.LState) int { return pushNumber(L, s.clock().Sub(started).Seconds()) },
		"date":     s.osDate,
		"difftime": func(L *lua.LState) int { return pushNumber(L, number(L, 1)-number(L, 2)) },
		"time":     s.osTime,
	})
}

// now is the time that the script sees.
func (s *State) now() time.Time {
	if !s.fixed.IsZero() {
		return s.fixed.UTC()
	}
	return s.clock().UTC()
}

// clock is the time as it passes.
func (s *State) clock() time.Time {
	if s.options.Now != nil {
		return s.options.Now()
	}
	return time.Now()
}

// osTime is time(), or time of a table with year, month, day, hour, min, sec.
func (s *State) osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return pushNumber(L, float64(s.now().Unix()))
	}
	t := L.CheckTable(1)
	field := func(name string, missing int) int {
		v := t.RawGetString(name)
		if v == lua.LNil && missing >= 0 {
			return missing
		}
		n, ok := numeral(L, v)
		if !ok {
			L.RaiseError("field '%s' missing in date table", name)
		}
		return truncated(n)
	}
	at := time.Date(field("year", -1), time.Month(field("month", -1)), field("day", -1),
		field("hour", 12), field("min", 0), field("sec", 0), 0, time.UTC)
	return pushNumber(L, float64(at.Unix()))
}

// osDate is date(format, time).
func (s *State) osDate(L *lua.LState) int {
	if layout, ok := L.Get(1).(lua.LString); ok {
		s.meter.spend(L, int64(len(layout)))
	}
	format, at := "%c", s.now()
	if L.Get(1) != lua.LNil {
		format = strings.TrimPrefix(text(L, 1), "!")
	}
	if L.Get(2) != lua.LNil {
		at = time.Unix(int64(integer(L, 2)), 0).UTC()
	}
	if strings.HasPrefix(format, "*t") {
		L.Push(dateTable(L, at))
		return 1
	}
	L.Push(lua.LString(s.formatDate(L, format, at)))
	return 1
}

func dateTable(L *lua.LState, at time.Time) *lua.LTable {
	t := L.CreateTable(0, 9)
	for _, f := range []struct {
		name  string
		value int
	}{
		{"year", at.Year()},
		{"month", int(at.Month())},
		{"day", at.Day()},
		{"hour", at.Hour()},
		{"min", at.Minute()},
		{"sec", at.Second()},
		{"wday", int(at.Weekday()) + 1},
		{"yday", at.YearDay()},
	} {
		t.RawSetString(f.name, lua.LNumber(f.value))
	}
	t.RawSetString("isdst", lua.LFalse)
	return t
}

// formatDate is strftime in English.
func (s *State) formatDate(L *lua.LState, format string, at time.Time) string {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(format, "%")
		b.WriteString(plain)
		if !found || b.Len() > maxText {
			s.checkSize(L, b.Len())
			return b.String()
		}
		if rest == "" {
			L.ArgError(1, "invalid conversion '%'")
		}
		b.WriteString(dateField(L, rest[0], at))
		format = rest[1:]
	}
}

func dateField(L *lua.LState, verb byte, at time.Time) string {
	if layout, ok := strings.CutPrefix(dateLayout(verb), "="); ok {
		return at.Format(layout)
	}
	switch verb {
	case 'j':
		return fmt.Sprintf("%03d", at.YearDay())
	case 'w':
		return fmt.Sprint(int(at.Weekday()))
	case '%':
		return "%"
	}
	L.ArgError(1, fmt.Sprintf("invalid conversion '%%%c'", verb))
	return ""
}

// dateLayout is "=" and Go's layout of a conversion, "" where Go has none.
func dateLayout(verb byte) string {
	switch verb {
	case 'a':
		return "=Mon"
	case 'A':
		return "=Monday"
	case 'b', 'h':
		return "=Jan"
	case 'B':
		return "=January"
	case 'c':
		return "=Mon Jan _2 15:04:05 2006"
	case 'd':
		return "=02"
	case 'D', 'x':
		return "=01/02/06"
	case 'F':
		return "=2006-01-02"
	case 'H':
		return "=15"
	case 'I':
		return "=03"
	case 'm':
		return "=01"
	case 'M':
		return "=04"
	case 'p':
		return "=PM"
	case 'S':
		return "=05"
	case 'T', 'X':
		return "=15:04:05"
	case 'y':
		return "=06"
	case 'Y':
		return "=2006"
	case 'z':
		return "=-0700"
	case 'Z':
		return "=MST"
	}
	return ""
}

// FixTime makes os.time and os.date give this time from now on.
func (s *State) FixTime(now time.Time) { s.fixed = now }
