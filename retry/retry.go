// Package retry decides whether a failed attempt is tried again, when, and
// says why.
//
// The package is a leaf: it imports nothing of ours.
package retry

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	// On are the classes that are tried again. Defaults to those that may go away by
	// themselves (Class.Passing).
	On []Class
	// When has the last word about whether an error is tried again, whatever its class.
	// Defaults to nobody.
	When Judge
}

// Judge says whether an attempt that failed is worth another one.
type Judge interface {
	// Retryable decides about a failed attempt. ctx bounds only the call. An error leaves
	// the decision to the class, and the reason says so.
	Retryable(ctx context.Context, failed Attempt) (bool, error)
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
	for _, c := range p.On {
		if !slices.Contains(Classes(), c) {
			errs = append(errs, fmt.Errorf("retry: there is no class %q of errors", c))
		}
	}
	return errs
}

// Decide says what happens after an attempt has failed. ctx bounds the functions that it
// asks.
func (p Policy) Decide(ctx context.Context, failed Attempt) Decision {
	used := failed.Number - 1
	if used >= p.Max {
		return Decision{Reason: fmt.Sprintf("%d of %d retries used, last error: %v", used, p.Max, failed.Err)}
	}
	why, odd := p.refuses(ctx, failed)
	if why != "" {
		return Decision{Reason: fmt.Sprintf("not retried, since %s: %v%s", why, failed.Err, odd)}
	}
	delay, wrong := checked(ctx, p.Backoff, failed)
	wrong = odd + wrong
	delay = min(max(delay, After(failed.Err)), LongestDelay)
	if p.MaxElapsed > 0 && failed.Elapsed+delay > p.MaxElapsed {
		return Decision{Reason: fmt.Sprintf("not retried, since that would begin later than %s after the first attempt: %v", p.MaxElapsed, failed.Err)}
	}
	return Decision{
		Retry: true, Delay: delay,
		Reason: fmt.Sprintf("retry %d of %d in %s after (class %s): %v%s", used+1, p.Max, delay.Round(time.Millisecond), failed.Class, failed.Err, wrong),
	}
}

// refuses says why a failed attempt is not worth another one, "" if it is; odd is what
// went wrong with asking.
func (p Policy) refuses(ctx context.Context, failed Attempt) (why, odd string) {
	if p.When != nil {
		again, err := p.When.Retryable(ctx, failed)
		switch {
		case err != nil:
			odd = fmt.Sprintf("; the predicate failed (%v), so that the class decides", err)
		case again:
			return "", ""
		default:
			return "the predicate says no", ""
		}
	}
	switch {
	case failed.Class == Cancelled:
		return "somebody cancelled it", odd
	case len(p.On) > 0 && !slices.Contains(p.On, failed.Class):
		return fmt.Sprintf("the class %s is none of those that are tried again", failed.Class), odd
	case len(p.On) == 0 && !failed.Class.Passing():
		return fmt.Sprintf("another attempt would fail as well (class %s)", failed.Class), odd
	}
	return "", odd
}
