package row

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

func all(int64) (bool, error) { return true, nil }

// shapes are the graphs that tempt queues to stand still.
func shapes() map[string]func(g *graph) {
	const n = 400
	in := func(g *graph, name string) *job.Node {
		return g.scan(text(name, "id:int,name:string", numbers(n, "a", "b", "c")...))
	}
	return map[string]func(g *graph){
		"diamond": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("join", joinOn(op.Inner, "name"), s, g.add("agg", countBy("name"), s)), "out")
		},
		"diamond the other way": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("join", joinOn(op.LeftJ, "name"), g.add("agg", countBy("name"), s), s), "out")
		},
		"self join": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("join", joinOn(op.Inner, "id"), s, s), "out")
		},
		"union of branches": func(g *graph) {
			s := in(g, "in")
			a, b := g.add("even", even("id"), s), g.add("all", keep("id", all), s)
			g.write(g.add("union", &op.Union{}, b, a, s), "out")
		},
		"union with itself": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("union", &op.Union{}, s, s, s), "out")
		},
		"fan-out of five": func(g *graph) {
			s := in(g, "in")
			for i := range 5 {
				f := g.add(fmt.Sprint("filter", i), keep("id", func(n int64) (bool, error) { return n%5 == int64(i), nil }), s)
				g.write(f, fmt.Sprint("out", i))
			}
		},
		"crossing joins": func(g *graph) {
			a, b := in(g, "a"), in(g, "b")
			g.write(g.add("a with b", joinOn(op.Inner, "id"), a, b), "ab")
			g.write(g.add("b with a", joinOn(op.Full, "id"), b, a), "ba")
		},
		"crossing unions": func(g *graph) {
			a, b := in(g, "a"), in(g, "b")
			g.write(g.add("a then b", &op.Union{}, a, b), "ab")
			g.write(g.add("b then a", &op.Union{}, b, a), "ba")
		},
		"ladder": func(g *graph) {
			a, b, c := in(g, "a"), in(g, "b"), in(g, "c")
			ab := g.add("ab", joinOn(op.Inner, "id"), a, b)
			bc := g.add("bc", joinOn(op.Semi, "id"), b, c)
			g.write(g.add("ab with bc", joinOn(op.Anti, "id"), ab, g.add("odd", keep("id", func(n int64) (bool, error) { return n%2 == 1, nil }), bc)), "out")
			g.write(g.add("sorted", sortBy("-id"), g.add("cb", &op.Union{}, c, bc)), "sorted out")
		},
		"limit behind a fan-out": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("limit", &op.Limit{N: 7}, s), "few")
			g.write(s, "all")
		},
		"limits everywhere": func(g *graph) {
			s := in(g, "in")
			g.write(g.add("limit", &op.Limit{N: 7}, s), "few")
			u := g.add("union", &op.Union{}, g.add("even", even("id"), s), s)
			g.write(g.add("limit 2", &op.Limit{N: 3}, u), "fewer")
		},
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for name, build := range shapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, build)
			if got.err != nil {
				t.Fatal(got.err)
			}
			for sink, lines := range got.lines {
				if len(lines) == 0 {
					t.Errorf("sink %s is empty", sink)
				}
			}
		})
	}
}

func TestFanOutIsComplete(t *testing.T) {
	t.Parallel()
	got := runAll(t, shapes()["fan-out of five"])
	total := 0
	for i := range 5 {
		total += len(got.lines[fmt.Sprint("out", i)])
	}
	if total != 400 {
		t.Errorf("%d rows, want 400", total)
	}
}

func TestUnionKeepsOrder(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		s := g.scan(text("in", "id:int,name:string", numbers(20, "a", "b")...))
		g.write(g.add("union", &op.Union{}, g.add("even", even("id"), s), s), "out")
	})
	var want []string
	for _, l := range numbers(20, "a", "b") {
		if strings.HasSuffix(l, "b") {
			want = append(want, l)
		}
	}
	want = append(want, numbers(20, "a", "b")...)
	if d := cmp.Diff(want, got.lines["out"]); d != "" {
		t.Error(d)
	}
}

