package vm

import (
	"runtime"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// coroutineCost is how many instructions making a coroutine counts for, so that
// the budget bounds their memory as well.
const coroutineCost = 5000

// openCoroutine adds the library coroutine. gopher-lua makes and resumes the
// threads; the meter is put on each, and what it does not check is checked.
func (s *State) openCoroutine() {
	create, resume := s.native(lua.OpenCoroutine, "create"), s.native(lua.OpenCoroutine, "resume")
	c := &coroutines{s: s, create: create, resume: resume}
	s.setLibrary("coroutine", map[string]lua.LGFunction{
		"create": c.makeThread, "resume": c.resumeThread, "wrap": c.wrap,
		"yield": c.yield, "running": c.current, "status": c.status,
	})
}

type coroutines struct {
	s              *State
	create, resume lua.LGFunction
}

func (c *coroutines) makeThread(L *lua.LState) int {
	c.s.meter.spend(L, coroutineCost)
	L.CheckFunction(1)
	n := c.create(L)
	L.Get(-1).(*lua.LState).SetContext(c.s.meter)
	return n
}

// resumeThread is resume(thread, ...).
func (c *coroutines) resumeThread(L *lua.LState) int {
	thread := L.CheckThread(1)
	if thread.Dead || thread.Parent != nil || thread == L.G.CurrentThread || thread == L.G.MainThread {
		L.Push(lua.LFalse)
		L.Push(lua.LString("cannot resume " + c.state(L, thread) + " coroutine"))
		return 2
	}
	if c.s.resumed >= maxCoroutine {
		L.RaiseError("too many coroutines resume one another (%d)", maxCoroutine)
	}
	c.s.resumed++
	current := L.G.CurrentThread
	n := c.resume(L)
	L.G.CurrentThread = current
	c.s.resumed--
	if n == 2 && L.Get(-2) == lua.LFalse {
		failed := c.s.explain(L.Get(-1))
		failed.trace = threadTrace(thread)
		L.Pop(1)
		L.Push(c.s.failed(failed).value)
	}
	return n
}

// yield is yield(...). gopher-lua hands the values over when the function
// returns; the virtual machine cannot come back to a Go function in between,
// so that crossing one is refused.
func (c *coroutines) yield(L *lua.LState) int {
	if L.G.CurrentThread == L.G.MainThread {
		L.RaiseError("attempt to yield from outside a coroutine")
	}
	if calledBack() {
		L.RaiseError("attempt to yield across a metamethod, an iterator or a callback")
	}
	return -1
}

// calledBack reports whether the virtual machine was entered a second time
// since the innermost coroutine was resumed. Only Go's own stack tells.
func calledBack() bool {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "gopher-lua.threadRun"):
			return false
		case strings.HasSuffix(frame.Function, "gopher-lua.(*LState).callR"):
			return true
		case !more:
			return false
		}
	}
}

// wrap is wrap(fn): a function that resumes and raises what fails.
func (c *coroutines) wrap(L *lua.LState) int {
	c.makeThread(L)
	thread := L.Get(-1)
	L.Push(c.s.Bind("wrap", func(L *lua.LState) int {
		L.Insert(thread, 1)
		n := c.resumeThread(L)
		if L.Get(-n) == lua.LFalse {
			L.Error(L.Get(-1), 0)
		}
		return n - 1
	}))
	return 1
}

// current is running(): nil on the main thread.
func (c *coroutines) current(L *lua.LState) int {
	if L.G.CurrentThread == L.G.MainThread {
		L.Push(lua.LNil)
	} else {
		L.Push(L.G.CurrentThread)
	}
	return 1
}

func (c *coroutines) status(L *lua.LState) int {
	L.Push(lua.LString(c.state(L, L.CheckThread(1))))
	return 1
}

func (c *coroutines) state(L *lua.LState, thread *lua.LState) string {
	switch {
	case thread.Dead:
		return "dead"
	case thread == L.G.CurrentThread:
		return "running"
	case thread.Parent != nil || thread == L.G.MainThread:
		return "normal"
	}
	return "suspended"
}
