package row

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// asOften gives a row n times, and fails at a row.
func asOften(fails int64) func(int64) (int, error) {
	return func(n int64) (int, error) {
		if n == fails {
			return 0, diag.Errorf("test.row", diag.Pos{}, "%d fails", n)
		}
		return int(n), nil
	}
}

func TestFlatMap(t *testing.T) {
	t.Parallel()
	for policy, want := range map[op.OnError]struct{ lines, rejects []string }{
		op.Reject: {[]string{"2,a,1", "2,a,2", "1,d,1"}, []string{"many: 3 fails: 3,c (row 3)"}},
		op.ToNull: {[]string{"2,a,1", "2,a,2", "1,d,1"}, nil},
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				o := repeat("id", asOften(3), "nth")
				o.OnError = policy
				s := g.scan(text("in", "id:int,name:string", "2,a", "0,b", "3,c", "1,d"))
				g.write(g.add("many", o, s), "out")
			})
			if d := cmp.Diff(want.lines, got.lines["out"]); d != "" || got.err != nil {
				t.Errorf("error %v, diff %s", got.err, d)
			}
			if d := cmp.Diff(want.rejects, got.rejects); d != "" {
				t.Error(d)
			}
			counts := map[string]int64{"in": 4, "expanded": 2, "empty": 1, "emitted": 3, "out": 3, "rejected": 1}
			if policy == op.ToNull {
				counts["empty"] = 2
				delete(counts, "rejected")
			}
			if d := cmp.Diff(counts, got.counts(t, "many")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFlatMapFails(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		s := g.scan(text("in", "id:int,name:string", numbers(9, "a")...))
		g.write(g.add("many", repeat("id", asOften(7)), s), "out")
	})
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Code != "test.row" || d.Component != "many" || d.Notes[0].Text != "row 7 of in" {
		t.Errorf("%+v", d)
	}
}

func TestFlatMapOfNothing(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		g.write(g.add("many", repeat("id", asOften(0)), g.scan(text("in", "id:int"))), "out")
	})
	if got.err != nil || len(got.lines["out"]) != 0 {
		t.Error(got.err, got.lines)
	}
}

// What is emitted behind the last row that is wanted is counted, and an error
// behind it is nobody's.
func TestFlatMapBehindALimit(t *testing.T) {
	t.Parallel()
	for limit := range int64(12) {
		got := runAll(t, func(g *graph) {
			s := g.scan(text("in", "id:int,name:string", "1,a", "4,b", "0,c", "6,d", "9,e", "2,f"))
			s = g.add("many", repeat("id", asOften(9), "nth"), s)
			g.write(g.add("limit", &op.Limit{N: limit}, g.add("all", keep("id", all), s)), "out")
		})
		if got.err != nil || int64(len(got.lines["out"])) != limit {
			t.Errorf("limit %d: %d lines, error %v", limit, len(got.lines["out"]), got.err)
		}
	}
}

// TestFlatMapProperty compares with a loop, in batches of any size, with state
// groups and without; each row has an origin of its own.
func TestFlatMapProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		counts := rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3, 20}), 0, 30).Draw(rt, "counts")
		group := rapid.SampledFrom([]string{"", "g"}).Draw(rt, "group")
		var lines, want []string
		for i, n := range counts {
			lines = append(lines, fmt.Sprintf("%d,r%d", n, i))
			for nth := range n {
				want = append(want, fmt.Sprintf("%d,r%d,%d", n, i, nth+1))
			}
		}
		for _, o := range options() {
			g := newGraph()
			many := repeat("id", asOften(-1), "nth")
			many.Func.(*fn).info.Group = group
			g.write(g.add("many", many, g.scan(text("in", "id:int,name:string", lines...))), "out")
			got := g.execute(t, o, &Executor{}, &rejectLog{})
			if v := got.ledger.Check(); got.err != nil || v != nil {
				rt.Fatal(got.err, v)
			}
			if d := cmp.Diff(want, got.lines["out"]); d != "" {
				rt.Fatalf("options %+v: %s", o, d)
			}
			if twice, ok := repeated(got.origins); ok {
				rt.Fatalf("options %+v: two rows are %q", o, twice)
			}
		}
	})
}

