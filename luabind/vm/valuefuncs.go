package vm

import (
	"fmt"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// ValueFunctions are the functions of the module `etl` that make values of our
// own types and calculate with them, by name. All are pure: the same arguments
// give the same result, in every phase and worker. They may be shared by states.
func ValueFunctions() map[string]lua.LGFunction {
	m := &moments{zones: newCache[*time.Location](), layouts: newCache[record.Layout]()}
	out := map[string]lua.LGFunction{
		"decimal":     converter(value.ToDecimal),
		"int":         converter(value.ToInt),
		"float":       converter(value.ToFloat),
		"idiv":        func(L *lua.LState) int { return pushResult(L)(value.IntegerQuotient(L.Get(1), L.Get(2))) },
		"round":       roundValue,
		"is_null":     func(L *lua.LState) int { L.Push(lua.LBool(value.IsNull(L.Get(1)))); return 1 },
		"array":       makeArray,
		"parse_date":  m.parse,
		"format_date": m.format,
	}
	for _, kind := range []record.Kind{record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval} {
		out[kind.String()] = m.constructor(kind)
	}
	return out
}

func converter(convert func(lua.LValue) (lua.LValue, *diag.Diagnostic)) lua.LGFunction {
	return func(L *lua.LState) int { return pushResult(L)(convert(L.Get(1))) }
}

// roundValue is etl.round(x, places, mode). Places default to 0, the mode to
// "half_up".
func roundValue(L *lua.LState) int {
	const most = 400 // more digits no number has
	places := optInteger(L, 2, 0)
	if places < -most || places > most {
		L.ArgError(2, fmt.Sprintf("places are %d to %d", -most, most))
	}
	mode, err := value.RoundingOf(L.OptString(3, ""))
	if err != nil {
		L.ArgError(3, err.Error())
	}
	return pushResult(L)(value.Round(L.Get(1), places, mode))
}

// makeArray is etl.array(t): the table itself, marked as a list, so that it is
// one in JSON even when it is empty.
func makeArray(L *lua.LState) int {
	t := L.OptTable(1, nil)
	if t == nil {
		t = L.CreateTable(0, 0)
	}
	if t.Metatable != lua.LNil && !value.IsArray(t) {
		L.ArgError(1, "a table with a metatable is no array")
	}
	t.Metatable = value.ArrayMark(L)
	L.Push(t)
	return 1
}

// moments are the functions of dates and times. They keep compiled formats and
// zones.
type moments struct {
	zones   *lru.Cache[string, *time.Location]
	layouts *lru.Cache[string, record.Layout]
}

func newCache[V any]() *lru.Cache[string, V] {
	const most = 256
	c, _ := lru.New[string, V](most) // fails for sizes below 1 only
	return c
}

// constructor is etl.date(v) and its like; timestamps take a zone behind it.
func (m *moments) constructor(kind record.Kind) lua.LGFunction {
	return func(L *lua.LState) int {
		return pushResult(L)(value.ToTemporal(kind, L.Get(1), m.zone(L, 2)))
	}
}

// parse is etl.parse_date(text, format, zone).
func (m *moments) parse(L *lua.LState) int {
	return pushResult(L)(value.ParseMoment(L.CheckString(1), m.layout(L, 2), m.zone(L, 3)))
}

// format is etl.format_date(v, format, zone).
func (m *moments) format(L *lua.LState) int {
	text, d := value.FormatMoment(L.Get(1), m.layout(L, 2), m.zone(L, 3))
	return pushResult(L)(lua.LString(text), d)
}

// zone is argument i as a zone; nil where it is missing.
func (m *moments) zone(L *lua.LState, i int) *time.Location {
	if L.Get(i) == lua.LNil {
		return nil
	}
	name := L.CheckString(i)
	if loc, ok := m.zones.Get(name); ok {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		Raise(L, diag.Errorf("value.zone", diag.Pos{}, "there is no zone %q", name).
			WithHint(`zones are named as in "Europe/Berlin" and "UTC"`))
	}
	m.zones.Add(name, loc)
	return loc
}

// layout is argument i as a format of dates.
func (m *moments) layout(L *lua.LState, i int) record.Layout {
	format := L.CheckString(i)
	if l, ok := m.layouts.Get(format); ok {
		return l
	}
	l, err := record.NewLayout(format)
	if err != nil {
		Raise(L, diag.Errorf("value.format", diag.Pos{}, "%w", err).WithHint("formats are those of strftime, as in %s", "%d.%m.%Y %H:%M:%S"))
	}
	m.layouts.Add(format, l)
	return l
}
