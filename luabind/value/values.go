package value

import (
	"math"
	"math/bits"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// ExactLimit is 2^53: below it in magnitude a Lua number holds every integer,
// from there on integers are Int64 and Uint64 values.
const ExactLimit = 1 << 53

// Int64 is an int beyond the numbers that Lua holds exactly. It is compared by
// value, also as a key of a table; + - * are exact and raise on overflow.
type Int64 int64

// Type implements lua.LValue.
func (Int64) Type() lua.LValueType { return lua.LTUserData }

// String is the number in digits.
func (v Int64) String() string { return record.FormatValue(record.IntValue(int64(v))) }

// Uint64 is a uint beyond the numbers that Lua holds exactly.
type Uint64 uint64

// Type implements lua.LValue.
func (Uint64) Type() lua.LValueType { return lua.LTUserData }

// String is the number in digits.
func (v Uint64) String() string { return record.FormatValue(record.UintValue(uint64(v))) }

// Temporal is a date, time, datetime or timestamp in the units of its kind.
type Temporal struct {
	Kind record.Kind // Date, Time, Datetime, Timestamp or Interval
	N    int64       // in the unit of the kind
}

// Type implements lua.LValue.
func (Temporal) Type() lua.LValueType { return lua.LTUserData }

// String is the canonical ISO 8601 text.
func (v Temporal) String() string { return record.FormatValue(v.record()) }

func (v Temporal) record() record.Value { return record.TemporalValue(v.Kind, v.N) }

var (
	_ lua.LValue = Int64(0)
	_ lua.LValue = Uint64(0)
	_ lua.LValue = Temporal{}
)

// intToLua is an int as scripts see it.
func intToLua(n int64) lua.LValue {
	if n > -ExactLimit && n < ExactLimit {
		return ownNumber(lua.LNumber(n))
	}
	return Int64(n)
}

// uintToLua is a uint as scripts see it.
func uintToLua(n uint64) lua.LValue {
	if n < ExactLimit {
		return ownNumber(lua.LNumber(n))
	}
	return Uint64(n)
}

// ToLua is a value as scripts see it; NULL is nil.
func ToLua(v record.Value) lua.LValue {
	switch v.Kind() {
	case record.String, record.Bytes, record.JSON:
		return lua.LString(v.Str())
	case record.Int:
		return intToLua(v.Int())
	case record.Uint:
		return uintToLua(v.Uint())
	case record.Float:
		return lua.LNumber(v.Float())
	case record.Bool:
		return lua.LBool(v.Bool())
	case record.DecimalOf:
		return Decimal(v.Decimal())
	case record.Null:
		return lua.LNil
	}
	return Temporal{Kind: v.Kind(), N: v.Int()}
}

// FromVector is row i of a vector of a kind as scripts see it. It allocates
// only what boxing a number or string takes.
func FromVector(v *record.Vector, k record.Kind, i int) lua.LValue {
	if v.IsNull(i) {
		return lua.LNil
	}
	switch k {
	case record.String, record.Bytes, record.JSON:
		return lua.LString(v.Strings[i])
	case record.Int:
		return intToLua(v.Ints[i])
	case record.Uint:
		return uintToLua(v.Uints[i])
	case record.Float:
		return ownNumber(lua.LNumber(v.Floats[i]))
	case record.Bool:
		return lua.LBool(v.Bools[i])
	case record.DecimalOf:
		return Decimal(v.Decimals[i])
	}
	return ToLua(v.Value(k, i))
}

// Record is what a value of one of our own Lua types means, and whether
// it is one.
func Record(v lua.LValue) (record.Value, bool) {
	switch x := v.(type) {
	case Int64:
		return record.IntValue(int64(x)), true
	case Uint64:
		return record.UintValue(uint64(x)), true
	case Decimal:
		return record.DecimalValue(record.Decimal(x)), true
	case Temporal:
		return x.record(), true
	}
	return record.Value{}, false
}

// Text is the text of a value in `..`, in tostring and for %s: of strings,
// numbers and values of our own types. ok is false for all others, also for nil
// and etl.null.
func Text(v lua.LValue) (text string, ok bool) {
	switch x := v.(type) {
	case lua.LString:
		return string(x), true
	case lua.LNumber:
		return FormatNumber(float64(x)), true
	case Int64, Uint64, Decimal, Temporal:
		return v.String(), true
	}
	return "", false
}

// PlainText is the text of a value, without metamethods; "" for nil.
func PlainText(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LNilType:
		return ""
	case lua.LNumber:
		return FormatNumber(float64(x))
	}
	return v.String()
}

