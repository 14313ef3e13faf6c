package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

var ann = Who{By: "ann", Why: "the disk is empty again"}

// told is what a store knows of a run: its states, and what people did.
func told(t testing.TB, e *Engine, id string) string {
	t.Helper()
	rec, err := e.config.Store.(jobinfo.Archive).Load(id)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range rec.Snapshot.Events {
		switch {
		case e.Kind == jobinfo.KindState:
			lines = append(lines, fmt.Sprintf("%s %d", e.State, e.Attempt))
		case e.Kind == jobinfo.KindPerson:
			lines = append(lines, fmt.Sprintf("%s by %s: %s", e.Action, e.By, e.Cause))
		}
	}
	return strings.Join(lines, ", ")
}

// Somebody tries a run again: it goes on as the same one, with the same random numbers.
func TestRetryByAPerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		d := named("copy", job.Settings{})
		d.Hash = "h1"
		r := submit(t, e, d)
		if _, err := e.Retry(t.Context(), r.ID, d, ann); !errors.Is(err, jobinfo.ErrHeld) {
			t.Errorf("a run that goes on: %v", err)
		}
		x.end(r, errors.New("odd"))
		if res := r.Wait(); !res.NeedsPerson {
			t.Errorf("nobody is needed: %+v", res)
		}
		changed, other := *d, *d
		changed.Hash, other.Name = "h2", "other"
		for _, c := range []struct {
			id   string
			def  *job.Definition
			want error
		}{{r.ID, &changed, ErrChanged}, {r.ID, &other, ErrOtherJob}, {"01NONE", d, jobinfo.ErrNoRun}} {
			if _, err := e.Retry(t.Context(), c.id, c.def, ann); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		}
		time.Sleep(time.Hour)
		again, err := e.Retry(t.Context(), r.ID, d, ann)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if again.ID != r.ID || again.seed != r.seed || again.Snapshot().NeedsPerson {
			t.Errorf("it is another run: %+v", again.Snapshot())
		}
		x.end(again, nil)
		want := "PENDING 0, RUNNING 1, FAILED 1, retry by ann: the disk is empty again, RETRYING 1, RUNNING 2, COMPLETED 2"
		if diff := cmp.Diff(want, told(t, e, r.ID)); diff != "" {
			t.Error(diff)
		}
		if _, err := e.Retry(t.Context(), r.ID, d, ann); !errors.Is(err, ErrEnded) {
			t.Errorf("a run that completed: %v", err)
		}
	})
}

// What a person's retry completes is complete under the job's key, too.
func TestRetryKeepsTheKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		d := named("daily", job.Settings{IdempotencyKey: "2026-03-01"})
		first, second := submit(t, e, d), (*Run)(nil)
		x.end(first, errors.New("odd"))
		again, err := e.Retry(t.Context(), first.ID, d, ann)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := e.Submit(t.Context(), d, Submission{}); !errors.Is(err, jobinfo.ErrHeld) {
			t.Errorf("two runs under one key at once: %v", err)
		}
		x.end(again, nil)
		second = submit(t, e, d)
		if res := second.Wait(); !res.Repeated || res.Run != first.ID {
			t.Errorf("it ran again: %+v", res)
		}
		other := named("other", d.Settings)
		bad := submit(t, e, other)
		x.end(bad, errors.New("odd"))
		good := submit(t, e, other)
		x.end(good, nil)
		if _, err := e.Retry(t.Context(), bad.ID, other, ann); !errors.Is(err, ErrEnded) {
			t.Errorf("another run completed under the key: %v", err)
		}
	})
}

// Somebody runs a job anew, lets another one stand in, skips a run, or gives it up.
func TestWhatElsePeopleDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		d, plain := named("copy", job.Settings{}), named("plain", job.Settings{})
		var ids []string
		for range 4 {
			r := submit(t, e, d)
			x.end(r, errors.New("odd"))
			ids = append(ids, r.ID)
		}
		fresh, err1 := e.Again(t.Context(), ids[0], d, ann)
		instead, err2 := e.StandIn(t.Context(), ids[1], plain, ann)
		if err := errors.Join(err1, err2, e.Skip(ids[2], ann), e.Abandon(ids[3], Who{})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if fresh.ID == ids[0] || fresh.Meta().RetryOf != ids[0] || instead.Meta().FallbackOf != ids[1] {
			t.Errorf("%+v, %+v", fresh.Meta(), instead.Meta())
		}
		x.end(fresh, nil)
		x.end(instead, nil)
		for i, want := range []string{"fresh by ann: the disk is empty again", "fallback by ann: the disk is empty again", "skip by ann: the disk is empty again, COMPLETED 1", "abandon by somebody: "} {
			if got := told(t, e, ids[i]); got != "PENDING 0, RUNNING 1, FAILED 1, "+want {
				t.Errorf("%s", got)
			}
			rec, _ := e.config.Store.(jobinfo.Archive).Load(ids[i])
			if rec.Snapshot.NeedsPerson || rec.Held || (i == 1) != (rec.Snapshot.Fallback == instead.ID) {
				t.Errorf("run %d: %+v", i, rec.Snapshot)
			}
		}
		if err := e.Skip(ids[2], ann); !errors.Is(err, ErrEnded) {
			t.Errorf("skipped twice: %v", err)
		}
		gone := submit(t, e, d)
		gone.Cancel(nil)
		gone.Wait()
		if err := e.Skip(gone.ID, ann); err == nil {
			t.Error("a cancelled run can be skipped")
		}
		again, err := e.Retry(t.Context(), gone.ID, d, ann)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		x.end(again, nil)
		wants(t, []*Run{again}, completes)
	})
}

// A run whose process is gone FAILED; somebody may try it again.
func TestALostRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, x := stageEngine(t, Config{})
		d := named("copy", job.Settings{})
		r := submit(t, e, d)
		if err := r.journal.Close(); err != nil { // as the end of a process does
			t.Fatal(err)
		}
		again, err := e.Retry(t.Context(), r.ID, d, ann)
		if err != nil {
			t.Fatal(err)
		}
		want := "PENDING 0, RUNNING 1, FAILED 1, retry by ann: the disk is empty again, RETRYING 1"
		if got := told(t, e, r.ID); !strings.HasPrefix(got, want) {
			t.Errorf("%s", got)
		}
		synctest.Wait()
		x.end(again, nil)
		x.end(again, nil) // or r, which plays on for this test
	})
}

// Somebody asks a run of another process to stop.
func TestCancelledFromOutside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, _ := stageEngine(t, Config{})
		r := submit(t, e, named("copy", job.Settings{}))
		if err := e.config.Store.(jobinfo.Archive).Ask(r.ID, jobinfo.Request{Action: jobinfo.ActCancel, By: "ann", Why: "wrong day"}); err != nil {
			t.Fatal(err)
		}
		res := r.Wait()
		var by *ByPerson
		if res.State != cancelled || !errors.As(res.Problems, &by) || by.By != "ann" || !errors.Is(res.Problems, ErrCancelled) {
			t.Errorf("%s: %v", res.State, res.Problems)
		}
		want := "PENDING 0, RUNNING 1, cancel by ann: wrong day, CANCELLED 1"
		if diff := cmp.Diff(want, told(t, e, r.ID)); diff != "" {
			t.Error(diff)
		}
	})
}
