package luabind

import (
	"math"
	"math/bits"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// exactLimit is 2^53: below it in magnitude a Lua number holds every integer,
// from there on integers are Int64 and Uint64 values.
const exactLimit = 1 << 53

// Int64 is an int beyond the numbers that Lua holds exactly. It is compared by
// value, also as a key of a table; + - * are exact and raise on overflow.
type Int64 int64

// Type implements lua.LValue.
func (Int64) Type() lua.LValueType { return lua.LTUserData }

func (v Int64) String() string { return record.FormatValue(record.IntValue(int64(v))) }

// Uint64 is a uint beyond the numbers that Lua holds exactly.
type Uint64 uint64

// Type implements lua.LValue.
func (Uint64) Type() lua.LValueType { return lua.LTUserData }

func (v Uint64) String() string { return record.FormatValue(record.UintValue(uint64(v))) }

// Temporal is a date, time, datetime or timestamp in the units of its kind.
type Temporal struct {
	Kind record.Kind
	N    int64
}

// Type implements lua.LValue.
func (Temporal) Type() lua.LValueType { return lua.LTUserData }

func (v Temporal) String() string { return record.FormatValue(record.TemporalValue(v.Kind, v.N)) }

var (
	_ lua.LValue = Int64(0)
	_ lua.LValue = Uint64(0)
	_ lua.LValue = Temporal{}
)

// intToLua is an int as scripts see it.
func intToLua(n int64) lua.LValue {
	if n > -exactLimit && n < exactLimit {
		return ownNumber(lua.LNumber(n))
	}
	return Int64(n)
}

// uintToLua is a uint as scripts see it.
func uintToLua(n uint64) lua.LValue {
	if n < exactLimit {
		return ownNumber(lua.LNumber(n))
	}
	return Uint64(n)
}

// toLua is a value as scripts see it; NULL is nil.
func toLua(v record.Value) lua.LValue {
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
	case record.Null:
		return lua.LNil
	}
	return Temporal{Kind: v.Kind(), N: v.Int()}
}

// vectorToLua is row i of a vector of a kind as scripts see it. It allocates
// only what boxing a number or string takes.
func vectorToLua(v *record.Vector, k record.Kind, i int) lua.LValue {
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
	}
	return toLua(v.Value(k, i))
}

// recordValue is what a value of one of our own Lua types means, and whether
// it is one.
func recordValue(v lua.LValue) (record.Value, bool) {
	switch x := v.(type) {
	case Int64:
		return record.IntValue(int64(x)), true
	case Uint64:
		return record.UintValue(uint64(x)), true
	case Temporal:
		return record.TemporalValue(x.Kind, x.N), true
	}
	return record.Value{}, false
}

// plainText is the text of a value, without metamethods; "" for nil.
func plainText(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LNilType:
		return ""
	case lua.LNumber:
		return formatNumber(float64(x))
	}
	return v.String()
}

// describeLua names a value's type for messages, with its article.
func describeLua(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LNilType:
		return "nil"
	case lua.LNumber:
		return "the number " + formatNumber(float64(x))
	case lua.LString:
		return "a string"
	case lua.LBool:
		return "the boolean " + x.String()
	case Int64, Uint64:
		return "the integer " + x.String()
	case Temporal:
		return "a " + x.Kind.String()
	}
	return "a " + v.Type().String()
}

// installValues gives our own Lua types their behaviour in a state. Lua has
// one metatable for all of them, since they share the type "userdata".
func installValues(s *state) {
	s.L.SetMetatable(Int64(0), s.newMetatable(valueMethods()))
}

func valueMethods() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"__tostring": func(L *lua.LState) int { L.Push(lua.LString(L.Get(1).String())); return 1 },
		"__eq":       func(L *lua.LState) int { L.Push(lua.LBool(equalValues(L.Get(1), L.Get(2)))); return 1 },
		"__lt":       func(L *lua.LState) int { L.Push(lua.LBool(compareValues(L) < 0)); return 1 },
		"__le":       func(L *lua.LState) int { L.Push(lua.LBool(compareValues(L) <= 0)); return 1 },
		"__concat":   func(L *lua.LState) int { L.Push(lua.LString(valueText(L, 1) + valueText(L, 2))); return 1 },
		"__index":    valueField,
		"__newindex": func(L *lua.LState) int {
			return refuseValue(L, "value.field", "a %s has no fields to assign", kindOf(L.Get(1)))
		},
		"__add": func(L *lua.LState) int { return exactly(L, "+", wide.add) },
		"__sub": func(L *lua.LState) int { return exactly(L, "-", wide.sub) },
		"__mul": func(L *lua.LState) int { return exactly(L, "*", wide.mul) },
		"__unm": func(L *lua.LState) int {
			L.Insert(lua.LNumber(0), 1)
			return exactly(L, "-", wide.sub)
		},
		"__div": func(L *lua.LState) int { return inexact(L, "/") },
		"__mod": func(L *lua.LState) int { return inexact(L, "%") },
		"__pow": func(L *lua.LState) int { return inexact(L, "^") },
	}
}

// valueText is an operand of `..`.
func valueText(L *lua.LState, i int) string {
	v := L.Get(i)
	text, ok := concatText(v)
	if _, ours := recordValue(v); ours {
		return v.String()
	}
	if !ok {
		L.RaiseError("attempt to concatenate a %s value", v.Type())
	}
	return text
}

// refuseValue raises an error of the author's making.
func refuseValue(L *lua.LState, code diag.Code, format string, args ...any) int {
	raise(L, diag.Errorf(code, diag.Pos{}, format, args...))
	return 0
}

