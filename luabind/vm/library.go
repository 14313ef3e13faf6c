package vm

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// native is a function of one of gopher-lua's own libraries.
func (s *State) native(open lua.LGFunction, name string) lua.LGFunction {
	s.L.Push(s.L.NewFunction(open))
	s.L.Call(0, 1)
	library := s.L.CheckTable(-1)
	s.L.Pop(1)
	return library.RawGetString(name).(*lua.LFunction).GFunction
}

// setLibrary declares a library of the given functions.
func (s *State) setLibrary(name string, functions map[string]lua.LGFunction) *lua.LTable {
	library := s.L.NewTable()
	for _, key := range slices.Sorted(maps.Keys(functions)) {
		library.RawSetString(key, s.Bind(key, functions[key]))
	}
	s.SetGlobal(name, library)
	return library
}

// numeric lets a function of math take strings that mean numbers.
func numeric(fn lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		for i := 1; i <= L.GetTop(); i++ {
			if _, isText := L.Get(i).(lua.LString); !isText {
				continue
			}
			f, ok := toNumber(L.Get(i))
			if !ok {
				L.TypeError(i, lua.LTNumber)
			}
			L.Replace(i, lua.LNumber(f))
		}
		return fn(L)
	}
}

// integer is argument i as a whole number, cut to a range that an int holds.
func integer(L *lua.LState, i int) int {
	f, ok := toNumber(L.Get(i))
	if !ok {
		L.TypeError(i, lua.LTNumber)
	}
	return truncated(f)
}

// optInteger is argument i as a whole number, or the default when it is nil.
func optInteger(L *lua.LState, i, missing int) int {
	if L.Get(i) == lua.LNil {
		return missing
	}
	return integer(L, i)
}

func truncated(f float64) int {
	const most = 1 << 53
	switch {
	case f != f:
		return 0
	case f > most:
		return most
	case f < -most:
		return -most
	}
	return int(f)
}
