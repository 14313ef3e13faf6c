package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// notes are hooks that note their calls; those of the names in fails fail.
type notes struct {
	lines []string
	fails map[string]error
}

func (n *notes) hook(name string) job.Hook {
	return job.HookFunc(func(ctx context.Context, m job.Moment) error {
		line := fmt.Sprintf("%s: %s attempt %d", name, m.State, m.Attempt)
		if m.Failure != nil {
			line += fmt.Sprintf(", %s %s", m.Failure.Class, m.Failure.Message)
		}
		if m.Delay > 0 {
			line += fmt.Sprintf(", next in %s", m.Delay)
		}
		if m.RowsRead > 0 {
			line += fmt.Sprintf(", %d of %d rows", m.RowsWritten, m.RowsRead)
		}
		if ctx.Err() != nil {
			line += ", without time"
		}
		n.lines = append(n.lines, line)
		return n.fails[name]
	})
}

func (n *notes) hooks() job.Hooks {
	return job.Hooks{
		OnStart: n.hook("on_start"), OnRetry: n.hook("on_retry"), OnSuccess: n.hook("on_success"),
		OnFailure: n.hook("on_failure"), OnCancel: n.hook("on_cancel"), Cleanup: n.hook("cleanup"),
	}
}

// Each hook is called at its moment, and cleanup once in every case.
func TestHooks(t *testing.T) {
	t.Parallel()
	bad := diag.Errorf("csv.value", diag.Pos{}, "no int")
	for _, c := range []struct {
		name string
		play func(x *theatre, r *Run)
		want string
	}{
		{"success", func(x *theatre, r *Run) { x.end(r, nil) }, `
on_start: RUNNING attempt 1
on_success: COMPLETED attempt 1, 1 of 1 rows
cleanup: COMPLETED attempt 1, 1 of 1 rows`},
		{"success after a retry", func(x *theatre, r *Run) {
			x.end(r, errGone)
			time.Sleep(time.Minute)
			x.end(r, nil)
		}, `
on_start: RUNNING attempt 1
on_retry: RETRYING attempt 1, network dial: connection refused, next in 1m0s
on_success: COMPLETED attempt 2, 1 of 1 rows
cleanup: COMPLETED attempt 2, 1 of 1 rows`},
		{"failure", func(x *theatre, r *Run) { x.end(r, bad) }, `
on_start: RUNNING attempt 1
on_failure: FAILED attempt 1, data no int
cleanup: FAILED attempt 1, data no int`},
		{"cancelled", func(_ *theatre, r *Run) { r.Cancel(nil) }, `
on_start: RUNNING attempt 1
on_cancel: CANCELLED attempt 1, cancelled the run was cancelled: cancelled by the user
cleanup: CANCELLED attempt 1, cancelled the run was cancelled: cancelled by the user`},
		{"cancelled while it waits", func(x *theatre, r *Run) {
			x.end(r, errGone)
			r.Cancel(nil)
		}, `
on_start: RUNNING attempt 1
on_retry: RETRYING attempt 1, network dial: connection refused, next in 1m0s
on_cancel: CANCELLED attempt 1, cancelled the run was cancelled: cancelled by the user
cleanup: CANCELLED attempt 1, cancelled the run was cancelled: cancelled by the user`},
		{"out of time", func(*theatre, *Run) { time.Sleep(time.Hour) }, `
on_start: RUNNING attempt 1
on_failure: FAILED attempt 1, timeout job.lua:9: job "copy": the timeout has passed (1h0m0s)
cleanup: FAILED attempt 1, timeout job.lua:9: job "copy": the timeout has passed (1h0m0s)`},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := &notes{}
			e, x := stageEngine(t, Config{Hooks: n.hooks()})
			r := submit(t, e, named("copy", job.Settings{Timeout: time.Hour, Retry: job.Retry{Max: 1, Backoff: component.Value{X: oneMinute{}}}}))
			c.play(x, r)
			res := r.Wait()
			if diff := cmp.Diff(c.want, "\n"+strings.Join(n.lines, "\n")); diff != "" {
				t.Errorf("%s: %v\n%s", c.name, res.Problems, diff)
			}
		})
	}
}

type oneMinute struct{}

func (oneMinute) Delay(context.Context, retry.Attempt) (time.Duration, error) {
	return time.Minute, nil
}

// A hook that fails is told of; only on_start decides about the run.
func TestHooksThatFail(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	for name, want := range map[string]struct {
		state    jobinfo.State
		problems string
	}{
		"on_start":   {failed, "on_start: odd"},
		"on_success": {completes, "on_success: odd"},
		"cleanup":    {completes, "cleanup: odd"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := &notes{fails: map[string]error{name: odd}}
			e, x := stageEngine(t, Config{Hooks: n.hooks()})
			r := submit(t, e, named("copy", job.Settings{}))
			if name != "on_start" {
				x.end(r, nil)
			}
			res := r.Wait()
			if res.State != want.state || res.Problems.Error() != want.problems || !errors.Is(res.Problems, odd) {
				t.Errorf("%s: %s, %v", name, res.State, res.Problems)
			}
			if warns := len(res.Problems.Warnings()) == 1; warns != (name != "on_start") {
				t.Errorf("%s: a warning: %v", name, warns)
			}
			recorded := ""
			for _, e := range events(t, r) {
				if e.Kind == jobinfo.KindHook {
					recorded += fmt.Sprintf("%s %q ", e.Hook, e.Cause)
				}
			}
			if !strings.Contains(recorded, fmt.Sprintf("%s %q", name, want.problems)) || !strings.Contains(recorded, "cleanup") {
				t.Errorf("recorded: %s", recorded)
			}
		})
	}
}

// A hook that panics, or that takes too long, is one that fails; the engine's and the job's
// are called both.
func TestHooksThatBreakDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		called := ""
		e, x := stageEngine(t, Config{HookTimeout: time.Minute, Hooks: job.Hooks{
			OnSuccess: job.HookFunc(func(context.Context, job.Moment) error { panic("no way") }),
			Cleanup: job.HookFunc(func(ctx context.Context, _ job.Moment) error {
				<-ctx.Done()
				return context.Cause(ctx)
			}),
		}})
		d := named("copy", job.Settings{})
		d.Settings.OnSuccess.Hook = job.HookFunc(func(_ context.Context, m job.Moment) error {
			called = m.Job
			_, err := m.Env.Temp()
			return err
		})
		r := submit(t, e, d)
		x.end(r, nil)
		res := r.Wait()
		if got := codes(res.Problems); res.State != completes || cmp.Diff([]string{"hook.panic", "hook.failed"}, got) != "" {
			t.Errorf("%s: %v", res.State, res.Problems)
		}
		if called != "copy" || !strings.Contains(res.Problems[1].Message, "a hook may take 1m0s") {
			t.Errorf("called %q; %v", called, res.Problems)
		}
		if left, err := os.ReadDir(res.Dir); err == nil && len(left) > 0 {
			t.Errorf("left in the folder of the run: %v", left)
		}
	})
}
