package vm

import (
	"fmt"
	"runtime/debug"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// goPanic is a panic of a Go function that a script called.
type goPanic struct {
	name  string // of the function
	value any    // what it panicked with
	stack []byte // of Go, for the log
}

func (p *goPanic) Error() string { return fmt.Sprintf("internal error in %s: %v", p.name, p.value) }

// Unwrap is the error that it panicked with, if it was one.
func (p *goPanic) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// Bind makes a Go function callable from Lua. A panic in it becomes a Lua error
// that carries a *goPanic; errors that it raises pass.
func (s *State) Bind(name string, fn lua.LGFunction) *lua.LFunction {
	return s.L.NewFunction(func(L *lua.LState) int {
		defer rescue(L, name)
		return fn(L)
	})
}

// rescue is deferred by bound functions.
func rescue(L *lua.LState, name string) {
	switch r := recover().(type) {
	case nil:
	case *lua.ApiError:
		panic(withoutBlank(L, r))
	default:
		Raise(L, &goPanic{name: name, value: r, stack: debug.Stack()})
	}
}

// withoutBlank mends the message of a function that pcall or the engine called
// itself: gopher-lua puts a blank in the place of the position, and calls the
// function "main chunk".
func withoutBlank(L *lua.LState, e *lua.ApiError) *lua.ApiError {
	text, ok := e.Object.(lua.LString)
	if s := StateOf(L); s != nil && s.verbatim {
		s.verbatim = false // a text of the script, which may begin with a blank
		return e
	}
	if !ok || !strings.HasPrefix(string(text), " ") {
		return e
	}
	if _, _, placed := lineOn(L); !placed {
		e.Object = lua.LString(strings.Replace(string(text[1:]), " to main chunk (", " to '?' (", 1))
	}
	return e
}
