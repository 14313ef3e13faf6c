package row

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// uniqueRows are lines whose id and name are all different.
func uniqueRows(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d,the name of row %d", i, i)
	}
	return out
}

// aggregateBy is one aggregate of a column by another one.
func aggregateBy(kind op.AggregateKind, column string, by ...string) *op.Aggregate {
	return &op.Aggregate{By: names(by...), OnError: op.Fail, Columns: []op.AggregateColumn{
		{Name: op.Name{Text: "x"}, Kind: kind, Input: op.Name{Text: column}},
	}}
}

// holders are the operators that hold rows, keys or states.
func holders() map[string]func(g *graph, in *job.Node) *job.Node {
	one := func(o op.Operator) func(g *graph, in *job.Node) *job.Node {
		return func(g *graph, in *job.Node) *job.Node { return g.add("held", o, in) }
	}
	return map[string]func(g *graph, in *job.Node) *job.Node{
		"sort":           one(sortBy("-name")),
		"groups":         one(countBy("name")),
		"distinct":       one(&op.Distinct{By: names("name")}),
		"last":           one(&op.Distinct{By: names("name"), Last: true}),
		"count_distinct": one(aggregateBy(op.CountDistinct, "name")),
		"median":         one(aggregateBy(op.Median, "id")),
		"first of each":  one(aggregateBy(op.First, "name", "id")),
		"join": func(g *graph, in *job.Node) *job.Node {
			return g.add("held", joinOn(op.Inner, "name"), g.scan(text("left", "id:int,name:string", "1,x")), in)
		},
	}
}

// An operator that holds more than the limit fails the run, and says so.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	for name, add := range holders() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for limit, fails := range map[int64]bool{20 << 10: true, 64 << 20: false} {
				g := newGraph()
				g.write(add(g, g.scan(text("in", "id:int,name:string", uniqueRows(4000)...))), "out")
				got := g.execute(t, plan.Options{Workers: 2, BatchRows: 100, Memory: limit}, &Executor{}, &rejectLog{})
				var d *diag.Diagnostic
				if errors.As(got.err, &d) != fails {
					t.Fatalf("limit %d: %v", limit, got.err)
				}
				if fails && (d.Code != "resource.memory" || d.Component != "held" || !strings.Contains(d.Message, "the limit of 20KiB")) {
					t.Errorf("%+v", d)
				}
				if !fails {
					mustBalance(t, got)
				}
			}
		})
	}
}

func mustBalance(t *testing.T, got outcome) {
	t.Helper()
	if v := got.ledger.Check(); len(v) > 0 {
		t.Error(v[0])
	}
}

// Several operators share the limit; all that hold much are named.
func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	g := newGraph()
	in := g.scan(text("in", "id:int,name:string", uniqueRows(4000)...))
	first := g.add("first", &op.Distinct{}, in)
	g.write(g.add("second", sortBy("id"), first), "out")
	got := g.execute(t, plan.Options{Workers: 1, BatchRows: 100, Memory: 300 << 10}, &Executor{}, &rejectLog{})
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Code != "resource.memory" || len(d.Notes) == 0 {
		t.Fatalf("%+v", got.err)
	}
	if other := map[string]string{"first": "second holds ", "second": "first holds "}[d.Component]; !strings.HasPrefix(d.Notes[0].Text, other) {
		t.Errorf("%s is to blame, with the note %q", d.Component, d.Notes[0].Text)
	}
}

// What operators say that they hold is about what they take in memory.
func TestHeldBytes(t *testing.T) {
	const n, rows = 60_000, 2000
	source := text("in", "id:int,name:string", uniqueRows(n)...)
	for name, add := range holders() {
		g := newGraph()
		g.write(add(g, g.scan(source)), "out")
		p := g.plan(t, plan.Options{Workers: 1})
		r := newRun(t.Context(), p, plan.Attempt{Ledger: p.NewLedger(), Rejects: &rejectLog{}}, seams{})
		var node *plan.Node
		for _, x := range p.Nodes {
			if x.Name() == "held" {
				node = x
			}
		}
		reader, err := source.Open(t.Context(), op.ReadOptions{BatchRows: rows})
		if err != nil {
			t.Fatal(err)
		}
		before := heap()
		h := r.newHolder(t, node, reader)
		ratio := float64(heap()-before) / float64(h.bytes())
		t.Logf("%-15s %8s, in memory %.2f times that", name, sizeText(h.bytes()), ratio)
		if ratio < 0.5 || ratio > 2 {
			t.Errorf("%s holds %d bytes by its own account, and in memory %.2f times as many", name, h.bytes(), ratio)
		}
		runtime.KeepAlive(h)
	}
}

// newHolder makes the kernel or merger of a node, and gives it all rows.
func (r *run) newHolder(t *testing.T, n *plan.Node, from op.Reader) holder {
	t.Helper()
	book := r.attempt.Ledger.Nodes[n.ID]
	var take func(b *record.Batch) error
	var h holder
	if m, err := r.plainMerger(n, book); err == nil && n.Stage.Head == n {
		h = m.(holder)
		take = func(b *record.Batch) error { return m.take(t.Context(), len(n.In)-1, b, deaf{}) }
	} else if k, err := r.plainKernel(n, book, nil); err == nil {
		h = k.(holder)
		take = func(b *record.Batch) error { return k.process(t.Context(), b, deaf{}) }
	} else {
		t.Fatal(err)
	}
	for {
		b, err := from.Read(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, take(b)); err != nil {
			t.Fatal(err)
		}
	}
	if j, ok := h.(*join); ok {
		if err := j.end(t.Context(), 1, deaf{}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// deaf takes everything and keeps nothing.
type deaf struct{}

func (deaf) emit(context.Context, *record.Batch) error         { return nil }
func (deaf) give(context.Context, string, *record.Batch) error { return nil }
func (deaf) reject(op.Rejected)                                {}

func heap() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
