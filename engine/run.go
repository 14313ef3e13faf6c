package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// Run is one run of a job. Its methods may be called by several goroutines.
type Run struct {
	ID      string
	engine  *Engine
	def     *job.Definition
	dir     *runDir
	tracker *jobinfo.Tracker
	cancel  context.CancelCauseFunc
	done    chan struct{}
	stats   stats
	seed    uint64    // of random numbers
	start   time.Time // what functions take for the time
	result  Result    // set before done is closed
}

// Result is how a run ended.
type Result struct {
	Run      string
	Job      string
	State    jobinfo.State
	Began    bool      // it got as far as RUNNING; otherwise it was refused by check
	Problems diag.List // why it failed, with warnings
	Outputs  []Output
	Nodes    []NodeCounts // in order of the plan
	Rejects  []RejectFile
	Dir      string // the run directory
	Duration time.Duration
	Seed     uint64 // of random numbers; Config.Seed repeats it
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

// Start begins a run and returns at once; Wait gives its result. Cancelling
// ctx cancels the run with the cause of ctx. An error means that there is no
// run: its directory could not be made.
func (e *Engine) Start(ctx context.Context, def *job.Definition) (*Run, error) {
	dir, err := e.newRunDir(def)
	if err != nil {
		return nil, err
	}
	tracker, err := jobinfo.NewTracker(dir.id, def.Name, dir.events, e.config.Now)
	if err != nil {
		return nil, errors.Join(err, dir.close())
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r := &Run{
		ID: dir.id, engine: e, def: def, dir: dir, tracker: tracker, cancel: cancel, done: make(chan struct{}),
		seed: e.config.seed(), start: e.config.Now(),
	}
	dir.log.Debug("the run begins", "seed", r.seed)
	go func() {
		defer close(r.done)
		defer cancel(nil)
		r.live(ctx)
	}()
	return r, nil
}

// Wait waits for the end of the run.
func (r *Run) Wait() Result {
	<-r.done
	return r.result
}

// Done is closed when the run has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Cancel asks the run to stop; cause is what it gives as its reason, and
// defaults to ErrCancelled. It does not wait.
func (r *Run) Cancel(cause error) {
	if cause == nil {
		cause = ErrCancelled
	}
	r.cancel(cause)
}

// Snapshot is the run as it stands.
func (r *Run) Snapshot() jobinfo.Snapshot { return r.tracker.Snapshot() }

// Progress is how far the run has come.
func (r *Run) Progress() Progress { return r.stats.progress() }

// live is the life of a run from its first check to its result.
func (r *Run) live(ctx context.Context) {
	if limit := r.def.Settings.Timeout; limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w (%s)", ErrTimeout, limit))
		defer stop()
	}
	warnings, err := r.attempts(ctx)
	state, problems := r.verdict(ctx, err)
	r.result = Result{
		Run: r.ID, Job: r.def.Name, Dir: r.dir.path, Began: r.tracker.Snapshot().Attempt > 0, Problems: append(warnings, problems...),
		Nodes: r.stats.nodes(), Rejects: r.dir.rejects.files(), Outputs: r.stats.outputs(), Seed: r.seed,
	}
	r.end(state, problems)
	r.result.Duration = r.engine.config.Now().Sub(r.start)
}

// end records the final state. A state that cannot be recorded is a failure
// that nobody may miss.
func (r *Run) end(state jobinfo.State, problems diag.List) {
	cause := ""
	if len(problems) > 0 {
		cause = problems[0].Error()
	}
	if err := r.tracker.Change(state, cause); err != nil {
		state = jobinfo.Failed
		r.result.Problems = append(r.result.Problems, diag.Errorf("system.events", diag.Pos{}, "the end of the run could not be recorded: %w", err))
	}
	if err := r.dir.close(); err != nil {
		r.result.Problems = append(r.result.Problems, diag.Errorf("system.run_dir", diag.Pos{}, "the run directory could not be closed: %w", err))
	}
	r.result.State = state
}

// verdict turns the end of the last attempt into a final state.
func (r *Run) verdict(ctx context.Context, err error) (jobinfo.State, diag.List) {
	if err == nil {
		return jobinfo.Completed, nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ErrTimeout) {
		return jobinfo.Cancelled, diag.List{diag.Errorf("run.cancelled", diag.Pos{}, "the run was cancelled: %w", cause)}
	} else if cause != nil {
		return jobinfo.Failed, diag.List{diag.Errorf("run.timeout", r.def.Pos, "job %q: %w", r.def.Name, cause)}
	}
	return jobinfo.Failed, diag.ListOf(err)
}

// attempt runs the job once: check, prepare, execute, test the ledger,
// publish.
func (r *Run) attempt(ctx context.Context) (warnings diag.List, err error) {
	_, found := r.engine.Explain(r.def)
	warnings = append(append(warnings, r.def.Warnings...), found.Warnings()...)
	if err := found.Err(); err != nil {
		return warnings, err
	}
	executor, err := r.executor()
	if err != nil {
		return warnings, err
	}
	if err := r.tracker.Change(jobinfo.Running, ""); err != nil {
		return warnings, err
	}
	p, more, err := r.prepare(ctx)
	defer p.close(r.dir.log)
	warnings = append(warnings, without(more, warnings)...)
	if err != nil {
		return warnings, err
	}
	return warnings, r.execute(ctx, executor, p.plan)
}

func (r *Run) executor() (Executor, error) {
	s := r.def.Settings.Strategy
	if x, ok := r.engine.config.Executors[s]; ok {
		return x, nil
	}
	return nil, diag.Errorf("strategy.unavailable", r.def.Pos, "the strategy %q is not in this version", s).
		WithHint("use strategy = \"row\": it gives the same result")
}

func (r *Run) execute(ctx context.Context, x Executor, p *plan.Plan) error {
	book := p.NewLedger()
	r.stats.begin(p, book)
	outputs, err := x.Execute(ctx, p, plan.Attempt{
		Env: r.env(), Ledger: book, Rejects: r.rejecter(p, book), Number: r.tracker.Snapshot().Attempt,
		Fixed: expr.Fixed{Seed: r.seed, Now: r.start},
	})
	if err != nil {
		return err
	}
	if err := errors.Join(context.Cause(ctx), r.test(book), r.dir.rejects.flush()); err != nil {
		return errors.Join(err, abort(outputs))
	}
	return r.publish(outputs)
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
	}
	return nil
}
