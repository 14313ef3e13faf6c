package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// failing plays attempts that fail n times, each after refusing a row, and then go well.
func failing(n int, err error, w op.Writer) (x executor, attempts *int) {
	attempts = new(int)
	return func(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
		*attempts++
		if rejected := a.Rejects.Reject("read", op.Rejected{Message: fmt.Sprintf("attempt %d", a.Number)}); rejected != nil {
			return nil, rejected
		}
		tmp, made := a.Env.Temp()
		if made != nil {
			return nil, made
		}
		if written := os.WriteFile(filepath.Join(tmp, "left over"), nil, 0o600); written != nil {
			return nil, written
		}
		if *attempts <= n {
			return nil, err
		}
		return copies(3, 0, w)(ctx, p, a)
	}, attempts
}

var errGone = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

func retried(limit int64, b retry.Backoff) job.Settings {
	return job.Settings{Name: "copy", Retry: job.Retry{Max: limit, Backoff: component.Value{X: b}}}
}

// A run that fails is tried again, after delays that grow, with the rejects of the last
// attempt alone; 48 hours pass at once.
func TestRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &writer{}
		x, attempts := failing(5, errGone, w)
		began := time.Now()
		run := start(t, t.Context(), newEngine(t, x), definition(source{}, retried(9, retry.Linear{Base: 8 * time.Hour, Step: 48 * time.Minute})))
		res := run.Wait()
		if res.State != jobinfo.Completed || *attempts != 6 || w.ended != "committed" || res.Problems.Err() != nil {
			t.Fatalf("%s after %d attempts, %s: %v", res.State, *attempts, w.ended, res.Problems)
		}
		if took := time.Since(began); took != 48*time.Hour || res.Duration != took {
			t.Errorf("took %s, and says %s", took, res.Duration)
		}
		want := []jobinfo.State{
			jobinfo.Pending, jobinfo.Running, jobinfo.Retrying, jobinfo.Running, jobinfo.Retrying, jobinfo.Running, jobinfo.Retrying,
			jobinfo.Running, jobinfo.Retrying, jobinfo.Running, jobinfo.Retrying, jobinfo.Running, jobinfo.Completed,
		}
		if d := cmp.Diff(want, states(t, run)); d != "" {
			t.Error(d)
		}
		if cause := run.Snapshot().Attempts[0].Cause; cause != "retry 1 of 9 in 8h0m0s after (class network): dial: connection refused" {
			t.Errorf("cause %q", cause)
		}
		if len(res.Rejects) != 1 || res.Rejects[0].Rows != 1 {
			t.Errorf("rejects %+v", res.Rejects)
		}
		for path, want := range map[string]string{"rejects/read.csv": "attempt 6", "rejects.attempt1/read.csv": "attempt 1", "rejects.attempt5/read.csv": "attempt 5"} {
			text, err := os.ReadFile(filepath.Join(res.Dir, path))
			if err != nil || !strings.Contains(string(text), want) || strings.Count(string(text), "attempt ") != 1 {
				t.Errorf("%s: %q, %v", path, text, err)
			}
		}
		if _, err := os.Stat(filepath.Join(res.Dir, "tmp")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("temporary files are there: %v", err)
		}
	})
}

