package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/oklog/ulid/v2"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

// Submission is how a job is submitted. The zero Submission is right for most.
type Submission struct {
	// Force runs the job also where its idempotency key says that it was run.
	Force bool
	// RetryOf is the run that this one does over, for the records.
	RetryOf string
	// Family are the jobs of the same file: the one that takes over when the job fails
	// for good is looked up there.
	Family []*job.Definition

	after      []wait
	fallbackOf string
}

// Start submits a job on its own.
func (e *Engine) Start(ctx context.Context, def *job.Definition) (*Run, error) {
	return e.Submit(ctx, def, Submission{})
}

// Submit makes a run of a job and returns at once; the run begins when it may, and Wait
// gives its result. Cancelling ctx cancels the run with the cause of ctx. An error means
// that there is no run: the engine refused it, or it could not be recorded.
//
// A job whose idempotency key and script COMPLETED before is not run again: the run is
// that one, ended already, and its result says so.
func (e *Engine) Submit(ctx context.Context, def *job.Definition, s Submission) (*Run, error) {
	m := e.meta(def, s)
	claim, err := e.claim(def, m)
	if err != nil {
		return nil, err
	}
	if claim != nil && claim.Done() != "" && !s.Force {
		return repeated(def, claim.Done()), claim.Release()
	}
	journal, err := e.config.Store.Create(m)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the run cannot be recorded: %w", err), release(claim))
	}
	tracker, err := jobinfo.Track(m, journal, e.config.Now)
	if err != nil {
		return nil, errors.Join(err, journal.Close(), release(claim))
	}
	r := e.newRun(ctx, def, m, tracker, journal)
	r.claim, r.family = claim, s.Family
	return r, e.admit(r, s.after)
}

// newRun makes the run of a record.
func (e *Engine) newRun(ctx context.Context, def *job.Definition, m jobinfo.Meta, t *jobinfo.Tracker, j jobinfo.Journal) *Run {
	m.Settings = nil
	r := &Run{ID: m.Run, engine: e, def: def, meta: m, tracker: t, journal: j, done: make(chan struct{}), seed: m.Seed}
	r.parent = ctx
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	return r
}

// admit hands a run to the queue.
func (e *Engine) admit(r *Run, after []wait) error {
	a, err := e.queue.admit(r, after, func() { e.drop(r) })
	if err != nil {
		return errors.Join(err, r.refused(err))
	}
	cancelAll(a.replaced, fmt.Errorf("%w: %s", ErrReplaced, r.ID))
	if a.skip {
		r.cancel(fmt.Errorf("%w (concurrency = { max = %d })", ErrSkipped, r.def.Settings.Concurrency.Max))
	}
	e.begin(a.begun)
	return nil
}

// begin lets runs go on.
func (e *Engine) begin(runs []*Run) {
	for _, r := range runs {
		go r.live()
	}
}

// drop ends a run that was cancelled while it waited. It has a goroutine of its own.
func (e *Engine) drop(r *Run) {
	if e.queue.drop(r) {
		r.live()
	}
}

// refused ends a run that the queue did not take.
func (r *Run) refused(why error) error {
	defer close(r.done)
	r.cancel(why)
	r.result = &Result{Run: r.ID, Job: r.def.Name, State: jobinfo.Cancelled, Problems: diag.ListOf(why)}
	err := r.tracker.Change(jobinfo.Cancelled, why.Error())
	return errors.Join(err, r.journal.Close(), release(r.claim))
}

// claim holds the idempotency key of a job, nil where it has none.
func (e *Engine) claim(def *job.Definition, m jobinfo.Meta) (jobinfo.Claim, error) {
	if def.Settings.IdempotencyKey == "" {
		return nil, nil
	}
	sum := sha256.Sum256([]byte(strconv.Quote(def.Name) + strconv.Quote(def.Hash) + def.Settings.IdempotencyKey))
	claim, err := e.config.Store.Claim(hex.EncodeToString(sum[:]), m.Run)
	var held *jobinfo.HeldError
	if errors.As(err, &held) {
		return nil, fmt.Errorf("job %q has the idempotency key %q, and so has the run %s, which goes on: %w",
			def.Name, def.Settings.IdempotencyKey, held.Run, err)
	}
	return claim, err
}

func release(c jobinfo.Claim) error {
	if c == nil {
		return nil
	}
	return c.Release()
}

// repeated is the run that completed under the key of a job before.
func repeated(def *job.Definition, id string) *Run {
	r := &Run{ID: id, def: def, done: make(chan struct{}), tracker: jobinfo.Ended(id, def.Name, jobinfo.Completed)}
	r.spot.stage = gone
	r.result = &Result{Run: id, Job: def.Name, State: jobinfo.Completed, Began: true, Repeated: true}
	r.cancel = func(error) {}
	close(r.done)
	return r
}

// meta is what is recorded of a run before it begins.
func (e *Engine) meta(def *job.Definition, s Submission) jobinfo.Meta {
	now, set := e.config.Now(), def.Settings
	m := jobinfo.Meta{
		Run: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Job: def.Name, Description: set.Description,
		Owner: set.Owner, Tags: set.Tags, Script: absolute(def.Script), ScriptHash: def.Hash, Params: def.Params, Strategy: string(set.Strategy),
		Settings: set.InEffect(), Environment: e.environment, Created: now, Seed: e.config.seed(), Priority: int(set.Priority),
		IdempotencyKey: set.IdempotencyKey, RetryOf: s.RetryOf, FallbackOf: s.fallbackOf,
	}
	for _, w := range s.after {
		m.After = append(m.After, w.run.ID)
	}
	return m
}

// absolute is the path of a script, so that it is found from everywhere.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// environment is where an engine runs, as far as that is known.
func environment(version string) jobinfo.Environment {
	env := jobinfo.Environment{PID: os.Getpid(), Version: version}
	env.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		env.User = u.Username
	}
	return env
}
