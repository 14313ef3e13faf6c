package expose

import (
	"errors"
	"fmt"
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/vm"
)

// Module is what a module gives to scripts: Go functions, plain values and pointers to
// structs, by the names that scripts use.
//
// A function may take a context.Context first, which ends with the load or the run. A
// panic in it is an error of the script. Functions are called from the goroutines of
// the workers that run functions over rows, several at once.
type Module map[string]any

// Validate returns every member that no script could use.
func (m Module) Validate() []error {
	var errs []error
	for _, name := range sortedNames(m) {
		if err := checkMember(reflect.ValueOf(m[name])); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errs
}

func checkMember(v reflect.Value) error {
	switch {
	case !v.IsValid():
		return errors.New("it is nil")
	case v.Kind() == reflect.Func && v.IsNil():
		return errors.New("the function is nil")
	case v.Kind() == reflect.Func:
		return checkFunc(v.Type())
	case isObject(v):
		return nil
	}
	_, err := toRecord(v, 0)
	return err
}

// Bind makes the members for a state. label stands before their names in messages.
// While rows flow there are functions and plain values only: objects belong to the
// goroutine that loads a script.
func (m Module) Bind(s *vm.State, label string, objects bool) (map[string]lua.LValue, error) {
	b := newBinder(s)
	out := map[string]lua.LValue{}
	for name, x := range m {
		v := reflect.ValueOf(x)
		if isObject(v) && !objects {
			continue
		}
		if v.Kind() == reflect.Func {
			c := newCallable(label+"."+name, v)
			out[name] = s.Bind(c.name, func(L *lua.LState) int { return c.call(b, L, 1) })
			continue
		}
		made, err := b.lua(v)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", label, name, err)
		}
		out[name] = made
	}
	return out, nil
}

// IsObject reports whether a member is an object, which is there only while a script
// is loaded.
func (m Module) IsObject(name string) bool { return isObject(reflect.ValueOf(m[name])) }
