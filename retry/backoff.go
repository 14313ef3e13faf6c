package retry

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Backoff gives the delay before another attempt.
type Backoff interface {
	// Delay is the time to wait after a failed attempt. ctx bounds only the call. An
	// error, or a negative delay, makes the policy wait DefaultDelay, and its reason says
	// so.
	Delay(ctx context.Context, failed Attempt) (time.Duration, error)
}

// DefaultDelay is how long a policy waits whose back-off gives no delay.
const DefaultDelay = time.Second

// LongestDelay bounds every delay.
const LongestDelay = 30 * 24 * time.Hour

// Exponential waits Base after the first attempt, and Factor times as long after each
// further one, but not longer than Max.
type Exponential struct {
	Base   time.Duration // defaults to 1 s
	Factor float64       // defaults to 2
	Max    time.Duration // 0 sets no limit but LongestDelay
	// Jitter spreads each delay evenly between nothing and what it would be, so that
	// many jobs which failed together do not come back together ("full jitter", Brooker,
	// Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
	Jitter bool
}

// Delay implements Backoff.
func (b Exponential) Delay(_ context.Context, failed Attempt) (time.Duration, error) {
	base, factor := b.Base, b.Factor
	if base == 0 {
		base = time.Second
	}
	if factor == 0 {
		factor = 2
	}
	return spread(float64(base)*math.Pow(factor, float64(failed.Number-1)), b.Max, b.Jitter), nil
}

// Linear waits Base after the first attempt, and Step longer after each further one, but
// not longer than Max.
type Linear struct {
	Base, Step time.Duration
	Max        time.Duration // 0 sets no limit but LongestDelay
	Jitter     bool          // as that of Exponential
}

// Delay implements Backoff.
func (b Linear) Delay(_ context.Context, failed Attempt) (time.Duration, error) {
	return spread(float64(b.Base)+float64(b.Step)*float64(failed.Number-1), b.Max, b.Jitter), nil
}

// Fixed waits the same time after each attempt.
type Fixed struct {
	Every  time.Duration
	Jitter bool // as that of Exponential
}

// Delay implements Backoff.
func (b Fixed) Delay(context.Context, Attempt) (time.Duration, error) {
	return spread(float64(b.Every), 0, b.Jitter), nil
}

// spread bounds a delay and applies jitter.
func spread(delay float64, most time.Duration, jitter bool) time.Duration {
	if most <= 0 || most > LongestDelay {
		most = LongestDelay
	}
	delay = min(delay, float64(most))
	if jitter {
		delay *= rand.Float64()
	}
	return time.Duration(delay)
}

// checked is the delay that a back-off gives, and what was wrong with it.
func checked(ctx context.Context, b Backoff, failed Attempt) (delay time.Duration, wrong string) {
	if b == nil {
		return 0, ""
	}
	delay, err := b.Delay(ctx, failed)
	switch {
	case err != nil:
		return DefaultDelay, fmt.Sprintf("; the back-off failed (%v), so that the delay is %s", err, DefaultDelay)
	case delay < 0:
		return DefaultDelay, fmt.Sprintf("; the back-off gave %s, so that the delay is %s", delay, DefaultDelay)
	case delay > LongestDelay:
		return LongestDelay, fmt.Sprintf("; the back-off gave more than %s, so that this is the delay", LongestDelay)
	}
	return delay, ""
}
