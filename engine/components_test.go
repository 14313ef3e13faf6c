package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// branches is a job of two sources and three sinks, one of them behind a limit, and a
// stream that reaches none:
//
//	a → head → out1        b → out3
//	  ↘ out2               c
func branches() *job.Definition {
	node := func(name string, o op.Operator, from ...*job.Node) *job.Node {
		n := &job.Node{Name: name, Spec: &component.Spec{Name: name}, Op: o}
		for _, f := range from {
			n.Inputs = append(n.Inputs, job.Edge{From: f, Port: job.PortOut})
		}
		return n
	}
	a, b, c := node("a", &op.Scan{Source: source{}}), node("b", &op.Scan{Source: source{}}), node("c", &op.Scan{Source: source{}})
	head := node("head", &op.Limit{N: 3}, a)
	var outs []*job.Node
	for i, from := range []*job.Node{head, a, b} {
		outs = append(outs, node(fmt.Sprintf("out%d", i+1), &op.Write{Sink: sinkTo(fmt.Sprintf("%d.csv", i+1))}, from))
	}
	d := definition(source{}, job.Settings{})
	d.Nodes = append([]*job.Node{a, b, c, head}, outs...)
	return d
}

type sinkTo string

func (s sinkTo) Target() op.Name              { return op.Name{Text: string(s)} }
func (sinkTo) Check(*record.Schema) diag.List { return nil }
func (sinkTo) Open(context.Context, op.Env, *record.Schema, op.WriteOptions) (op.Writer, error) {
	return nil, errors.New("not used")
}

// history is what components went through, a line each.
func history(t testing.TB, r *Run) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{"a", "b", "c", "head", "out1", "out2", "out3"} {
		fmt.Fprintf(&b, "%s:", name)
		for _, e := range events(t, r) {
			if e.Component == name {
				fmt.Fprintf(&b, " %d %s", e.Attempt, e.State)
				if e.Cause != "" {
					fmt.Fprintf(&b, " (%s)", e.Cause)
				}
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// acts plays an attempt of the branches, in which some nodes begin, some end, and which
// has an error.
func acts(began, ended string, err error) executor {
	return func(_ context.Context, p *plan.Plan, a plan.Attempt) (out []plan.Output, _ error) {
		pick := func(names string) (nodes []*plan.Node) {
			for _, n := range p.Nodes {
				if strings.Contains(" "+names+" ", " "+n.Name()+" ") {
					nodes = append(nodes, n)
				}
			}
			return nodes
		}
		a.Watch.Began(pick(began))
		a.Watch.Ended(pick(ended))
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"out1", "out2", "out3"} {
			out = append(out, plan.Output{Node: name, Writer: &writer{}})
		}
		return out, nil
	}
}

func TestComponents(t *testing.T) {
	t.Parallel()
	everything := "a b head out1 out2 out3"
	failure := &diag.Diagnostic{Code: "lua.error", Component: "head", Message: "row 3 is bad"}
	for _, c := range []struct {
		name  string
		x     executor
		limit int64
		want  string
	}{
		{"it goes well", acts(everything, everything, nil), 0, `a: 1 PENDING 1 RUNNING 1 COMPLETED
b: 1 PENDING 1 RUNNING 1 COMPLETED
c: 1 PENDING 1 SKIPPED (its rows reach no sink)
head: 1 PENDING 1 RUNNING 1 COMPLETED
out1: 1 PENDING 1 RUNNING 1 COMPLETED
out2: 1 PENDING 1 RUNNING 1 COMPLETED
out3: 1 PENDING 1 RUNNING 1 COMPLETED
`},
		{"a component fails", acts(everything, "b", failure), 0, `a: 1 PENDING 1 RUNNING 1 CANCELLED (head failed, beside it)
b: 1 PENDING 1 RUNNING 1 COMPLETED
c: 1 PENDING 1 SKIPPED (its rows reach no sink)
head: 1 PENDING 1 RUNNING 1 FAILED (head: row 3 is bad)
out1: 1 PENDING 1 RUNNING 1 CANCELLED (head failed, whose rows it takes)
out2: 1 PENDING 1 RUNNING 1 CANCELLED (head failed, beside it)
out3: 1 PENDING 1 RUNNING 1 CANCELLED (head failed, beside it)
`},
		{"nobody is to blame", acts("a", "", errors.New("odd")), 0, `a: 1 PENDING 1 RUNNING 1 CANCELLED (the attempt failed)
b: 1 PENDING 1 CANCELLED (the attempt failed)
c: 1 PENDING 1 SKIPPED (its rows reach no sink)
head: 1 PENDING 1 CANCELLED (the attempt failed)
out1: 1 PENDING 1 CANCELLED (the attempt failed)
out2: 1 PENDING 1 CANCELLED (the attempt failed)
out3: 1 PENDING 1 CANCELLED (the attempt failed)
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, _ := stageEngine(t, Config{})
			e.config.Executors[job.Row] = c.x
			r := start(t, t.Context(), e, branches())
			res := r.Wait()
			if diff := cmp.Diff(c.want, history(t, r)); diff != "" {
				t.Errorf("%v\n%s", res.Problems, diff)
			}
		})
	}
}

// Each attempt begins anew with all components.
func TestComponentsOfAttempts(t *testing.T) {
	t.Parallel()
	e, _ := stageEngine(t, Config{})
	attempt := 0
	e.config.Executors[job.Row] = executor(func(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
		if attempt++; attempt == 1 {
			return acts("b", "b", errGone)(ctx, p, a)
		}
		return acts("a", "", nil)(ctx, p, a)
	})
	d := branches()
	d.Settings.Retry.Max = 1
	d.Settings.Retry.Backoff = component.Value{X: noDelay{}}
	r := start(t, t.Context(), e, d)
	r.Wait()
	want := `a: 1 PENDING 1 CANCELLED (the attempt failed) 2 PENDING 2 RUNNING 2 COMPLETED
b: 1 PENDING 1 RUNNING 1 COMPLETED 2 PENDING 2 RUNNING 2 COMPLETED
c: 1 PENDING 1 SKIPPED (its rows reach no sink) 2 PENDING 2 SKIPPED (its rows reach no sink)
head: 1 PENDING 1 CANCELLED (the attempt failed) 2 PENDING 2 RUNNING 2 COMPLETED
out1: 1 PENDING 1 CANCELLED (the attempt failed) 2 PENDING 2 RUNNING 2 COMPLETED
out2: 1 PENDING 1 CANCELLED (the attempt failed) 2 PENDING 2 RUNNING 2 COMPLETED
out3: 1 PENDING 1 CANCELLED (the attempt failed) 2 PENDING 2 RUNNING 2 COMPLETED
`
	if diff := cmp.Diff(want, history(t, r)); diff != "" {
		t.Error(diff)
	}
}
