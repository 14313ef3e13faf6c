package jobinfo

import (
	"fmt"
	"sync"
	"time"
)

// Tracker follows one run. It may be used by several goroutines.
type Tracker struct {
	mu      sync.Mutex
	journal Journal
	now     func() time.Time
	snap    Snapshot
}

// Track starts to follow a run, in the state PENDING.
func Track(m Meta, j Journal, now func() time.Time) (*Tracker, error) {
	t := &Tracker{journal: j, now: now, snap: Snapshot{Run: m.Run, Job: m.Job}}
	return t, t.Record(Event{Kind: KindState, State: Pending})
}

// Resume follows a run that was recorded before.
func Resume(r Record, j Journal, now func() time.Time) *Tracker {
	t := &Tracker{journal: j, now: now, snap: r.Snapshot.clone()}
	t.snap.Events = nil
	return t
}

// Change records a new state with its cause, then makes it visible. A change along no
// drawn edge is a *TransitionError and changes nothing.
func (t *Tracker) Change(to State, cause string) error {
	return t.Record(Event{Kind: KindState, State: to, Cause: cause})
}

// Record records events, all or none, then makes them visible. It fills in their time,
// run, job and attempt.
func (t *Tracker) Record(events ...Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := t.snap
	if len(events) > 1 { // all or none
		next = t.snap.clone()
	}
	now := t.now()
	for i := range events {
		e := &events[i]
		e.Time, e.Run, e.Job, e.Attempt = now, t.snap.Run, t.snap.Job, next.Attempt
		if e.Kind == KindState && e.State == Running {
			e.Attempt++
		}
		e.clean()
		if err := next.Check(*e); err != nil {
			return err
		}
		if len(events) > 1 {
			next.Apply(*e)
		}
	}
	if err := t.journal.Append(events...); err != nil {
		return fmt.Errorf("event of run %s: %w", t.snap.Run, err)
	}
	if len(events) == 1 {
		next.Apply(events[0])
	}
	t.snap = next
	return nil
}

// State is the state of the run.
func (t *Tracker) State() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.snap.State
}

// Attempt is the number of the last attempt, 0 before the first.
func (t *Tracker) Attempt() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.snap.Attempt
}

// Snapshot is the run as it stands.
func (t *Tracker) Snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.snap.clone()
}

// Ended follows a run that has ended in a state, without a record.
func Ended(run, job string, state State) *Tracker {
	return &Tracker{snap: Snapshot{Run: run, Job: job, State: state}}
}
