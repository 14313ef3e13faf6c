package rowfunc

import (
	"math/bits"

	"github.com/etlscript/etlscript/engine/record"
)

// kinds is the set of kinds that the value of an expression may have.
type kinds uint64

// The kinds that inference tells apart. A number of which it only knows that
// it is one is kNumber, and a decimal of which it does not know how many digits
// it has at most behind the point is kDecimal. The bits from kScale on are
// decimals with at most 0, 1, 2 and so on digits there.
const (
	kNil kinds = 1 << iota
	kFalse
	kTrue
	kInt
	kUint
	kFloat
	kNumber
	kString
	kBytes
	kDate
	kTime
	kDatetime
	kTimestamp
	kInterval
	kTable
	kFunction
	kDecimal
	kScale

	kAny      = kScale<<(record.MaxDigits+1) - 1
	kBool     = kFalse | kTrue
	kNumbers  = kInt | kUint | kFloat | kNumber
	kMoment   = kDate | kTime | kDatetime | kTimestamp
	kTemporal = kMoment | kInterval
	kDecimals = kAny &^ (kDecimal - 1)
)

// scaled are decimals with at most that many digits behind the point.
func scaled(scale int) kinds {
	if scale > record.MaxDigits {
		return kDecimal
	}
	return kScale << max(scale, 0)
}

// scale is how many digits the decimals among the kinds have at most behind the
// point, if that is known. Without decimals it is 0.
func (k kinds) scale() (int, bool) {
	known := uint64(k & kDecimals / kScale)
	return max(bits.Len64(known)-1, 0), !k.has(kDecimal)
}

// has reports whether the value may be of one of those kinds.
func (k kinds) has(some kinds) bool { return k&some != 0 }

// only reports whether the value, where it is not nil, is certainly of one of
// those kinds.
func (k kinds) only(some kinds) bool { return k&^kNil != 0 && k&^(kNil|some) == 0 }

// known reports whether anything is known but that the value is true or false in
// a condition.
func (k kinds) known() bool { return k|kNil|kFalse != kAny }

// scalar is the kind of a column, for kinds that stand for one.
func (k kinds) scalar() (record.Kind, bool) {
	switch k {
	case kBool, kTrue, kFalse:
		return record.Bool, true
	case kInt:
		return record.Int, true
	case kUint:
		return record.Uint, true
	case kFloat, kNumber:
		return record.Float, true
	case kString:
		return record.String, true
	case kBytes:
		return record.Bytes, true
	case kDate:
		return record.Date, true
	case kTime:
		return record.Time, true
	case kDatetime:
		return record.Datetime, true
	case kTimestamp:
		return record.Timestamp, true
	case kInterval:
		return record.Interval, true
	}
	return record.Any, false
}

// column is the type of a new column that gets such values: Any where they
// differ in kind, and for tables. Decimals, with whole numbers among them, make
// a decimal(38,s) where it is known how many digits stand behind the point at
// most, else Any: a scale that were guessed would refuse values later.
func (k kinds) column() record.Type {
	k &^= kNil
	if scale, known := k.scale(); known && k.has(kDecimals) && k.only(kDecimals|kInt|kUint) {
		return record.Type{Kind: record.DecimalOf, Precision: record.MaxDigits, Scale: scale}
	}
	if k&^kNumbers == 0 && k.has(kFloat|kNumber) && !k.has(kUint) {
		k = kFloat
	}
	kind, _ := k.scalar()
	return record.Of(kind)
}

// kindsOf are the kinds of the values of a column.
func kindsOf(t record.Type) kinds {
	switch t.Kind {
	case record.Bool:
		return kBool | kNil
	case record.DecimalOf:
		return scaled(t.Scale) | kNil
	case record.ListOf, record.Struct, record.MapOf:
		return kTable | kNil
	}
	for bit := kInt; bit < kTable; bit <<= 1 {
		if same, ok := bit.scalar(); ok && same == t.Kind {
			return bit | kNil
		}
	}
	return kAny
}

