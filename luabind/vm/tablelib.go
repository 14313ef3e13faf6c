package vm

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openTable adds the library table.
func (s *State) openTable() {
	s.setLibrary("table", map[string]lua.LGFunction{
		"concat": s.tableConcat, "getn": tableGetn, "insert": s.tableInsert, "maxn": tableMaxn,
		"remove": s.tableRemove, "sort": s.tableSort,
	})
}

// tableConcat is concat(t, separator, i, j).
func (s *State) tableConcat(L *lua.LState) int {
	t, separator := L.CheckTable(1), ""
	if L.Get(2) != lua.LNil {
		separator = text(L, 2)
	}
	from, to := optInteger(L, 3, 1), optInteger(L, 4, t.Len())
	var b strings.Builder
	for i := from; i <= to; i++ {
		part, ok := concatText(t.RawGet(lua.LNumber(i)))
		if !ok {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", t.RawGet(lua.LNumber(i)).Type(), i)
		}
		if i > from {
			b.WriteString(separator)
		}
		b.WriteString(part)
		s.meter.spend(L, 1)
		s.checkSize(L, b.Len())
	}
	L.Push(lua.LString(b.String()))
	return 1
}

func tableGetn(L *lua.LState) int {
	L.Push(lua.LNumber(L.CheckTable(1).Len()))
	return 1
}

// tableMaxn is the largest positive numeric key.
func tableMaxn(L *lua.LState) int {
	t, most := L.CheckTable(1), lua.LNumber(0)
	for key, _ := t.Next(lua.LNil); key != lua.LNil; key, _ = t.Next(key) {
		if n, ok := key.(lua.LNumber); ok && n > most {
			most = n
		}
	}
	L.Push(most)
	return 1
}

// tableInsert is insert(t, value) or insert(t, place, value).
func (s *State) tableInsert(L *lua.LState) int {
	t := L.CheckTable(1)
	n := t.Len()
	switch L.GetTop() {
	case 2:
		t.RawSetInt(n+1, L.Get(2))
		return 0
	case 3:
	default:
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	at := integer(L, 2)
	if at < 1 || at > n+1 {
		L.ArgError(2, "position out of bounds")
	}
	s.meter.spend(L, int64(n-at+1)/16)
	for i := n; i >= at; i-- {
		t.RawSetInt(i+1, t.RawGetInt(i))
	}
	t.RawSetInt(at, L.Get(3))
	return 0
}

// tableRemove is remove(t, place); the place is the last by default.
func (s *State) tableRemove(L *lua.LState) int {
	t := L.CheckTable(1)
	n := t.Len()
	at := optInteger(L, 2, n)
	if n == 0 || at < 1 || at > n {
		L.Push(lua.LNil)
		return 1
	}
	s.meter.spend(L, int64(n-at)/16)
	removed := t.RawGetInt(at)
	for i := at; i < n; i++ {
		t.RawSetInt(i, t.RawGetInt(i+1))
	}
	t.RawSetInt(n, lua.LNil)
	L.Push(removed)
	return 1
}

// tableSort is sort(t, less). It sorts a copy, so that a comparison which
// raises leaves the table as it was.
func (s *State) tableSort(L *lua.LState) int {
	t := L.CheckTable(1)
	less := L.LessThan
	if fn := L.OptFunction(2, nil); fn != nil {
		less = func(a, b lua.LValue) bool {
			L.Push(fn)
			L.Push(a)
			L.Push(b)
			L.Call(2, 1)
			result := lua.LVAsBool(L.Get(-1))
			L.Pop(1)
			return result
		}
	}
	values := make([]lua.LValue, t.Len())
	for i := range values {
		values[i] = t.RawGetInt(i + 1)
	}
	slices.SortFunc(values, func(a, b lua.LValue) int {
		s.meter.spend(L, 1)
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
	for i, v := range values {
		t.RawSetInt(i+1, v)
	}
	return 0
}
