package engine

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/etlscript/etlscript/engine/job"
)

// queue decides which runs go on and which wait. Runs of one job make a group. A run
// waits first for the runs that come before it, then in its group, in order of priority
// and submission. A group is ready when its first run could begin; the best of all ready
// groups gets the next free place.
//
// Nothing runs in the queue itself: it moves on when a run is submitted, ends, or is
// cancelled, in the goroutine where that happens.
type queue struct {
	mu         sync.Mutex
	max        int // runs at once, 0 without a limit
	maxWaiting int
	seq        int64
	going      int               // runs that go on
	waiting    int               // runs that do not go on yet
	runs       map[*Run]struct{} // those that have not ended
	groups     map[string]*group
	ready      groupHeap
	closed     bool
	idle       chan struct{} // closed when the queue is closed and nothing is left
}

// group is the runs of one job that go on or wait.
type group struct {
	name    string
	script  string // whose job it is
	going   []*Run // the oldest first
	waiting runHeap
	held    int // runs that wait for others
	place   int // in queue.ready, -1 if it is not there
}

// spot is where a run stands in the queue. The queue's mutex guards it.
type spot struct {
	group *group
	seq   int64
	place int // in group.waiting, -1 if it is not there
	stage stage
	// before is how many runs must end first; behind are those that wait for this one.
	before int
	behind []wait
	stop   func() bool // ends the watch on its context, which goes on while it waits
}

// wait is a run that waits for another one.
type wait struct {
	run  *Run
	well bool // it must have completed
}

// stage is how far a run has come in the queue.
type stage uint8

const (
	held    stage = iota // it waits for other runs
	queued               // it waits for a place
	going                // it has a place
	dropped              // it was cancelled before it had one
	gone                 // it has ended
)

func (q *queue) init(most, mostWaiting int) {
	q.max, q.maxWaiting = most, mostWaiting
	q.runs, q.groups, q.idle = map[*Run]struct{}{}, map[string]*group{}, make(chan struct{})
}

// admission is what became of a run that was submitted.
type admission struct {
	begun    []*Run // those that go on now
	replaced []*Run // those that are to be cancelled for it
	skip     bool   // it is to be cancelled itself
}

// admit takes in a run, which begins or waits. dropped is called, in a goroutine of its
// own, when the run is cancelled while it waits.
func (q *queue) admit(r *Run, before []wait, dropped func()) (a admission, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.refuse(r); err != nil {
		return a, err
	}
	g := q.groupOf(r)
	q.seq++
	q.waiting++
	q.runs[r] = struct{}{}
	r.spot.group, r.spot.seq, r.spot.place, r.spot.stage = g, q.seq, -1, held
	g.held++
	q.hold(r, before)
	if r.spot.before == 0 {
		q.enqueue(r)
	}
	a.begun = q.dispatch()
	if r.spot.stage != going {
		a.replaced, a.skip = r.conflict()
		r.spot.stop = context.AfterFunc(r.ctx, dropped)
	}
	return a, nil
}

// refuse says why a run cannot be taken in.
func (q *queue) refuse(r *Run) error {
	g := q.groups[r.def.Name]
	switch {
	case q.closed:
		return ErrShutdown
	case q.waiting >= q.maxWaiting:
		return fmt.Errorf("%w: %d", ErrFull, q.waiting)
	case g != nil && g.script != "" && r.def.Script != "" && g.script != r.def.Script:
		return fmt.Errorf("%w: %q of %s", ErrName, r.def.Name, g.script)
	}
	return nil
}

func (q *queue) groupOf(r *Run) *group {
	g := q.groups[r.def.Name]
	if g == nil {
		g = &group{name: r.def.Name, script: r.def.Script, place: -1}
		q.groups[r.def.Name] = g
	}
	return g
}

// hold makes the run wait for others.
func (q *queue) hold(r *Run, before []wait) {
	for _, w := range before {
		if w.run.spot.stage != gone {
			r.spot.before++
			w.run.spot.behind = append(w.run.spot.behind, wait{run: r, well: w.well})
		} else if w.well && !completed(w.run.outcome().tracker.State()) {
			r.cancel(notCompleted(w.run))
		}
	}
}

// enqueue makes the run wait for a place only.
func (q *queue) enqueue(r *Run) {
	g := r.spot.group
	g.held--
	r.spot.stage = queued
	heap.Push(&g.waiting, r)
	q.update(g)
}

// conflict applies the rule of the job for a run that waits beside others: which of them
// are cancelled, or that the run itself is.
func (r *Run) conflict() (replaced []*Run, skip bool) {
	rule, g := r.def.Settings.Concurrency, r.spot.group
	surplus := len(g.going) + len(g.waiting) + g.held - int(rule.Max)
	if rule.Max == 0 || surplus <= 0 {
		return nil, false
	}
	switch rule.OnConflict {
	case job.Skip:
		return nil, true
	case job.Replace:
		others := slices.DeleteFunc(slices.Concat(g.going, g.waiting), func(x *Run) bool { return x == r })
		return others[:min(surplus, len(others))], false
	}
	return nil, false
}

// dispatch gives free places to those that wait.
func (q *queue) dispatch() (begun []*Run) {
	for len(q.ready) > 0 && (q.max == 0 || q.going < q.max) {
		g := q.ready[0]
		r := heap.Pop(&g.waiting).(*Run)
		r.spot.stage = going
		if r.spot.stop != nil {
			r.spot.stop()
		}
		g.going = append(g.going, r)
		q.going++
		q.waiting--
		q.update(g)
		begun = append(begun, r)
	}
	return begun
}

