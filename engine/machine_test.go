package engine

import (
	"context"
	"errors"
	"flag"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

var machineSteps = flag.Int("machine-steps", 100, "how many steps each check of the state machine takes")

// machine is an engine to which anything is done in any order, and a model of it.
type machine struct {
	t       *rapid.T
	tb      testing.TB
	engine  *Engine
	theatre *theatre
	store   *jobinfo.MemStore
	runs    []*life
	max     int
	dir     string

	mu    sync.Mutex
	hooks map[string]int // calls of cleanup, by run
}

// life is a run with what the model knows of it.
type life struct {
	run     *Run
	def     *job.Definition
	lives   int // how often it was begun: once, and again by each retry of a person
	settled bool
	over    bool // it has ended, and was checked then
}

// TestTheEngineAsAStateMachine submits, fails, cancels, times out, retries, skips, shuts
// down and begins anew in any order. States change along drawn edges only, what is
// recorded folds to what is shown, places are kept, and cleanup runs once in each life.
func TestTheEngineAsAStateMachine(t *testing.T) {
	t.Parallel()
	steps := *machineSteps // make steps takes 1000, in each of 100 checks
	if raceEnabled {
		steps = min(steps, 100)
	}
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) { newMachine(rt, t).play(steps) })
	})
}

func newMachine(rt *rapid.T, tb testing.TB) *machine {
	m := &machine{t: rt, tb: tb, store: &jobinfo.MemStore{Keep: 1 << 20}, max: rapid.IntRange(0, 4).Draw(rt, "places"), hooks: map[string]int{}, dir: tb.TempDir()}
	m.restart()
	return m
}

func (m *machine) restart() {
	cleanup := job.HookFunc(func(_ context.Context, x job.Moment) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.hooks[x.Run]++
		return nil
	})
	m.engine, m.theatre = stageEngine(m.tb, Config{Store: m.store, RunsDir: m.dir, MaxConcurrent: m.max, Hooks: job.Hooks{Cleanup: cleanup}})
}

func (m *machine) play(steps int) {
	acts := []func(){m.submit, m.submit, m.submit, m.end, m.end, m.end, m.fail, m.fail, m.cancel, m.wait, m.retry, m.settle, m.ask}
	for range steps {
		act := rapid.SampledFrom(acts).Draw(m.t, "act")
		if rapid.IntRange(0, 99).Draw(m.t, "shutdown") == 0 {
			act = m.shutdown
		}
		act()
		synctest.Wait()
		m.check()
	}
	m.shutdown()
	m.check()
}

func (m *machine) submit() {
	s := job.Settings{
		Priority: rapid.Int64Range(-1, 1).Draw(m.t, "priority"),
		Timeout:  rapid.SampledFrom([]time.Duration{0, time.Minute, 5 * time.Minute}).Draw(m.t, "timeout"),
		Retry:    job.Retry{Max: rapid.Int64Range(0, 2).Draw(m.t, "retries"), Backoff: component.Value{X: oneMinute{}}},
		Concurrency: job.Concurrency{
			Max: rapid.Int64Range(0, 2).Draw(m.t, "max"), OnConflict: rapid.SampledFrom([]job.Conflict{job.Wait, job.Skip, job.Replace}).Draw(m.t, "conflict"),
		},
	}
	sub := Submission{}
	if len(m.runs) > 0 && rapid.Bool().Draw(m.t, "after") {
		before := rapid.SampledFrom(m.runs).Draw(m.t, "before")
		sub.after = append(sub.after, wait{run: before.run, well: rapid.Bool().Draw(m.t, "well")})
	}
	d := named(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(m.t, "name"), s)
	if rapid.Bool().Draw(m.t, "fallback") {
		d.Settings.Fallback.Job = "d"
		sub.Family = []*job.Definition{named("d", job.Settings{Timeout: time.Minute})}
	}
	r, err := m.engine.Submit(context.Background(), d, sub)
	if err != nil {
		m.t.Fatalf("submit: %v", err)
	}
	m.runs = append(m.runs, &life{run: r, def: d, lives: 1})
}

