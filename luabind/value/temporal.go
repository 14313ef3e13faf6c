package value

import (
	"math/big"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// Temporal is a date, time, datetime, timestamp or interval in the units of its
// kind.
type Temporal struct {
	Kind record.Kind // Date, Time, Datetime, Timestamp or Interval
	N    int64       // in the unit of the kind
}

// Type implements lua.LValue.
func (Temporal) Type() lua.LValueType { return lua.LTUserData }

// String is the canonical ISO 8601 text.
func (v Temporal) String() string { return record.FormatValue(v.record()) }

func (v Temporal) record() record.Value { return record.TemporalValue(v.Kind, v.N) }

var _ lua.LValue = Temporal{}

// IsTemporal reports whether a value is a date, a time or an interval.
func IsTemporal(v lua.LValue) bool { _, ok := v.(Temporal); return ok }

// Microseconds in the units of the clock.
const (
	microsPerSecond = int64(1e6)
	microsPerMinute = 60 * microsPerSecond
	microsPerHour   = 60 * microsPerMinute
	microsPerDay    = 24 * microsPerHour
)

// FieldNames are the names that Field knows for the kind.
func (v Temporal) FieldNames() []string {
	date := []string{"year", "month", "day", "weekday", "yday"}
	clock := []string{"hour", "minute", "second", "microsecond"}
	switch v.Kind {
	case record.Date:
		return date
	case record.Time:
		return clock
	case record.Interval:
		return []string{"days", "hours", "minutes", "seconds", "microseconds"}
	}
	return append(date, clock...)
}

// Field is a part of a date or time, or an interval in all in one unit.
// Weekdays count from Monday = 1, days of the year from 1. The days, hours,
// minutes and seconds of an interval have a fraction and are the nearest number;
// its microseconds are exact.
func (v Temporal) Field(name string) (lua.LValue, bool) {
	if v.Kind == record.Interval {
		return v.total(name)
	}
	n, ok := v.part(name)
	return lua.LNumber(n), ok
}

// total is an interval in one unit.
func (v Temporal) total(name string) (lua.LValue, bool) {
	switch name {
	case "microseconds":
		return intToLua(v.N), true
	case "seconds":
		return lua.LNumber(ratio(v.N, microsPerSecond)), true
	case "minutes":
		return lua.LNumber(ratio(v.N, microsPerMinute)), true
	case "hours":
		return lua.LNumber(ratio(v.N, microsPerHour)), true
	case "days":
		return lua.LNumber(ratio(v.N, microsPerDay)), true
	}
	return lua.LNil, false
}

// ratio is the number nearest to a/b.
func ratio(a, b int64) float64 {
	if a > -ExactLimit && a < ExactLimit {
		return float64(a) / float64(b)
	}
	f, _ := big.NewRat(a, b).Float64()
	return f
}

// part is a part of a date or time by name.
func (v Temporal) part(name string) (int, bool) {
	hasDate, hasClock := v.Kind != record.Time, v.Kind != record.Date
	t := v.time()
	switch name {
	case "year":
		return t.Year(), hasDate
	case "month":
		return int(t.Month()), hasDate
	case "day":
		return t.Day(), hasDate
	case "weekday":
		return (int(t.Weekday())+6)%7 + 1, hasDate
	case "yday":
		return t.YearDay(), hasDate
	case "hour":
		return t.Hour(), hasClock
	case "minute":
		return t.Minute(), hasClock
	case "second":
		return t.Second(), hasClock
	case "microsecond":
		return t.Nanosecond() / 1000, hasClock
	}
	return 0, false
}

func (v Temporal) time() time.Time {
	if v.Kind == record.Date {
		return time.Unix(v.N*(microsPerDay/microsPerSecond), 0).UTC()
	}
	return time.UnixMicro(v.N).UTC()
}
