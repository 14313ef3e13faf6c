package luabind

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/etlscript/etlscript/retry"
)

// sample is a back-off of scripts/backoff.
func sample(t *testing.T, name string) retry.Backoff {
	t.Helper()
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	script, err := loader.Load(t.Context(), "job.lua", `local etl = require "etl"
etl.read_csv { path = "x" }:write_csv { path = "o" }
return etl.job { name = "x", retry = { max = 99, backoff = etl.script "backoff/`+name+`.lua" } }`, "../scripts")
	if err != nil {
		t.Fatal(printed(t, script, err))
	}
	return script.Jobs[0].Settings.Retry.Policy().Backoff
}

func delayAfter(t *testing.T, b retry.Backoff, a retry.Attempt) time.Duration {
	t.Helper()
	a.Err = errors.New("x")
	d, err := b.Delay(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSampleFibonacci(t *testing.T) {
	t.Parallel()
	b := sample(t, "fibonacci")
	for n, want := range map[int]time.Duration{1: 10, 2: 10, 3: 20, 4: 30, 5: 50, 6: 80, 100: 300_000} {
		if got := delayAfter(t, b, retry.Attempt{Number: n}); got != want*time.Millisecond {
			t.Errorf("attempt %d: %s", n, got)
		}
	}
}

func TestSampleDecorrelated(t *testing.T) {
	t.Parallel()
	b := sample(t, "decorrelated")
	const base = 10 * time.Millisecond
	longest := time.Duration(0)
	for range 30 {
		last, most := time.Duration(0), base
		for n := range 8 {
			most *= 3
			last = delayAfter(t, b, retry.Attempt{Number: n + 1, Last: last})
			if last < base || last > most {
				t.Errorf("attempt %d: %s is not between %s and %s", n+1, last, base, most)
			}
			longest = max(longest, last)
		}
	}
	if longest < 10*base {
		t.Errorf("no delay is longer than %s", longest)
	}
	if got := delayAfter(t, b, retry.Attempt{Number: 50, Last: 1000 * time.Hour}); got > time.Minute {
		t.Errorf("a delay of %s", got)
	}
}

// The clock of these tests begins on a Saturday at midnight.
func TestSampleBusinessHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := sample(t, "business_hours")
		begin := time.Now()
		for _, c := range []struct {
			at    time.Duration // since the beginning
			class retry.Class
			want  time.Duration
		}{
			{0, retry.Data, 56 * time.Hour},
			{0, retry.Network, time.Minute},
			{55*time.Hour + 59*time.Minute + 30*time.Second, retry.Data, 30 * time.Second},
			{56 * time.Hour, retry.Data, time.Minute},
			{65*time.Hour + 59*time.Minute, retry.Data, time.Minute},
			{66 * time.Hour, retry.Data, 14 * time.Hour},
			{6*24*time.Hour + 17*time.Hour, retry.Data, time.Minute},
			{6*24*time.Hour + 18*time.Hour, retry.Data, 62 * time.Hour},
		} {
			time.Sleep(c.at - time.Since(begin))
			if got := delayAfter(t, b, retry.Attempt{Number: 1, Class: c.class}); got != c.want {
				t.Errorf("%s: %s", time.Now(), got)
			}
		}
	})
}
