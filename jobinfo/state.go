// Package jobinfo knows runs: what they are (Meta), what happened to them (Event), how
// they stand (Snapshot), how far they have come (Progress), and where all that is kept
// (Store). The Tracker records every change before anybody can see it (invariant 5).
//
// The package is a leaf: it imports nothing of ours. Read state.go and event.go first.
package jobinfo

import (
	"fmt"
	"slices"
)

// State is where a run, or a component of one, stands.
type State string

// The states. Only components are SKIPPED.
const (
	Pending   State = "PENDING"
	Running   State = "RUNNING"
	Retrying  State = "RETRYING"
	Completed State = "COMPLETED"
	Failed    State = "FAILED"
	Cancelled State = "CANCELLED"
	Skipped   State = "SKIPPED"
)

// Next are the states of a run that may follow by themselves; none follow a final state.
func (s State) Next() []State {
	switch s {
	case "":
		return []State{Pending}
	case Pending:
		return []State{Running, Failed, Cancelled}
	case Running:
		return []State{Retrying, Completed, Failed, Cancelled}
	case Retrying:
		return []State{Running, Failed, Cancelled}
	}
	return nil
}

// NextByPerson are the states of an ended run that a person may bring about: another
// attempt, or to let it count as completed.
func (s State) NextByPerson() []State {
	switch s {
	case Failed:
		return []State{Retrying, Completed}
	case Cancelled:
		return []State{Retrying}
	}
	return nil
}

// NextOfComponent are the states of a component that may follow within an attempt. A
// new attempt begins with PENDING, whatever the state was.
func (s State) NextOfComponent() []State {
	switch s {
	case "":
		return []State{Pending}
	case Pending:
		return []State{Running, Skipped, Failed, Cancelled}
	case Running:
		return []State{Completed, Failed, Cancelled}
	}
	return nil
}

// Final reports whether no other state follows by itself.
func (s State) Final() bool { return s != "" && len(s.Next()) == 0 }

// TransitionError is a change of state along no drawn edge.
type TransitionError struct {
	Component string // "" for the run itself
	From, To  State
}

func (e *TransitionError) Error() string {
	if e.Component != "" {
		return fmt.Sprintf("the component %s cannot go from %s to %s", e.Component, e.From, e.To)
	}
	return fmt.Sprintf("a run cannot go from %s to %s", e.From, e.To)
}

func checkTransition(e Event, from State) error {
	next := from.Next()
	switch {
	case e.Component != "":
		next = from.NextOfComponent()
	case e.By != "":
		next = from.NextByPerson()
	}
	if slices.Contains(next, e.State) {
		return nil
	}
	return &TransitionError{Component: e.Component, From: from, To: e.State}
}
