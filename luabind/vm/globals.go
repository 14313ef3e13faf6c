package vm

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
)

// open fills the globals and makes them strict.
func (s *State) open() {
	s.openErrors()
	s.openBase()
	s.openString()
	s.openTable()
	s.openMath()
	s.openBit()
	s.openUTF8()
	s.openOs()
	s.openCoroutine()
	s.openCoercion()
	s.openValues()
	s.openRelations()
	s.L.G.Global.Metatable = s.NewMetatable(map[string]lua.LGFunction{
		"__index": s.readUndeclared, "__newindex": s.writeUndeclared,
	})
}

// readUndeclared raises for a global that nobody declared.
func (s *State) readUndeclared(L *lua.LState) int {
	name := L.Get(2).String()
	d := diag.Errorf("lua.global", diag.Pos{}, "there is no variable %q here", name)
	d.Hint = s.GlobalHint(name)
	Raise(L, d)
	return 0
}

// GlobalHint is the mend for a name that is unknown.
func (s *State) GlobalHint(name string) string {
	switch name {
	case "io", "debug", "package", "load", "loadstring", "dofile", "loadfile", "_G":
		return fmt.Sprintf("%s is not part of the job language; files are read and written by components", name)
	case "null", "None", "NULL", "undefined":
		return "Lua's word is nil"
	case "continue":
		return "Lua has no continue; put the rest of the loop into an if"
	}
	if near := diag.Nearest(name, s.globalNames()); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Sprintf("declare it with local %s = ... above, or write it in quotes if it is text", name)
}

// globalNames are the names that scripts can write.
func (s *State) globalNames() []string {
	var names []string
	for key, _ := s.L.G.Global.Next(lua.LNil); key != lua.LNil; key, _ = s.L.G.Global.Next(key) {
		if name := key.String(); !strings.HasPrefix(name, "(") && !strings.HasPrefix(name, "_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// writeUndeclared declares a global where a main chunk assigns it, and raises
// everywhere else.
func (s *State) writeUndeclared(L *lua.LState) int {
	name := L.Get(2).String()
	if s.inMain(L) {
		s.SetGlobal(name, L.Get(3))
		return 0
	}
	Raise(L, diag.Errorf("lua.global", diag.Pos{}, "the function assigns the variable %q, which nobody declared", name).
		WithHint("write local %s = ...; variables of the whole file are declared outside of functions", name))
	return 0
}

// inMain reports whether the Lua function that runs is the main function of a
// loaded chunk.
func (s *State) inMain(L *lua.LState) bool {
	frame, ok := L.GetStack(1)
	if !ok {
		return false
	}
	fn, err := L.GetInfo("f", frame, lua.LNil)
	if f, ok := fn.(*lua.LFunction); ok && err == nil {
		return s.mains[f.Proto]
	}
	return false
}
