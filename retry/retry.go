// Package retry decides whether a failed attempt is tried again, when, and
// says why.
//
// The package is a leaf: it imports nothing of ours.
package retry

import (
	"errors"
	"fmt"
	"time"
)

// Policy says how often and when a run is tried again. The zero Policy never retries.
type Policy struct {
	// Max is the number of retries after the first attempt. Defaults to 0.
	Max int
	// MaxElapsed is how long after the beginning of the first attempt another one may
	// begin. 0 sets no limit.
	MaxElapsed time.Duration
	// Backoff gives the delay before a retry. Defaults to none.
	Backoff Backoff
}

// Attempt is an attempt that failed.
type Attempt struct {
	Number  int // from 1
	Err     error
	Class   Class
	Last    time.Duration // the delay before it; 0 for the first
	Elapsed time.Duration // since the beginning of the first attempt
}

// After is how long an error wants to be waited for, as servers say it: by a method
// RetryAfter() time.Duration anywhere in its chain; 0 where there is none.
func After(err error) time.Duration {
	var x interface{ RetryAfter() time.Duration }
	if errors.As(err, &x) {
		return x.RetryAfter()
	}
	return 0
}

// Decision is what a policy made of a failed attempt.
type Decision struct {
	Retry  bool
	Delay  time.Duration
	Reason string // for people: "3 of 3 retries used, last error: ..."
}

// Validate returns every problem of the policy.
func (p Policy) Validate() []error {
	var errs []error
	if p.Max < 0 {
		errs = append(errs, fmt.Errorf("retry: max is %d, but there are no negative retries", p.Max))
	}
	if p.MaxElapsed < 0 {
		errs = append(errs, fmt.Errorf("retry: max_elapsed is %s, but there is no negative time", p.MaxElapsed))
	}
	return errs
}

// Decide says what happens after an attempt has failed.
func (p Policy) Decide(failed Attempt) Decision {
	used := failed.Number - 1
	switch {
	case used >= p.Max:
		return Decision{Reason: fmt.Sprintf("%d of %d retries used, last error: %v", used, p.Max, failed.Err)}
	case !failed.Class.Passing():
		return Decision{Reason: fmt.Sprintf("not retried, since another attempt would fail as well (class %s): %v", failed.Class, failed.Err)}
	}
	delay, wrong := checked(p.Backoff, failed)
	delay = min(max(delay, After(failed.Err)), LongestDelay)
	if p.MaxElapsed > 0 && failed.Elapsed+delay > p.MaxElapsed {
		return Decision{Reason: fmt.Sprintf("not retried, since that would begin later than %s after the first attempt: %v", p.MaxElapsed, failed.Err)}
	}
	return Decision{
		Retry: true, Delay: delay,
		Reason: fmt.Sprintf("retry %d of %d in %s after (class %s): %v%s", used+1, p.Max, delay.Round(time.Millisecond), failed.Class, failed.Err, wrong),
	}
}
