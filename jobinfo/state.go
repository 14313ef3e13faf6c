// Package jobinfo knows runs: their states and legal transitions, events,
// metrics, and where these are kept. The Tracker records every change before
// anybody can see it (invariant 5).
//
// The package is a leaf: it imports nothing of ours.
package jobinfo

import (
	"fmt"
	"slices"
)

// State is where a run or a component of it stands.
type State string

// The states. Retrying comes into use with retries.
const (
	Pending   State = "PENDING"
	Running   State = "RUNNING"
	Retrying  State = "RETRYING"
	Completed State = "COMPLETED"
	Failed    State = "FAILED"
	Cancelled State = "CANCELLED"
)

// Next are the states that may follow; none follow a final state.
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

// Final reports whether no other state may follow.
func (s State) Final() bool { return len(s.Next()) == 0 }

// TransitionError is a change of state along no drawn edge.
type TransitionError struct{ From, To State }

func (e *TransitionError) Error() string {
	return fmt.Sprintf("a run cannot go from %s to %s", e.From, e.To)
}

func checkTransition(from, to State) error {
	if slices.Contains(from.Next(), to) {
		return nil
	}
	return &TransitionError{From: from, To: to}
}
