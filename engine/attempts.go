package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// attempts runs the job until an attempt goes well, the policy wants no other one, or
// ctx ends; then by the strategy that it falls back to, if it has one.
func (r *Run) attempts(ctx context.Context) (warnings diag.List, err error) {
	r.strategy = r.def.Settings.Strategy
	x, warnings, err := r.executor()
	if err != nil {
		return warnings, err
	}
	more, err := r.tries(ctx, x)
	warnings = append(warnings, more...)
	next, ok := r.fallsBack(ctx, err)
	if !ok {
		return warnings, err
	}
	reason := fmt.Sprintf("the strategy %s failed, so that the job falls back to %s: %v", r.strategy, r.def.Settings.Fallback.Strategy, err)
	if err := r.again(ctx, err, retry.Decision{Retry: true, Reason: reason}); err != nil {
		return warnings, err
	}
	r.strategy = r.def.Settings.Fallback.Strategy
	more, err = r.attemptInTime(ctx, next)
	return append(warnings, without(more, warnings)...), err
}

// executor is what carries out the strategy of the job; where this version has not got
// it, that of the strategy to fall back to.
func (r *Run) executor() (Executor, diag.List, error) {
	s, fallback := r.def.Settings.Strategy, r.def.Settings.Fallback.Strategy
	if x, ok := r.engine.config.Executors[s]; ok {
		return x, nil, nil
	}
	if x, ok := r.engine.config.Executors[fallback]; ok {
		r.strategy = fallback
		return x, diag.List{diag.Warningf("strategy.fallback", r.def.Pos, "the strategy %q is not in this version, so that the job runs by %q", s, fallback)}, nil
	}
	return nil, nil, diag.Errorf("strategy.unavailable", r.def.Pos, "the strategy %q is not in this version", s).
		WithHint("use strategy = \"row\": it gives the same result")
}

// fallsBack is what carries out a last attempt by another strategy. Errors of the data
// would be the same there.
func (r *Run) fallsBack(ctx context.Context, err error) (Executor, bool) {
	s := r.def.Settings.Fallback.Strategy
	x := r.engine.config.Executors[s]
	if err == nil || x == nil || s == r.strategy || context.Cause(ctx) != nil || r.once() != "" {
		return nil, false
	}
	class := fault.Of(err).Class
	return x, class != retry.Data && class != retry.Cancelled
}

// tries runs the job until an attempt goes well, the policy wants no other one, or ctx
// ends.
func (r *Run) tries(ctx context.Context, x Executor) (warnings diag.List, err error) {
	policy, last, before := r.def.Settings.Retry.Policy(), time.Duration(0), r.tracker.Attempt()
	for number := 1; ; number++ {
		warnings, err = r.attemptInTime(ctx, x)
		if err == nil || context.Cause(ctx) != nil || policy.Max == 0 {
			return warnings, err
		}
		decision := policy.Decide(ctx, retry.Attempt{
			Number: number, Err: err, Class: fault.Of(err).Class, Last: last, Elapsed: r.engine.config.Now().Sub(r.start),
		})
		if why := r.once(); decision.Retry && why != "" {
			decision = retry.Decision{Reason: fmt.Sprintf("not retried, since %s: %v", why, err)}
		}
		if !decision.Retry {
			r.dir.log.Warn("the run is not tried again", "reason", decision.Reason)
			return warnings, noted(err, r.tracker.Attempt()-before-1, policy.Max)
		}
		if err := r.again(ctx, err, decision); err != nil {
			return warnings, err
		}
		last = decision.Delay
	}
}

// attemptInTime is one attempt under the timeout of attempts.
func (r *Run) attemptInTime(ctx context.Context, x Executor) (diag.List, error) {
	limit := r.def.Settings.AttemptTimeout
	if limit <= 0 {
		return r.attempt(ctx, x)
	}
	inner, stop := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w (%s)", ErrAttemptTimeout, limit))
	defer stop()
	warnings, err := r.attempt(inner, x)
	if cause := context.Cause(inner); err != nil && ctx.Err() == nil && errors.Is(cause, ErrAttemptTimeout) {
		err = diag.Errorf("run.attempt_timeout", r.def.Pos, "job %q: %w", r.def.Name, cause)
	}
	return warnings, err
}

// once says what keeps the job from another attempt, "" if nothing does: it would miss
// rows, or give some twice.
func (r *Run) once() string {
	if r.tracker.State() != jobinfo.Running {
		return "the job did not begin"
	}
	if len(r.stats.outputs()) > 0 {
		return "some of its outputs are published already"
	}
	for _, n := range r.def.Nodes {
		switch {
		case readsStdin(n):
			return "it reads standard input, which is there only once"
		case writesStdout(n):
			return "rows may be on standard output already"
		}
	}
	return ""
}

// again clears away what the failed attempt left behind, and waits for the next one.
func (r *Run) again(ctx context.Context, failure error, d retry.Decision) error {
	failed, f := r.tracker.Attempt(), fault.Of(failure)
	e := jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Retrying}
	describe(&e, diag.ListOf(failure)[0], f)
	e.Cause = d.Reason
	if err := r.tracker.Record(e); err != nil {
		return err
	}
	r.dir.log.Warn("the attempt failed", "attempt", failed, "next", d.Reason)
	if err := r.dir.clear(failed); err != nil {
		return diag.Errorf("system.run_dir", diag.Pos{}, "what the failed attempt left behind cannot be cleared away: %w", err)
	}
	m := job.Moment{State: string(jobinfo.Retrying), Failure: failureOf(failure, f), Delay: d.Delay, Reason: d.Reason}
	if err := r.call("on_retry", m); err != nil {
		r.dir.log.Warn("the next attempt begins all the same")
	}
	return pause(ctx, d.Delay)
}

// pause waits.
func pause(ctx context.Context, delay time.Duration) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// noted is the failure of the last attempt, which tells how many there were before.
func noted(err error, used, most int) error {
	problems := diag.ListOf(err)
	if len(problems) == 0 {
		return err
	}
	first := *problems[0]
	first.Notes = append([]diag.Note{}, first.Notes...)
	first.WithNote(diag.Pos{}, "%d of %d retries used", used, most)
	problems[0] = &first
	return problems
}