func TestLimitStopsTheSource(t *testing.T) {
	t.Parallel()
	g := newGraph()
	s := g.scan(text("in", "id:int,name:string", numbers(100_000, "a")...))
	g.write(g.add("limit", &op.Limit{N: 5}, g.add("all", keep("id", all), s)), "out")
	got := g.execute(t, plan.Options{Workers: 4, QueueBatches: 1, BatchRows: 10}, &Executor{}, &rejectLog{})
	if got.err != nil || len(got.lines["out"]) != 5 {
		t.Fatalf("%d lines, error %v", len(got.lines["out"]), got.err)
	}
	if v := got.ledger.Check(); v != nil {
		t.Error(v)
	}
	if read := got.ledger.Nodes[0].Get(ledger.Read); read > 1000 {
		t.Errorf("%d rows were read for 5", read)
	}
}

// An error behind the last row that a limit wants is nobody's error.
func TestErrorBehindTheLimit(t *testing.T) {
	t.Parallel()
	fails := func(at int64) *op.Filter {
		return keep("id", func(n int64) (bool, error) {
			if n == at {
				return false, errors.New("fails")
			}
			return true, nil
		})
	}
	for _, c := range []struct {
		limit, at int64
		fails     bool
	}{{5, 6, false}, {6, 6, true}, {5, 7, false}, {0, 1, false}, {300, 300, true}, {299, 300, false}} {
		for name, build := range map[string]func(g *graph, s *job.Node) *job.Node{
			"same stage": func(_ *graph, s *job.Node) *job.Node { return s },
			"other stage": func(g *graph, s *job.Node) *job.Node {
				return g.add("u", &op.Union{}, s, g.scan(text("more", "id:int,name:string")))
			},
			"late input": func(g *graph, s *job.Node) *job.Node {
				return g.add("u", &op.Union{}, g.scan(text("none", "id:int,name:string")), s)
			},
		} {
			t.Run(fmt.Sprintf("%s, limit %d, error at %d", name, c.limit, c.at), func(t *testing.T) {
				t.Parallel()
				got := runAll(t, func(g *graph) {
					s := g.scan(text("in", "id:int,name:string", numbers(300, "a")...))
					s = build(g, g.add("fails", fails(c.at), s))
					g.write(g.add("limit", &op.Limit{N: c.limit}, s), "out")
				})
				if (got.err != nil) != c.fails {
					t.Errorf("error %v", got.err)
				}
				if !c.fails && int64(len(got.lines["out"])) != c.limit {
					t.Errorf("%d lines", len(got.lines["out"]))
				}
			})
		}
	}
}

