package row

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// drawGraph makes a random graph of nodes whose columns are id and name.
func drawGraph(rt *rapid.T) func(g *graph) {
	type choice struct{ kind, a, b, n int }
	var choices []choice
	sources := rapid.IntRange(1, 3).Draw(rt, "sources")
	rows := rapid.IntRange(0, 60).Draw(rt, "rows")
	for i := range rapid.IntRange(1, 9).Draw(rt, "nodes") {
		pick := rapid.IntRange(0, sources+i-1)
		choices = append(choices, choice{
			rapid.IntRange(0, 18).Draw(rt, "kind"), pick.Draw(rt, "a"), pick.Draw(rt, "b"), rapid.IntRange(0, 70).Draw(rt, "n"),
		})
	}
	sinks := rapid.SliceOfNDistinct(rapid.IntRange(0, sources+len(choices)-1), 1, 3, rapid.ID[int]).Draw(rt, "sinks")
	return func(g *graph) {
		var nodes []*job.Node
		for i := range sources {
			nodes = append(nodes, g.scan(text(fmt.Sprint("in", i), "id:int,name:string", numbers(rows, "a", "b", "c")...)))
		}
		for i, c := range choices {
			nodes = append(nodes, g.random(fmt.Sprint("n", i), c.kind, c.n, nodes[c.a], nodes[c.b]))
		}
		for _, s := range sinks {
			g.write(nodes[s], fmt.Sprint("out", s))
		}
	}
}

func (g *graph) random(name string, kind, n int, a, b *job.Node) *job.Node {
	switch kind {
	case 0:
		return g.add(name, even("id"), a)
	case 1:
		return g.add(name, &op.Union{}, a, b)
	case 2:
		return g.add(name, &op.Union{}, b, a, b)
	case 3:
		return g.add(name, joinOn(op.Semi, "id"), a, b)
	case 4:
		return g.add(name, joinOn(op.Anti, "id"), a, b)
	case 5:
		return g.add(name, sortBy("-name"), a)
	case 6:
		return g.add(name, &op.Limit{N: int64(n)}, a)
	case 7:
		joined := g.add(name+" join", joinOn(op.Full, "name"), a, b)
		return g.add(name, &op.Limit{N: 100}, g.add(name+" join id", &op.Project{Mode: op.Keep, Columns: names("id", "name")}, joined))
	case 9:
		return g.add(name, &op.Distinct{By: names("name", "id")[:1+n%2]}, a)
	case 10:
		return g.add(name, &op.Distinct{By: names("name", "id")[:1+n%2], Last: true}, a)
	case 11:
		return g.add(name, &op.Skip{N: int64(n)}, a)
	case 12:
		return g.add(name, repeat("id", func(id int64) (int, error) { return int(id+int64(n)) % 6, nil }), a)
	case 14:
		o := splitBy("name", "a", "b", "other")
		o.Rest = op.Name{Text: "other"}
		s := g.add(name+" split", o, a)
		few := g.port(name+" few", &op.Limit{N: int64(n % 5)}, s, ".b")
		return g.addEdges(name, &op.Union{}, job.Edge{From: s, Port: ".other"}, job.Edge{From: few, Port: job.PortOut}, job.Edge{From: s, Port: ".a"})
	case 15:
		o := even("id")
		o.Func.(*fn).info.Group = name // so that one goroutine runs it
		f := g.add(name+" filter", o, a)
		few := g.port(name+" few", &op.Limit{N: int64(n % 5)}, f, job.PortDropped)
		return g.add(name, &op.Union{}, few, g.add(name+" kept", &op.Limit{N: int64(n % 7)}, f))
	case 13:
		return g.add(name, &op.Assert{Test: &rowsTest{}}, a)
	case 8:
		return g.add(name, &op.Project{Mode: op.Keep, Columns: names("id", "name")}, g.add(name+" count", countBy("id", "name"), a))
	}
	return g.add(name, keep("id", func(id int64) (bool, error) {
		if id == int64(n) {
			return false, fmt.Errorf("%s fails at %d", name, n)
		}
		return true, nil
	}), a)
}

// TestRandomGraphs runs graphs of all shapes through the shortest queues: none
// may stand still, the books must balance, and each number of workers must
// give the same outputs, whose rows have the same origins, each its own. Which of two failures is reported may depend on time
// only between different sources or behind blocking nodes, so only whether
// there is one is compared.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		build := drawGraph(rt)
		var first outcome
		for i, o := range []plan.Options{
			{Workers: 1, QueueBatches: 1, BatchRows: 2}, {Workers: 3, QueueBatches: 1, BatchRows: 2}, {Workers: 2, QueueBatches: 1, BatchRows: 7},
		} {
			g := newGraph()
			build(g)
			got := g.execute(t, o, &Executor{}, &rejectLog{})
			if got.err == nil {
				if v := got.ledger.Check(); v != nil {
					rt.Fatalf("options %+v: %v", o, v)
				}
			}
			if i == 0 {
				first = got
			}
			if (first.err == nil) != (got.err == nil) {
				rt.Fatalf("options %+v: error %v, first %v", o, got.err, first.err)
			}
			if d := cmp.Diff(first.lines, got.lines); d != "" {
				rt.Fatalf("options %+v: %s", o, d)
			}
			if d := cmp.Diff(first.origins, got.origins); d != "" && got.err == nil {
				rt.Fatalf("options %+v: origins %s", o, d)
			}
			if twice, ok := repeated(got.origins); ok && got.err == nil {
				rt.Fatalf("options %+v: two rows are %q", o, twice)
			}
		}
	})
}

// repeated is an origin that two rows of one sink have.
func repeated(origins map[string][]string) (string, bool) {
	for _, of := range origins {
		seen := map[string]bool{}
		for _, o := range of {
			if seen[o] {
				return o, true
			}
			seen[o] = true
		}
	}
	return "", false
}

// The graphs of the random test do have spools and failures.
func TestRandomGraphsAreNotTame(t *testing.T) {
	t.Parallel()
	var kinds []plan.EdgeKind
	failed := false
	rapid.Check(t, func(rt *rapid.T) {
		g := newGraph()
		drawGraph(rt)(g)
		got := g.execute(t, plan.Options{Workers: 1}, &Executor{}, &rejectLog{})
		failed = failed || got.err != nil
		for _, e := range got.plan.Edges {
			if !slices.Contains(kinds, e.Kind) {
				kinds = append(kinds, e.Kind)
			}
		}
	})
	if !failed || len(kinds) != 3 {
		t.Errorf("failed %v, edges of the kinds %v", failed, kinds)
	}
}
