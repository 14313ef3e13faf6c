package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// openValues gives our own Lua types their behaviour in a state. Lua has
// one metatable for all of them, since they share the type "userdata".
func (s *State) openValues() {
	s.L.SetMetatable(value.Int64(0), s.NewMetatable(s.valueMethods()))
}

func (s *State) valueMethods() map[string]lua.LGFunction {
	methods := map[string]lua.LGFunction{
		"__tostring": func(L *lua.LState) int { L.Push(lua.LString(L.Get(1).String())); return 1 },
		"__eq":       func(L *lua.LState) int { L.Push(lua.LBool(value.Equal(L.Get(1), L.Get(2)))); return 1 },
		"__lt":       func(L *lua.LState) int { L.Push(lua.LBool(compareValues(L) < 0)); return 1 },
		"__le":       func(L *lua.LState) int { L.Push(lua.LBool(compareValues(L) <= 0)); return 1 },
		"__concat":   func(L *lua.LState) int { L.Push(lua.LString(valueText(L, 1) + valueText(L, 2))); return 1 },
		"__index":    valueField,
		"__newindex": func(L *lua.LState) int {
			Raise(L, diag.Errorf("value.field", diag.Pos{}, "%s has no fields to assign", value.WithArticle(value.KindName(L.Get(1)))))
			return 0
		},
		"__unm": func(L *lua.LState) int { return pushResult(L)(value.Negate(L.Get(1))) },
	}
	for event, sign := range map[string]string{"__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__mod": "%", "__pow": "^"} {
		methods[event] = s.valueArith(sign)
	}
	return methods
}

// valueArith is an arithmetic metamethod of our types.
func (s *State) valueArith(sign string) lua.LGFunction {
	return func(L *lua.LState) int {
		a, b := L.Get(1), L.Get(2)
		if a == lua.LNil || b == lua.LNil {
			side := syntax.RightOf
			if a == lua.LNil {
				side = syntax.LeftOf
			}
			L.RaiseError("attempt to perform arithmetic on a nil value%s", s.blameHere(L, syntax.ArithmeticIn(sign, side)))
		}
		return pushResult(L)(value.Arith(sign, a, b))
	}
}

// pushResult returns the result of an operation to the script, or raises its
// problem.
func pushResult(L *lua.LState) func(lua.LValue, *diag.Diagnostic) int {
	return func(v lua.LValue, problem *diag.Diagnostic) int {
		if problem != nil {
			Raise(L, problem)
		}
		L.Push(v)
		return 1
	}
}

// valueText is an operand of `..`.
func valueText(L *lua.LState, i int) string {
	text, ok := value.Text(L.Get(i))
	if !ok {
		L.RaiseError("attempt to concatenate a %s value", value.KindName(L.Get(i)))
	}
	return text
}

// compareValues is the order of the first two arguments.
func compareValues(L *lua.LState) int {
	c, ok := value.Compare(L.Get(1), L.Get(2))
	if !ok {
		refuseComparison(L, L.Get(1), L.Get(2))
	}
	return c
}

// refuseComparison raises that two values have no order.
func refuseComparison(L *lua.LState, a, b lua.LValue) {
	d := diag.Errorf("value.compare", diag.Pos{}, "attempt to compare %s with %s", value.KindName(a), value.KindName(b))
	if a.Type() == lua.LTString || b.Type() == lua.LTString {
		d.Hint = `make both of one type, as in row.day < etl.date("2013-01-31") or row.price < etl.decimal("9.99")`
	}
	Raise(L, d)
}

// valueField is the __index of our types: the parts of dates and times, the
// digits of decimals.
func valueField(L *lua.LState) int {
	name := L.Get(2).String()
	var known []string
	if v, ok := L.Get(1).(interface {
		Field(string) (lua.LValue, bool)
		FieldNames() []string
	}); ok {
		if field, ok := v.Field(name); ok {
			L.Push(field)
			return 1
		}
		known = v.FieldNames()
	}
	d := diag.Errorf("value.field", diag.Pos{}, "%s has no field %q", value.WithArticle(value.KindName(L.Get(1))), syntax.Abridged(name))
	if known != nil {
		d.Hint = diag.DidYouMean(name, known)
	}
	Raise(L, d)
	return 0
}
