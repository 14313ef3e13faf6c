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
	library := s.setLibrary("coroutine", map[string]lua.LGFunction{
		"create": c.makeThread, "resume": c.resumeThread, "wrap": c.wrap,
		"yield": c.yield, "running": c.current, "status": c.status,
	})
	library.RawSetString("yield", s.whole(library.RawGetString("yield")))
}

// whole makes a function of Lua of the one that yields. Where a coroutine wants
// more values of yield than resume gives it, gopher-lua leaves it what the
// registers held before; the return of a function fills them with nil.
func (s *State) whole(yield lua.LValue) *lua.LFunction {
	make, err := s.L.LoadString("local yield, pass = ... return function(...) return pass(yield(...)) end")
	if err != nil {
		panic(err) // the text is a constant
	}
	s.L.Push(make)
	s.L.Push(yield)
	s.L.Push(s.Bind("yield", func(L *lua.LState) int { return L.GetTop() }))
	s.L.Call(2, 1)
	whole := s.L.Get(-1).(*lua.LFunction)
	s.L.Pop(1)
	whole.Proto.SourceName = "" // it has no place in messages
	return whole
}

type coroutines struct {
	s              *State
	create, resume lua.LGFunction
}

func (c *coroutines) makeThread(L *lua.LState) int {
	c.s.meter.spend(L, coroutineCost)
	if fn, ok := L.Get(1).(*lua.LFunction); !ok || fn.IsG {
		L.ArgError(1, "Lua function expected")
	}
	n := c.create(L)
	L.Get(-1).(*lua.LState).SetContext(c.s.meter)
	return n
}

// resumeThread is resume(thread, ...).
func (c *coroutines) resumeThread(L *lua.LState) int {
	thread := coroutine(L)
	if problem := c.refusal(L, thread); problem != "" {
		L.Push(lua.LFalse)
		L.Push(lua.LString(problem))
		return 2
	}
	if c.s.resumed >= maxCoroutine {
		L.RaiseError("too many coroutines resume one another (%d)", maxCoroutine)
	}
	n := c.enter(L)
	if n == 2 && L.Get(-2) == lua.LFalse {
		failed := c.s.explain(L.Get(-1))
		failed.trace = threadTrace(thread, failed.pos)
		L.Pop(1)
		L.Push(c.s.failed(failed).value)
	}
	return n
}

// enter resumes a thread. What it gives may be more than L has room for, which
// raises.
func (c *coroutines) enter(L *lua.LState) int {
	current := L.G.CurrentThread
	c.s.resumed++
	defer func() {
		L.G.CurrentThread = current
		c.s.resumed--
	}()
	return c.resume(L)
}

// refusal says why a thread cannot be resumed, if it cannot.
func (c *coroutines) refusal(L *lua.LState, thread *lua.LState) string {
	if thread.Dead || thread.Parent != nil || thread == L.G.CurrentThread || thread == L.G.MainThread {
		return "cannot resume " + c.state(L, thread) + " coroutine"
	}
	return ""
}

// yield is yield(...). gopher-lua hands the values over when the function
// returns; the virtual machine cannot come back to a Go function in between,
// so that crossing one is refused.
func (c *coroutines) yield(L *lua.LState) int {
	if L.G.CurrentThread == L.G.MainThread {
		c.s.raiseText(L, "attempt to yield from outside a coroutine")
	}
	if calledBack() {
		c.s.raiseText(L, "attempt to yield across a metamethod, an iterator or a callback")
	}
	return -1
}

// raiseText raises a text that does not begin with a place.
func (s *State) raiseText(L *lua.LState, text string) {
	raised := lua.LString(text)
	s.thrown = thrown{value: raised, pos: Where(L)}
	L.Error(raised, 0)
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

// wrap is wrap(fn): a function that resumes and raises what fails, as it is.
func (c *coroutines) wrap(L *lua.LState) int {
	c.makeThread(L)
	thread := L.Get(-1).(*lua.LState)
	L.Push(c.s.Bind("wrap", func(L *lua.LState) int {
		if problem := c.refusal(L, thread); problem != "" {
			L.RaiseError("%s", problem)
		}
		L.Insert(thread, 1)
		n := c.resumeThread(L)
		if L.Get(-n) == lua.LFalse {
			L.Error(L.Get(-1), 0)
		}
		return n - 1
	}))
	return 1
}

// coroutine is the first argument as a coroutine.
func coroutine(L *lua.LState) *lua.LState {
	thread, ok := L.Get(1).(*lua.LState)
	if !ok {
		L.ArgError(1, "coroutine expected")
	}
	return thread
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
	L.Push(lua.LString(c.state(L, coroutine(L))))
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
