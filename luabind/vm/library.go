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
