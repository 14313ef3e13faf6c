package engine

import (
	"errors"
	"fmt"

	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// Why runs end otherwise than by themselves, as errors.Is finds it.
var (
	// ErrCancelled says that somebody cancelled the run.
	ErrCancelled = errors.New("cancelled by the user")
	// ErrTimeout says that the run took longer than its timeout.
	ErrTimeout error = timeout("the timeout has passed")
	// ErrAttemptTimeout says that an attempt took longer than its timeout.
	ErrAttemptTimeout error = timeout("the timeout of an attempt has passed")
	// ErrShutdown says that the engine was shut down.
	ErrShutdown = errors.New("the engine shuts down")
	// ErrReplaced says that a newer run of the job took the place of the run.
	ErrReplaced = errors.New("a newer run of the job takes its place")
	// ErrSkipped says that the run was left out, since others of its job went on.
	ErrSkipped = errors.New("the job has as many runs as it may")
	// ErrDependency says that a job which must have completed before did not.
	ErrDependency = errors.New("a job that comes before it did not complete")
)

// Why runs are refused before there is one.
var (
	// ErrFull says that as many runs wait as may.
	ErrFull = errors.New("too many runs wait already")
	// ErrName says that a job of another script has the same name and goes on.
	ErrName = errors.New("another job of this name goes on")
)

// timeout is an error of the class retry.Timeout.
type timeout string

func (t timeout) Error() string { return string(t) }

// Class is that of fault.
func (timeout) Class() retry.Class { return retry.Timeout }

// ByPerson is the cause of a run that somebody cancelled from outside of the process. It
// is an ErrCancelled.
type ByPerson struct{ By, Why string }

func (e *ByPerson) Error() string {
	if e.Why == "" {
		return "cancelled by " + e.By
	}
	return fmt.Sprintf("cancelled by %s: %s", e.By, e.Why)
}

// Is implements errors.Is.
func (*ByPerson) Is(target error) bool { return target == ErrCancelled }

// notCompleted is why a run cannot begin whose predecessor ended otherwise.
func notCompleted(before *Run) error {
	state := before.tracker.State()
	return fmt.Errorf("%w: %s (run %s) is %s", ErrDependency, before.def.Name, before.ID, state)
}

// completed reports whether a run ended well.
func completed(s jobinfo.State) bool { return s == jobinfo.Completed }
