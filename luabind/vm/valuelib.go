package vm

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// openValues gives our own Lua types their behaviour in a state. Lua has
// one metatable for all of them, since they share the type "userdata".
func (s *State) openValues() {
	s.L.SetMetatable(value.Int64(0), s.NewMetatable(valueMethods()))
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
		"__add": func(L *lua.LState) int { return exactly(L, "+", value.Wide.Add) },
		"__sub": func(L *lua.LState) int { return exactly(L, "-", value.Wide.Sub) },
		"__mul": func(L *lua.LState) int { return exactly(L, "*", value.Wide.Mul) },
		"__unm": func(L *lua.LState) int {
			L.Insert(lua.LNumber(0), 1)
			return exactly(L, "-", value.Wide.Sub)
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
	if _, ours := value.Record(v); ours {
		return v.String()
	}
	if !ok {
		L.RaiseError("attempt to concatenate a %s value", v.Type())
	}
	return text
}

// refuseValue raises an error of the author's making.
func refuseValue(L *lua.LState, code diag.Code, format string, args ...any) int {
	Raise(L, diag.Errorf(code, diag.Pos{}, format, args...))
	return 0
}

// kindOf names the kind of a value for messages.
func kindOf(v lua.LValue) string {
	if x, ok := value.Record(v); ok {
		return x.Kind().String()
	}
	return v.Type().String()
}

func equalValues(a, b lua.LValue) bool {
	x, _ := value.Record(a)
	y, _ := value.Record(b)
	return value.Ordered(x.Kind(), y.Kind()) && record.Compare(record.Any, x, y) == 0
}

func compareValues(L *lua.LState) int {
	x, _ := value.Record(L.Get(1))
	y, _ := value.Record(L.Get(2))
	if !value.Ordered(x.Kind(), y.Kind()) {
		return refuseValue(L, "value.compare", "attempt to compare %s with %s", kindOf(L.Get(1)), kindOf(L.Get(2)))
	}
	return record.Compare(record.Any, x, y)
}

// inexact raises for operations whose result is no integer in general.
func inexact(L *lua.LState, sign string) int {
	a, b := L.Get(1), L.Get(2)
	if value.IsTemporal(a) || value.IsTemporal(b) {
		return noTimes(L, sign, a, b)
	}
	return refuseValue(L, "int64.inexact", "%s on an integer beyond 2^53 would lose digits", sign)
}

func noTimes(L *lua.LState, sign string, a, b lua.LValue) int {
	return refuseValue(L, "value.arithmetic", "there is no %s between %s and %s yet", sign, kindOf(a), kindOf(b))
}

// exactly carries out an exact operation on two integers, one of which is
// beyond 2^53.
func exactly(L *lua.LState, sign string, do func(a, b value.Wide) (value.Wide, bool)) int {
	a, b := L.Get(1), L.Get(2)
	if value.IsTemporal(a) || value.IsTemporal(b) {
		return noTimes(L, sign, a, b)
	}
	result, fits := do(wideOf(L, sign, a), wideOf(L, sign, b))
	v, ok := result.ToLua(value.IsUint(a) || value.IsUint(b))
	if !fits || !ok {
		return refuseValue(L, "int64.overflow", "%s %s %s is beyond 64 bits", value.PlainText(a), sign, value.PlainText(b))
	}
	L.Push(v)
	return 1
}

// wideOf takes an operand. A plain number must be a whole one below 2^53,
// since the digits of a larger one are lost already.
func wideOf(L *lua.LState, sign string, v lua.LValue) value.Wide {
	switch x := v.(type) {
	case value.Int64:
		return value.MakeWide(int64(x))
	case value.Uint64:
		return value.Wide{Abs: uint64(x)}
	case lua.LNumber:
		if f := float64(x); f == math.Trunc(f) && math.Abs(f) < value.ExactLimit {
			return value.MakeWide(int64(f))
		}
		refuseValue(L, "int64.inexact", "%s between an integer beyond 2^53 and %s would lose digits", sign, v)
	default:
		refuseValue(L, "int64.operand", "attempt to perform %s between an integer beyond 2^53 and a %s", sign, v.Type())
	}
	return value.Wide{}
}

// valueField is the __index of our types: the parts of dates and times.
func valueField(L *lua.LState) int {
	name := L.Get(2).String()
	v, ok := L.Get(1).(value.Temporal)
	if !ok {
		return refuseValue(L, "value.field", "an integer has no field %q", name)
	}
	n, ok := v.Field(name)
	if !ok {
		Raise(L, diag.Errorf("value.field", diag.Pos{}, "a %s has no field %q", v.Kind, name).
			WithHint("%s", diag.DidYouMean(name, v.FieldNames())))
	}
	L.Push(lua.LNumber(n))
	return 1
}
