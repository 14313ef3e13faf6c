package vm

import (
	"cmp"
	"slices"
	"sort"

	lua "github.com/yuin/gopher-lua"
)

// tableSort is sort(t, less). It sorts a copy, so that a comparison which
// raises leaves the table as it was.
func (s *State) tableSort(L *lua.LState) int {
	t := table(L, 1)
	less := L.Get(2)
	if less != lua.LNil && less.Type() != lua.LTFunction {
		wrongType(L, 2, "function")
	}
	values := make([]lua.LValue, t.Len())
	for i := range values {
		values[i] = t.RawGetInt(i + 1)
	}
	s.sortValues(L, values, less)
	for i, v := range values {
		t.RawSetInt(i+1, v)
	}
	return 0
}

// sortValues sorts values by a function, or by `<`.
func (s *State) sortValues(L *lua.LState, values []lua.LValue, less lua.LValue) {
	if less != lua.LNil {
		sort.Sort(&sorter{s, L, values, func(a, b lua.LValue) bool { return callLess(L, less, a, b) }})
		return
	}
	switch {
	case allOf[lua.LNumber](values):
		s.spendSort(L, len(values))
		slices.SortFunc(values, func(a, b lua.LValue) int { return cmp.Compare(a.(lua.LNumber), b.(lua.LNumber)) })
	case allOf[lua.LString](values) && textBytes(values) <= maxSortedBytes:
		s.spendSort(L, len(values))
		slices.SortFunc(values, func(a, b lua.LValue) int { return cmp.Compare(a.(lua.LString), b.(lua.LString)) })
	default:
		sort.Sort(&sorter{s, L, values, func(a, b lua.LValue) bool { return lessThan(L, a, b) }})
	}
}

// maxSortedBytes is how long texts together may be that are compared without a
// look at the meter.
const maxSortedBytes = 1 << 20

// textBytes is how many bytes texts have together.
func textBytes(values []lua.LValue) int {
	n := 0
	for _, v := range values {
		n += len(v.(lua.LString))
	}
	return n
}

// lessThan is a < b, also among numbers and values of our own.
func lessThan(L *lua.LState, a, b lua.LValue) bool {
	if isOwn(a) || isOwn(b) {
		c, ok := compared(L, a, b)
		return ok && c < 0
	}
	return L.LessThan(a, b)
}

// allOf reports whether all values are of the type.
func allOf[T lua.LValue](values []lua.LValue) bool {
	for _, v := range values {
		if _, ok := v.(T); !ok {
			return false
		}
	}
	return true
}

// spendSort counts about as many instructions as sorting n values compares.
func (s *State) spendSort(L *lua.LState, n int) {
	levels := int64(1)
	for m := n; m > 1; m /= 2 {
		levels++
	}
	s.meter.spend(L, int64(n)*levels)
}

func callLess(L *lua.LState, less, a, b lua.LValue) bool {
	L.Push(less)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	result := lua.LVAsBool(L.Get(-1))
	L.Pop(1)
	return result
}

// sorter sorts values that are compared by Lua.
type sorter struct {
	s      *State
	L      *lua.LState
	values []lua.LValue
	less   func(a, b lua.LValue) bool
}

func (x *sorter) Len() int      { return len(x.values) }
func (x *sorter) Swap(i, j int) { x.values[i], x.values[j] = x.values[j], x.values[i] }

func (x *sorter) Less(i, j int) bool {
	a, _ := x.values[i].(lua.LString)
	b, _ := x.values[j].(lua.LString)
	x.s.meter.spend(x.L, 1+int64(min(len(a), len(b))/copiedPerInstruction))
	return x.less(x.values[i], x.values[j])
}
