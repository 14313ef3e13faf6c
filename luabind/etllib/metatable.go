package etllib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// libraryKey is where a state's registry keeps its library.
const libraryKey = "etlscript.etllib"

// libraryOf is the library of a state.
func libraryOf(s *vm.State) *library {
	if ud, ok := s.L.G.Registry.RawGetString(libraryKey).(*lua.LUserData); ok {
		return ud.Value.(*library)
	}
	l := newLibrary(s)
	ud := s.L.NewUserData()
	ud.Value = l
	s.L.G.Registry.RawSetString(libraryKey, ud)
	return l
}

// wrap hands a container to the script.
func (l *library) wrap(c Container, kind string) *lua.LUserData {
	ud := l.state.L.NewUserData()
	ud.Value = c
	if l.metas[kind] == nil {
		l.metas[kind] = l.metatable(kind)
	}
	ud.Metatable = l.metas[kind]
	return ud
}

// metatable is that of the containers of a kind.
func (l *library) metatable(kind string) *lua.LTable {
	methods := l.state.L.NewTable()
	mt := l.state.NewMetatable(map[string]lua.LGFunction{
		"__tostring": func(L *lua.LState) int {
			L.Push(lua.LString(L.Get(1).(*lua.LUserData).Value.(interface{ shown() string }).shown()))
			return 1
		},
		"__newindex": func(L *lua.LState) int {
			L.RaiseError("a %s has no fields to assign", kind)
			return 0
		},
	})
	var names []string
	for _, m := range Methods() {
		if m.Of != kind {
			continue
		}
		names = append(names, m.Name)
		methods.RawSetString(m.Name, l.state.Bind(m.Name, l.method(&m)))
	}
	mt.RawSetString("__len", l.state.Bind("len", l.unchecked(kind, "len")))
	mt.RawSetString("__pairs", l.state.Bind("pairs", l.unchecked(kind, "each")))
	mt.RawSetString("__index", methods)
	methods.Metatable = l.unknownMethod(kind, names)
	return mt
}

// method is a method as a function of Lua.
func (l *library) method(m *Method) lua.LGFunction {
	return func(L *lua.LState) int {
		c := call{L: L, lib: l, name: m.Of + ":" + m.Name, params: m.Params, skip: 1}
		if kindOf(L.Get(1)) != m.Of {
			L.RaiseError("'%s' needs a %s before the colon, got %s", c.name, m.Of, L.Get(1).Type())
		}
		c.check()
		return m.run(c)
	}
}

// unchecked is a method for a metamethod, which may come with more arguments.
func (l *library) unchecked(kind, name string) lua.LGFunction {
	m, _ := LookupMethod(kind, name)
	return func(L *lua.LState) int { return m.run(call{L: L, lib: l, name: kind + ":" + name, skip: 1}) }
}

// unknownMethod is the metatable of the table of methods: it raises for names
// that the table does not have.
func (l *library) unknownMethod(kind string, names []string) *lua.LTable {
	return l.state.NewMetatable(map[string]lua.LGFunction{
		"__index": func(L *lua.LState) int {
			name := L.Get(2).String()
			vm.Raise(L, diag.Errorf("method.unknown", diag.Pos{}, "a %s has no method %q", kind, syntax.Abridged(name)).
				WithHint("%s", diag.DidYouMean(name, names)))
			return 0
		},
	})
}