// Describe names a value's type for messages, with its article.
func Describe(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LNilType:
		return "nil"
	case lua.LNumber:
		return "the number " + FormatNumber(float64(x))
	case lua.LString:
		return "a string"
	case lua.LBool:
		return "the boolean " + x.String()
	case Int64, Uint64:
		return "the integer " + x.String()
	case Decimal:
		return "the decimal " + x.String()
	case Null:
		return "etl.null"
	case Temporal:
		return "a " + x.Kind.String()
	}
	return "a " + v.Type().String()
}

// Ordered reports whether values of two kinds have an order: integers among
// each other, times with times of their own kind.
func Ordered(a, b record.Kind) bool {
	whole := func(k record.Kind) bool { return k == record.Int || k == record.Uint }
	return a != record.Null && (a == b || whole(a) && whole(b))
}

// IsTemporal reports whether a value is a date or time.
func IsTemporal(v lua.LValue) bool { _, ok := v.(Temporal); return ok }

// IsUint reports whether a value is a uint beyond the numbers of Lua.
func IsUint(v lua.LValue) bool { _, ok := v.(Uint64); return ok }

// Wide is a sign and 64 bits of magnitude, so that ints and uints mix.
type Wide struct {
	Neg bool   // the sign
	Abs uint64 // the magnitude
}

// MakeWide is an int64.
func MakeWide(n int64) Wide {
	if n < 0 {
		return Wide{Neg: true, Abs: -uint64(n)}
	}
	return Wide{Abs: uint64(n)}
}

// Add is the sum, and whether its magnitude fits 64 bits.
func (a Wide) Add(b Wide) (Wide, bool) {
	if a.Neg == b.Neg {
		sum, carry := bits.Add64(a.Abs, b.Abs, 0)
		return Wide{Neg: a.Neg, Abs: sum}, carry == 0
	}
	if a.Abs >= b.Abs {
		return Wide{Neg: a.Neg, Abs: a.Abs - b.Abs}, true
	}
	return Wide{Neg: b.Neg, Abs: b.Abs - a.Abs}, true
}

// Sub is the difference, and whether its magnitude fits 64 bits.
func (a Wide) Sub(b Wide) (Wide, bool) { return a.Add(Wide{Neg: !b.Neg, Abs: b.Abs}) }

// Mul is the product, and whether its magnitude fits 64 bits.
func (a Wide) Mul(b Wide) (Wide, bool) {
	hi, lo := bits.Mul64(a.Abs, b.Abs)
	return Wide{Neg: a.Neg != b.Neg, Abs: lo}, hi == 0
}

// Int64 is the number as an int64, and whether it is one.
func (a Wide) Int64() (int64, bool) {
	if a.Neg {
		return -int64(a.Abs), a.Abs <= 1<<63
	}
	return int64(a.Abs), a.Abs <= math.MaxInt64
}

// ToLua is the number as an int or, where the operation had one, a uint, and
// whether it is in range.
func (a Wide) ToLua(unsigned bool) (lua.LValue, bool) {
	if n, ok := a.Int64(); ok {
		return intToLua(n), true
	}
	return uintToLua(a.Abs), unsigned && !a.Neg
}

// FieldNames are the names that Field knows for the kind.
func (v Temporal) FieldNames() []string {
	date := []string{"year", "month", "day", "weekday", "yday"}
	clock := []string{"hour", "minute", "second", "microsecond"}
	switch v.Kind {
	case record.Date:
		return date
	case record.Time:
		return clock
	}
	return append(date, clock...)
}

// Field is a part of a date or time by name. Weekdays count from Monday = 1,
// days of the year from 1.
func (v Temporal) Field(name string) (int, bool) {
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
		return time.Unix(v.N*24*60*60, 0).UTC()
	}
	return time.UnixMicro(v.N).UTC()
}

// Null is etl.null: NULL where nil would leave a gap, as in a list.
type Null struct{}

var _ lua.LValue = Null{}

// Type implements lua.LValue.
func (Null) Type() lua.LValueType { return lua.LTUserData }

// String is the word that messages use.
func (Null) String() string { return "null" }
