package plan_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stages writes the stages of a plan as "head parallel.. | ordered..".
func stages(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Stages {
		var words []string
		if s.Head != nil {
			words = append(words, "["+s.Head.Name()+"]")
		}
		for _, n := range s.Parallel {
			words = append(words, n.Name())
		}
		if len(s.Ordered) > 0 {
			words = append(words, "|")
		}
		for _, n := range s.Ordered {
			words = append(words, n.Name())
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// edges writes the edges that are not fused.
func edges(p *plan.Plan) []string {
	var out []string
	for _, e := range p.Edges {
		if e.Kind != plan.Fused {
			out = append(out, fmt.Sprintf("%s -> %s %s", e.From.Name(), e.To.Name(), e.Kind))
		}
	}
	return out
}

func TestStages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		build  func(g *graph)
		stages []string
		edges  []string
	}{
		{"one stage", func(g *graph) {
			g.write("out", g.add("f", filter("a"), g.scan("in", "a")))
		}, []string{"[in] f | out"}, nil},
		{"a limit is ordered, and what follows", func(g *graph) {
			s := g.add("limit", &op.Limit{N: 1}, g.add("f", filter("a"), g.scan("in", "a")))
			g.write("out", g.add("g", filter("a"), s))
		}, []string{"[in] f | limit g out"}, nil},
		{"a stateful function is ordered", func(g *graph) {
			s := g.add("m", stateful("g", 7), g.add("f", filter("a"), g.scan("in", "a")))
			g.write("out", s)
		}, []string{"[in] f | m out"}, nil},
		{"two consumers", func(g *graph) {
			s := g.add("f", filter("a"), g.scan("in", "a"))
			g.write("one", s)
			g.write("two", s)
		}, []string{"[in] f", "| one", "| two"}, []string{"f -> one queue", "f -> two queue"}},
		{"blocking nodes", func(g *graph) {
			s := g.add("sort", &op.Sort{}, g.add("agg", &op.Aggregate{}, g.scan("in", "a")))
			g.write("out", s)
		}, []string{"[in]", "[agg]", "[sort] | out"}, []string{"in -> agg queue", "agg -> sort queue"}},
		{"unused nodes", func(g *graph) {
			s := g.scan("in", "a")
			g.add("f", filter("a"), s)
			g.write("out", s)
		}, []string{"[in] | out"}, nil},
		{"a port", func(g *graph) {
			s := g.add("f", filter("a"), g.scan("in", "a"))
			g.addEdges("out", &op.Write{Sink: sink{"out"}}, job.Edge{From: s, Port: job.PortDropped})
		}, []string{"[in] f", "| out"}, []string{"f -> out queue"}},
		{"independent sides", func(g *graph) {
			g.write("out", g.add("j", join("a", "a"), g.scan("l", "a"), g.scan("r", "a")))
		}, []string{"[l]", "[r]", "[j] | out"}, []string{"l -> j queue", "r -> j queue"}},
		{"diamond", func(g *graph) {
			s := g.scan("in", "a")
			agg := g.add("agg", &op.Aggregate{By: names("a")}, s)
			g.write("out", g.add("j", join("a", "a"), s, agg))
		}, []string{"[in]", "[agg]", "[j] | out"}, []string{"in -> agg queue", "in -> j spool", "agg -> j queue"}},
		{"diamond the other way", func(g *graph) {
			s := g.scan("in", "a")
			agg := g.add("agg", &op.Aggregate{By: names("a")}, s)
			g.write("out", g.add("j", join("a", "a"), agg, s))
		}, []string{"[in]", "[agg]", "[j] | out"}, []string{"in -> agg queue", "agg -> j spool", "in -> j queue"}},
		{"self join", func(g *graph) {
			s := g.scan("in", "a")
			g.write("out", g.add("j", &op.Join{Left: names("a"), Right: names("a"), How: op.Semi}, s, s))
		}, []string{"[in]", "[j] | out"}, []string{"in -> j spool", "in -> j queue"}},
		{"union of branches", func(g *graph) {
			s := g.scan("in", "a")
			g.write("out", g.add("u", &op.Union{}, g.add("f", filter("a"), s), s))
		}, []string{"[in]", "f", "[u] | out"}, []string{"in -> f queue", "f -> u queue", "in -> u spool"}},
		{"crossing joins", func(g *graph) {
			a, b := g.scan("a", "k"), g.scan("b", "k")
			g.write("o1", g.add("ab", join("k", "k"), a, b))
			g.write("o2", g.add("ba", join("k", "k"), b, a))
		}, []string{"[a]", "[b]", "[ab] | o1", "[ba] | o2"}, []string{
			"a -> ab spool", "b -> ab queue", "b -> ba spool", "a -> ba queue",
		}},
		{"branches that never meet", func(g *graph) {
			a, b := g.scan("a", "k"), g.scan("b", "k")
			g.write("o1", a)
			g.write("o2", g.add("ab", join("k", "k"), a, b))
		}, []string{"[a]", "[b]", "| o1", "[ab] | o2"}, []string{"a -> o1 queue", "a -> ab queue", "b -> ab queue"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph()
			c.build(g)
			p := g.plan(t)
			if d := cmp.Diff(c.stages, stages(p)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.edges, edges(p)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestLateEdgesOnCyclesAreSpools states the rule of the package comment in
// another way: taking the spools away, no late edge lies on a cycle.
func TestLateEdgesOnCyclesAreSpools(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		g := newGraph()
		nodes := []*job.Node{g.scan("in0", "k"), g.scan("in1", "k")}
		for i := range rapid.IntRange(1, 12).Draw(rt, "nodes") {
			pick := func(label string) *job.Node {
				return nodes[rapid.IntRange(0, len(nodes)-1).Draw(rt, label)]
			}
			name := fmt.Sprint("n", i)
			switch rapid.IntRange(0, 2).Draw(rt, "kind") {
			case 0:
				nodes = append(nodes, g.add(name, filter("k"), pick("a")))
			case 1:
				nodes = append(nodes, g.add(name, &op.Union{}, pick("a"), pick("b"), pick("c")))
			case 2:
				nodes = append(nodes, g.add(name, &op.Join{Left: names("k"), Right: names("k"), How: op.Semi}, pick("a"), pick("b")))
			}
		}
		for i, n := range nodes[2:] {
			g.write(fmt.Sprint("out", i), n)
		}
		checkLateEdges(rt, g.plan(t))
	})
}

func checkLateEdges(rt *rapid.T, p *plan.Plan) {
	for _, n := range p.Nodes {
		for i, e := range n.ReadOrder() {
			late := i > 0
			if e.Kind == plan.Spool && (!late || !onCycle(p, e)) {
				rt.Errorf("%s -> %s is a spool for nothing", e.From.Name(), n.Name())
			}
			if e.Kind == plan.Queue && late && onCycle(p, e) {
				rt.Errorf("%s -> %s is a queue on a cycle", e.From.Name(), n.Name())
			}
		}
	}
}

// onCycle finds a way round an edge with union-find over the other edges.
func onCycle(p *plan.Plan, without *plan.Edge) bool {
	root := make([]int, len(p.Nodes))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for _, e := range p.Edges {
		if e != without {
			root[find(e.From.ID)] = find(e.To.ID)
		}
	}
	return find(without.From.ID) == find(without.To.ID)
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		schema *record.Schema
		build  func(g *graph, s *job.Node) *job.Node
		want   string
	}{
		{"copied only", closed("a", "b"), func(_ *graph, s *job.Node) *job.Node { return s }, ""},
		{"read by a function", closed("a", "b", "c"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("c", "a"), s)
		}, "a c"},
		{"through a renaming", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("x"), g.add("r", &op.Project{Mode: op.Rename, Columns: names("b"), To: []string{"x"}}, s))
		}, "b"},
		{"names that change places", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("a"), g.add("r", &op.Project{Mode: op.Rename, Columns: names("a", "b"), To: []string{"b", "a"}}, s))
		}, "b"},
		{"all of those that are kept", closed("a", "b", "c"), func(g *graph, s *job.Node) *job.Node {
			s = g.add("p", &op.Project{Mode: op.Keep, Columns: names("c", "b")}, s)
			return g.add("f", &op.Filter{Func: fn{info: expr.Info{AllColumns: true}}}, s)
		}, "b c"},
		{"all", closed("a"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", &op.Filter{Func: fn{info: expr.Info{AllColumns: true}}}, s)
		}, "*"},
		{"keys of a sort", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			return g.add("s", &op.Sort{Keys: []op.SortKey{{Column: op.Name{Text: "b"}}}}, s)
		}, "b"},
		{"an aggregate hides what is behind", closed("a", "b", "c"), func(g *graph, s *job.Node) *job.Node {
			s = g.add("agg", &op.Aggregate{By: names("a"), Columns: []op.AggregateColumn{{Name: op.Name{Text: "c"}, Kind: op.Sum, Input: op.Name{Text: "b"}}}}, s)
			return g.add("f", filter("c"), s)
		}, "a b"},
		{"left side of a join", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("b", "b_right"), g.add("j", join("a", "k"), s, g.scan("other", "k", "b")))
		}, "a b"},
		{"right side of a join", closed("a", "b", "c"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("b_right", "c"), g.add("j", join("k", "a"), g.scan("other", "k", "b"), s))
		}, "a b c"},
		{"right side of a semi join", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			j := &op.Join{Left: names("k"), Right: names("a"), How: op.Semi}
			return g.add("f", filter("b"), g.add("j", j, g.scan("other", "k", "b"), s))
		}, "a"},
		{"a union", closed("a", "b"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("b"), g.add("u", &op.Union{}, g.scan("other", "b", "a"), s))
		}, "b"},
		{"an open schema", open("a"), func(g *graph, s *job.Node) *job.Node {
			return g.add("f", filter("z", "a", "y"), s)
		}, "a y z"},
		{"a column that a function adds", closed("a"), func(g *graph, s *job.Node) *job.Node {
			m := &op.Map{Func: fn{info: expr.Info{Reads: []string{"a"}, Writes: []string{"x"}}, adds: ints([]string{"x"})}}
			return g.add("f", filter("x"), g.add("m", m, s))
		}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph()
			s := g.add("in", &op.Scan{Source: source{"in.csv", c.schema}})
			g.write("out", c.build(g, s))
			n := node(t, g.plan(t), "in")
			got := strings.Join(n.Used, " ")
			if n.AllUsed {
				got = strings.TrimSpace("* " + got)
			}
			if got != c.want {
				t.Errorf("used %q, want %q", got, c.want)
			}
		})
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	build := func(groups ...string) *graph {
		g := newGraph()
		s := g.scan("in", "a")
		for i, group := range groups {
			name := fmt.Sprint("n", i)
			if group == "" {
				s = g.add(name, filter("a"), s)
			} else {
				s = g.add(name, stateful(group, i), s)
			}
		}
		g.write("out", s)
		return g
	}
	for _, c := range []struct {
		groups string
		want   []plan.Span
	}{
		{",g,", nil},
		{",g,,g", []plan.Span{{From: 0, To: 3}}},
		{"x,,g,g,y", []plan.Span{{From: 2, To: 4}}},
		{"g,h,g,h,,k,k", []plan.Span{{From: 0, To: 4}, {From: 5, To: 7}}},
		{"a,a,b,b,a", []plan.Span{{From: 0, To: 5}}},
	} {
		p := build(strings.Split(c.groups, ",")...).plan(t)
		if got := p.Stages[0].Spans; !slices.Equal(got, c.want) {
			t.Errorf("%s: spans %v, want %v", c.groups, got, c.want)
		}
	}
}