// kindOf names the kind of a value for messages.
func kindOf(v lua.LValue) string {
	if x, ok := recordValue(v); ok {
		return x.Kind().String()
	}
	return v.Type().String()
}

func equalValues(a, b lua.LValue) bool {
	x, _ := recordValue(a)
	y, _ := recordValue(b)
	return ordered(x.Kind(), y.Kind()) && record.Compare(record.Any, x, y) == 0
}

// ordered reports whether values of two kinds have an order: integers among
// each other, times with times of their own kind.
func ordered(a, b record.Kind) bool {
	whole := func(k record.Kind) bool { return k == record.Int || k == record.Uint }
	return a != record.Null && (a == b || whole(a) && whole(b))
}

func compareValues(L *lua.LState) int {
	x, _ := recordValue(L.Get(1))
	y, _ := recordValue(L.Get(2))
	if !ordered(x.Kind(), y.Kind()) {
		return refuseValue(L, "value.compare", "attempt to compare %s with %s", kindOf(L.Get(1)), kindOf(L.Get(2)))
	}
	return record.Compare(record.Any, x, y)
}

// inexact raises for operations whose result is no integer in general.
func inexact(L *lua.LState, sign string) int {
	a, b := L.Get(1), L.Get(2)
	if isTemporal(a) || isTemporal(b) {
		return noTimes(L, sign, a, b)
	}
	return refuseValue(L, "int64.inexact", "%s on an integer beyond 2^53 would lose digits", sign)
}

func isTemporal(v lua.LValue) bool { _, ok := v.(Temporal); return ok }

func isUint(v lua.LValue) bool { _, ok := v.(Uint64); return ok }

func noTimes(L *lua.LState, sign string, a, b lua.LValue) int {
	return refuseValue(L, "value.arithmetic", "there is no %s between %s and %s yet", sign, kindOf(a), kindOf(b))
}

// exactly carries out an exact operation on two integers, one of which is
// beyond 2^53.
func exactly(L *lua.LState, sign string, do func(a, b wide) (wide, bool)) int {
	a, b := L.Get(1), L.Get(2)
	if isTemporal(a) || isTemporal(b) {
		return noTimes(L, sign, a, b)
	}
	result, fits := do(wideOf(L, sign, a), wideOf(L, sign, b))
	v, ok := result.toLua(isUint(a) || isUint(b))
	if !fits || !ok {
		return refuseValue(L, "int64.overflow", "%s %s %s is beyond 64 bits", plainText(a), sign, plainText(b))
	}
	L.Push(v)
	return 1
}

// wideOf takes an operand. A plain number must be a whole one below 2^53,
// since the digits of a larger one are lost already.
func wideOf(L *lua.LState, sign string, v lua.LValue) wide {
	switch x := v.(type) {
	case Int64:
		return makeWide(int64(x))
	case Uint64:
		return wide{abs: uint64(x)}
	case lua.LNumber:
		if f := float64(x); f == math.Trunc(f) && math.Abs(f) < exactLimit {
			return makeWide(int64(f))
		}
		refuseValue(L, "int64.inexact", "%s between an integer beyond 2^53 and %s would lose digits", sign, v)
	default:
		refuseValue(L, "int64.operand", "attempt to perform %s between an integer beyond 2^53 and a %s", sign, v.Type())
	}
	return wide{}
}

// wide is a sign and 64 bits of magnitude, so that ints and uints mix.
type wide struct {
	neg bool
	abs uint64
}

func makeWide(n int64) wide {
	if n < 0 {
		return wide{neg: true, abs: -uint64(n)}
	}
	return wide{abs: uint64(n)}
}

func (a wide) add(b wide) (wide, bool) {
	if a.neg == b.neg {
		sum, carry := bits.Add64(a.abs, b.abs, 0)
		return wide{neg: a.neg, abs: sum}, carry == 0
	}
	if a.abs >= b.abs {
		return wide{neg: a.neg, abs: a.abs - b.abs}, true
	}
	return wide{neg: b.neg, abs: b.abs - a.abs}, true
}

func (a wide) sub(b wide) (wide, bool) { return a.add(wide{neg: !b.neg, abs: b.abs}) }

func (a wide) mul(b wide) (wide, bool) {
	hi, lo := bits.Mul64(a.abs, b.abs)
	return wide{neg: a.neg != b.neg, abs: lo}, hi == 0
}

// int64 is the number as an int64, and whether it is one.
func (a wide) int64() (int64, bool) {
	if a.neg {
		return -int64(a.abs), a.abs <= 1<<63
	}
	return int64(a.abs), a.abs <= math.MaxInt64
}

// toLua is the number as an int or, where the operation had one, a uint, and
// whether it is in range.
func (a wide) toLua(unsigned bool) (lua.LValue, bool) {
	if n, ok := a.int64(); ok {
		return intToLua(n), true
	}
	return uintToLua(a.abs), unsigned && !a.neg
}

// valueField is the __index of our types: the parts of dates and times.
func valueField(L *lua.LState) int {
	name := L.Get(2).String()
	v, ok := L.Get(1).(Temporal)
	if !ok {
		return refuseValue(L, "value.field", "an integer has no field %q", name)
	}
	n, ok := v.field(name)
	if !ok {
		raise(L, diag.Errorf("value.field", diag.Pos{}, "a %s has no field %q", v.Kind, name).
			WithHint("%s", diag.DidYouMean(name, v.fieldNames())))
	}
	L.Push(lua.LNumber(n))
	return 1
}

func (v Temporal) fieldNames() []string {
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

// field is a part of a date or time by name. Weekdays count from Monday = 1,
// days of the year from 1.
func (v Temporal) field(name string) (int, bool) {
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
