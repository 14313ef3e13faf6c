package record

import "math"

// Value is one value of any kind. The zero Value is NULL. It is the slow,
// general form; kernels work on vectors.
//
// Two values that are == are the same value; nested ones only if they are one
// piece of memory.
type Value struct {
	kind     Kind
	scale    uint8  // of a decimal
	negative bool   // of a decimal
	num      uint64 // of a decimal the low half
	high     uint64
	str      string
	nested   *nested
}

// StringValue is a string.
func StringValue(s string) Value { return Value{kind: String, str: s} }

// IntValue is an int.
func IntValue(n int64) Value { return Value{kind: Int, num: uint64(n)} }

// UintValue is a uint.
func UintValue(n uint64) Value { return Value{kind: Uint, num: n} }

// FloatValue is a float.
func FloatValue(f float64) Value { return Value{kind: Float, num: math.Float64bits(f)} }

// BoolValue is a bool.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// TemporalValue is a Date, Time, Datetime, Timestamp or Interval in the units
// of its kind.
func TemporalValue(k Kind, n int64) Value { return Value{kind: k, num: uint64(n)} }

// DecimalValue is a decimal.
func DecimalValue(d Decimal) Value {
	return Value{kind: DecimalOf, scale: d.scale, negative: d.negative, num: d.size.lo, high: d.size.hi}
}

// TextValue is a Bytes or JSON value.
func TextValue(k Kind, s string) Value { return Value{kind: k, str: s} }

// Kind is the kind of the value, Null for NULL.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// Str is the text of a String, Bytes or JSON value.
func (v Value) Str() string { return v.str }

// Int is the number of an Int or temporal value.
func (v Value) Int() int64 { return int64(v.num) }

// Uint is the number of a Uint.
func (v Value) Uint() uint64 { return v.num }

// Float is the number of a Float.
func (v Value) Float() float64 { return math.Float64frombits(v.num) }

// Bool is the truth of a Bool.
func (v Value) Bool() bool { return v.num != 0 }

// Decimal is the number of a decimal.
func (v Value) Decimal() Decimal {
	return Decimal{size: uint128{hi: v.high, lo: v.num}, scale: v.scale, negative: v.negative}
}