// going is a run whose attempt goes on, nil if there is none.
func (m *machine) pick(label string, wanted func(*life) bool) *life {
	var some []*life
	for _, l := range m.runs {
		if wanted(l) {
			some = append(some, l)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return rapid.SampledFrom(some).Draw(m.t, label)
}

func isRunning(l *life) bool { return state(l.run) == running }

func (m *machine) end() {
	if l := m.pick("end", isRunning); l != nil {
		m.theatre.end(l.run, nil)
		if state(l.run) != completes {
			m.t.Fatalf("a run that ended well is %s", state(l.run))
		}
	}
}

func (m *machine) fail() {
	l := m.pick("fail", isRunning)
	if l == nil {
		return
	}
	err := rapid.SampledFrom([]error{errGone, errors.New("odd"), diag.Errorf("csv.value", diag.Pos{}, "no int")}).Draw(m.t, "error")
	m.theatre.end(l.run, err)
	if s := state(l.run); s != failed && s != jobinfo.Retrying {
		m.t.Fatalf("a run that failed is %s", s)
	}
	if fault.Of(err).Class == retry.Data && state(l.run) != failed {
		m.t.Fatalf("bad data is tried again")
	}
}

func (m *machine) cancel() {
	l := m.pick("cancel", func(l *life) bool { return !state(l.run).Final() })
	if l == nil {
		return
	}
	l.run.Cancel(nil)
	synctest.Wait()
	if state(l.run) != cancelled {
		m.t.Fatalf("a cancelled run is %s", state(l.run))
	}
}

func (m *machine) ask() {
	if l := m.pick("ask", isRunning); l != nil {
		if err := m.store.Ask(l.run.ID, jobinfo.Request{Action: jobinfo.ActCancel, By: "ann"}); err != nil {
			m.t.Fatal(err)
		}
		time.Sleep(beat)
		synctest.Wait()
		if state(l.run) != cancelled {
			m.t.Fatalf("a run that was asked to stop is %s", state(l.run))
		}
	}
}

func (m *machine) wait() {
	time.Sleep(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, time.Minute}).Draw(m.t, "time"))
}

func (m *machine) retry() {
	l := m.pick("retry", func(l *life) bool { return state(l.run) == failed || state(l.run) == cancelled })
	if l == nil {
		return
	}
	l.def = named(l.def.Name, l.def.Settings)
	r, err := m.engine.Retry(context.Background(), l.run.ID, l.def, ann)
	if err != nil {
		m.t.Fatalf("retry: %v", err)
	}
	l.run, l.lives, l.settled, l.over = r, l.lives+1, false, false
}

func (m *machine) settle() {
	l := m.pick("settle", func(l *life) bool { return state(l.run) == failed && !l.settled })
	if l == nil {
		return
	}
	skip := rapid.Bool().Draw(m.t, "skip")
	act := m.engine.Abandon
	if skip {
		act = m.engine.Skip
	}
	if err := act(l.run.ID, ann); err != nil {
		m.t.Fatalf("settle: %v", err)
	}
	if rec := m.load(l); rec.Snapshot.NeedsPerson || skip && rec.Snapshot.State != completes {
		m.t.Fatalf("settled, but %+v", rec.Snapshot)
	}
	if l.settled = true; skip {
		m.runs = slices.DeleteFunc(m.runs, func(x *life) bool { return x == l })
	}
}

// shutdown ends the engine, with whatever goes on, and begins another one on its store.
func (m *machine) shutdown() {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	_ = m.engine.Shutdown(ctx) // it says whether it had to cancel
	synctest.Wait()
	for _, l := range m.runs {
		if !state(l.run).Final() {
			m.t.Fatalf("after shutdown a run is %s", state(l.run))
		}
	}
	m.restart()
}

func (m *machine) load(l *life) jobinfo.Record {
	rec, err := m.store.Load(l.run.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	return rec
}

func (m *machine) check() {
	going := 0
	for _, l := range m.runs {
		if s := l.run.tracker.State(); s == running {
			going++
		}
		if !l.over {
			m.checkRun(l)
		}
	}
	if m.max > 0 && going > m.max {
		m.t.Fatalf("%d runs go on, where %d may", going, m.max)
	}
}

// checkRun compares what is shown with what was recorded.
func (m *machine) checkRun(l *life) {
	rec := m.load(l)
	folded, err := jobinfo.Fold(rec.Snapshot.Events)
	if err != nil {
		m.t.Fatalf("what is recorded of %s is not legal: %v", l.run.ID, err)
	}
	shown := l.run.Snapshot()
	if l.settled { // by another one than the run itself
		return
	}
	folded.Events = nil
	if diff := cmp.Diff(folded, shown); diff != "" {
		m.t.Fatalf("what is recorded and what is shown of %s differ:\n%s", l.run.ID, diff)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	want := l.lives - 1
	if shown.State.Final() {
		want = l.lives
	}
	if m.hooks[l.run.ID] != want {
		m.t.Fatalf("cleanup ran %d times in %d lives of a run that is %s", m.hooks[l.run.ID], l.lives, shown.State)
	}
	if shown.State.Final() && rec.Held {
		m.t.Fatal("a run that has ended is held")
	}
	l.over = shown.State.Final()
}