// A failed stream behind a limit leaves balanced books in every kernel.
func TestIgnoredFailureBalances(t *testing.T) {
	t.Parallel()
	broken := func() *op.Filter {
		return keep("id", func(n int64) (bool, error) {
			if n == 100 {
				return false, errors.New("fails")
			}
			return true, nil
		})
	}
	for name, node := range map[string]func(g *graph, a, b *job.Node) *job.Node{
		"sort":        func(g *graph, a, _ *job.Node) *job.Node { return g.add("n", sortBy("id"), a) },
		"aggregate":   func(g *graph, a, _ *job.Node) *job.Node { return g.add("n", countBy("id", "name"), a) },
		"join, left":  func(g *graph, a, b *job.Node) *job.Node { return g.add("n", joinOn(op.Full, "id"), a, b) },
		"join, right": func(g *graph, a, b *job.Node) *job.Node { return g.add("n", joinOn(op.Full, "id"), b, a) },
		"anti join":   func(g *graph, a, b *job.Node) *job.Node { return g.add("n", joinOn(op.Anti, "id"), a, b) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				in := g.scan(text("in", "id:int,name:string", numbers(300, "a", "b")...))
				good := g.scan(text("good", "id:int,name:string", numbers(50, "a", "b")...))
				n := node(g, g.add("broken", broken(), in), good)
				n = g.add("select", &op.Project{Mode: op.Keep, Columns: names("id", "name")}, n)
				g.write(g.add("limit", &op.Limit{N: 20}, g.add("union", &op.Union{}, good, n)), "out")
			})
			if got.err != nil || len(got.lines["out"]) != 20 {
				t.Errorf("%d lines, error %v", len(got.lines["out"]), got.err)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough of it")
	for _, o := range options() {
		g := newGraph()
		in := g.scan(text("in", "id:int,name:string", numbers(1000, "a")...))
		ctx, cancel := context.WithCancelCause(context.Background())
		s := g.write(g.add("all", keep("id", func(n int64) (bool, error) {
			if n == 500 {
				cancel(cause)
			}
			return true, nil
		}), in), "out")
		p := g.plan(t, o)
		_, err := (&Executor{}).Execute(ctx, p, plan.Attempt{Ledger: p.NewLedger(), Rejects: &rejectLog{}})
		if !errors.Is(err, cause) || s.state != "aborted" {
			t.Errorf("error %v, sink %s", err, s.state)
		}
	}
}

func TestPanicEndsTheRun(t *testing.T) {
	t.Parallel()
	for _, o := range options() {
		for _, where := range []string{"parallel", "ordered", "head"} {
			g := newGraph()
			s := g.scan(text("in", "id:int,name:string", numbers(1000, "a")...))
			filter := keep("id", func(n int64) (bool, error) {
				if n == 500 {
					panic("boom")
				}
				return true, nil
			})
			switch where {
			case "ordered":
				filter.Func.(*fn).info.Group = "g"
			case "head":
				s = g.add("sort", sortBy("id"), s)
				s = g.add("agg", &op.Aggregate{OnError: op.Fail, Columns: []op.AggregateColumn{{
					Name: op.Name{Text: "id"}, Kind: op.Sum,
					Func: &fn{out: record.Of(record.Int), value: func(fields) (record.Value, error) { panic("boom") }},
				}}}, s)
			}
			g.write(g.add("filter", filter, s), "out")
			got := g.execute(t, o, &Executor{}, &rejectLog{})
			if got.err == nil || !strings.Contains(got.err.Error(), "a component broke down: boom") {
				t.Errorf("%s, options %+v: error %v", where, o, got.err)
			}
		}
	}
}

// shared adds a column with a number that it shares with others and counts up.
func shared(group string, state *int64) *op.Map {
	return &op.Map{OnError: op.Fail, Func: &fn{
		info: expr.Info{Group: group, Rung: "go"},
		adds: []record.Field{{Name: "at " + group, Type: record.Of(record.Int)}},
		change: func(fields) ([]record.Value, error) {
			*state++
			return []record.Value{record.IntValue(*state)}, nil
		},
	}}
}

// Functions that share a variable take turns row by row.
func TestStateGroups(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		var state int64
		first, second := shared("g", &state), shared("g", &state)
		second.Func.(*fn).adds[0].Name = "again"
		s := g.scan(text("in", "id:int,name:string", "1,a", "2,b", "3,c", "4,d", "5,e", "6,f"))
		s = g.add("first", first, s)
		s = g.add("even", even("id"), s)
		s = g.add("second", second, s)
		g.write(s, "out")
	})
	// first sees 1, 2, 4, 5, 7, 8; second sees the numbers between.
	if d := cmp.Diff([]string{"2,b,2,3", "4,d,5,6", "6,f,8,9"}, got.lines["out"]); d != "" {
		t.Error(d)
	}
	if s := got.plan.Stages[0]; !slices.Equal(s.Spans, []plan.Span{{From: 0, To: 3}}) {
		t.Errorf("spans %v", s.Spans)
	}
}
