package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// ErrAttemptTimeout says that an attempt took longer than its timeout.
var ErrAttemptTimeout = errors.New("the timeout of an attempt has passed")

// attempts runs the job until an attempt goes well, the policy wants no other one, or
// ctx ends.
func (r *Run) attempts(ctx context.Context) (warnings diag.List, err error) {
	policy, last := r.def.Settings.Retry.Policy(), time.Duration(0)
	for number := 1; ; number++ {
		warnings, err = r.attemptInTime(ctx)
		if err == nil || context.Cause(ctx) != nil || policy.Max == 0 {
			return warnings, err
		}
		decision := policy.Decide(retry.Attempt{
			Number: number, Err: err, Class: classify(err), Last: last, Elapsed: r.engine.config.Now().Sub(r.start),
		})
		if why := r.once(); decision.Retry && why != "" {
			decision = retry.Decision{Reason: fmt.Sprintf("not retried, since %s: %v", why, err)}
		}
		if !decision.Retry {
			r.dir.log.Warn("the run is not tried again", "reason", decision.Reason)
			return warnings, noted(err, number-1, policy.Max)
		}
		if err := r.again(ctx, number, decision); err != nil {
			return warnings, err
		}
		last = decision.Delay
	}
}

// attemptInTime is one attempt under the timeout of attempts.
func (r *Run) attemptInTime(ctx context.Context) (diag.List, error) {
	limit := r.def.Settings.AttemptTimeout
	if limit <= 0 {
		return r.attempt(ctx)
	}
	inner, stop := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w (%s)", ErrAttemptTimeout, limit))
	defer stop()
	warnings, err := r.attempt(inner)
	if cause := context.Cause(inner); err != nil && ctx.Err() == nil && errors.Is(cause, ErrAttemptTimeout) {
		err = diag.Errorf("run.attempt_timeout", r.def.Pos, "job %q: %w", r.def.Name, cause)
	}
	return warnings, err
}

// once says what keeps the job from another attempt, "" if nothing does: it would miss
// rows, or give some twice.
func (r *Run) once() string {
	if r.tracker.Snapshot().State != jobinfo.Running {
		return "the job did not begin"
	}
	if len(r.stats.outputs()) > 0 {
		return "some of its outputs are published already"
	}
	for _, n := range r.def.Nodes {
		switch o := n.Op.(type) {
		case *op.Scan:
			for _, p := range o.Source.Paths() {
				if p.Text == job.Stdio {
					return "it reads standard input, which is there only once"
				}
			}
		case *op.Write:
			if o.Sink.Target().Text == job.Stdio {
				return "rows may be on standard output already"
			}
		}
	}
	return ""
}

// again clears away what the failed attempt left behind, and waits for the next one.
func (r *Run) again(ctx context.Context, failed int, d retry.Decision) error {
	if err := r.tracker.Change(jobinfo.Retrying, d.Reason); err != nil {
		return err
	}
	r.dir.log.Warn("the attempt failed", "attempt", failed, "next", d.Reason)
	if err := r.dir.clear(failed); err != nil {
		return diag.Errorf("system.run_dir", diag.Pos{}, "what the failed attempt left behind cannot be cleared away: %w", err)
	}
	timer := time.NewTimer(d.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// clear removes the temporary files of an attempt that failed, and puts its rejects aside:
// those of the run are those of its last attempt.
func (d *runDir) clear(attempt int) error {
	errs := []error{os.RemoveAll(d.tmp()), os.MkdirAll(d.tmp(), 0o755), d.rejects.close()}
	if len(d.rejects.files()) > 0 {
		errs = append(errs, os.Rename(d.rejects.dir, fmt.Sprintf("%s.attempt%d", d.rejects.dir, attempt)))
	}
	d.rejects = newRejectFiles(d.rejects.dir)
	return errors.Join(errs...)
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