// What ends the attempts, and what is said of it.
func TestRetryEnds(t *testing.T) {
	t.Parallel()
	data := diag.Errorf("csv.value", diag.Pos{}, "no int")
	standard := definition(source{}, retried(3, retry.Fixed{Every: time.Minute}))
	standard.Nodes[1].Op = &op.Write{Sink: toStdout{}}
	for _, c := range []struct {
		name     string
		def      *job.Definition
		err      error
		attempts int
		said     string
	}{
		{"used up", definition(source{}, retried(2, retry.Fixed{Every: time.Minute})), errGone, 3, "2 of 2 retries used"},
		{"the data", definition(source{}, retried(3, retry.Fixed{})), data, 1, "0 of 3 retries used"},
		{"standard output", standard, errGone, 1, "0 of 3 retries used"},
		{"none wanted", definition(source{}, job.Settings{Name: "copy"}), errGone, 1, ""},
		{"too late", definition(source{}, job.Settings{Name: "copy", Retry: job.Retry{
			Max: 9, MaxElapsed: 150 * time.Second, Backoff: component.Value{X: retry.Fixed{Every: time.Minute}},
		}}), errGone, 3, "2 of 9 retries used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x, attempts := failing(99, c.err, &writer{})
				res := start(t, t.Context(), newEngine(t, x), c.def).Wait()
				if res.State != jobinfo.Failed || *attempts != c.attempts || len(res.Problems.Errors()) == 0 {
					t.Fatalf("%s after %d attempts: %v", res.State, *attempts, res.Problems)
				}
				said := ""
				for _, n := range res.Problems.Errors()[0].Notes {
					said += n.Text
				}
				if said != c.said {
					t.Errorf("said %q, want %q", said, c.said)
				}
			})
		})
	}
}

type toStdout struct{ sink }

func (toStdout) Target() op.Name { return op.Name{Text: "-"} }

// An attempt that takes too long is ended and tried again; cancelling ends the waiting.
func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		slow := executor(func(ctx context.Context, _ *plan.Plan, _ plan.Attempt) ([]plan.Output, error) {
			attempts++
			<-ctx.Done()
			return nil, context.Cause(ctx)
		})
		settings := retried(2, retry.Fixed{Every: time.Hour})
		settings.AttemptTimeout = time.Minute
		res := start(t, t.Context(), newEngine(t, slow), definition(source{}, settings)).Wait()
		if res.State != jobinfo.Failed || attempts != 3 || res.Problems.Errors()[0].Code != "run.attempt_timeout" || res.Duration != 2*time.Hour+3*time.Minute {
			t.Errorf("%s after %d attempts in %s: %v", res.State, attempts, res.Duration, res.Problems)
		}
		x, tried := failing(99, errGone, &writer{})
		run := start(t, t.Context(), newEngine(t, x), definition(source{}, retried(9, retry.Fixed{Every: time.Hour})))
		time.Sleep(90 * time.Minute)
		run.Cancel(nil)
		if res := run.Wait(); res.State != jobinfo.Cancelled || *tried != 2 {
			t.Errorf("%s after %d attempts: %v", res.State, *tried, res.Problems)
		}
	})
}

type stated struct{ error }

func (stated) Class() retry.Class { return retry.Resource }

func TestClassify(t *testing.T) {
	t.Parallel()
	coded := func(code diag.Code) error { return diag.Errorf(code, diag.Pos{}, "x") }
	for want, errs := range map[retry.Class][]error{
		retry.Network:       {errGone, fmt.Errorf("get: %w", &net.DNSError{}), diag.Errorf("io.write", diag.Pos{}, "%w", syscall.ECONNRESET)},
		retry.Resource:      {stated{errors.New("x")}, diag.Errorf("io.write", diag.Pos{}, "%w", syscall.ENOSPC), coded("resource.memory")},
		retry.System:        {coded("file.missing"), diag.Errorf("lua.error", diag.Pos{}, "%w", syscall.EACCES)},
		retry.Data:          {coded("lua.error"), coded("csv.fields"), coded("limit.rejects"), diag.List{diag.Errorf("io.read", diag.Pos{}, "x"), diag.Errorf("json.value", diag.Pos{}, "x")}},
		retry.Configuration: {coded("option.value"), coded("column.unknown")},
		retry.Timeout:       {fmt.Errorf("x: %w", ErrAttemptTimeout)},
		retry.Component:     {errors.New("odd"), coded("mine.broken")},
	} {
		for _, err := range errs {
			if got := fault.Of(err).Class; got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	}
}
