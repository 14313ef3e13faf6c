package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/jobinfo"
)

const (
	pending   = jobinfo.Pending
	running   = jobinfo.Running
	completes = jobinfo.Completed
	failed    = jobinfo.Failed
	cancelled = jobinfo.Cancelled
)

// As many runs go on as may; the others wait, those of a higher priority in front.
func TestThePlacesOfAnEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{MaxConcurrent: 2})
		var runs []*Run
		for i, priority := range []int64{0, 0, 0, 5, -1, 5} {
			runs = append(runs, submit(t, e, named(fmt.Sprint(i), job.Settings{Priority: priority})))
		}
		wants(t, runs, running, running, pending, pending, pending, pending)
		if load := e.Load(); load != (Load{Going: 2, Waiting: 4}) {
			t.Errorf("load %+v", load)
		}
		runs[3].Cancel(nil)
		synctest.Wait()
		wants(t, runs, running, running, pending, cancelled, pending, pending)
		for _, i := range []int{0, 5, 1, 2, 4} {
			x.end(runs[i], nil)
			if state(runs[i]) != completes {
				t.Errorf("run %d is %s", i, state(runs[i]))
			}
		}
		if x.began() != "[0 1 5 2 4]" {
			t.Errorf("they began in the order %s", x.began())
		}
		if load := e.Load(); load != (Load{}) {
			t.Errorf("load at the end: %+v", load)
		}
	})
}

// A job has as many runs as its settings say, and what becomes of a further one, they say
// as well.
func TestConcurrencyOfAJob(t *testing.T) {
	t.Parallel()
	for rule, want := range map[job.Conflict][]jobinfo.State{
		job.Wait:    {running, running, pending, pending},
		"":          {running, running, pending, pending},
		job.Skip:    {running, running, cancelled, cancelled},
		job.Replace: {cancelled, cancelled, running, running},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, x := stageEngine(t, Config{})
			var runs []*Run
			for range 4 {
				runs = append(runs, submit(t, e, named("one", job.Settings{Concurrency: job.Concurrency{Max: 2, OnConflict: rule}})))
			}
			other := submit(t, e, named("other", job.Settings{}))
			wants(t, append(runs, other), append(want, running)...)
			for i, why := range map[job.Conflict]map[int]error{job.Skip: {2: ErrSkipped, 3: ErrSkipped}, job.Replace: {0: ErrReplaced, 1: ErrReplaced}}[rule] {
				if !errors.Is(runs[i].Wait().Problems, why) {
					t.Errorf("%s: run %d: %v", rule, i, runs[i].Wait().Problems)
				}
			}
			for _, r := range append(runs, other) { // those that wait go on behind the first ones
				if state(r) == running {
					x.end(r, nil)
				}
			}
			if load := e.Load(); load != (Load{}) {
				t.Errorf("load at the end: %+v", load)
			}
		})
	}
}

func submitAll(t testing.TB, e *Engine, defs ...*job.Definition) []*Run {
	t.Helper()
	runs, err := e.SubmitAll(t.Context(), defs, Submission{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return runs
}

// A job begins when those before it have completed, whatever their order in the file.
func TestJobsAfterOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		runs := submitAll(t, e,
			named("report", job.Settings{After: []string{"load", "clean"}}), named("load", job.Settings{}),
			named("clean", job.Settings{After: []string{"load"}}), named("beside", job.Settings{}))
		wants(t, runs, pending, running, pending, running)
		x.end(runs[1], nil)
		wants(t, runs, pending, completes, running, running)
		x.end(runs[2], nil)
		wants(t, runs, running, completes, completes, running)
		x.end(runs[0], nil)
		x.end(runs[3], errors.New("odd"))
		wants(t, runs, completes, completes, completes, failed)
		if after := runs[0].Meta().After; len(after) != 2 || after[0] != runs[1].ID || after[1] != runs[2].ID {
			t.Errorf("the record says that it comes after %v", after)
		}
	})
}

