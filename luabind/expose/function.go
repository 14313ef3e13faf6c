package expose

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// callable is a Go function as scripts call it. Arguments that are left out at the
// end are nil.
type callable struct {
	name  string // in messages
	fn    reflect.Value
	skip  int  // arguments of Go that no script gives: a context
	fails bool // the last result is an error
}

// Types that a function may take or give with a meaning of their own.
func contextType() reflect.Type { return reflect.TypeFor[context.Context]() }

func errorType() reflect.Type { return reflect.TypeFor[error]() }

func newCallable(name string, fn reflect.Value) *callable {
	t := fn.Type()
	c := &callable{name: name, fn: fn}
	if t.NumIn() > 0 && t.In(0) == contextType() {
		c.skip = 1
	}
	c.fails = t.NumOut() > 0 && t.Out(t.NumOut()-1) == errorType()
	return c
}

// call is the function in Lua. first is the argument on Lua's stack that it takes
// first.
func (c *callable) call(b *binder, L *lua.LState, first int) int {
	in := make([]reflect.Value, 0, c.fn.Type().NumIn())
	if c.skip > 0 {
		in = append(in, reflect.ValueOf(vm.ContextOf(L)))
	}
	in = append(in, c.arguments(L, first)...)
	out := c.fn.Call(in)
	if c.fails {
		if err, _ := out[len(out)-1].Interface().(error); err != nil {
			vm.Raise(L, err)
		}
		out = out[:len(out)-1]
	}
	for i, x := range out {
		v, err := b.lua(x)
		if err != nil {
			vm.Raise(L, diag.Errorf("host.result", vm.Where(L), "result #%d of %s: %w", i+1, c.name, err))
		}
		L.Push(v)
	}
	return len(out)
}

// arguments are what the script gives, as the function takes it.
func (c *callable) arguments(L *lua.LState, first int) []reflect.Value {
	t := c.fn.Type()
	given := L.GetTop() - first + 1
	takes := t.NumIn() - c.skip
	if t.IsVariadic() {
		takes = max(takes-1, given)
	}
	if given > takes {
		vm.Raise(L, diag.Errorf("host.arguments", vm.Where(L), "%s takes %s, got %d", c.name, count(takes), given))
	}
	out := make([]reflect.Value, takes)
	for i := range out {
		x, err := argument(L.Get(first+i), c.in(i))
		if err != nil {
			vm.Raise(L, diag.Errorf("host.argument", vm.Where(L), "argument #%d of %s: %w", i+1, c.name, err))
		}
		out[i] = x
	}
	return out
}

func count(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// in is the type of argument i.
func (c *callable) in(i int) reflect.Type {
	t := c.fn.Type()
	if last := t.NumIn() - 1; t.IsVariadic() && i+c.skip >= last {
		return t.In(last).Elem()
	}
	return t.In(i + c.skip)
}

// argument is a Lua value as a Go value of a type.
func argument(v lua.LValue, t reflect.Type) (reflect.Value, error) {
	if ud, ok := v.(*lua.LUserData); ok && ud.Value != nil {
		object := reflect.ValueOf(ud.Value)
		if object.Type().AssignableTo(t) {
			return object, nil
		}
	}
	x, err := value.FromLua(v, wanted(t))
	if err != nil {
		return reflect.Value{}, err
	}
	return fromRecord(x, t)
}

// wanted is the type of records that tells what an empty table is.
func wanted(t reflect.Type) record.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if item := record.Of(record.Any); t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		return record.Type{Kind: record.ListOf, Elem: &item}
	}
	return record.Of(record.Any)
}

// checkFunc reports what no script can give to a function or take from it.
func checkFunc(t reflect.Type) error {
	var errs []error
	for i := range t.NumIn() {
		if in := t.In(i); in.Kind() == reflect.Func || in.Kind() == reflect.Chan || in.Kind() == reflect.UnsafePointer {
			errs = append(errs, fmt.Errorf("scripts cannot give a Go %s", in))
		}
	}
	for i := range t.NumOut() {
		if out := t.Out(i); out.Kind() == reflect.Chan || out.Kind() == reflect.Func || out.Kind() == reflect.UnsafePointer {
			errs = append(errs, fmt.Errorf("scripts cannot take a Go %s", out))
		}
	}
	return errors.Join(errs...)
}
