package vm

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// fakeHeap is a heap whose size a test sets.
type fakeHeap struct {
	size        atomic.Uint64 // with garbage
	live        atomic.Uint64 // after a collection
	collections atomic.Int64
}

func (h *fakeHeap) watchdog(limit int64) *Watchdog {
	w := NewWatchdog(limit)
	w.heap = h.size.Load
	w.collect = func() {
		h.collections.Add(1)
		h.size.Store(h.live.Load())
	}
	return w
}

// Garbage does not count: a collection comes before scripts are ended, and at
// most one in a second.
func TestWatchdogCollectsFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h fakeHeap
		w := h.watchdog(1000)
		defer w.Start()()
		ctx, done := w.watch(t.Context())
		defer done()
		h.live.Store(1000)
		for range 100 {
			h.size.Store(2000)
			time.Sleep(lookEvery)
			synctest.Wait()
		}
		if ctx.Err() != nil || h.collections.Load() != 3 {
			t.Errorf("%v after %d collections", context.Cause(ctx), h.collections.Load())
		}
	})
}

func TestWatchdogEndsWhatRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h fakeHeap
		w := h.watchdog(1 << 20)
		stop := w.Start()
		over, done := w.watch(t.Context())
		done()
		running, done := w.watch(t.Context())
		h.live.Store(3 << 20)
		h.size.Store(3 << 20)
		time.Sleep(lookEvery)
		synctest.Wait()
		var short *shortage
		if err := context.Cause(running); !errors.As(err, &short) ||
			err.Error() != "memory runs short: the process holds 3.0 MiB, and scripts are ended above 1.0 MiB" {
			t.Errorf("got %v", err)
		}
		if errors.As(context.Cause(over), &short) {
			t.Error("a call that had ended was ended")
		}
		done()
		h.live.Store(0)
		later, done := w.watch(t.Context())
		defer done()
		time.Sleep(time.Minute)
		synctest.Wait()
		if later.Err() != nil {
			t.Errorf("a call was ended for what another one held: %v", context.Cause(later))
		}
		stop()
		stop()
	})
}

// The goroutine lives from the first Start to the last stop.
func TestWatchdogSleeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h fakeHeap
		w := h.watchdog(1)
		first, second := w.Start(), w.Start()
		first()
		h.size.Store(2)
		time.Sleep(time.Second)
		synctest.Wait()
		if h.collections.Load() != 1 {
			t.Errorf("%d collections while it is started", h.collections.Load())
		}
		second()
		time.Sleep(time.Minute)
		if h.collections.Load() != 1 {
			t.Errorf("%d collections after it was stopped", h.collections.Load())
		}
		w.Start()() // synctest fails when a goroutine is left
	})
}

func TestNoWatchdog(t *testing.T) {
	t.Parallel()
	w := NewWatchdog(-1)
	if w != nil {
		t.Error("a limit below zero makes a watchdog")
	}
	s := openState(t)
	stop := s.Watch(w)
	if _, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, "return 1")), 0); err != nil {
		t.Error(err)
	}
	stop()
}

// A script that the watchdog ends cannot catch it, fails at its line, and ends
// the run; other runs of the state go on.
func TestWatchdogEndsScript(t *testing.T) {
	t.Parallel()
	s, fn := rowFunc(t, Limits{}, "return function(n)\n while n > 0 do pcall(function() while true do end end) end return n end")
	var h fakeHeap
	h.live.Store(2)
	h.size.Store(2)
	w := h.watchdog(1)
	s.Watch(w)
	s.limits.Row, s.limits.Batch = 1<<40, 1<<40
	end := s.Begin(t.Context(), 0)
	_, err := s.Invoke(fn, lua.LNumber(1))
	end()
	var failed *Error
	if !errors.As(err, &failed) || !failed.EndsRun() {
		t.Fatalf("got %v", err)
	}
	d := s.Diagnose(err)
	if d.Code != "lua.memory" || d.Pos.Line != 2 || !strings.Contains(d.Hint, `"memory"`) {
		t.Errorf("got %s at %v: %v", d.Code, d.Pos, d)
	}
	h.size.Store(0)
	h.live.Store(0)
	defer s.Begin(t.Context(), 0)()
	if _, err := s.Invoke(fn, lua.LNumber(0)); err != nil {
		t.Errorf("the next batch: %v", err)
	}
}
