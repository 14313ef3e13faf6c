package jobinfo

import (
	"slices"
	"time"
)

// Snapshot is a run at one moment. It is a fold of its events (Apply), so that what is
// shown and what was recorded cannot differ.
type Snapshot struct {
	Run, Job   string
	State      State
	Cause      string // of the state, "" if there is nothing to say
	Class      string // of the error, where the run FAILED or is RETRYING
	Code       string // of the error
	Print      string // the fingerprint of the error
	Step       Step
	Attempt    int // from 1; 0 before the first
	Created    time.Time
	Started    time.Time // zero while pending
	Finished   time.Time // zero until final
	Attempts   []Attempt // the last maxKept of them
	Components []Component
	// NeedsPerson says that the run waits for somebody to decide about it.
	NeedsPerson bool
	// Action, By and Why are what a person did about the run last.
	Action Action
	By     string
	Why    string
	// Fallback is the run that took over, "" if none did.
	Fallback string
	// Events are the last maxKept events, where a store gave the snapshot; a Tracker
	// keeps none.
	Events []Event
}

// Attempt is one attempt of a run.
type Attempt struct {
	Number  int
	State   State // that it ended with, "" while it goes on
	Started time.Time
	Ended   time.Time // zero while it goes on
	Cause   string    // why it failed
	Class   string
	Code    string
	Print   string
}

// Component is a component in the last attempt.
type Component struct {
	Name    string
	State   State
	Cause   string
	Attempt int
}

// maxKept bounds the events and attempts of a snapshot (invariant 7).
const maxKept = 1000

// Fold is the snapshot that the events of a run make. Events along no drawn edge are an
// error; the snapshot then is that of the events before.
func Fold(events []Event) (Snapshot, error) {
	var s Snapshot
	for _, e := range events {
		if err := s.add(e); err != nil {
			return s, err
		}
	}
	return s, nil
}

// add adds an event that may follow, and keeps it.
func (s *Snapshot) add(e Event) error {
	if err := s.Check(e); err != nil {
		return err
	}
	s.Apply(e)
	s.Events = kept(s.Events, e)
	return nil
}

// Check reports whether an event may follow, as a *TransitionError if not.
func (s *Snapshot) Check(e Event) error {
	switch e.Kind {
	case KindState:
		return checkTransition(e, s.State)
	case KindComponent:
		i := s.component(e.Component)
		if i < 0 {
			return checkTransition(e, "")
		}
		if e.State == Pending && e.Attempt > s.Components[i].Attempt {
			return nil
		}
		return checkTransition(e, s.Components[i].State)
	}
	return nil
}

func (s *Snapshot) component(name string) int {
	return slices.IndexFunc(s.Components, func(c Component) bool { return c.Name == name })
}

// Apply adds an event.
func (s *Snapshot) Apply(e Event) {
	switch e.Kind {
	case KindState:
		s.applyState(e)
	case KindStep:
		s.Step = e.Step
	case KindComponent:
		s.applyComponent(e)
	case KindPerson:
		s.Action, s.By, s.Why = e.Action, e.By, e.Cause
		if e.Action != ActCancel {
			s.NeedsPerson = false
		}
	case KindFallback:
		s.Fallback, s.NeedsPerson = e.Other, e.Other == ""
	}
}

// kept is the list with one more, without the oldest where it is full. What is there is
// not moved: snapshots share it.
func kept[T any](list []T, x T) []T {
	if n := len(list) - maxKept + 1; n > 0 {
		list = list[n:]
	}
	return append(list, x)
}

func (s *Snapshot) applyState(e Event) {
	s.State, s.Cause, s.Class, s.Code, s.Print, s.NeedsPerson = e.State, e.Cause, e.Class, e.Code, e.Print, e.NeedsPerson
	s.Finished = time.Time{}
	switch {
	case e.State == Pending:
		s.Run, s.Job, s.Created, s.Step = e.Run, e.Job, e.Time, Creation
	case e.State == Running:
		s.begin(e)
	case e.State.Final() || e.State == Retrying:
		s.endAttempt(e)
	}
	if e.State.Final() {
		s.Finished = e.Time
	}
}

func (s *Snapshot) begin(e Event) {
	s.Attempt = e.Attempt
	if s.Started.IsZero() {
		s.Started = e.Time
	}
	s.Attempts = kept(s.Attempts, Attempt{Number: e.Attempt, Started: e.Time})
}

func (s *Snapshot) endAttempt(e Event) {
	if n := len(s.Attempts) - 1; n >= 0 && s.Attempts[n].Ended.IsZero() {
		a := &s.Attempts[n]
		a.State, a.Ended, a.Cause, a.Class, a.Code, a.Print = e.State, e.Time, e.Cause, e.Class, e.Code, e.Print
	}
}

func (s *Snapshot) applyComponent(e Event) {
	c := Component{Name: e.Component, State: e.State, Cause: e.Cause, Attempt: e.Attempt}
	if i := s.component(e.Component); i >= 0 {
		s.Components[i] = c
		return
	}
	s.Components = append(s.Components, c)
}

// clone is a copy that later events do not change.
func (s *Snapshot) clone() Snapshot {
	out := *s
	// What has not come to its end changes: the last attempt, and the components. What
	// is before that is only added to.
	out.Events, out.Components = slices.Clip(s.Events), slices.Clone(s.Components)
	out.Attempts = slices.Clip(s.Attempts)
	if n := len(s.Attempts); n > 0 && s.Attempts[n-1].Ended.IsZero() {
		out.Attempts = slices.Clone(s.Attempts)
	}
	return out
}