func TestGroupsThatCannotTakeTurns(t *testing.T) {
	t.Parallel()
	grouped := &op.Aggregate{By: names("a"), Columns: []op.AggregateColumn{{
		Name: op.Name{Text: "x"}, Kind: op.Sum, Func: fn{info: expr.Info{Group: "g", Pos: line(77)}},
	}}}
	for _, c := range []struct {
		name  string
		build func(g *graph)
		want  string
	}{
		{"branches", func(g *graph) {
			s := g.scan("in", "a")
			g.write("o1", g.add("m1", stateful("g", 11), s))
			g.write("o2", g.add("m2", stateful("g", 12), s))
		}, `m2: the functions of "m1" and "m2" share a variable that one of them writes, but are on different branches`},
		{"a blocking node between", func(g *graph) {
			s := g.add("sort", &op.Sort{}, g.add("m1", stateful("g", 11), g.scan("in", "a")))
			g.write("out", g.add("m2", stateful("g", 12), g.add("f", filter("a"), s)))
		}, `have sort between them`},
		{"an aggregate first", func(g *graph) {
			s := g.add("agg", grouped, g.scan("in", "a"))
			g.write("out", g.add("m2", stateful("g", 12), s))
		}, `have agg between them`},
		{"an aggregate last", func(g *graph) {
			s := g.add("m1", stateful("g", 11), g.scan("in", "a"))
			g.write("out", g.add("agg", grouped, s))
		}, `have agg between them`},
		{"another consumer between", func(g *graph) {
			s := g.add("m1", stateful("g", 11), g.scan("in", "a"))
			g.write("o1", s)
			g.write("o2", g.add("m2", stateful("g", 12), s))
		}, `on different branches`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph()
			c.build(g)
			p, problems := plan.Build(&g.def, g.resolve(t), nil, plan.Options{})
			if p != nil || len(problems) != 1 {
				t.Fatalf("problems %v", problems)
			}
			d := problems[0]
			if d.Code != "lua.group" || !strings.Contains(d.Error(), c.want) || len(d.Notes) != 1 || d.Hint == "" {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	g := newGraph()
	f := g.add("f", filter("a"), g.scan("in", "a"))
	g.write("out", f)
	for _, port := range []string{job.PortDropped, job.PortRejects} {
		g.addEdges(port, &op.Write{Sink: sink{port}}, job.Edge{From: f, Port: port})
	}
	p := g.plan(t)
	l := p.NewLedger()
	var got []string
	for i, e := range l.Edges {
		got = append(got, fmt.Sprintf("%s %s", e.Name(), e.Port))
		if e.From.Name != p.Edges[i].From.Name() || e.To != l.Nodes[p.Edges[i].To.ID] {
			t.Errorf("edge %d is %s", i, e.Name())
		}
	}
	if d := cmp.Diff([]string{"in -> f out", "f -> out out", "f -> dropped dropped", "f -> rejects rejected"}, got); d != "" {
		t.Error(d)
	}
	if len(l.Nodes[1].Laws) == 0 || l.Check() != nil {
		t.Error("the books of a new ledger are empty and balance")
	}
	l.Nodes[1].Add(ledger.In, 1)
	if l.Check() == nil {
		t.Error("a row that vanishes is found")
	}
	if s := node(t, p, "rejects").Inputs[0].String(); !strings.HasPrefix(s, "a int, _component string") {
		t.Errorf("the columns of rejects are %s", s)
	}
	if s := node(t, p, "f").RejectSchema().String(); s != "a int" {
		t.Errorf("f refuses rows of %s", s)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	g := newGraph()
	g.write("out", g.scan("in", "a"))
	p, problems := plan.Build(&g.def, g.resolve(t), nil, plan.Options{Workers: -1, BatchRows: -2})
	if p != nil || len(problems) != 1 || problems[0].Code != "plan.options" ||
		!strings.Contains(problems[0].Message, "-1 workers") || !strings.Contains(problems[0].Message, "-2 rows a batch") {
		t.Errorf("%v", problems)
	}
	if o := (plan.Options{}).WithDefaults(); o.Validate() != nil || o.QueueBatches != 4 || o.BatchRows != record.BatchRows {
		t.Errorf("%+v", o)
	}
}

// late is a job with a bit of everything.
func late() *graph {
	g := newGraph()
	flights := g.add("flights", &op.Scan{Source: source{"flights.csv", record.NewOpenSchema(
		record.Field{Name: "carrier", Type: record.Of(record.String)}, record.Field{Name: "delay", Type: record.Of(record.Int)},
	)}})
	airlines := g.add("airlines", &op.Scan{Source: source{"airlines.csv", record.NewSchema(record.Field{Name: "carrier", Type: record.Of(record.String)})}})
	late := g.add("filter@7", filter("delay"), flights)
	late = g.add("map@9", stateful("n", 9), late)
	late = g.add("map@12", stateful("n", 12), late)
	known := g.add("join@15", join("carrier", "carrier"), late, airlines)
	g.write("late", known)
	carriers := g.add("aggregate@18", &op.Aggregate{By: names("carrier"), Columns: []op.AggregateColumn{{Name: op.Name{Text: "n"}, Kind: op.Count}}}, known)
	back := g.add("join@20", &op.Join{Left: names("carrier"), Right: names("carrier"), How: op.LeftJ}, known, carriers)
	g.write("top", g.add("limit@21", &op.Limit{N: 10}, g.add("sort@21", &op.Sort{Keys: []op.SortKey{{Column: op.Name{Text: "n"}}}}, back)))
	g.addEdges("dropped", &op.Write{Sink: sink{"-"}}, job.Edge{From: g.add("filter@30", filter("delay"), known), Port: job.PortDropped})
	return g
}

func TestGolden(t *testing.T) {
	t.Parallel()
	p := late().plan(t)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"explain.txt": func(b *bytes.Buffer) error { return p.Explain(b) },
		"graph.dot":   func(b *bytes.Buffer) error { return p.DOT(b) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		golden(t, name, got.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs; look at it, then run the test with -update\n%s", path, d)
	}
}
