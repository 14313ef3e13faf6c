package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// live is the life of a run from the moment when it leaves the queue to its result.
func (r *Run) live() {
	defer close(r.done)
	r.start = r.engine.config.Now()
	r.dir = r.engine.newRunDir(r)
	pulse := r.startPulse()
	ctx, stop := r.limited()
	defer stop()
	warnings, err := r.carryOut(ctx)
	v := r.verdict(ctx, err)
	r.result = &Result{
		Run: r.ID, Job: r.def.Name, Dir: r.dir.path, Began: r.tracker.Attempt() > 0, Attempts: r.tracker.Attempt(), Class: v.fault.Class, Problems: append(warnings, v.problems...),
		Nodes: r.stats.nodes(), Rejects: r.dir.rejects.files(), Outputs: r.stats.outputs(), Seed: r.seed,
	}
	r.result.Problems = append(r.result.Problems, r.farewell(v)...)
	pulse.stop()
	r.end(v)
	r.result.Duration = r.engine.config.Now().Sub(r.start)
	r.leave()
}

// limited is the context of the run, under the timeout of the job.
func (r *Run) limited() (context.Context, context.CancelFunc) {
	limit := r.def.Settings.Timeout
	if limit <= 0 {
		return r.ctx, func() {}
	}
	return context.WithTimeoutCause(r.ctx, limit, fmt.Errorf("%w (%s)", ErrTimeout, limit))
}

// carryOut checks the job and runs its attempts.
func (r *Run) carryOut(ctx context.Context) (warnings diag.List, err error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	r.dir.log.Debug("the run begins", "seed", r.seed)
	if err := r.step(jobinfo.Validation); err != nil {
		return nil, err
	}
	_, found := r.engine.Explain(r.def)
	warnings = append(append(warnings, r.def.Warnings...), found.Warnings()...)
	if err := found.Err(); err != nil {
		return warnings, err
	}
	more, err := r.attempts(ctx)
	return append(warnings, without(more, warnings)...), err
}

// verdict is how a run will end.
type verdict struct {
	state    jobinfo.State
	problems diag.List
	fault    fault.Fault
	err      error
}

// verdict turns the end of the last attempt into a final state.
func (r *Run) verdict(ctx context.Context, err error) verdict {
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return verdict{state: jobinfo.Completed}
	case cause == nil:
		return verdict{jobinfo.Failed, diag.ListOf(err), fault.Of(err), err}
	case errors.Is(cause, ErrTimeout):
		d := diag.Errorf("run.timeout", r.def.Pos, "job %q: %w", r.def.Name, cause)
		return verdict{jobinfo.Failed, diag.List{d}, fault.Fault{Class: retry.Timeout, Code: d.Code}, d}
	}
	d := diag.Errorf("run.cancelled", diag.Pos{}, "the run was cancelled: %w", cause)
	return verdict{jobinfo.Cancelled, diag.List{d}, fault.Fault{Class: retry.Cancelled, Code: d.Code}, d}
}

// event is the event of the final state.
func (v verdict) event() jobinfo.Event {
	e := jobinfo.Event{Kind: jobinfo.KindState, State: v.state}
	if len(v.problems) > 0 {
		describe(&e, v.problems[0], v.fault)
	}
	return e
}

// describe says in an event which error is behind it.
func describe(e *jobinfo.Event, d *diag.Diagnostic, f fault.Fault) {
	e.Cause, e.Class, e.Code, e.Print = d.Error(), string(f.Class), string(f.Code), d.Fingerprint()
}

// farewell calls the hooks of the end and clears up. What goes wrong changes nothing any
// more, but is told.
func (r *Run) farewell(v verdict) (warnings diag.List) {
	hook := map[jobinfo.State]string{jobinfo.Completed: "on_success", jobinfo.Failed: "on_failure", jobinfo.Cancelled: "on_cancel"}[v.state]
	m := v.moment()
	warnings = append(warnings, warning(r.call(hook, m))...)
	warnings = append(warnings, warning(r.step(jobinfo.Cleanup))...)
	warnings = append(warnings, warning(r.call("cleanup", m))...)
	return append(warnings, warning(r.dir.removeTemp())...)
}

// warning makes a warning of an error that changes nothing.
func warning(err error) diag.List {
	list := diag.ListOf(err)
	for i, d := range list {
		w := *d
		w.Severity = diag.Warning
		list[i] = &w
	}
	return list
}

// end records the final state. A state that cannot be recorded is a failure
// that nobody may miss.
func (r *Run) end(v verdict) {
	e := v.event()
	e.NeedsPerson = v.state == jobinfo.Failed && r.result.Began && r.fallback() == nil
	r.result.State, r.result.NeedsPerson = v.state, e.NeedsPerson
	if err := r.tracker.Record(e); err != nil {
		r.result.State = jobinfo.Failed
		r.note("system.events", "the end of the run could not be recorded", err)
	} else if v.state == jobinfo.Completed && r.claim != nil {
		r.note("system.key", "the idempotency key could not be recorded", r.claim.Complete())
	}
	r.note("system.run_dir", "the run directory could not be closed", r.dir.close())
}

// note adds a problem of the end, if there is one.
func (r *Run) note(code diag.Code, what string, err error) {
	if err != nil {
		r.result.Problems = append(r.result.Problems, diag.Errorf(code, diag.Pos{}, "%s: %w", what, err))
	}
}

// leave lets another job take over where one does, and gives the place to others.
func (r *Run) leave() {
	if f := r.fallback(); f != nil && r.result.State == jobinfo.Failed {
		r.handOver(f)
	}
	r.note("system.events", "the journal could not be closed", errors.Join(r.journal.Close(), release(r.claim)))
	r.cancel(nil)
	begun, failed := r.engine.queue.end(r, r.instead)
	for _, f := range failed {
		f.cancel(notCompleted(r.outcome()))
	}
	r.engine.begin(begun)
}

// fallback is the job that takes over when this one fails, nil for none.
func (r *Run) fallback() *job.Definition {
	i := slices.IndexFunc(r.family, func(d *job.Definition) bool { return d != r.def && d.Name == r.def.Settings.Fallback.Job })
	if i < 0 {
		return nil
	}
	return r.family[i]
}

// handOver submits the fallback job. It cannot fall back to this one in turn.
func (r *Run) handOver(f *job.Definition) {
	family := slices.DeleteFunc(slices.Clone(r.family), func(d *job.Definition) bool { return d.Name == r.def.Name })
	instead, err := r.engine.Submit(r.parent, f, Submission{fallbackOf: r.ID, Family: family})
	e := jobinfo.Event{Kind: jobinfo.KindFallback}
	if err != nil {
		r.note("run.fallback", "the fallback job could not be submitted", err)
		r.result.NeedsPerson, e.Cause = true, err.Error()
	} else {
		r.instead, r.result.Fallback, e.Other = instead, instead.ID, instead.ID
	}
	r.note("system.events", "the fallback could not be recorded", r.tracker.Record(e))
}
