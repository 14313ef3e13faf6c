package retry

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

type fixed time.Duration

func (f fixed) Delay(int) time.Duration { return time.Duration(f) }

func TestDecide(t *testing.T) {
	t.Parallel()
	err := errors.New("no such host")
	tests := []struct {
		name    string
		policy  Policy
		attempt int
		want    Decision
	}{
		{"no retries", Policy{}, 1, Decision{Reason: "0 of 0 retries used, last error: no such host"}},
		{"first of two", Policy{Max: 2, Backoff: fixed(time.Second)}, 1, Decision{true, time.Second, "retry 1 of 2 after: no such host"}},
		{"no back-off", Policy{Max: 2}, 2, Decision{Retry: true, Reason: "retry 2 of 2 after: no such host"}},
		{"used up", Policy{Max: 2}, 3, Decision{Reason: "2 of 2 retries used, last error: no such host"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.policy.Decide(tt.attempt, err); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

type classed struct{ error }

func (classed) Class() string { return "network" }

func TestClassify(t *testing.T) {
	t.Parallel()
	if got := Classify(fmt.Errorf("read: %w", classed{errors.New("reset")})); got != "network" {
		t.Errorf("class of a wrapped error is %q", got)
	}
	if got := Classify(errors.New("odd")); got != "unknown" {
		t.Errorf("class of a plain error is %q", got)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if errs := (Policy{Max: -1}).Validate(); len(errs) != 1 {
		t.Errorf("a negative max gives %v", errs)
	}
	if errs := (Policy{Max: 3}).Validate(); errs != nil {
		t.Errorf("a good policy gives %v", errs)
	}
}
