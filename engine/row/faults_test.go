package row

import (
	"context"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// fault loses or doubles one row of the first batch of several that it sees.
type fault struct {
	double bool
	done   bool
}

func (f *fault) spoil(b *record.Batch) *record.Batch {
	if f.done || b == nil || b.Len() < 2 {
		return b
	}
	f.done = true
	rows := []int32{0, 0}
	for i := range b.Len() - 2 {
		rows = append(rows, int32(i+2))
	}
	if f.double {
		rows = append(rows, 1)
	} else {
		rows = rows[1:]
	}
	return b.Select(rows)
}

// faultyKernel spoils what a kernel takes (in) or gives.
type faultyKernel struct {
	kernel
	in, out *fault
}

func (k *faultyKernel) process(ctx context.Context, b *record.Batch, out output) error {
	return k.kernel.process(ctx, k.in.spoil(b), &faultyOutput{out, k.out})
}

type faultyMerger struct {
	merger
	input   int
	in, out *fault
}

func (m *faultyMerger) take(ctx context.Context, input int, b *record.Batch, out output) error {
	if input == m.input {
		b = m.in.spoil(b)
	}
	return m.merger.take(ctx, input, b, &faultyOutput{out, m.out})
}

func (m *faultyMerger) end(ctx context.Context, input int, out output) error {
	return m.merger.end(ctx, input, &faultyOutput{out, m.out})
}

type faultyOutput struct {
	output
	*fault
}

func (o *faultyOutput) emit(ctx context.Context, b *record.Batch) error {
	return o.output.emit(ctx, o.spoil(b))
}

func (o *faultyOutput) give(ctx context.Context, port string, b *record.Batch) error {
	return o.output.give(ctx, port, o.spoil(b))
}

type faultyTaker struct {
	taker
	*fault
}

func (t *faultyTaker) push(ctx context.Context, b *record.Batch) error {
	return t.taker.push(ctx, t.spoil(b))
}

type faultyQueue struct {
	queue
	*fault
}

func (q *faultyQueue) push(ctx context.Context, p packet) error {
	p.batch = q.spoil(p.batch)
	return q.queue.push(ctx, p)
}

// everything is a job with a node of each kind, a queue, a spool and fused
// hand-overs.
func everything(g *graph) {
	in := g.scan(text("in", "id:int,name:string", numbers(60, "a", "b", "c")...))
	filter := g.add("filter", keep("id", func(n int64) (bool, error) { return n%7 != 0, nil }), in)
	mapped := g.add("map", compute("twice", "id", func(n int64) (int64, error) { return 2 * n, nil }), filter)
	many := g.add("flat_map", repeat("id", func(n int64) (int, error) { return int(n % 3), nil }), mapped)
	small := g.add("project", &op.Project{Mode: op.Remove, Columns: names("twice")}, many)
	agg := g.add("aggregate", countBy("name"), small)
	joined := g.add("join", joinOn(op.Full, "name"), small, agg)
	back := g.add("back", &op.Project{Mode: op.Keep, Columns: names("id", "name")}, joined)
	u := g.add("union", &op.Union{}, back, in)
	first := g.add("distinct", &op.Distinct{}, u)
	rest := g.add("skip", &op.Skip{N: 2}, first)
	last := g.add("last", &op.Distinct{By: names("id"), Last: true}, rest)
	sorted := g.add("sort", sortBy("-id"), last)
	tested := g.add("assert", &op.Assert{Test: &rowsTest{}}, sorted)
	parts := g.add("split", splitBy("name", "b", "a", "c"), tested)
	g.write(g.port("limit", &op.Limit{N: 50}, parts, ".a"), "out")
	g.write(g.port("odd", &op.Limit{N: 50}, parts, ".b"), "odd")
}

func atKernel(node string, in, out *fault) seams {
	return seams{kernel: func(n *plan.Node, k kernel) kernel {
		if n.Name() != node {
			return k
		}
		return &faultyKernel{k, in, out}
	}}
}

func atMerger(node string, input int, in, out *fault) seams {
	return seams{merger: func(n *plan.Node, m merger) merger {
		if n.Name() != node {
			return m
		}
		return &faultyMerger{m, input, in, out}
	}}
}

func atQueue(from, to string, f *fault) seams {
	return seams{queue: func(e *plan.Edge, q queue) queue {
		if e.From.Name() != from || e.To.Name() != to {
			return q
		}
		return &faultyQueue{q, f}
	}}
}

func atFuse(from string, f *fault) seams {
	return seams{fuse: func(e *plan.Edge, t taker) taker {
		if e.From.Name() != from {
			return t
		}
		return &faultyTaker{t, f}
	}}
}

// TestPlantedFaults loses and doubles rows everywhere; each time the ledger
// must say where (invariant 1).
func TestPlantedFaults(t *testing.T) {
	t.Parallel()
	never := &fault{done: true}
	for _, double := range []bool{false, true} {
		how := map[bool]string{false: "loses", true: "doubles"}[double]
		f := func() *fault { return &fault{double: double} }
		for _, c := range []struct {
			name  string
			where string
			seams seams
		}{
			{"filter's input", "filter", atKernel("filter", f(), never)},
			{"filter's output", "filter", atKernel("filter", never, f())},
			{"map's input", "map", atKernel("map", f(), never)},
			{"map's output", "map", atKernel("map", never, f())},
			{"flat map's input", "flat_map", atKernel("flat_map", f(), never)},
			{"flat map's output", "flat_map", atKernel("flat_map", never, f())},
			{"project's input", "project", atKernel("project", f(), never)},
			{"project's output", "project", atKernel("project", never, f())},
			{"limit's input", "limit", atKernel("limit", f(), never)},
			{"limit's output", "limit", atKernel("limit", never, f())},
			{"distinct's input", "distinct", atKernel("distinct", f(), never)},
			{"distinct's output", "distinct", atKernel("distinct", never, f())},
			{"skip's input", "skip", atKernel("skip", f(), never)},
			{"skip's output", "skip", atKernel("skip", never, f())},
			{"assert's input", "assert", atKernel("assert", f(), never)},
			{"assert's output", "assert", atKernel("assert", never, f())},
			{"split's input", "split", atKernel("split", f(), never)},
			{"split's output", "split -> odd", atKernel("split", never, f())},
			{"the last ones' input", "last", atMerger("last", 0, f(), never)},
			{"the last ones' output", "last", atMerger("last", 0, never, f())},
			{"sink's input", "out", atKernel("out", f(), never)},
			{"aggregate's input", "aggregate", atMerger("aggregate", 0, f(), never)},
			{"aggregate's output", "aggregate", atMerger("aggregate", 0, never, f())},
			{"join's left side", "join", atMerger("join", 0, f(), never)},
			{"join's right side", "join", atMerger("join", 1, f(), never)},
			{"join's output", "join", atMerger("join", 0, never, f())},
			{"union's first input", "union", atMerger("union", 0, f(), never)},
			{"union's second input", "union", atMerger("union", 1, f(), never)},
			{"union's output", "union", atMerger("union", 0, never, f())},
			{"sort's input", "sort", atMerger("sort", 0, f(), never)},
			{"sort's output", "sort", atMerger("sort", 0, never, f())},
			{"queue", "in -> filter", atQueue("in", "filter", f())},
			{"queue to a join", "aggregate -> join", atQueue("aggregate", "join", f())},
			{"spool", "project -> join", atQueue("project", "join", f())},
			{"hand-over between workers' nodes", "filter -> map", atFuse("filter", f())},
			{"hand-over to an ordered node", "sort -> assert", atFuse("sort", f())},
			{"hand-over to a sink", "limit -> out", atFuse("limit", f())},
		} {
			t.Run(c.name+" "+how, func(t *testing.T) {
				t.Parallel()
				g := newGraph()
				everything(g)
				got := g.execute(t, plan.Options{Workers: 1, BatchRows: 16}, &Executor{seams: c.seams}, &rejectLog{})
				if got.err != nil {
					t.Fatal(got.err)
				}
				mustBlame(t, got, c.where)
			})
		}
	}
}

func mustBlame(t *testing.T, got outcome, where string) {
	t.Helper()
	found := got.ledger.Check()
	if len(found) == 0 {
		t.Fatal("the ledger balances")
	}
	for _, v := range found {
		if v.Where == where {
			return
		}
	}
	t.Errorf("%s is not blamed, but %v", where, found)
}

func TestFaultsOfSourcesAndSinks(t *testing.T) {
	t.Parallel()
	in := func() *source { return text("in", "id:int,name:string", numbers(60, "a", "b")...) }
	for name, build := range map[string]func(g *graph){
		"in": func(g *graph) {
			s := in()
			s.skip = 17
			g.write(g.scan(s), "fine")
		},
		"double": func(g *graph) { g.write(g.scan(in()), "double").double = true },
		"lose":   func(g *graph) { g.write(g.scan(in()), "lose").lose = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph()
			build(g)
			got := g.execute(t, plan.Options{Workers: 2, BatchRows: 16}, &Executor{}, &rejectLog{})
			if got.err != nil {
				t.Fatal(got.err)
			}
			mustBlame(t, got, name)
		})
	}
}

// The job of the fault tests has all that they spoil.
func TestEverythingHasEverything(t *testing.T) {
	t.Parallel()
	g := newGraph()
	everything(g)
	p := g.plan(t, plan.Options{Workers: 2})
	kinds := map[plan.EdgeKind]bool{}
	for _, e := range p.Edges {
		kinds[e.Kind] = true
		if strings.HasPrefix(e.To.Name(), "join") && e.From.Name() == "project" && e.Kind != plan.Spool {
			t.Errorf("%s -> %s is a %s", e.From.Name(), e.To.Name(), e.Kind)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("edges are of the kinds %v", kinds)
	}
	if got := runAll(t, everything); got.err != nil || len(got.lines["out"]) == 0 || len(got.lines["odd"]) == 0 {
		t.Errorf("%d and %d lines, error %v", len(got.lines["out"]), len(got.lines["odd"]), got.err)
	}
}
