package vm

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
)

// NewMetatable makes a metatable that scripts can neither see nor change.
func (s *State) NewMetatable(methods map[string]lua.LGFunction) *lua.LTable {
	mt := s.L.NewTable()
	mt.RawSetString("__metatable", lua.LFalse)
	for name, fn := range methods {
		mt.RawSetString(name, s.Bind(name, fn))
	}
	return mt
}

// openErrors prepares the metatable of Go errors.
func (s *State) openErrors() {
	text := func(L *lua.LState, i int) string {
		if r, ok := raisedIn(L.Get(i)); ok {
			return r.err.Error()
		}
		part, ok := concatText(L.Get(i))
		if !ok {
			L.RaiseError("attempt to concatenate a %s value", L.Get(i).Type())
		}
		return part
	}
	s.errorMt = s.NewMetatable(map[string]lua.LGFunction{
		"__tostring": func(L *lua.LState) int { L.Push(lua.LString(text(L, 1))); return 1 },
		"__len":      func(L *lua.LState) int { L.Push(lua.LNumber(len(text(L, 1)))); return 1 },
		"__concat":   func(L *lua.LState) int { return s.joinTexts(L, text(L, 1), text(L, 2)) },
		"__index":    s.errorIndex,
	})
}

// joinTexts returns two texts as one.
func (s *State) joinTexts(L *lua.LState, a, b string) int {
	s.checkSize(L, len(a)+len(b))
	L.Push(lua.LString(a + b))
	return 1
}

// errorIndex reads a field of a Go error: code, message, hint, or a string
// method of its text.
func (s *State) errorIndex(L *lua.LState) int {
	r, ok := raisedIn(L.Get(1))
	if !ok {
		L.RaiseError("this is no error")
	}
	L.Push(s.errorField(r, L.CheckString(2)))
	return 1
}

func (s *State) errorField(r *raised, name string) lua.LValue {
	d := diagnosticIn(r.err)
	switch name {
	case "message":
		return lua.LString(d.Message)
	case "code":
		if d.Code == "" {
			return lua.LNil
		}
		return lua.LString(d.Code)
	case "hint":
		if d.Hint == "" {
			return lua.LNil
		}
		return lua.LString(d.Hint)
	}
	return s.errorMethod(name)
}

// errorMethod is a string function, which the script may have replaced, that takes
// the text of a Go error.
func (s *State) errorMethod(name string) lua.LValue {
	strs, ok := s.L.G.Global.RawGetString("string").(*lua.LTable)
	if !ok {
		return lua.LNil
	}
	fn, ok := strs.RawGetString(name).(*lua.LFunction)
	if !ok {
		return lua.LNil
	}
	if made, ok := s.methods[fn]; ok {
		return made
	}
	made := s.Bind(name, func(L *lua.LState) int {
		L.Replace(1, lua.LString(ToText(L, L.Get(1))))
		return passOn(L, fn)
	})
	if fn.IsG { // there are only so many of those
		s.methods[fn] = made
	}
	return made
}

// passOn gives all arguments to a function and returns what it returns.
func passOn(L *lua.LState, fn *lua.LFunction) int {
	if fn.IsG {
		return fn.GFunction(L)
	}
	given := L.GetTop()
	L.Push(fn)
	for i := 1; i <= given; i++ {
		L.Push(L.Get(i))
	}
	L.Call(given, lua.MultRet)
	return L.GetTop() - given
}

// diagnosticIn is the diagnostic that an error carries, or one with its text
// only.
func diagnosticIn(err error) *diag.Diagnostic {
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return d
	}
	return &diag.Diagnostic{Message: err.Error()}
}
