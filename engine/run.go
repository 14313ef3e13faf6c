package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// Run is one run of a job. Its methods may be called by several goroutines.
type Run struct {
	ID      string
	engine  *Engine
	def     *job.Definition
	meta    jobinfo.Meta
	tracker *jobinfo.Tracker
	journal jobinfo.Journal
	claim   jobinfo.Claim     // of its idempotency key, nil without one
	family  []*job.Definition // where its fallback job is
	parent  context.Context   // of the submission, which the fallback job gets as well
	ctx     context.Context   // ends when the run is cancelled
	cancel  context.CancelCauseFunc
	done    chan struct{}
	spot    spot // in the queue
	seed    uint64
	instead *Run // the run of the fallback job; set before done is closed

	// What follows belongs to the goroutine of the run.
	start      time.Time
	dir        *runDir
	stats      stats
	components components
	strategy   job.Strategy // of the attempt
	result     *Result      // set before done is closed
}

// Result is how a run ended.
type Result struct {
	Run      string
	Job      string
	State    jobinfo.State
	Began    bool        // it got as far as RUNNING; otherwise it was refused by check
	Attempts int         // how many it had
	Class    retry.Class // of the error that it failed by, "" for none
	Problems diag.List   // why it failed, with warnings
	Outputs  []Output
	Nodes    []NodeCounts // in order of the plan
	Rejects  []RejectFile
	Dir      string // the run directory
	Duration time.Duration
	Seed     uint64 // of random numbers; Config.Seed repeats it
	// Fallback is the run that stands in for this one, "" for none; Run.Instead is it.
	Fallback string
	// Repeated says that nothing ran: the run of this id completed under the job's
	// idempotency key before.
	Repeated bool
	// NeedsPerson says that somebody has to decide what becomes of the run.
	NeedsPerson bool
}

// Output is one output of a run.
type Output struct {
	Node   string
	Target string
	Rows   int64
}

// NodeCounts is what the ledger says of a node.
type NodeCounts struct {
	Node   string
	Counts map[string]int64
}

// Wait waits for the end of the run.
func (r *Run) Wait() Result {
	<-r.done
	return *r.result
}

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Instead waits for the end of the run, and gives the run of the fallback job that stands
// in for it, nil for none.
func (r *Run) Instead() *Run {
	<-r.done
	return r.instead
}

// outcome is the run whose end counts: the last one that stands in.
func (r *Run) outcome() *Run {
	for r.instead != nil {
		r = r.instead
	}
	return r
}

// Job is the job that runs.
func (r *Run) Job() *job.Definition { return r.def }

// Cancel asks the run to stop; cause is what it gives as its reason, and
// defaults to ErrCancelled. It does not wait.
func (r *Run) Cancel(cause error) {
	if cause == nil {
		cause = ErrCancelled
	}
	r.cancel(cause)
}

// Meta is what was known of the run when it was submitted.
func (r *Run) Meta() jobinfo.Meta {
	m := r.meta
	m.Settings = r.def.Settings.InEffect()
	return m
}

// Snapshot is the run as it stands.
func (r *Run) Snapshot() jobinfo.Snapshot { return r.tracker.Snapshot() }

// Progress is how far the run has come in its last attempt.
func (r *Run) Progress() Progress { return r.stats.progress() }

// attempt runs the job once: prepare, execute, test the ledger, publish.
func (r *Run) attempt(ctx context.Context, x Executor) (warnings diag.List, err error) {
	if err := r.begin(); err != nil {
		return nil, err
	}
	p, warnings, err := r.prepare(ctx)
	defer p.close(r.dir.log)
	if err == nil {
		err = r.execute(ctx, x, p.plan)
	}
	return warnings, errors.Join(err, r.components.close(ctx, err))
}

// begin records that an attempt begins.
func (r *Run) begin() error {
	first := r.tracker.Attempt() == 0
	if err := r.tracker.Change(jobinfo.Running, ""); err != nil {
		return err
	}
	if first {
		if err := r.call("on_start", job.Moment{State: string(jobinfo.Running)}); err != nil {
			return err
		}
	}
	return r.components.open(r)
}

func (r *Run) execute(ctx context.Context, x Executor, p *plan.Plan) error {
	if err := r.step(jobinfo.Execution); err != nil {
		return err
	}
	book := p.NewLedger()
	r.stats.begin(p, book, r.engine.config.Now())
	outputs, err := x.Execute(ctx, p, plan.Attempt{
		Env: r.env(), Ledger: book, Rejects: r.rejecter(p, book), Number: r.tracker.Attempt(),
		Fixed: expr.Fixed{Seed: r.seed, Now: r.clock()}, Watch: &r.components,
	})
	if err != nil {
		return err
	}
	if err := errors.Join(context.Cause(ctx), r.test(book), r.dir.rejects.flush(), r.step(jobinfo.Completion)); err != nil {
		return errors.Join(err, abort(outputs))
	}
	return r.publish(outputs)
}

// clock is what functions take for the time: it is the same in all attempts.
func (r *Run) clock() time.Time {
	if t := r.tracker.Snapshot().Started; !t.IsZero() {
		return t
	}
	return r.start
}

// step records that the run enters a step of its life.
func (r *Run) step(s jobinfo.Step) error {
	return r.tracker.Record(jobinfo.Event{Kind: jobinfo.KindStep, Step: s})
}

// test checks the laws of the ledger (invariant 1) and the limit of rejects.
func (r *Run) test(book *ledger.Ledger) error {
	var problems diag.List
	for _, v := range book.Check() {
		problems = append(problems, diag.Errorf("ledger.unbalanced", r.posOf(v.Where), "%w", v).
			WithHint("this is a fault in etlscript or in a component, not in your data; nothing was written"))
	}
	if limit := r.def.Settings.Limits.Rejects; limit.Exceeded(r.dir.rejects.total(), totalRead(book), true) {
		problems = append(problems, r.tooManyRejects(limit, totalRead(book)))
	}
	return problems.Err()
}

// posOf is the place of a named node; of the job where the name is that of an
// edge.
func (r *Run) posOf(name string) diag.Pos {
	if n := r.node(name); n != nil {
		return n.Pos
	}
	return r.def.Pos
}

func (r *Run) node(name string) *job.Node {
	for _, n := range r.def.Nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// abort gives up outputs, the last one first.
func abort(outputs []plan.Output) error {
	var errs []error
	for _, o := range slices.Backward(outputs) {
		errs = append(errs, o.Writer.Abort())
	}
	return errors.Join(errs...)
}

// publish makes all outputs visible (invariant 3), each whole. When one cannot
// be published, those before it stay; the result names them.
func (r *Run) publish(outputs []plan.Output) error {
	for i, o := range outputs {
		if err := o.Writer.Commit(); err != nil {
			return errors.Join(blame(r.node(o.Node), err), abort(outputs[i:]))
		}
		r.stats.published(o.Node)
		r.components.published(o.Node)
	}
	return nil
}
