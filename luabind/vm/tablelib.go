package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// openTable adds the library table.
func (s *State) openTable() {
	s.setLibrary("table", map[string]lua.LGFunction{
		"concat": s.tableConcat, "getn": tableGetn, "insert": s.tableInsert, "maxn": s.tableMaxn,
		"remove": s.tableRemove, "sort": s.tableSort,
	})
}

// tableConcat is concat(t, separator, i, j).
func (s *State) tableConcat(L *lua.LState) int {
	separator := ""
	if L.Get(2) != lua.LNil {
		separator = text(L, 2)
	}
	t := table(L, 1)
	from, to := optInteger(L, 3, 1), optInteger(L, 4, t.Len())
	out := s.scratch.take()
	for i := from; i <= to; i++ {
		before := len(out)
		if i > from {
			out = append(out, separator...)
		}
		switch v := t.RawGetInt(i).(type) {
		case lua.LString:
			out = append(out, v...)
		case lua.LNumber:
			out = record.AppendFloat(out, float64(v))
		default:
			part, ok := concatText(v)
			if !ok {
				L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
			}
			out = append(out, part...)
		}
		s.meter.spend(L, 1+int64(len(out)-before)/copiedPerInstruction)
		if len(out) > maxText {
			s.checkSize(L, len(out))
		}
	}
	return s.scratch.push(L, out)
}

func tableGetn(L *lua.LState) int { return pushNumber(L, float64(table(L, 1).Len())) }

// tableMaxn is the largest positive numeric key.
func (s *State) tableMaxn(L *lua.LState) int {
	t, most := table(L, 1), lua.LNumber(0)
	for key, _ := t.Next(lua.LNil); key != lua.LNil; key, _ = t.Next(key) {
		s.meter.spend(L, 1)
		if n, ok := key.(lua.LNumber); ok && n > most {
			most = n
		}
	}
	return pushNumber(L, float64(most))
}

// tableInsert is insert(t, value) or insert(t, place, value).
func (s *State) tableInsert(L *lua.LState) int {
	t := table(L, 1)
	switch L.GetTop() {
	case 2:
		t.Append(L.Get(2))
		return 0
	case 3:
	default:
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	n, at := t.Len(), integer(L, 2)
	if at < 1 || at > n+1 {
		L.ArgError(2, "position out of bounds")
	}
	if at > n {
		t.Append(L.Get(3))
		return 0
	}
	s.meter.spend(L, int64(n-at+1)/16)
	t.Insert(at, L.Get(3))
	return 0
}

// tableRemove is remove(t, place); the place is the last by default.
func (s *State) tableRemove(L *lua.LState) int {
	t := table(L, 1)
	n := t.Len()
	at := optInteger(L, 2, n)
	if at < 1 || at > n {
		return 0
	}
	s.meter.spend(L, int64(n-at)/16)
	L.Push(t.Remove(at))
	return 1
}