// A job that reads what one before it writes comes after that, also where it does not say
// so; what it says counts first.
func TestJobsThatFeedOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		writes, reads := named("writes", job.Settings{}), named("reads", job.Settings{})
		reads.Nodes[0].Op = &op.Scan{Source: sourceOf("out.csv")}
		reads.Nodes[1].Op = &op.Write{Sink: sinkTo("other.csv")}
		runs := submitAll(t, e, writes, reads)
		wants(t, runs, running, pending)
		x.end(runs[0], nil)
		wants(t, runs, completes, running)
		x.end(runs[1], nil)

		writes.Settings.After = []string{"reads"}
		runs = submitAll(t, e, writes, reads)
		wants(t, runs, pending, running)
		x.end(runs[1], nil)
		x.end(runs[0], nil)
		wants(t, runs, completes, completes)
	})
}

// sourceOf is a source that reads a path.
type sourceOf string

func (sourceOf) Static() *record.Schema { return record.NewOpenSchema() }
func (s sourceOf) Paths() []op.Name     { return []op.Name{{Text: string(s)}} }

func (sourceOf) Resolve(context.Context, op.Env) (op.Table, error) { return table{}, nil }

// Where a job does not complete, those behind it are cancelled, and those behind them.
func TestJobsBehindAFailedOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		runs := submitAll(t, e,
			named("a", job.Settings{}), named("b", job.Settings{After: []string{"a"}}), named("c", job.Settings{After: []string{"b"}}), named("d", job.Settings{}))
		x.end(runs[0], errors.New("odd"))
		wants(t, runs, failed, cancelled, cancelled, running)
		for i, want := range map[int]string{
			1: fmt.Sprintf("the run was cancelled: a job that comes before it did not complete: a (run %s) is FAILED", runs[0].ID),
			2: fmt.Sprintf("the run was cancelled: a job that comes before it did not complete: b (run %s) is CANCELLED", runs[1].ID),
		} {
			if got := runs[i].Snapshot().Cause; got != want {
				t.Errorf("run %d: %q, want %q", i, got, want)
			}
		}
		x.end(runs[3], nil)
	})
}

// A fallback job takes over from a job that fails for good, and those behind it wait for
// the fallback.
func TestAFallbackJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		main := named("main", job.Settings{Fallback: job.Fallback{Job: "plain"}})
		plain := named("plain", job.Settings{Fallback: job.Fallback{Job: "main"}}) // a circle ends
		runs := submitAll(t, e, main, named("behind", job.Settings{After: []string{"main"}}))
		x.end(runs[0], nil)
		wants(t, runs, completes, running) // without its fallback, it runs alone
		x.end(runs[1], nil)

		runs = submitAll(t, e, main, named("behind", job.Settings{After: []string{"main"}}), named("other", job.Settings{Fallback: job.Fallback{Job: "plain"}}), plain)
		if len(runs) != 2 {
			t.Fatalf("%d runs: main and plain are the fallback of each other", len(runs))
		}
		x.end(runs[1], errors.New("odd"))
		instead := runs[1].Instead()
		if instead == nil || instead.def != plain || state(instead) != running || runs[1].Wait().NeedsPerson {
			t.Fatalf("nothing stands in: %+v", runs[1].Wait())
		}
		x.end(instead, errors.New("odd as well"))
		last := instead.Instead()
		if last == nil || last.def != main {
			t.Fatalf("the fallback has no fallback: %+v", instead.Wait())
		}
		x.end(last, nil) // or that of main, which goes on before behind
		x.end(last, nil)
		if instead.Wait().NeedsPerson || runs[1].Snapshot().Fallback != instead.ID || instead.Meta().FallbackOf != runs[1].ID {
			t.Errorf("the record does not tell: %+v", runs[1].Snapshot())
		}
		wants(t, []*Run{runs[1], instead, last}, failed, failed, completes)
		x.end(runs[0], nil)
	})
}

