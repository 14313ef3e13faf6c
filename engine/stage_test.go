package engine

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// theatre plays attempts that go on until the test says how they end.
type theatre struct {
	mu    sync.Mutex
	plays map[*job.Definition]chan error
	order []string // names of the jobs whose attempts began
}

func newTheatre() *theatre { return &theatre{plays: map[*job.Definition]chan error{}} }

// Execute implements Executor.
func (t *theatre) Execute(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
	t.mu.Lock()
	t.order = append(t.order, p.Job.Name)
	end := t.of(p.Job)
	t.mu.Unlock()
	select {
	case err := <-end:
		if err != nil {
			return nil, err
		}
		return copies(1, 0, &writer{})(ctx, p, a)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (t *theatre) of(d *job.Definition) chan error {
	if t.plays[d] == nil {
		t.plays[d] = make(chan error)
	}
	return t.plays[d]
}

// end ends the attempt of a run that goes on.
func (t *theatre) end(r *Run, err error) {
	t.mu.Lock()
	end := t.of(r.def)
	t.mu.Unlock()
	end <- err
	synctest.Wait()
}

func (t *theatre) began() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprint(t.order)
}

// stageEngine is an engine whose runs end when the test wants it.
func stageEngine(t testing.TB, c Config) (*Engine, *theatre) {
	t.Helper()
	x := newTheatre()
	c.Executors = map[job.Strategy]Executor{job.Row: x}
	if c.RunsDir == "" {
		c.RunsDir = t.TempDir()
	}
	if c.Store == nil {
		c.Store = &jobinfo.MemStore{}
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e, x
}

// named is a job of a name.
func named(name string, s job.Settings) *job.Definition {
	d := definition(source{}, s)
	d.Name = name
	return d
}

// submit submits a job, and lets everything come to rest.
func submit(t testing.TB, e *Engine, d *job.Definition) *Run {
	t.Helper()
	r, err := e.Submit(t.Context(), d, Submission{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return r
}

func state(r *Run) jobinfo.State { return r.tracker.State() }

// wants checks the states of runs.
func wants(t testing.TB, runs []*Run, states ...jobinfo.State) {
	t.Helper()
	for i, r := range runs {
		if state(r) != states[i] {
			t.Errorf("run %d of %q is %s (%s), want %s", i, r.def.Name, state(r), r.Snapshot().Cause, states[i])
		}
	}
}

// noDelay is a back-off without a delay.
type noDelay struct{}

func (noDelay) Delay(context.Context, retry.Attempt) (time.Duration, error) { return 0, nil }
