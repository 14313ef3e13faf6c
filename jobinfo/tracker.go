package jobinfo

import (
	"fmt"
	"sync"
	"time"
)

// Event is something that happened to a run.
type Event struct {
	Time    time.Time      `json:"time"`
	Run     string         `json:"run"`
	Job     string         `json:"job"`
	Attempt int            `json:"attempt,omitempty"`
	Kind    string         `json:"kind"` // "state", or what else happened: "output", "rejects"
	State   State          `json:"state,omitempty"`
	Cause   string         `json:"cause,omitempty"`
	Details map[string]any `json:"details,omitempty"`
}

// Store keeps events.
type Store interface {
	// Append keeps an event for good before it returns.
	Append(Event) error
}

// Snapshot is a run at one moment.
type Snapshot struct {
	Run, Job string
	Attempt  int // from 1; 0 before the first
	State    State
	Cause    string // of the state, "" if there is nothing to say
	Created  time.Time
	Started  time.Time // zero while pending
	Finished time.Time // zero until final
	Events   []Event
}

// Tracker follows one run. It may be used by several goroutines.
type Tracker struct {
	mu    sync.Mutex
	store Store
	now   func() time.Time
	snap  Snapshot
}

// NewTracker starts to follow a run, in the state PENDING. store may be nil.
func NewTracker(run, job string, store Store, now func() time.Time) (*Tracker, error) {
	t := &Tracker{store: store, now: now, snap: Snapshot{Run: run, Job: job, Created: now()}}
	return t, t.Change(Pending, "")
}

// Change records a new state with its cause, then makes it visible. A change
// along no drawn edge is a *TransitionError and changes nothing.
func (t *Tracker) Change(to State, cause string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := checkTransition(t.snap.State, to); err != nil {
		return err
	}
	event := t.event("state")
	event.State, event.Cause = to, cause
	if to == Running {
		event.Attempt++
	}
	if err := t.record(event); err != nil {
		return err
	}
	t.show(event)
	return nil
}

// Note records an event that changes no state.
func (t *Tracker) Note(kind string, details map[string]any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	event := t.event(kind)
	event.Details = details
	return t.record(event)
}

func (t *Tracker) event(kind string) Event {
	return Event{Time: t.now(), Run: t.snap.Run, Job: t.snap.Job, Attempt: t.snap.Attempt, Kind: kind}
}

func (t *Tracker) record(e Event) error {
	if t.store != nil {
		if err := t.store.Append(e); err != nil {
			return fmt.Errorf("event of run %s: %w", t.snap.Run, err)
		}
	}
	t.snap.Events = append(t.snap.Events, e)
	return nil
}

func (t *Tracker) show(e Event) {
	t.snap.State, t.snap.Cause, t.snap.Attempt = e.State, e.Cause, e.Attempt
	if e.State == Running && t.snap.Started.IsZero() {
		t.snap.Started = e.Time
	}
	if e.State.Final() {
		t.snap.Finished = e.Time
	}
}

// Snapshot is the run as it stands.
func (t *Tracker) Snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.snap
	s.Events = append([]Event(nil), s.Events...)
	return s
}
