package value

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// ToTemporal is etl.date, etl.time, etl.datetime, etl.timestamp or etl.interval
// of v: an ISO text, a table of parts such as { year = 2013, month = 1, day = 31
// }, or a date or time that tells what the kind needs. A timestamp that is
// written without a zone is what clocks in loc showed; a nil loc is UTC. loc is
// also where a timestamp has its date and time of day.
func ToTemporal(kind record.Kind, v lua.LValue, loc *time.Location) (lua.LValue, *diag.Diagnostic) {
	switch x := v.(type) {
	case lua.LString:
		return parseTemporal(kind, string(x), loc)
	case *lua.LTable:
		if kind == record.Interval {
			return intervalOf(x)
		}
		return momentOf(kind, x, loc)
	case Temporal:
		if out, ok := x.as(kind, loc); ok {
			return out, nil
		}
	}
	return nil, noConversion(v, kind.String())
}

func parseTemporal(kind record.Kind, text string, loc *time.Location) (lua.LValue, *diag.Diagnostic) {
	if kind == record.Timestamp {
		n, err := record.ParseTimestamp(text, loc)
		if err != nil {
			return nil, noText(lua.LString(text), kind.String(), err)
		}
		return Temporal{kind, n}, nil
	}
	x, err := record.Parse(record.Of(kind), text)
	if err != nil {
		return nil, noText(lua.LString(text), kind.String(), err)
	}
	return Temporal{kind, x.Int()}, nil
}

// as is a date or time as another kind: what the other kind has no room for is
// left out, and a date is its midnight.
func (v Temporal) as(kind record.Kind, loc *time.Location) (lua.LValue, bool) {
	if v.Kind == kind {
		return v, true
	}
	shown, ok := v.shown(loc)
	if !ok || kind == record.Time && v.Kind == record.Date {
		return nil, false
	}
	days, clock := shown.Div(MakeWide(microsPerDay)), shown.Mod(MakeWide(microsPerDay))
	n, ok := shown.Int64()
	switch kind {
	case record.Date:
		n, ok = days.Int64()
	case record.Time:
		n, ok = clock.Int64()
	case record.Timestamp:
		out, d := parseTemporal(kind, Temporal{record.Datetime, n}.String(), loc)
		return out, ok && d == nil
	case record.Interval:
		return nil, false
	}
	return Temporal{kind, n}, ok
}

// shown is what a clock and a calendar show, in microseconds since
// 1970-01-01T00:00:00; a timestamp is shown in loc.
func (v Temporal) shown(loc *time.Location) (Wide, bool) {
	n := MakeWide(v.N)
	switch v.Kind {
	case record.Date:
		return n.Mul(MakeWide(microsPerDay))
	case record.Timestamp:
		if loc != nil {
			_, ahead := time.UnixMicro(v.N).In(loc).Zone()
			return n.Add(MakeWide(int64(ahead) * microsPerSecond))
		}
	}
	return n, v.Kind == record.Datetime || v.Kind == record.Timestamp
}

// momentOf is a date or time of a table of its parts.
func momentOf(kind record.Kind, t *lua.LTable, loc *time.Location) (lua.LValue, *diag.Diagnostic) {
	known := Temporal{Kind: kind}.FieldNames()
	known = slices.DeleteFunc(known, func(name string) bool { return name == "weekday" || name == "yday" })
	parts := map[string]int64{"month": 1, "day": 1}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name := PlainText(k)
		if !slices.Contains(known, name) {
			return nil, unknownPart(kind, name, known)
		}
		n, isNumber := v.(lua.LNumber)
		part, whole := wholeNumber(n)
		if !isNumber || !whole || part < 0 && name != "year" {
			return nil, problem("value.part", "the %s of %s is %s", name, WithArticle(kind.String()), Describe(v))
		}
		parts[name] = part
	}
	if _, given := parts["year"]; !given && kind != record.Time {
		return nil, problem("value.part", "%s needs a year", WithArticle(kind.String()))
	}
	return parseTemporal(kind, partsText(kind, parts), loc)
}

func unknownPart(kind record.Kind, name string, known []string) *diag.Diagnostic {
	return problem("value.part", "%s has no %q", WithArticle(kind.String()), name).WithHint("%s", diag.DidYouMean(name, known))
}

// partsText is the ISO text of the parts. Parts that are too large make a text
// that is refused, and says which.
func partsText(kind record.Kind, p map[string]int64) string {
	year := fmt.Sprintf("%04d", p["year"])
	if p["year"] < 0 || p["year"] > 9999 {
		year = fmt.Sprintf("%+05d", p["year"])
	}
	date := fmt.Sprintf("%s-%02d-%02d", year, p["month"], p["day"])
	clock := fmt.Sprintf("%02d:%02d:%02d.%06d", p["hour"], p["minute"], p["second"], p["microsecond"])
	switch kind {
	case record.Date:
		return date
	case record.Time:
		return clock
	}
	return date + "T" + clock
}

// intervalOf is the sum of the parts in a table.
func intervalOf(t *lua.LTable) (lua.LValue, *diag.Diagnostic) {
	units := map[string]int64{
		"days": microsPerDay, "hours": microsPerHour, "minutes": microsPerMinute, "seconds": microsPerSecond, "microseconds": 1,
	}
	sum := new(big.Rat)
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name := PlainText(k)
		if units[name] == 0 {
			return nil, unknownPart(record.Interval, name, Temporal{Kind: record.Interval}.FieldNames())
		}
		n, ok := rational(v)
		if !ok {
			return nil, problem("value.part", "the %s of an interval are %s", name, Describe(v))
		}
		sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(units[name])))
	}
	n := rounded(sum)
	if !n.IsInt64() {
		return nil, problem("temporal.range", "the interval is out of range")
	}
	return Temporal{record.Interval, n.Int64()}, nil
}

// ParseMoment is etl.parse_date: the date or time that a text means in a
// layout, of the layout's kind; with a loc, what clocks there showed is a
// timestamp.
func ParseMoment(text string, l record.Layout, loc *time.Location) (lua.LValue, *diag.Diagnostic) {
	kind := l.Kind()
	if kind == record.Datetime && loc != nil {
		kind = record.Timestamp
	}
	if err := l.Check(kind); err != nil {
		return nil, problem("value.format", "%w", err)
	}
	n, err := l.Parse(kind, text, loc)
	if err != nil {
		return nil, problem("value.text", "%q does not fit %q: %w", shortened(text), l.String(), err)
	}
	return Temporal{kind, n}, nil
}

// FormatMoment is etl.format_date: a date or time as a layout writes it, a
// timestamp as clocks in loc show it.
func FormatMoment(v lua.LValue, l record.Layout, loc *time.Location) (string, *diag.Diagnostic) {
	x, ok := v.(Temporal)
	if !ok {
		return "", problem("value.format", "%s has no date to write", Describe(v))
	}
	text, err := l.Append(nil, x.Kind, x.N, loc)
	if err != nil {
		return "", problem("value.format", "%w", err)
	}
	return string(text), nil
}