// A failed run whose fallback cannot begin waits for a person.
func TestAFallbackThatCannotBegin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		runs := submitAll(t, e, named("main", job.Settings{Fallback: job.Fallback{Job: "plain"}}), named("plain", job.Settings{}))
		go func() { _ = e.Shutdown(t.Context()) }()
		synctest.Wait()
		x.end(runs[0], errors.New("odd"))
		if res := runs[0].Wait(); res.State != failed || !res.NeedsPerson || !runs[0].Snapshot().NeedsPerson || !errors.Is(res.Problems, ErrShutdown) {
			t.Errorf("%+v, %+v", res, runs[0].Snapshot())
		}
	})
}

// Shutdown cancels what waits, and lets what goes on come to its end as long as it may.
func TestShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{MaxConcurrent: 2})
		runs := []*Run{submit(t, e, named("a", job.Settings{})), submit(t, e, named("b", job.Settings{})), submit(t, e, named("c", job.Settings{}))}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		ended := make(chan error)
		go func() { ended <- e.Shutdown(ctx) }()
		synctest.Wait()
		wants(t, runs, running, running, cancelled)
		if _, err := e.Submit(t.Context(), named("d", job.Settings{}), Submission{}); !errors.Is(err, ErrShutdown) {
			t.Errorf("a closed engine takes a run: %v", err)
		}
		x.end(runs[0], nil)
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("shutdown: %v", err)
		}
		wants(t, runs, completes, cancelled, cancelled)
		for _, r := range runs[1:] {
			if !errors.Is(r.Wait().Problems, ErrShutdown) {
				t.Errorf("cause: %v", r.Wait().Problems)
			}
		}
		if err := e.Shutdown(t.Context()); err != nil {
			t.Errorf("a second shutdown: %v", err)
		}
	})
}

func TestSubmissionsThatAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{MaxConcurrent: 1, MaxQueued: 1})
		mine := named("same", job.Settings{})
		mine.Script = "a.lua"
		first := submit(t, e, mine)
		theirs := named("same", job.Settings{})
		theirs.Script = "b.lua"
		if _, err := e.Submit(t.Context(), theirs, Submission{}); !errors.Is(err, ErrName) {
			t.Errorf("a job of another script with the same name: %v", err)
		}
		second := submit(t, e, mine)
		third, err := e.Submit(t.Context(), mine, Submission{})
		if !errors.Is(err, ErrFull) {
			t.Errorf("a third run, where two are enough: %v", err)
		}
		wants(t, []*Run{first, second, third}, running, pending, cancelled)
		x.end(first, nil)
		x.end(second, nil)
		later := submit(t, e, theirs)
		x.end(later, nil)
		wants(t, []*Run{first, second, later}, completes, completes, completes)
	})
}

// What completed under a key and a script is not run again, but by force.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		def := func(hash string) *job.Definition {
			d := named("daily", job.Settings{IdempotencyKey: "2026-03-01"})
			d.Hash = hash
			return d
		}
		bad := submit(t, e, def("h1"))
		x.end(bad, errors.New("odd"))
		first := submit(t, e, def("h1"))
		if _, err := e.Submit(t.Context(), def("h1"), Submission{}); !errors.Is(err, jobinfo.ErrHeld) {
			t.Errorf("two runs under one key at once: %v", err)
		}
		other := submit(t, e, def("h2"))
		x.end(other, nil)
		x.end(first, nil)
		again := submit(t, e, def("h1"))
		if res := again.Wait(); !res.Repeated || res.Run != first.ID || res.State != completes {
			t.Errorf("it ran again: %+v", res)
		}
		runs := submitAll(t, e, def("h1"), named("behind", job.Settings{After: []string{"daily"}}))
		wants(t, runs, completes, running)
		x.end(runs[1], nil)
		forced, err := e.Submit(t.Context(), def("h1"), Submission{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		x.end(forced, nil)
		if res := forced.Wait(); res.Repeated || res.State != completes {
			t.Errorf("force did not run it: %+v", res)
		}
	})
}