// A limit also ends the work on a batch that gives many rows.
func TestLimitStopsAFlatMap(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 3} {
		g := newGraph()
		s := g.scan(text("in", "id:int,name:string", numbers(300, "a")...))
		s = g.add("many", repeat("id", func(int64) (int, error) { return 100, nil }), s)
		g.write(g.add("limit", &op.Limit{N: 5}, s), "out")
		got := g.execute(t, plan.Options{Workers: workers, QueueBatches: 1, BatchRows: 100}, &Executor{}, &rejectLog{})
		if v := got.ledger.Check(); got.err != nil || v != nil || len(got.lines["out"]) != 5 {
			t.Fatalf("%d lines, %v, error %v", len(got.lines["out"]), v, got.err)
		}
		if n := got.counts(t, "many")["emitted"]; n > int64(workers)*3000 {
			t.Errorf("%d workers emit %d rows for 5", workers, n)
		}
	}
}

// The rows that one row gives come in batches of the usual size.
func TestFlatMapBatches(t *testing.T) {
	t.Parallel()
	tap := &largest{}
	g := newGraph()
	s := g.scan(text("in", "id:int,name:string", "1,a", "1000,b", "7,c"))
	g.write(g.add("many", repeat("id", asOften(-1)), s), "out")
	got := g.execute(t, plan.Options{Workers: 1, BatchRows: 16}, &Executor{Tap: tap}, &rejectLog{})
	if got.err != nil || len(got.lines["out"]) != 1008 || tap.rows > 16 {
		t.Errorf("%d lines, up to %d in a batch, error %v", len(got.lines["out"]), tap.rows, got.err)
	}
}

// largest is a tap that keeps the size of the largest batch.
type largest struct {
	noTap
	rows int
}

func (l *largest) Give(_ *plan.Node, b *record.Batch) { l.rows = max(l.rows, b.Len()) }

// idle is a function that runs no row.
type idle struct{ fn }

func (i *idle) Open(expr.Use) (expr.Runner, error) { return &idleRunner{}, nil }

type idleRunner struct{ runner }

func (*idleRunner) Run(context.Context, *record.Batch) (expr.Result, error) {
	return expr.Result{}, nil
}

func TestFlatMapThatStandsStill(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		f := &op.FlatMap{OnError: op.Fail, Func: &idle{}}
		g.write(g.add("many", f, g.scan(text("in", "id:int", "1"))), "out")
	})
	if got.err == nil || !strings.Contains(got.err.Error(), errNoProgress.Error()) {
		t.Error(got.err)
	}
}

// ending is a function that gives rows behind the last one.
type ending struct {
	*fn
	rows []string
}

type endingRunner struct {
	expr.Runner
	rows *record.Batch
	err  error
}

func (e ending) Open(use expr.Use) (expr.Runner, error) {
	inner, err := e.fn.Open(use)
	if len(e.rows) == 0 {
		return &endingRunner{Runner: inner, err: diag.Errorf("test.end", diag.Pos{}, "no end")}, err
	}
	made := record.NewBuilder(use.Out, 0)
	for _, line := range e.rows {
		for i, word := range strings.Split(line, ",") {
			v, _ := record.Parse(use.Out.Field(i).Type, word)
			made.Column(i).Append(v)
		}
	}
	return &endingRunner{Runner: inner, rows: made.Build()}, err
}

func (r *endingRunner) Begin(context.Context) error { return nil }
func (r *endingRunner) Abort(context.Context) error { return nil }
func (r *endingRunner) End(context.Context) (expr.Result, error) {
	return expr.Result{Batch: r.rows}, r.err
}

func endsWith(rows ...string) *op.FlatMap {
	o := repeat("id", asOften(0))
	f := o.Func.(*fn)
	f.info.Group = "the state"
	o.Func, o.State = ending{f, rows}, &expr.State{}
	return o
}

// Rows behind the last one are counted as emitted, in batches of the usual size, and
// none is made when nobody wants more.
func TestFlatMapEnd(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		s := g.scan(text("in", "id:int,name:string", "2,a", "1,b"))
		ended := g.add("many", endsWith("7,x", "8,y", "9,z"), s)
		g.write(ended, "out")
		g.write(g.add("first", &op.Limit{N: 4}, ended), "four")
	})
	if d := cmp.Diff([]string{"2,a", "2,a", "1,b", "7,x", "8,y", "9,z"}, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
	if d := cmp.Diff([]string{"2,a", "2,a", "1,b", "7,x"}, got.lines["four"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int64{"in": 2, "expanded": 2, "emitted": 6, "out": 6}, got.counts(t, "many")); d != "" {
		t.Error(d)
	}
}

func TestFlatMapEndFails(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		g.write(g.add("many", endsWith(), g.scan(text("in", "id:int", "1"))), "out")
	})
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Code != "test.end" || d.Component != "many" {
		t.Errorf("%+v", got.err)
	}
}
