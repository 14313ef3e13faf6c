package vm

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
)

// How often the watchdog looks. A collection costs much, so that there is at
// most one in collectEvery looks.
const (
	lookEvery    = 25 * time.Millisecond
	collectEvery = 40
)

// Watchdog ends the Lua calls that run when the heap of the process holds more
// than a limit. It is a soft bound: it samples the whole process, does not know
// who holds the memory, and comes too late for a single instruction that takes
// more than there is. It costs a running script nothing.
//
// It looks while it is started, from a goroutine of its own, and may be used by
// several goroutines. A nil Watchdog watches nothing.
type Watchdog struct {
	limit   uint64
	heap    func() uint64 // bytes of the heap, with garbage
	collect func()        // removes the garbage

	mu      sync.Mutex
	started int
	quit    chan struct{} // closed to end the goroutine
	done    chan struct{} // closed when it has ended
	calls   map[*watched]struct{}
}

// watched is a call that a watchdog can end.
type watched struct{ end context.CancelCauseFunc }

// NewWatchdog makes a watchdog that ends scripts when the heap holds more than
// limit bytes; nil when the limit is not above zero.
func NewWatchdog(limit int64) *Watchdog {
	if limit <= 0 {
		return nil
	}
	return &Watchdog{limit: uint64(limit), heap: heapBytes, collect: runtime.GC, calls: map[*watched]struct{}{}}
}

// heapBytes is how many bytes the objects of the heap take, garbage included
// that was not yet swept.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}

// Start keeps the watchdog awake until stop is called, which may be done more
// than once. The last stop waits for its goroutine.
func (w *Watchdog) Start() (stop func()) {
	if w == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started++; w.started == 1 {
		w.quit, w.done = make(chan struct{}), make(chan struct{})
		go w.look(w.quit, w.done)
	}
	return sync.OnceFunc(w.stop)
}

func (w *Watchdog) stop() {
	w.mu.Lock()
	w.started--
	last, done := w.started == 0, w.done
	if last {
		close(w.quit)
	}
	w.mu.Unlock()
	if last {
		<-done
	}
}

// look is the watchdog's goroutine.
func (w *Watchdog) look(quit, done chan struct{}) {
	defer close(done)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	rest := 0 // looks until a collection is allowed
	for {
		select {
		case <-quit:
			return
		case <-ticker.C:
		}
		rest = max(0, rest-1)
		if rest > 0 || w.heap() <= w.limit {
			continue
		}
		rest = collectEvery
		w.collect()
		if held := w.heap(); held > w.limit {
			w.trip(held)
		}
	}
}

// trip ends all calls that run.
func (w *Watchdog) trip(held uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.calls {
		c.end(&shortage{held: held, limit: w.limit})
	}
}

// watch is the context of a call that the watchdog can end, until done is
// called.
func (w *Watchdog) watch(parent context.Context) (ctx context.Context, done func()) {
	ctx, end := context.WithCancelCause(parent)
	c := &watched{end: end}
	w.mu.Lock()
	w.calls[c] = struct{}{}
	w.mu.Unlock()
	return ctx, func() {
		w.mu.Lock()
		delete(w.calls, c)
		w.mu.Unlock()
		end(nil)
	}
}

// shortage says that the process holds more memory than it may.
type shortage struct{ held, limit uint64 }

// Error implements error.
func (e *shortage) Error() string {
	return fmt.Sprintf("memory runs short: the process holds %s, and scripts are ended above %s", binary(e.held), binary(e.limit))
}

func (e *shortage) diagnose(pos diag.Pos) *diag.Diagnostic {
	return diag.Errorf("lua.memory", pos, "%w", e).
		WithHint("keep less in tables and texts: components such as distinct, join and aggregate hold such state outside of Lua; " +
			`who runs the script may raise the limit "memory"`)
}

// binary writes a number of bytes in the unit that suits it.
func binary(n uint64) string {
	const unit = 1 << 10
	size, suffix := float64(n), "bytes"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size < unit {
			break
		}
		size, suffix = size/unit, next
	}
	if suffix == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, suffix)
}
