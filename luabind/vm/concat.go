package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// concat is what `..` calls.
func (s *State) concat(L *lua.LState) int {
	out := s.scratch.take()
	for i := 1; i <= L.GetTop(); i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			out = append(out, v...)
		case lua.LNumber:
			out = record.AppendFloat(out, float64(v))
		default:
			part, ok := concatText(v)
			if !ok {
				s.scratch.give(out)
				s.meter.copying(L, len(out))
				L.Push(s.concatMeta(L))
				return 1
			}
			out = append(out, part...)
		}
		if len(out) > maxText {
			break
		}
	}
	s.checkSize(L, len(out))
	return s.scratch.push(L, out)
}

// concatText is the text of a string, a number or a value of our own types.
func concatText(v lua.LValue) (string, bool) { return value.Text(v) }

// concatMeta joins the arguments from the right, with metamethods.
func (s *State) concatMeta(L *lua.LState) lua.LValue {
	n := L.GetTop()
	right := L.Get(n)
	for i := n - 1; i >= 1; i-- {
		left := L.Get(i)
		a, ok := concatText(left)
		b, ok2 := concatText(right)
		if ok && ok2 {
			s.checkSize(L, len(a)+len(b))
			right = lua.LString(a + b)
			continue
		}
		right = s.concatPair(L, left, right, i)
	}
	return right
}

// concatPair joins operand number i and what is right of it, one of which is
// neither string nor number.
func (s *State) concatPair(L *lua.LState, left, right lua.LValue, i int) lua.LValue {
	meta := L.GetMetaField(left, "__concat")
	if meta == lua.LNil {
		meta = L.GetMetaField(right, "__concat")
	}
	if meta == lua.LNil {
		culprit := left
		if _, ok := concatText(left); ok {
			culprit, i = right, i+1
		}
		L.RaiseError("attempt to concatenate a %s value%s", culprit.Type(), s.blameHere(L, syntax.ConcatenatedIn(i, L.GetTop())))
	}
	L.Push(meta)
	L.Push(left)
	L.Push(right)
	L.Call(2, 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}
