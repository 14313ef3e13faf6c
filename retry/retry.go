// Package retry decides whether a failed attempt is tried again, when, and
// says why. This version knows one rule, the number of retries; back-off
// functions, error classes and time limits join it here.
//
// The package is a leaf: it imports nothing of ours.
package retry

import (
	"errors"
	"fmt"
	"time"
)

// Policy says how often a run is tried again. The zero Policy never retries.
type Policy struct {
	// Max is the number of retries after the first attempt. Defaults to 0.
	Max int
	// Backoff gives the delay before a retry. Defaults to none.
	Backoff Backoff
}

// Backoff gives delays.
type Backoff interface {
	// Delay is the time to wait after the failed attempt, which is counted
	// from 1.
	Delay(attempt int) time.Duration
}

// Decision is what a policy made of a failed attempt.
type Decision struct {
	Retry  bool
	Delay  time.Duration
	Reason string // for people: "0 of 0 retries used, last error: ..."
}

// Validate returns every problem of the policy.
func (p Policy) Validate() []error {
	if p.Max < 0 {
		return []error{fmt.Errorf("retry: max is %d, but there are no negative retries", p.Max)}
	}
	return nil
}

// Decide says what happens after attempt number attempt, counted from 1, has
// failed with err.
func (p Policy) Decide(attempt int, err error) Decision {
	used := attempt - 1
	if used >= p.Max {
		return Decision{Reason: fmt.Sprintf("%d of %d retries used, last error: %v", used, p.Max, err)}
	}
	d := Decision{Retry: true, Reason: fmt.Sprintf("retry %d of %d after: %v", used+1, p.Max, err)}
	if p.Backoff != nil {
		d.Delay = p.Backoff.Delay(attempt)
	}
	return d
}

// Classify is the class of an error, as the error itself states it by a
// method Class() string anywhere in its chain; "unknown" where none does.
func Classify(err error) string {
	var c interface{ Class() string }
	if errors.As(err, &c) {
		return c.Class()
	}
	return "unknown"
}
