package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// openRelations adds the functions that relational operators call in the exact
// form of a chunk.
func (s *State) openRelations() {
	less := func(L *lua.LState) bool { return s.less(L, 1, 2) }
	greater := func(L *lua.LState) bool { return s.less(L, 2, 1) }
	for operator, holds := range map[string]func(L *lua.LState) bool{
		"==": equal,
		"~=": func(L *lua.LState) bool { return !equal(L) },
		"<":  less,
		">":  greater,
		"<=": func(L *lua.LState) bool { return s.lessOrEqual(L, 1, 2) },
		">=": func(L *lua.LState) bool { return s.lessOrEqual(L, 2, 1) },
	} {
		name := syntax.RelationName(operator)
		s.SetGlobal(name, s.Bind(name, func(L *lua.LState) int {
			L.Push(lua.LBool(holds(L)))
			return 1
		}))
	}
}

// less reports whether argument i is less than argument j.
func (s *State) less(L *lua.LState, i, j int) bool {
	a, b := L.Get(i), L.Get(j)
	if x, ok := a.(lua.LNumber); ok {
		if y, ok := b.(lua.LNumber); ok {
			return x < y
		}
	}
	if isOwn(a) || isOwn(b) {
		c, ok := compared(L, a, b)
		return ok && c < 0
	}
	return L.LessThan(a, b)
}

// lessOrEqual reports whether argument i is at most argument j.
func (s *State) lessOrEqual(L *lua.LState, i, j int) bool {
	a, b := L.Get(i), L.Get(j)
	if x, ok := a.(lua.LNumber); ok {
		if y, ok := b.(lua.LNumber); ok {
			return x <= y
		}
	}
	if isOwn(a) || isOwn(b) {
		c, ok := compared(L, a, b)
		return ok && c <= 0
	}
	if text, ok := a.(lua.LString); ok && b.Type() == lua.LTString {
		return text <= b.(lua.LString)
	}
	return s.metaLessOrEqual(L, a, b)
}

// metaLessOrEqual is a <= b by their metamethods: __le, or else not b < a.
func (s *State) metaLessOrEqual(L *lua.LState, a, b lua.LValue) bool {
	if a.Type() != b.Type() {
		L.RaiseError("attempt to compare %s with %s", a.Type(), b.Type())
	}
	meta := L.GetMetaField(a, "__le")
	if meta == lua.LNil || meta != L.GetMetaField(b, "__le") {
		return !L.LessThan(b, a)
	}
	L.Push(meta)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	holds := lua.LVAsBool(L.Get(-1))
	L.Pop(1)
	return holds
}

// compared is the order of two values, one of which is of our own; there is none
// with NaN. It raises where the types have no order.
func compared(L *lua.LState, a, b lua.LValue) (c int, ok bool) {
	if c, ok = value.Compare(a, b); !ok && !isNaN(a) && !isNaN(b) {
		refuseComparison(L, a, b)
	}
	return c, ok
}

func isNaN(v lua.LValue) bool { n, ok := v.(lua.LNumber); return ok && n != n }

func isOwn(v lua.LValue) bool {
	_, own := value.Record(v)
	return own
}

// equal reports whether the two arguments are equal. A date or time never
// equals a text, however that reads, so that such a comparison raises.
func equal(L *lua.LState) bool {
	a, b := L.Get(1), L.Get(2)
	if !isOwn(a) && !isOwn(b) {
		return L.Equal(a, b)
	}
	if value.IsTemporal(a) && b.Type() == lua.LTString || value.IsTemporal(b) && a.Type() == lua.LTString {
		Raise(L, diag.Errorf("value.compare", diag.Pos{}, "%s is compared with a text, which it never equals", value.WithArticle(value.KindName(temporal(a, b)))).
			WithHint(`compare with tostring(...), or with a value of its type, as in etl.date "2013-01-31"`))
	}
	return value.Equal(a, b)
}

// temporal is the one of two values that is a date or time.
func temporal(a, b lua.LValue) lua.LValue {
	if value.IsTemporal(a) {
		return a
	}
	return b
}
