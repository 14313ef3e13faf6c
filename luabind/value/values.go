package value

import (
	"strings"

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

var (
	_ lua.LValue = Int64(0)
	_ lua.LValue = Uint64(0)
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

// ToLua is a value as scripts see it; NULL is nil. Nested values take a Maker.
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

// PlainText is the text of a value, without metamethods; "" for nil. Tables are
// JSON.
func PlainText(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LTable:
		nested, err := FromLua(x, record.Of(record.Any))
		if err != nil {
			return "table"
		}
		return record.FormatValue(nested)
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
	}
	return WithArticle(KindName(v))
}

// WithArticle is a word with "a" or "an" in front.
func WithArticle(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// KindName is the kind of a value of our own types, such as "date" and "int",
// and the Lua type of all others.
func KindName(v lua.LValue) string {
	if x, ok := Record(v); ok {
		return x.Kind().String()
	}
	if _, ok := v.(Null); ok {
		return "null"
	}
	return v.Type().String()
}

// Null is etl.null: NULL where nil would leave a gap, as in a list.
type Null struct{}

var _ lua.LValue = Null{}

// Type implements lua.LValue.
func (Null) Type() lua.LValueType { return lua.LTUserData }

// String is the word that messages use.
func (Null) String() string { return "null" }
