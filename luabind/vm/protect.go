package vm

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// errOverflow says that a function passed more values than a thread holds.
var errOverflow = errors.New("stack overflow: a function calls itself with ever more values")

// guarded is PCall. When the values of a thread overflow in a tail call,
// gopher-lua panics again while it makes the message; that panic leaves PCall,
// and would end the process. The thread is of no use then.
func guarded(L *lua.LState, nargs, nret int) (err error) {
	defer func() {
		if recover() != nil {
			err = &lua.ApiError{Type: lua.ApiErrorPanic, Object: lua.LString(errOverflow.Error()), Cause: errOverflow}
		}
	}()
	return L.PCall(nargs, nret, nil)
}

// protect calls fn on a thread of its own. gopher-lua's PCall closes every open
// upvalue of its thread when an error passes, also those of frames outside of
// it, which would cut the caller off from variables that its closures share.
// On a helper thread there are no such frames.
func (s *State) protect(L *lua.LState, fn lua.LValue, nret int, args []lua.LValue) ([]lua.LValue, error) {
	thread := s.enter(L)
	out, err := s.pcall(thread, fn, nret, args)
	s.leave()
	return out, err
}

// enter is a thread for a protected call from the thread L, until leave is
// called.
func (s *State) enter(L *lua.LState) *lua.LState {
	depth := len(s.outer)
	if depth == len(s.helpers) {
		s.addHelper(L)
	}
	s.outer = append(s.outer, L)
	thread := s.helpers[depth]
	if thread.GetTop() > 0 {
		thread.SetTop(0) // results that the caller of the last call had no room for
	}
	return thread
}

// addHelper makes the thread for calls one level deeper than any before.
func (s *State) addHelper(L *lua.LState) {
	if len(s.helpers) == maxProtected {
		L.RaiseError("too many protected calls in one another (%d)", maxProtected)
	}
	s.helpers = append(s.helpers, s.newThread(s.L))
}

// leave ends the protected call that was entered last. Threads whose call the
// meter ended are of no use any more.
func (s *State) leave() {
	depth := len(s.outer) - 1
	s.outer = s.outer[:depth]
	if s.meter.err != nil {
		s.helpers = s.helpers[:depth]
	}
}

// newThread makes a thread that the meter counts.
func (s *State) newThread(L *lua.LState) *lua.LState {
	thread, cancel := L.NewThread()
	if cancel != nil {
		cancel() // of the context that the meter replaces
	}
	thread.SetContext(s.meter)
	return thread
}

// basePcall is pcall(fn, ...). It is called so often that it does without the
// care of Bind, but where it raises itself.
func (s *State) basePcall(L *lua.LState) int {
	last := L.GetTop()
	if last == 0 || len(s.outer) == maxProtected {
		defer rescue(L, "pcall")
		needsAny(L, 1)
	}
	return s.protectArguments(L, last, nil)
}

// baseXpcall is xpcall(fn, handler). The handler runs after the stack was
// unwound.
func (s *State) baseXpcall(L *lua.LState) int {
	return s.protectArguments(L, 1, needsAny(L, 2))
}

// protectArguments calls argument 1 with the others, up to number last. It
// pushes true and the results, or false and the error value, of which the
// handler, if there is one, makes another. An error that must not be caught goes
// on.
func (s *State) protectArguments(L *lua.LState, last int, handler lua.LValue) int {
	fn := L.Get(1)
	if _, ok := fn.(*lua.LFunction); !ok && L.GetMetaField(fn, "__call") == lua.LNil {
		return s.pushFailure(L, lua.LString("attempt to call a "+fn.Type().String()+" value"), handler)
	}
	thread := s.enter(L)
	for i := 1; i <= last; i++ {
		thread.Push(L.Get(i))
	}
	var failure error
	if err := guarded(thread, last-1, lua.MultRet); err != nil {
		failure = s.failure(err)
	}
	// The thread is idle before the results are pushed, which L may have no room for.
	s.leave()
	if failure != nil {
		return s.pushFailure(L, s.caught(L, failure), handler)
	}
	L.Push(lua.LTrue)
	n := thread.GetTop()
	for i := 1; i <= n; i++ {
		L.Push(thread.Get(i))
	}
	thread.SetTop(0)
	return n + 1
}

func (s *State) pushFailure(L *lua.LState, failed, handler lua.LValue) int {
	if handler != nil {
		failed = s.handled(L, handler, failed)
	}
	L.Push(lua.LFalse)
	L.Push(failed)
	return 2
}

// handled is what the handler of an xpcall makes of an error.
func (s *State) handled(L *lua.LState, handler, failed lua.LValue) lua.LValue {
	if handler.Type() == lua.LTFunction {
		out, err := s.protect(L, handler, 1, []lua.LValue{failed})
		if err == nil {
			return out[0]
		}
		s.caught(L, err)
	}
	return lua.LString("error in error handling")
}

// caught is the value that an error was raised with. It raises again when the
// state must stop.
func (s *State) caught(L *lua.LState, err error) lua.LValue {
	if s.meter.err != nil {
		L.RaiseError("%s", s.meter.err.Error())
	}
	return err.(*Error).value
}

// Arguments are the arguments of the running Go function from number from on.
func Arguments(L *lua.LState, from int) []lua.LValue {
	top := L.GetTop()
	out := make([]lua.LValue, 0, max(0, top-from+1))
	for i := from; i <= top; i++ {
		out = append(out, L.Get(i))
	}
	return out
}
