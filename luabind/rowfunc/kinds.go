package rowfunc

import (
	"math/bits"

	"github.com/etlscript/etlscript/engine/record"
)

// kinds is the set of kinds that the value of an expression may have.
type kinds uint32

// The kinds that inference tells apart. A number of which it only knows that
// it is one is kNumber.
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
	kTable
	kFunction
	kAny kinds = 1<<iota - 1

	kBool     = kFalse | kTrue
	kNumbers  = kInt | kUint | kFloat | kNumber
	kTemporal = kDate | kTime | kDatetime | kTimestamp
)

// has reports whether the value may be of one of those kinds.
func (k kinds) has(some kinds) bool { return k&some != 0 }

// known reports whether anything is known.
func (k kinds) known() bool { return k != kAny }

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
	}
	return record.Any, false
}

// column is the type of a new column that gets such values: Any where they
// differ in kind.
func (k kinds) column() record.Type {
	k &^= kNil
	if k&^kNumbers == 0 && k.has(kFloat|kNumber) && !k.has(kUint) {
		k = kFloat
	}
	kind, _ := k.scalar()
	return record.Of(kind)
}

// kindsOf are the kinds of the values of a column.
func kindsOf(k record.Kind) kinds {
	if k == record.Bool {
		return kBool | kNil
	}
	for bit := kInt; bit < kTable; bit <<= 1 {
		if same, ok := bit.scalar(); ok && same == k {
			return bit | kNil
		}
	}
	return kAny
}

// fits are the kinds of values that a column of a kind takes.
func fits(k record.Kind) kinds {
	switch k {
	case record.Int, record.Uint:
		return kNil | kInt | kUint | kNumber
	case record.Float:
		return kNil | kNumbers
	case record.String, record.Bytes:
		return kNil | kString | kBytes
	case record.Any:
		return kAny &^ (kTable | kFunction)
	}
	return kindsOf(k)
}

// String names the kinds for messages: "a float", "a string or a table".
func (k kinds) String() string {
	words := [...]string{
		"nil", "a boolean", "a boolean", "an int", "a uint", "a float", "a number", "a string", "bytes", "a date", "a time",
		"a datetime", "a timestamp", "a table", "a function",
	}
	if k&^kNil != 0 {
		k &^= kNil
	}
	if k.has(kBool) {
		k = k&^kBool | kTrue
	}
	text := ""
	for ; k != 0; k &= k - 1 {
		if text != "" {
			text += " or "
		}
		text += words[bits.TrailingZeros32(uint32(k))]
	}
	return text
}

// arithmeticKinds is what + - * or % give.
func arithmeticKinds(a, b kinds) kinds {
	switch {
	case !a.known() || !b.known():
		return kNumber
	case !a.has(kNumbers|kString) || !b.has(kNumbers|kString):
		return kNumber // it raises
	}
	out := kinds(0)
	for _, k := range [...]kinds{a, b} {
		out |= k & (kFloat | kNumber)
		if k.has(kString) {
			out |= kNumber // a string that means a number
		}
	}
	switch {
	case out.has(kFloat) && certainlyFloat(a, b):
		return kFloat
	case out == 0:
		return kInt
	}
	return out | kInt
}

// certainlyFloat reports whether one side is a float whatever happens.
func certainlyFloat(a, b kinds) bool { return a&^kNil == kFloat || b&^kNil == kFloat }

// truthy are the kinds of a value that is neither false nor nil.
func (k kinds) truthy() kinds { return k &^ (kNil | kFalse) }

// falsy are the kinds of a value that is false or nil.
func (k kinds) falsy() kinds { return k & (kNil | kFalse) }
