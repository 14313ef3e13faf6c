package retry

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

var errHost = errors.New("no such host")

// odd is a back-off that gives anything.
type odd struct {
	delay time.Duration
	err   error
}

func (o odd) Delay(context.Context, Attempt) (time.Duration, error) { return o.delay, o.err }

// busy is an error of a server that says when to come again.
type busy struct{ error }

func (busy) RetryAfter() time.Duration { return time.Minute }

func TestDecide(t *testing.T) {
	t.Parallel()
	second := Fixed{Every: time.Second}
	tests := []struct {
		name   string
		policy Policy
		failed Attempt
		want   Decision
	}{
		{"no retries", Policy{}, Attempt{Number: 1}, Decision{Reason: "0 of 0 retries used, last error: no such host"}},
		{"first of two", Policy{Max: 2, Backoff: second}, Attempt{Number: 1, Class: Network}, Decision{true, time.Second, "retry 1 of 2 in 1s after (class network): no such host"}},
		{"no back-off", Policy{Max: 2}, Attempt{Number: 2, Class: System}, Decision{Retry: true, Reason: "retry 2 of 2 in 0s after (class system): no such host"}},
		{"used up", Policy{Max: 2}, Attempt{Number: 3, Class: Network}, Decision{Reason: "2 of 2 retries used, last error: no such host"}},
		{"of the data", Policy{Max: 2}, Attempt{Number: 1, Class: Data}, Decision{Reason: "not retried, since another attempt would fail as well (class data): no such host"}},
		{"too late", Policy{Max: 2, Backoff: second, MaxElapsed: time.Minute}, Attempt{Number: 1, Class: Network, Elapsed: time.Minute}, Decision{Reason: "not retried, since that would begin later than 1m0s after the first attempt: no such host"}},
		{"a server that says when", Policy{Max: 1, Backoff: second}, Attempt{Number: 1, Class: Network, Err: fmt.Errorf("get: %w", busy{errHost})}, Decision{true, time.Minute, "retry 1 of 1 in 1m0s after (class network): get: no such host"}},
		{"a back-off that fails", Policy{Max: 1, Backoff: odd{err: errors.New("oops")}}, Attempt{Number: 1, Class: Network}, Decision{true, time.Second, "retry 1 of 1 in 1s after (class network): no such host; the back-off failed (oops), so that the delay is 1s"}},
		{"a negative delay", Policy{Max: 1, Backoff: odd{delay: -1}}, Attempt{Number: 1, Class: Network}, Decision{true, time.Second, "retry 1 of 1 in 1s after (class network): no such host; the back-off gave -1ns, so that the delay is 1s"}},
		{"a giant delay", Policy{Max: 1, Backoff: odd{delay: math.MaxInt64}}, Attempt{Number: 1, Class: Network}, Decision{true, LongestDelay, "retry 1 of 1 in 720h0m0s after (class network): no such host; the back-off gave more than 720h0m0s, so that this is the delay"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.failed.Err == nil {
				tt.failed.Err = errHost
			}
			if got := tt.policy.Decide(t.Context(), tt.failed); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestBackoffs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		backoff Backoff
		want    string
	}{
		{Exponential{}, "1s 2s 4s 8s 16s"},
		{Exponential{Base: time.Minute, Factor: 3, Max: 10 * time.Minute}, "1m0s 3m0s 9m0s 10m0s 10m0s"},
		{Linear{Base: time.Second, Step: 2 * time.Second, Max: 6 * time.Second}, "1s 3s 5s 6s 6s"},
		{Fixed{Every: 250 * time.Millisecond}, "250ms 250ms 250ms 250ms 250ms"},
	} {
		var got []string
		for n := range 5 {
			d, err := c.backoff.Delay(t.Context(), Attempt{Number: n + 1})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, d.String())
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%+v: %s, want %s", c.backoff, text, c.want)
		}
	}
	if d, _ := (Exponential{}).Delay(t.Context(), Attempt{Number: 5000}); d != LongestDelay {
		t.Errorf("after 5000 attempts: %s", d)
	}
}

// Jitter spreads delays evenly from nothing to what they would be.
func TestJitter(t *testing.T) {
	t.Parallel()
	const n = 2000
	for _, b := range []Backoff{Exponential{Base: time.Second, Jitter: true}, Linear{Base: time.Second, Jitter: true}, Fixed{Every: time.Second, Jitter: true}} {
		var sum, most time.Duration
		least := time.Hour
		for range n {
			d, _ := b.Delay(t.Context(), Attempt{Number: 1})
			sum, most, least = sum+d, max(most, d), min(least, d)
		}
		if mean := sum / n; least < 0 || most > time.Second || mean < 450*time.Millisecond || mean > 550*time.Millisecond {
			t.Errorf("%+v: from %s to %s, %s on average", b, least, most, mean)
		}
	}
}

type classed struct{ error }

func (classed) Class() Class { return Network }

func TestClassify(t *testing.T) {
	t.Parallel()
	if got := Classify(fmt.Errorf("read: %w", classed{errors.New("reset")})); got != Network {
		t.Errorf("class of a wrapped error is %q", got)
	}
	if got := Classify(errors.New("odd")); got != Component {
		t.Errorf("class of a plain error is %q", got)
	}
	for class, passes := range map[Class]bool{Configuration: false, Data: false, Cancelled: false, Component: true, Resource: true, System: true, Network: true, Timeout: true} {
		if class.Passing() != passes {
			t.Errorf("%s passes: %v", class, !passes)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if errs := (Policy{Max: -1, MaxElapsed: -1}).Validate(); len(errs) != 2 {
		t.Errorf("negative bounds give %v", errs)
	}
	if errs := (Policy{Max: 3}).Validate(); errs != nil {
		t.Errorf("a good policy gives %v", errs)
	}
}
