package row

import (
	"context"
	"errors"
	"math"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// run is one execution of a plan.
type run struct {
	ctx     context.Context // ends when the run is cancelled; for tests of it only
	cancel  context.CancelCauseFunc
	plan    *plan.Plan
	attempt plan.Attempt
	seams   seams
	tap     Tap
	scope   expr.Scope
	memory  memory
	links   map[*plan.Edge]*link
	writers map[*plan.Node]op.Writer
	stages  []*stage

	mu    sync.Mutex
	first *failure // of those reported so far
	broke error    // why the executor itself gave up

	stopPos  atomic.Int64 // sources stop when they have handed on a row beyond it
	cutDepth atomic.Int64 // rows behind more blocking nodes than this are not wanted
}

func newRun(ctx context.Context, p *plan.Plan, a plan.Attempt, s seams) *run {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &run{
		ctx: ctx, cancel: cancel, plan: p, attempt: a, seams: s, tap: noTap{},
		memory: memory{limit: p.Options.Memory}, links: map[*plan.Edge]*link{}, writers: map[*plan.Node]op.Writer{},
	}
	r.stopPos.Store(math.MaxInt64)
	r.cutDepth.Store(math.MaxInt64)
	return r
}

// report takes a failure that has reached the end of its stream. Everything
// that cannot lead to an earlier one stops.
func (r *run) report(f *failure) {
	if f.silent || r.ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil || f.before(r.first) {
		r.first = f
	}
	stop := int64(-1)
	if r.first.place.depth == 0 {
		stop = r.first.place.pos
	}
	r.stopPos.Store(min(r.stopPos.Load(), stop))
	r.cutDepth.Store(int64(r.first.place.depth))
}

// stopped reports whether a source that has handed on so many rows is to stop.
func (r *run) stopped(handed int64) bool { return handed > r.stopPos.Load() }

// cut reports whether rows at a place are not wanted any more.
func (r *run) cut(p place) bool { return int64(p.depth) > r.cutDepth.Load() }

// abort ends the run at once, for a reason that has no place in the order of
// rows.
func (r *run) abort(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broke == nil && r.ctx.Err() == nil {
		r.broke = err
		r.cancel(err)
	}
}

// result is the error of the run.
func (r *run) result() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.broke != nil:
		return r.broke
	case r.first != nil:
		return r.first.err
	}
	return context.Cause(r.ctx)
}

// failing reports whether the run will end with an error, as far as is known.
func (r *run) failing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first != nil || r.ctx.Err() != nil
}

// began and ended tell who watches the attempt.
func (r *run) began(nodes []*plan.Node) {
	if w := r.attempt.Watch; w != nil {
		w.Began(nodes)
	}
}

func (r *run) ended(nodes []*plan.Node) {
	if w := r.attempt.Watch; w != nil {
		w.Ended(nodes)
	}
}

// start runs f in a goroutine of its own.
func (r *run) start(wg *sync.WaitGroup, f func()) {
	wg.Go(func() { r.protect(f) })
}

// protect runs f. A panic ends the run, not the process.
func (r *run) protect(f func()) {
	defer func() {
		if p := recover(); p != nil {
			r.abort(diag.Errorf("internal.panic", diag.Pos{}, "a component broke down: %v\n%s", p, debug.Stack()).
				WithHint("this is a fault in etlscript or in a component, not in your data"))
		}
	}()
	f()
}

// wait runs all stages to their end.
func (r *run) wait() error {
	var wg sync.WaitGroup
	for _, s := range r.stages {
		r.start(&wg, func() { s.run(r.ctx) })
	}
	wg.Wait()
	return r.result()
}

// close frees everything but the writers.
func (r *run) close() error {
	for _, s := range r.stages {
		s.close()
	}
	r.scope.Close()
	r.cancel(nil)
	var errs []error
	for _, l := range r.links {
		errs = append(errs, l.queue.release())
	}
	return errors.Join(errs...)
}

// abortWriters gives up all outputs, the last one first.
func (r *run) abortWriters() error {
	var errs []error
	for _, n := range slices.Backward(r.plan.Nodes) {
		if w, ok := r.writers[n]; ok {
			errs = append(errs, w.Abort())
		}
	}
	return errors.Join(errs...)
}
