package luabind

import (
	"fmt"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// fact is a field of facts.
type fact struct {
	name  string
	value lua.LValue // nil for what is not there
}

// facts are what the engine tells a function of a script: fields, and methods, that can
// only be read. A name that they do not have is an error.
type facts struct {
	label   string
	fields  []fact
	methods map[string]lua.LValue
	declare string // how the script makes a name known; "" where it cannot
}

// newFacts makes facts for a state. A method gets itself as its first argument.
func newFacts(s *vm.State, label string, fields []fact, methods map[string]lua.LGFunction) *lua.LUserData {
	f := &facts{label: label, fields: fields, methods: map[string]lua.LValue{}}
	ud := s.L.NewUserData()
	ud.Value = f
	for name, fn := range methods {
		f.methods[name] = s.Bind(label+":"+name, f.method(name, fn))
	}
	ud.Metatable = s.NewMetatable(map[string]lua.LGFunction{
		"__index": f.index, "__newindex": f.assign, "__pairs": f.pairs,
		"__tostring": func(L *lua.LState) int { L.Push(lua.LString(label)); return 1 },
	})
	return ud
}

// Describe names the value for messages.
func (f *facts) Describe() string { return f.label }

func (f *facts) names() []string {
	var out []string
	for _, x := range f.fields {
		out = append(out, x.name)
	}
	return slices.Concat(out, slices.Sorted(maps.Keys(f.methods)))
}

// index is the metamethod __index.
func (f *facts) index(L *lua.LState) int {
	name := L.Get(2).String()
	if m, ok := f.methods[name]; ok {
		L.Push(m)
		return 1
	}
	i := slices.IndexFunc(f.fields, func(x fact) bool { return x.name == name })
	if i < 0 {
		vm.Raise(L, diag.Errorf("member.unknown", vm.Where(L), "%s has no %q", f.label, name).
			WithHint("%s", f.hint(name)))
	}
	L.Push(f.fields[i].value)
	return 1
}

// hint says what an unknown name may mean.
func (f *facts) hint(name string) string {
	if f.declare == "" || diag.Nearest(name, f.names()) != "" {
		return diag.DidYouMean(name, f.names())
	}
	return fmt.Sprintf("declare it in the script: "+f.declare, name)
}

// assign is the metamethod __newindex.
func (f *facts) assign(L *lua.LState) int {
	vm.Raise(L, diag.Errorf("member.assign", vm.Where(L), "%s cannot be changed", f.label).
		WithHint("use a variable: local %s = ...", L.Get(2).String()))
	return 0
}

// pairs is the metamethod __pairs: over the fields that are there, in their order.
func (f *facts) pairs(L *lua.LState) int {
	next := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		for next < len(f.fields) && f.fields[next].value == lua.LNil {
			next++
		}
		if next == len(f.fields) {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LString(f.fields[next].name))
		L.Push(f.fields[next].value)
		next++
		return 2
	}))
	L.Push(L.Get(1))
	L.Push(lua.LNil)
	return 3
}

// method refuses calls without the receiver.
func (f *facts) method(name string, fn lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		if ud, ok := L.Get(1).(*lua.LUserData); !ok || ud.Value != f {
			vm.Raise(L, diag.Errorf("call.dot", vm.Where(L), "%s:%s was called without its receiver", f.label, name).
				WithHint("write %s:%s(...)", f.label, name))
		}
		return fn(L)
	}
}

// describe names a value that a function gave back, for messages.
func describe(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if named, ok := ud.Value.(interface{ Describe() string }); ok {
			return named.Describe()
		}
	}
	return value.Describe(v)
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
