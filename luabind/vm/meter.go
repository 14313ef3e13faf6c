package vm

import (
	"context"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// pollEvery is how many instructions pass between two looks at the flag of the
// canceller. One that compares long texts, or measures a long table, takes tens
// of milliseconds, and they add up; that few cost no measurable time.
const pollEvery = 16

// meter counts the instructions of a state and ends what runs too long or was
// cancelled. It poses as the context of every thread of the state: the virtual
// machine calls Done before each instruction, on its own goroutine, and raises
// an error when the channel is closed. That error comes back at every further
// instruction, so that pcall cannot swallow it.
type meter struct {
	state   *State
	ctx     context.Context // the real one
	stopped *atomic.Bool    // set by the canceller
	budget  budget          // what is counted down
	given   int64           // instructions at the last refill
	until   int64           // instructions to the next poll
	left    int64           // instructions beyond until
	err     error           // why nothing may run any more
}

var _ context.Context = (*meter)(nil)

// closed is a channel that is always ready.
func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func newMeter(s *State) *meter {
	m := &meter{state: s, ctx: context.Background(), stopped: &atomic.Bool{}}
	m.refill(budget{s.limits.Load, "load"}, s.limits.Load)
	return m
}

// begin makes ctx the real context until end is called.
func (m *meter) begin(ctx context.Context) (end func()) {
	unwatch := func() {}
	if m.state.watchdog != nil {
		ctx, unwatch = m.state.watchdog.watch(ctx)
	}
	outer, flag := m.ctx, m.stopped
	// Each run has a flag of its own: the canceller of an earlier one may still
	// be on its way.
	stopped := &atomic.Bool{}
	stopped.Store(ctx.Err() != nil)
	m.ctx, m.stopped = ctx, stopped
	release := context.AfterFunc(ctx, func() { stopped.Store(true) })
	return func() {
		release()
		unwatch()
		m.ctx, m.stopped = outer, flag
	}
}

// refill gives n instructions of a budget and forgets an earlier failure.
func (m *meter) refill(of budget, n int64) {
	m.err = nil
	m.budget, m.given = of, n
	m.until, m.left = 0, n
	m.slice()
	if m.stopped.Load() {
		m.until = 0 // look at the flag before the first instruction
	}
}

// slice moves instructions from left to until.
func (m *meter) slice() {
	n := min(m.left, pollEvery)
	m.until += n
	m.left -= n
}

// Done counts one instruction. The nil channel that it returns is never ready.
func (m *meter) Done() <-chan struct{} {
	m.until--
	if m.until >= 0 {
		return nil
	}
	return m.poll()
}

// poll is called when the instructions of a slice are used up.
func (m *meter) poll() <-chan struct{} {
	if m.fail(m.left == 0) {
		return closed()
	}
	m.slice()
	return nil
}

// fail notes why nothing may run any more, if so.
func (m *meter) fail(spent bool) bool {
	switch {
	case m.err != nil:
	case m.stopped.Load():
		m.err = context.Cause(m.ctx)
	case spent:
		m.err = &overrun{m.budget}
	}
	if m.err == nil {
		return false
	}
	m.until, m.left = 0, 0
	return true
}

// spend counts n instructions for work that a Go function does by itself, and
// raises when the budget is used up or the run was cancelled.
func (m *meter) spend(L *lua.LState, n int64) {
	if err := m.charge(n); err != nil {
		L.RaiseError("%s", err.Error())
	}
}

// charge is spend without raising: it returns why nothing may run any more.
func (m *meter) charge(n int64) error {
	m.until -= n
	if m.until >= 0 {
		return nil
	}
	m.left += m.until
	m.until = 0
	if m.fail(m.left < 0) {
		return m.err
	}
	m.slice()
	return nil
}

// used is how many instructions were counted since refill.
func (m *meter) used() int64 { return m.given - m.left - m.until }

// kill lets nothing run any more until the next refill.
func (m *meter) kill(err error) {
	m.err = err
	m.until, m.left = 0, 0
}

// Err is why nothing may run any more.
func (m *meter) Err() error {
	if m.err != nil {
		return m.err
	}
	return m.ctx.Err()
}

// Deadline is the real context's.
func (m *meter) Deadline() (time.Time, bool) { return m.ctx.Deadline() }

// Value is the real context's.
func (m *meter) Value(key any) any { return m.ctx.Value(key) }

// ctxOf is the context under which a script runs, for Go functions that wait
// or do I/O. L.Context() is the meter and must not be used for that.
func ctxOf(L *lua.LState) context.Context {
	if s := StateOf(L); s != nil {
		return s.meter.ctx
	}
	return context.Background()
}

// ContextOf is the context of the load or the run that a function of the host is called
// in. That of the Lua state itself is none for others: it counts instructions.
func ContextOf(L *lua.LState) context.Context {
	if m, ok := L.Context().(*meter); ok {
		return m.ctx
	}
	return context.Background()
}

// StateOf is the state that a thread belongs to, nil if it is none of ours.
func StateOf(L *lua.LState) *State {
	if m, ok := L.Context().(*meter); ok {
		return m.state
	}
	return nil
}
