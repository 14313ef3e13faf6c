package luabind

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// openCoercion gives strings their methods and our arithmetic, which goes
// before the octal one of gopher-lua. It gives the kinds of values that have
// no metatable one whose only use is that errors say which kind was met.
func (s *state) openCoercion() {
	mt := s.newMetatable(map[string]lua.LGFunction{
		"__add": s.arith("__add", func(a, b float64) float64 { return a + b }),
		"__sub": s.arith("__sub", func(a, b float64) float64 { return a - b }),
		"__mul": s.arith("__mul", func(a, b float64) float64 { return a * b }),
		"__div": s.arith("__div", func(a, b float64) float64 { return a / b }),
		"__mod": s.arith("__mod", modulo),
		"__pow": s.arith("__pow", math.Pow),
		"__unm": s.arith("__unm", func(a, _ float64) float64 { return -a }),

		"__call": refuse("call"),
	})
	mt.RawSetString("__index", s.L.G.Global.RawGetString("string"))
	s.L.SetMetatable(lua.LString(""), mt)
	faults := s.newMetatable(map[string]lua.LGFunction{
		"__call": refuse("call"), "__unm": refuse("perform arithmetic on"), "__len": refuse("get length of"),
	})
	for _, v := range []lua.LValue{lua.LNil, lua.LFalse, lua.LNumber(0), s.L.NewFunction(nil), s.L} {
		s.L.SetMetatable(v, faults)
	}
}

// refuse raises that an operation does not work on its first argument.
func refuse(what string) lua.LGFunction {
	return func(L *lua.LState) int {
		L.RaiseError("attempt to %s a %s value", what, L.Get(1).Type())
		return 0
	}
}

// arith is an arithmetic metamethod of strings.
func (s *state) arith(event string, op func(a, b float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		if other := L.GetMetaField(L.Get(2), event); L.Get(2).Type() != lua.LTString && other != lua.LNil && event != "__unm" {
			L.Push(other)
			L.Push(L.Get(1))
			L.Push(L.Get(2))
			L.Call(2, 1)
			return 1
		}
		L.Push(lua.LNumber(op(operand(L, 1), operand(L, 2))))
		return 1
	}
}

// operand is an argument of an arithmetic metamethod as a number.
func operand(L *lua.LState, i int) float64 {
	v := L.Get(i)
	f, ok := toNumber(v)
	if ok {
		return f
	}
	if text, ok := v.(lua.LString); ok {
		L.RaiseError("attempt to perform arithmetic on a string value (%q is no number)", abridged(string(text)))
	}
	L.RaiseError("attempt to perform arithmetic on a %s value", v.Type())
	return 0
}

// abridged is a text short enough for a message.
func abridged(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// modulo is % of the virtual machine.
func modulo(a, b float64) float64 {
	r := math.Mod(a, b)
	if b > 0 && r < 0 || b < 0 && r > 0 {
		r += b
	}
	return r
}
