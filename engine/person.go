package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

// What keeps a person from doing something about a run, as errors.Is finds it.
var (
	// ErrEnded says that the run has completed, so that nothing is left to do.
	ErrEnded = errors.New("the run has completed")
	// ErrChanged says that the script is not the one that the run began with.
	ErrChanged = errors.New("the script has changed since the run began")
	// ErrOtherJob says that the job is not the run's.
	ErrOtherJob = errors.New("that is another job")
)

// Who is who does something about a run, and why.
type Who struct{ By, Why string }

// Retry tries a run again that failed, was cancelled, or whose process is gone: it goes on
// as the same run, with a further attempt. The job must be the run's, from the same script;
// ErrChanged says that it is not, and Again runs it anew.
func (e *Engine) Retry(ctx context.Context, id string, def *job.Definition, who Who) (*Run, error) {
	journal, rec, err := e.reopen(id)
	if err != nil {
		return nil, err
	}
	err = sameJob(rec, def)
	if err == nil && rec.ScriptHash != def.Hash {
		err = fmt.Errorf("run %s: %w", id, ErrChanged)
	}
	var claim jobinfo.Claim
	if err == nil {
		claim, err = e.reclaim(rec, def)
	}
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	tracker := jobinfo.Resume(rec, journal, e.config.Now)
	if err := tracker.Record(who.did(jobinfo.ActRetry), who.state(jobinfo.Retrying)); err != nil {
		return nil, errors.Join(err, journal.Close(), release(claim))
	}
	r := e.newRun(ctx, def, rec.Meta, tracker, journal)
	r.claim = claim
	return r, e.admit(r, nil)
}

// reclaim holds the idempotency key of a run again. The error is ErrEnded where another
// run completed under it.
func (e *Engine) reclaim(rec jobinfo.Record, def *job.Definition) (jobinfo.Claim, error) {
	claim, err := e.claim(def, rec.Meta)
	if claim == nil || err != nil || claim.Done() == "" {
		return claim, err
	}
	return nil, errors.Join(fmt.Errorf("run %s: another one, %s, did the work under its idempotency key: %w", rec.Run, claim.Done(), ErrEnded), claim.Release())
}

// Again runs the job of a run anew, as another run, and records in both that it stands for
// the first.
func (e *Engine) Again(ctx context.Context, id string, def *job.Definition, who Who) (*Run, error) {
	return e.replace(ctx, id, def, who, jobinfo.ActFresh, Submission{RetryOf: id, Force: true})
}

// StandIn runs the fallback job of a run that failed.
func (e *Engine) StandIn(ctx context.Context, id string, fallback *job.Definition, who Who) (*Run, error) {
	return e.replace(ctx, id, fallback, who, jobinfo.ActFallback, Submission{fallbackOf: id})
}

// replace submits a job in place of an ended run.
func (e *Engine) replace(ctx context.Context, id string, def *job.Definition, who Who, a jobinfo.Action, s Submission) (*Run, error) {
	journal, rec, err := e.reopen(id)
	if err != nil {
		return nil, err
	}
	if a == jobinfo.ActFresh {
		err = sameJob(rec, def)
	}
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	r, err := e.Submit(ctx, def, s)
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	events := []jobinfo.Event{who.did(a)}
	events[0].Other = r.ID
	if a == jobinfo.ActFallback {
		events = append(events, jobinfo.Event{Kind: jobinfo.KindFallback, Other: r.ID})
	}
	return r, errors.Join(jobinfo.Resume(rec, journal, e.config.Now).Record(events...), journal.Close())
}

// Skip lets a run that failed count as completed.
func (e *Engine) Skip(id string, who Who) error {
	return e.settle(id, func(s jobinfo.State) ([]jobinfo.Event, error) {
		if s != jobinfo.Failed {
			return nil, fmt.Errorf("run %s is %s: only one that FAILED can be skipped", id, s)
		}
		return []jobinfo.Event{who.did(jobinfo.ActSkip), who.state(jobinfo.Completed)}, nil
	})
}

// Abandon leaves a run as it is for good: it waits for nobody any more.
func (e *Engine) Abandon(id string, who Who) error {
	return e.settle(id, func(jobinfo.State) ([]jobinfo.Event, error) {
		return []jobinfo.Event{who.did(jobinfo.ActAbandon)}, nil
	})
}

// settle records what somebody decided about an ended run.
func (e *Engine) settle(id string, decide func(jobinfo.State) ([]jobinfo.Event, error)) error {
	journal, rec, err := e.reopen(id)
	if err != nil {
		return err
	}
	events, err := decide(rec.Snapshot.State)
	if err == nil {
		err = jobinfo.Resume(rec, journal, e.config.Now).Record(events...)
	}
	return errors.Join(err, journal.Close())
}

// reopen takes up a run that has not completed. One whose process is gone FAILED thereby.
func (e *Engine) reopen(id string) (jobinfo.Journal, jobinfo.Record, error) {
	journal, rec, err := e.config.Store.Reopen(id)
	if err != nil {
		return nil, rec, fmt.Errorf("run %s: %w", id, err)
	}
	if rec.Snapshot.State == jobinfo.Completed {
		return nil, rec, errors.Join(fmt.Errorf("run %s: %w", id, ErrEnded), journal.Close())
	}
	if rec.Snapshot.State.Final() {
		return journal, rec, nil
	}
	t := jobinfo.Resume(rec, journal, e.config.Now)
	err = t.Record(jobinfo.Event{
		Kind: jobinfo.KindState, State: jobinfo.Failed, Cause: "its process ended without a word", Class: "system", Code: "run.lost", NeedsPerson: true,
	})
	if err != nil {
		return nil, rec, errors.Join(err, journal.Close())
	}
	rec.Snapshot = t.Snapshot()
	return journal, rec, nil
}

func sameJob(rec jobinfo.Record, def *job.Definition) error {
	if rec.Job != def.Name {
		return fmt.Errorf("run %s is of job %q: %w", rec.Run, rec.Job, ErrOtherJob)
	}
	return nil
}

// did is the event of an action.
func (w Who) did(a jobinfo.Action) jobinfo.Event {
	return jobinfo.Event{Kind: jobinfo.KindPerson, Action: a, By: w.name(), Cause: w.Why}
}

// state is the event of a state that the person brings about.
func (w Who) state(s jobinfo.State) jobinfo.Event {
	cause := "by " + w.name()
	if w.Why != "" {
		cause += ": " + w.Why
	}
	return jobinfo.Event{Kind: jobinfo.KindState, State: s, By: w.name(), Cause: cause}
}

func (w Who) name() string {
	if w.By == "" {
		return "somebody"
	}
	return w.By
}