// update puts the group where it belongs after a change of it.
func (q *queue) update(g *group) {
	ready := g.mayBegin()
	switch {
	case ready && g.place < 0:
		heap.Push(&q.ready, g)
	case ready:
		heap.Fix(&q.ready, g.place)
	case g.place >= 0:
		heap.Remove(&q.ready, g.place)
	}
	if len(g.going)+len(g.waiting)+g.held == 0 && q.groups[g.name] == g {
		delete(q.groups, g.name)
	}
}

// mayBegin reports whether the first run that waits could begin.
func (g *group) mayBegin() bool {
	if len(g.waiting) == 0 {
		return false
	}
	most := g.waiting[0].def.Settings.Concurrency.Max
	return most == 0 || int64(len(g.going)) < most
}

// drop takes out a run that was cancelled while it waited, and reports whether it did.
func (q *queue) drop(r *Run) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := r.spot.group
	switch r.spot.stage {
	case held:
		g.held--
	case queued:
		heap.Remove(&g.waiting, r.spot.place)
	default:
		return false
	}
	r.spot.stage = dropped
	q.update(g)
	return true
}

// end takes out a run that has ended, and gives the runs that go on instead. instead is
// the run that stands in for it, which those behind it wait for now; nil for none.
func (q *queue) end(r, instead *Run) (begun []*Run, failed []*Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := r.spot.group
	if r.spot.stage == going {
		q.going--
		g.going = slices.DeleteFunc(g.going, func(x *Run) bool { return x == r })
	} else {
		q.waiting--
	}
	r.spot.stage = gone
	delete(q.runs, r)
	q.update(g)
	failed = q.release(r, instead)
	begun = q.dispatch()
	q.rest()
	return begun, failed
}

// release lets those go on that waited for the run, and gives those that never will.
func (q *queue) release(r, instead *Run) (failed []*Run) {
	behind := r.spot.behind
	r.spot.behind = nil
	for instead != nil && instead.spot.stage == gone { // it may have ended, and another one stand in for it
		instead = instead.instead
	}
	if instead != nil {
		instead.spot.behind = append(instead.spot.behind, behind...)
		return nil
	}
	well := completed(r.outcome().tracker.State())
	for _, w := range behind {
		w.run.spot.before--
		switch {
		case w.well && !well:
			failed = append(failed, w.run)
		case w.run.spot.before == 0 && w.run.spot.stage == held:
			q.enqueue(w.run)
		}
	}
	return failed
}

// rest tells of the end of a closed queue.
func (q *queue) rest() {
	if q.closed && q.going+q.waiting == 0 {
		select {
		case <-q.idle:
		default:
			close(q.idle)
		}
	}
}

// shut takes no further runs and gives those that have not ended: all, or only those that
// wait.
func (q *queue) shut(all bool) (left []*Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for r := range q.runs {
		if all || r.spot.stage != going {
			left = append(left, r)
		}
	}
	q.rest()
	return left
}

// Load is how busy an engine is.
type Load struct {
	Going   int // runs that go on
	Waiting int // runs that wait
}

// Load is how busy the engine is at the moment.
func (e *Engine) Load() Load {
	e.queue.mu.Lock()
	defer e.queue.mu.Unlock()
	return Load{Going: e.queue.going, Waiting: e.queue.waiting}
}

// Shutdown ends the engine: it takes no further runs, cancels those that wait, lets those
// that go on end by themselves until ctx ends, and cancels what goes on then. It returns
// when nothing goes on any more; the error is that of ctx where it had to cancel.
func (e *Engine) Shutdown(ctx context.Context) error {
	cancelAll(e.queue.shut(false), ErrShutdown)
	select {
	case <-e.queue.idle:
		return nil
	case <-ctx.Done():
	}
	cancelAll(e.queue.shut(true), ErrShutdown)
	<-e.queue.idle
	return context.Cause(ctx)
}

func cancelAll(runs []*Run, cause error) {
	for _, r := range runs {
		r.Cancel(cause)
	}
}

// runHeap are runs in order of priority, then of submission.
type runHeap []*Run

func (h runHeap) Len() int { return len(h) }

func (h runHeap) Less(i, j int) bool { return h[i].sooner(h[j]) }

func (r *Run) sooner(other *Run) bool {
	return cmp.Or(cmp.Compare(other.meta.Priority, r.meta.Priority), cmp.Compare(r.spot.seq, other.spot.seq)) < 0
}

func (h runHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].spot.place, h[j].spot.place = i, j
}

// Push implements heap.Interface.
func (h *runHeap) Push(x any) {
	r := x.(*Run)
	r.spot.place = len(*h)
	*h = append(*h, r)
}

// Pop implements heap.Interface.
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last], r.spot.place = nil, -1
	*h = (*h)[:last]
	return r
}

// groupHeap are ready groups in order of their first runs.
type groupHeap []*group

func (h groupHeap) Len() int { return len(h) }

func (h groupHeap) Less(i, j int) bool { return h[i].waiting[0].sooner(h[j].waiting[0]) }

func (h groupHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// Push implements heap.Interface.
func (h *groupHeap) Push(x any) {
	g := x.(*group)
	g.place = len(*h)
	*h = append(*h, g)
}

// Pop implements heap.Interface.
func (h *groupHeap) Pop() any {
	last := len(*h) - 1
	g := (*h)[last]
	(*h)[last], g.place = nil, -1
	*h = (*h)[:last]
	return g
}
