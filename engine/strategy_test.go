package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// A job whose strategy fails for good has a last attempt by the one that it falls back to,
// unless that would fail as well.
func TestFallbackToAStrategy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		bulk     error // what the strategy bulk fails with; nil: there is none
		fallback job.Strategy
		want     []jobinfo.State
		codes    []string
	}{
		{"it fails", errGone, job.Row, []jobinfo.State{pending, running, jobinfo.Retrying, running, completes}, nil},
		{"bad data", diag.Errorf("csv.value", diag.Pos{}, "no int"), job.Row, []jobinfo.State{pending, running, failed}, []string{"csv.value"}},
		{"no fallback", errors.New("odd"), "", []jobinfo.State{pending, running, failed}, []string{"internal.error"}},
		{"not in this version", nil, job.Row, []jobinfo.State{pending, running, completes}, []string{"strategy.fallback"}},
		{"neither of them", nil, job.BigData, []jobinfo.State{pending, failed}, []string{"strategy.unavailable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, _ := stageEngine(t, Config{})
			e.config.Executors[job.Row] = copies(1, 0, &writer{})
			if c.bulk != nil {
				e.config.Executors[job.Bulk] = executor(func(context.Context, *plan.Plan, plan.Attempt) ([]plan.Output, error) { return nil, c.bulk })
			}
			d := named("copy", job.Settings{Strategy: job.Bulk, Fallback: job.Fallback{Strategy: c.fallback}})
			r := start(t, t.Context(), e, d)
			res := r.Wait()
			if diff := cmp.Diff(c.want, states(t, r)); diff != "" {
				t.Errorf("%v\n%s", res.Problems, diff)
			}
			if diff := cmp.Diff(c.codes, codes(res.Problems)); diff != "" {
				t.Errorf("%v\n%s", res.Problems, diff)
			}
		})
	}
}

// What went to standard output cannot be taken back, so that no other strategy writes it again.
func TestNoFallbackBehindStandardOutput(t *testing.T) {
	t.Parallel()
	e, _ := stageEngine(t, Config{})
	e.config.Executors[job.Bulk] = executor(func(context.Context, *plan.Plan, plan.Attempt) ([]plan.Output, error) { return nil, errGone })
	d := named("copy", job.Settings{Strategy: job.Bulk, Fallback: job.Fallback{Strategy: job.Row}})
	d.Nodes[1].Op = &op.Write{Sink: toStdout{}}
	r := start(t, t.Context(), e, d)
	if res := r.Wait(); res.State != failed || res.Attempts != 1 {
		t.Errorf("%s after %d attempts", res.State, res.Attempts)
	}
}
