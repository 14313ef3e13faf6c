package expose

import (
	"fmt"
	"reflect"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// binder makes values of the host for one state.
type binder struct {
	state *vm.State
	types map[reflect.Type]bool // whose metatables are made ours
}

func newBinder(s *vm.State) *binder {
	// gopher-luar makes functions of all methods when it meets a type. Ours are made
	// when they are asked for.
	luar.GetConfig(s.L).MethodNames = func(reflect.Type, reflect.Method) []string { return nil }
	luar.GetConfig(s.L).FieldNames = func(reflect.Type, reflect.StructField) []string { return nil }
	return &binder{state: s, types: map[reflect.Type]bool{}}
}

// isObject reports whether a value is handed out as it is, and not copied: pointers
// to structs, but for those that mean a plain value.
func isObject(v reflect.Value) bool {
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return false
	}
	_, plain := knownToRecord(v)
	_, inside := knownToRecord(v.Elem())
	return !plain && !inside
}

// lua is a Go value as scripts see it.
func (b *binder) lua(v reflect.Value) (lua.LValue, error) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.IsValid() && isObject(v) {
		return b.object(v), nil
	}
	x, err := toRecord(v, 0)
	if err != nil {
		return lua.LNil, err
	}
	if x, err = value.Decoded(x); err != nil {
		return lua.LNil, err
	}
	return value.NewMaker(b.state.L).Lua(x), nil
}

// object is a userdata of a pointer, of whose metatable gopher-luar keeps one for
// each type.
func (b *binder) object(v reflect.Value) lua.LValue {
	ud, ok := luar.New(b.state.L, v.Interface()).(*lua.LUserData)
	if !ok {
		return lua.LNil // luar has no other value for a pointer
	}
	if meta, ok := ud.Metatable.(*lua.LTable); ok && !b.types[v.Type()] {
		b.types[v.Type()] = true
		b.fit(meta, v.Type())
	}
	return ud
}

// fit gives a type's metatable our fields and methods. What remains of gopher-luar's
// is that two userdata of one pointer are equal, and that tostring asks a Stringer.
func (b *binder) fit(meta *lua.LTable, t reflect.Type) {
	o := &objectType{binder: b, name: snake(t.Elem().Name()), fields: fields(t.Elem()), methods: methods(t)}
	for _, event := range []string{"__pow", "__unm", "__call"} { // they read and overwrite what the pointer points to
		meta.RawSetString(event, lua.LNil)
	}
	meta.RawSetString("__metatable", lua.LFalse)
	for event, fn := range map[string]lua.LGFunction{"__index": o.index, "__newindex": o.assign, "__pairs": o.pairs} {
		meta.RawSetString(event, b.state.Bind(event, fn))
	}
}

// objectType is what scripts see of the objects of a type.
type objectType struct {
	binder  *binder
	name    string
	fields  map[string]reflect.StructField
	methods map[string]reflect.Method
}

// of is the object that an argument of a metamethod is.
func (o *objectType) of(L *lua.LState) reflect.Value {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		return reflect.ValueOf(ud.Value)
	}
	vm.Raise(L, diag.Errorf("host.object", vm.Where(L), "this is no %s", o.name))
	return reflect.Value{}
}

func (o *objectType) names() []string {
	return append(sortedNames(o.fields), sortedNames(o.methods)...)
}

// index is the metamethod __index.
func (o *objectType) index(L *lua.LState) int {
	object, name := o.of(L), L.Get(2).String()
	if m, ok := o.methods[name]; ok {
		L.Push(o.method(object, name, m))
		return 1
	}
	f, ok := o.fields[name]
	if !ok {
		vm.Raise(L, diag.Errorf("member.unknown", vm.Where(L), "%s has no %q", o.name, name).
			WithHint("%s", diag.DidYouMean(name, o.names())))
	}
	v, err := o.field(object, f)
	if err != nil {
		vm.Raise(L, diag.Errorf("host.field", vm.Where(L), "%s.%s: %w", o.name, name, err))
	}
	L.Push(v)
	return 1
}

// field is a field's value; a struct in it is an object of its own, so that its
// fields can be assigned.
func (o *objectType) field(object reflect.Value, f reflect.StructField) (lua.LValue, error) {
	v, err := object.Elem().FieldByIndexErr(f.Index)
	if err != nil {
		return lua.LNil, nil // of an embedded struct that is nil
	}
	if v.Kind() == reflect.Struct && v.CanAddr() && isObject(v.Addr()) {
		return o.binder.object(v.Addr()), nil
	}
	return o.binder.lua(v)
}

// method is a method, to be called with a colon.
func (o *objectType) method(object reflect.Value, name string, m reflect.Method) *lua.LFunction {
	c := newCallable(o.name+":"+name, object.Method(m.Index))
	return o.binder.state.Bind(c.name, func(L *lua.LState) int {
		if ud, ok := L.Get(1).(*lua.LUserData); !ok || reflect.TypeOf(ud.Value) != object.Type() || !reflect.ValueOf(ud.Value).Equal(object) {
			vm.Raise(L, diag.Errorf("host.receiver", vm.Where(L), "%s is called with a colon", c.name).
				WithHint("write object:%s(...)", name))
		}
		return c.call(o.binder, L, 2)
	})
}

// assign is the metamethod __newindex.
func (o *objectType) assign(L *lua.LState) int {
	object, name := o.of(L), L.Get(2).String()
	f, ok := o.fields[name]
	if !ok {
		vm.Raise(L, diag.Errorf("member.unknown", vm.Where(L), "%s has no field %q to assign", o.name, name).
			WithHint("%s", diag.DidYouMean(name, sortedNames(o.fields))))
	}
	to, err := object.Elem().FieldByIndexErr(f.Index)
	if err == nil {
		var x reflect.Value
		if x, err = argument(L.Get(3), f.Type); err == nil {
			to.Set(x)
			return 0
		}
	}
	vm.Raise(L, diag.Errorf("host.field", vm.Where(L), "%s.%s: %w", o.name, name, err))
	return 0
}

// pairs is the metamethod __pairs: over the fields, by name.
func (o *objectType) pairs(L *lua.LState) int {
	object := o.of(L)
	names := sortedNames(o.fields)
	next := 0
	L.Push(o.binder.state.Bind("next", func(L *lua.LState) int {
		if next == len(names) {
			L.Push(lua.LNil)
			return 1
		}
		name := names[next]
		next++
		v, err := o.field(object, o.fields[name])
		if err != nil {
			vm.Raise(L, fmt.Errorf("%s.%s: %w", o.name, name, err))
		}
		L.Push(lua.LString(name))
		L.Push(v)
		return 2
	}))
	L.Push(L.Get(1))
	L.Push(lua.LNil)
	return 3
}