// fits are the kinds of values that a column of a kind takes.
func fits(t record.Type) kinds {
	switch t.Kind {
	case record.Int, record.Uint, record.DecimalOf:
		return kNil | kInt | kUint | kNumber | kDecimals
	case record.Float:
		return kNil | kNumbers
	case record.String, record.Bytes:
		return kNil | kString | kBytes
	case record.Any, record.JSON:
		return kAny &^ kFunction
	}
	return kindsOf(t)
}

// String names the kinds for messages: "a float", "a string or a table".
func (k kinds) String() string {
	words := [...]string{
		"nil", "a boolean", "a boolean", "an int", "a uint", "a float", "a number", "a string", "bytes", "a date", "a time",
		"a datetime", "a timestamp", "an interval", "a table", "a function", "a decimal",
	}
	if k&^kNil != 0 {
		k &^= kNil
	}
	if k.has(kBool) {
		k = k&^kBool | kTrue
	}
	if k.has(kDecimals) {
		k = k&^kDecimals | kDecimal
	}
	text := ""
	for ; k != 0; k &= k - 1 {
		if text != "" {
			text += " or "
		}
		text += words[bits.TrailingZeros64(uint64(k))]
	}
	return text
}

// arithmeticKinds is what + - * / % or ^ gives.
func arithmeticKinds(operator string, a, b kinds) kinds {
	if !a.known() || !b.known() {
		return kNumber
	}
	out := numberKinds(operator, a&(kNumbers|kString), b&(kNumbers|kString)) | decimalKinds(operator, a, b)
	for x := kDate; x <= kInterval; x <<= 1 {
		for y := kDate; y <= kInterval; y <<= 1 {
			if a.has(x) && b.has(y) {
				out |= temporalKinds(operator, x, y)
			}
		}
	}
	scales := a.has(kInterval) && b.has(kNumbers|kDecimals) && (operator == "*" || operator == "/") ||
		b.has(kInterval) && a.has(kNumbers|kDecimals) && operator == "*"
	if scales {
		out |= kInterval
	}
	if out == 0 {
		return kNumber // it raises
	}
	return out
}

// numberKinds is arithmetic of plain numbers, and of strings that mean some.
func numberKinds(operator string, a, b kinds) kinds {
	switch {
	case a == 0 || b == 0:
		return 0
	case operator == "/" || operator == "^":
		return kFloat
	}
	out := (a | b) & (kFloat | kNumber)
	if (a | b).has(kString) {
		out |= kNumber
	}
	switch {
	case a == kFloat || b == kFloat:
		return kFloat
	case out == 0:
		return kInt
	}
	return out | kInt
}

// decimalKinds is arithmetic of decimals and whole numbers.
func decimalKinds(operator string, a, b kinds) kinds {
	const whole = kInt | kUint | kNumber
	if !a.has(kDecimals) && !b.has(kDecimals) || !a.has(kDecimals|whole) || !b.has(kDecimals|whole) {
		return 0
	}
	m, known := a.scale()
	n, known2 := b.scale()
	switch {
	case !known || !known2 || operator == "/" || operator == "^":
		return kDecimal
	case operator == "*":
		return scaled(m + n)
	}
	return scaled(max(m, n))
}

// temporalKinds is arithmetic of two dates, times or intervals.
func temporalKinds(operator string, a, b kinds) kinds {
	switch {
	case operator == "-" && a == b:
		return kInterval
	case (operator == "+" || operator == "-") && b == kInterval:
		return a
	case operator == "+" && a == kInterval:
		return b
	case operator == "/" && a == kInterval && b == kInterval:
		return kFloat
	}
	return 0
}

// truthy are the kinds of a value that is neither false nor nil.
func (k kinds) truthy() kinds { return k &^ (kNil | kFalse) }

// falsy are the kinds of a value that is false or nil.
func (k kinds) falsy() kinds { return k & (kNil | kFalse) }
