package vm

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// openCoercion gives strings their methods and our arithmetic, which goes
// before the octal one of gopher-lua. It gives the kinds of values that have
// no metatable one whose only use is that errors say which kind was met.
func (s *State) openCoercion() {
	// It lacks what would say better how a script misuses a text, such as __call.
	mt := s.L.CreateTable(0, smallMap)
	mt.RawSetString("__unm", s.L.NewFunction(s.minus))
	for event, operator := range operators() {
		// They run often and cannot panic, so that Bind would only take time.
		mt.RawSetString("__"+event, s.L.NewFunction(s.arith("__"+event, operator)))
	}
	mt.RawSetString("__index", s.L.G.Global.RawGetString("string"))
	s.L.SetMetatable(lua.LString(""), mt)
	faults := s.NewMetatable(map[string]lua.LGFunction{
		"__call": s.refuseCall,
		"__unm":  s.refuse("perform arithmetic on", syntax.NegatedIn),
		"__len":  s.refuse("get length of", syntax.MeasuredIn),
	})
	for _, v := range []lua.LValue{lua.LNil, lua.LFalse, lua.LNumber(0), s.L.NewFunction(nil), s.L} {
		s.L.SetMetatable(v, faults)
	}
}

// smallMap is how many entries a map of Go has at most that finds short keys without a
// hash. The virtual machine looks into the metatable of strings at each operation.
const smallMap = 8

// refuse raises that an operation does not work on its first argument.
func (s *State) refuse(what string, pick syntax.Picker) lua.LGFunction {
	return func(L *lua.LState) int {
		L.RaiseError("attempt to %s a %s value%s", what, L.Get(1).Type(), s.blameHere(L, pick))
		return 0
	}
}

// refuseCall raises that its first argument cannot be called. The virtual
// machine knows by which name it was.
func (s *State) refuseCall(L *lua.LState) int {
	name := ""
	if frame, ok := L.GetStack(0); ok {
		// GetInfo fails for values that are no function only.
		_, _ = L.GetInfo("n", frame, lua.LNil)
		name = frame.Name
	}
	return s.refuse("call", func(e ast.Expr) (ast.Expr, bool) {
		call, ok := e.(*ast.FuncCallExpr)
		return e, ok && (call.Method == name || call.Method == "" && syntax.LastName(call.Func) == name)
	})(L)
}

// arith is an arithmetic metamethod of strings.
func (s *State) arith(event, operator string) lua.LGFunction {
	op := syntax.OperatorFuncs()[operator]
	return func(L *lua.LState) int {
		left, right := L.Get(1), L.Get(2)
		// Most scripts that compute with texts have a few digits on the left.
		if text, ok := left.(lua.LString); ok {
			if n, ok := right.(lua.LNumber); ok {
				if a, ok := value.FewDigits(string(text)); ok {
					L.Push(s.boxes.Box(lua.LNumber(op(a, float64(n)))))
					return 1
				}
			}
		}
		a, ok := numeral(L, left)
		b, ok2 := numeral(L, right)
		if ok && ok2 {
			L.Push(s.boxes.Box(lua.LNumber(op(a, b))))
			return 1
		}
		if other := L.GetMetaField(right, event); right.Type() != lua.LTString && other != lua.LNil {
			L.Push(other)
			L.Push(left)
			L.Push(right)
			L.Call(2, 1)
			return 1
		}
		a = s.operand(L, 1, syntax.ArithmeticIn(operator, syntax.LeftOf))
		b = s.operand(L, 2, syntax.ArithmeticIn(operator, syntax.RightOf))
		return pushNumber(L, op(a, b))
	}
}

// minus is the metamethod __unm of strings.
func (s *State) minus(L *lua.LState) int {
	return pushNumber(L, -s.operand(L, 1, syntax.NegatedIn))
}

// operand is an argument of an arithmetic metamethod as a number.
func (s *State) operand(L *lua.LState, i int, pick syntax.Picker) float64 {
	v := L.Get(i)
	f, ok := numeral(L, v)
	if ok {
		return f
	}
	if text, ok := v.(lua.LString); ok {
		L.RaiseError("attempt to perform arithmetic on a string value%s: %q is no number",
			s.blameHere(L, pick), syntax.Abridged(string(text)))
	}
	L.RaiseError("attempt to perform arithmetic on a %s value%s", v.Type(), s.blameHere(L, pick))
	return 0
}
