package job_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

type source struct {
	op.Source
	static *record.Schema
	paths  []op.Name
}

func (s source) Static() *record.Schema { return s.static }
func (s source) Paths() []op.Name       { return s.paths }

type sink struct {
	op.Sink
	target op.Name
}

func (s sink) Target() op.Name                { return s.target }
func (s sink) Check(*record.Schema) diag.List { return nil }

type function struct{ expr.Func }

func (function) Resolve(use expr.Use) (*record.Schema, diag.List) { return use.In, nil }

// graph makes the nodes of a job, each on a line of its own.
type graph struct {
	def  job.Definition
	line int
}

func newGraph() *graph {
	return &graph{line: 1, def: job.Definition{Name: "j", Dir: "/jobs", Pos: diag.Pos{File: "job.lua", Line: 1}}}
}

func (g *graph) pos() diag.Pos { return diag.Pos{File: "job.lua", Line: g.line} }

func (g *graph) add(name string, o op.Operator, inputs ...job.Edge) *job.Node {
	g.line++
	n := &job.Node{Name: name, Op: o, Inputs: inputs, Pos: g.pos()}
	g.def.Nodes = append(g.def.Nodes, n)
	return n
}

func (g *graph) name(text string) op.Name {
	return op.Name{Text: text, Pos: diag.Pos{File: "job.lua", Line: g.line + 1, Col: 9}}
}

func (g *graph) read(paths ...string) *job.Node {
	s := source{static: record.NewSchema(record.Field{Name: "a", Type: record.Of(record.Int)})}
	for _, p := range paths {
		s.paths = append(s.paths, g.name(p))
	}
	return g.add("read"+strings.Join(paths, ","), &op.Scan{Source: s})
}

func (g *graph) write(path string, from *job.Node) *job.Node {
	return g.add("write "+path, &op.Write{Sink: sink{target: g.name(path)}}, out(from))
}

func out(n *job.Node) job.Edge { return job.Edge{From: n, Port: job.PortOut} }

// said is how the problems of a check are printed.
func said(t testing.TB, problems diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Print(&b, problems, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCheckGraph(t *testing.T) {
	t.Parallel()
	keep := func(column string) op.Operator { return &op.Project{Columns: []op.Name{{Text: column}}} }
	tests := []struct {
		name  string
		build func(g *graph)
		want  string
	}{
		{"nothing wrong", func(g *graph) { g.write("o", g.read("i")) }, ""},
		{"no nodes", func(*graph) {}, `
job.lua:1: error[job.no_sink]: job "j" writes nothing
  hint: end a stream with a sink such as :write_csv { path = "out.csv" }
`},
		{"no sink, and a column that is not there", func(g *graph) { g.add("select", keep("b"), out(g.read("i"))) }, `
job.lua:3: error[column.unknown]: select: there is no column "b" here
  hint: did you mean "a"?

job.lua:1: error[job.no_sink]: job "j" writes nothing
  hint: end a stream with a sink such as :write_csv { path = "out.csv" }
`},
		{"unused streams", func(g *graph) {
			in := g.read("i")
			g.write("o", in)
			g.add("last", keep("a"), out(g.add("middle", keep("a"), out(in))))
		}, `
job.lua:5: warning[stream.unused]: the stream of last reaches no sink and does not run
  hint: write it, or remove it
`},
		{"all problems at once", func(g *graph) {
			in := g.read("i")
			g.write("o", g.add("x", keep("b"), out(in)))
			g.add("x", &op.Write{Sink: sink{target: g.name("o")}}, out(in))
			g.read("o")
		}, `
job.lua:3: error[column.unknown]: x: there is no column "b" here
  hint: did you mean "a"?

job.lua:5: error[node.duplicate]: two nodes are called "x"
  note: job.lua:3: the first one
  hint: names are unique in a job; choose another name = "..."

job.lua:6: warning[stream.unused]: the stream of reado reaches no sink and does not run
  hint: write it, or remove it

job.lua:5:9: error[path.twice]: x: "o" is written twice in this job
  note: job.lua:4:9: the first time
  hint: give each sink a path of its own, or unite the streams with a:union(b)

job.lua:6:9: error[path.self_read]: reado: "o" reads "o", which this job writes
  note: job.lua:4:9: written here
  hint: write to another path: outputs appear only when the run has succeeded
`},
		{"a node takes from itself", func(g *graph) {
			n := g.add("x", keep("a"))
			n.Inputs = []job.Edge{out(n)}
			g.write("o", n)
		}, `
job.lua:2: error[node.cycle]: x takes rows from x, which is itself, comes after it or is not in the job
  hint: the graph must have no cycle; a definition lists each node behind its inputs
`},
		{"a cycle of two", func(g *graph) {
			a := g.add("a", keep("a"))
			b := g.add("b", keep("a"), out(a))
			a.Inputs = []job.Edge{out(b)}
			g.write("o", b)
		}, `
job.lua:2: error[node.cycle]: a takes rows from b, which is itself, comes after it or is not in the job
  hint: the graph must have no cycle; a definition lists each node behind its inputs
`},
		{"numbers of inputs", func(g *graph) {
			in := g.read("i")
			g.add("join", &op.Join{}, out(in))
			g.add("union", &op.Union{})
			g.add("limit", &op.Limit{}, out(in), out(in))
			g.add("scan", &op.Scan{Source: source{}}, out(in))
			g.write("o", in)
		}, `
job.lua:3: error[node.inputs]: join has 1 inputs, but wants 2

job.lua:4: error[node.inputs]: union has 0 inputs, but wants at least 1

job.lua:5: error[node.inputs]: limit has 2 inputs, but wants 1

job.lua:6: error[node.inputs]: scan has 1 inputs, but wants 0

job.lua:3: warning[stream.unused]: the stream of join reaches no sink and does not run
  hint: write it, or remove it

job.lua:4: warning[stream.unused]: the stream of union reaches no sink and does not run
  hint: write it, or remove it

job.lua:5: warning[stream.unused]: the stream of limit reaches no sink and does not run
  hint: write it, or remove it

job.lua:6: warning[stream.unused]: the stream of scan reaches no sink and does not run
  hint: write it, or remove it
`},
		{"ports", func(g *graph) {
			in := g.read("i")
			f := g.add("f", &op.Filter{Func: function{}}, out(in))
			g.write("o", f)
			g.write("d", g.add("d", keep("a"), job.Edge{From: f, Port: job.PortDropped}))
			g.write("r", g.add("r", keep("_code"), job.Edge{From: f, Port: job.PortRejects}))
		}, ""},
		{"ports that are not there", func(g *graph) {
			in := g.read("i")
			w := g.write("o", in)
			g.write("p", w)
			g.add("x", &op.Write{Sink: sink{target: g.name("q")}}, job.Edge{From: in, Port: job.PortDropped})
			g.add("y", &op.Write{Sink: sink{target: g.name("r")}}, job.Edge{From: in, Port: "big"})
		}, `
job.lua:4: error[node.port]: write o has no output "out"

job.lua:5: error[node.port]: readi has no output "dropped"

job.lua:6: error[node.port]: readi has no output "big"
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := newGraph()
			test.build(g)
			_, problems := g.def.Check()
			got := said(t, problems)
			if got != "" {
				got = "\n" + got
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestCheckPaths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		read  []string
		write string
		want  bool // that the job reads what it writes
	}{
		{"another file", []string{"a.csv"}, "b.csv", false},
		{"the same", []string{"a.csv"}, "a.csv", true},
		{"the same by another way", []string{"./x/../a.csv"}, "a.csv", true},
		{"an absolute path", []string{"/jobs/a.csv"}, "a.csv", true},
		{"a folder above", []string{"../jobs/a.csv"}, "a.csv", true},
		{"the second of a list", []string{"b.csv", "a.csv"}, "a.csv", true},
		{"glob", []string{"*.csv"}, "a.csv", true},
		{"glob of another ending", []string{"*.csv"}, "a.json", false},
		{"glob in another folder", []string{"in/*.csv"}, "out/a.csv", false},
		{"glob by folders", []string{"*/a.csv"}, "out/a.csv", true},
		{"a star is no folder", []string{"*.csv"}, "out/a.csv", false},
		{"question mark and class", []string{"out/?[0-9].csv"}, "out/a7.csv", true},
		{"absolute glob", []string{"/jobs/out/*"}, "out/a.csv", true},
		{"glob above", []string{"../*/a.csv"}, "a.csv", true},
		{"any folders", []string{"out/**/*.csv"}, "out/a/b/c.csv", true},
		{"any folders, none", []string{"out/**/*.csv"}, "out/c.csv", true},
		{"any folders at the end", []string{"out/**"}, "out/a/b.csv", true},
		{"any folders first", []string{"**/b.csv"}, "out/a/b.csv", true},
		{"any folders, another file", []string{"out/**/*.csv"}, "out/a/b.json", false},
		{"any folders elsewhere", []string{"in/**"}, "out/a.csv", false},
		{"two times any folders", []string{"**/x/**/b.csv"}, "a/x/c/d/b.csv", true},
		{"hidden names", []string{"*.csv"}, ".a.csv", false},
		{"hidden folders", []string{"**/a.csv"}, ".out/a.csv", false},
		{"hidden, spelt out", []string{".*/a.csv"}, ".out/a.csv", true},
		{"a bad glob is the reader's problem", []string{"[.csv"}, "a.csv", false},
		{"a file named as a glob", []string{"a[1].csv"}, "a[1].csv", true},
		{"standard input and output", []string{"-"}, "-", false},
		{"no path at all", nil, "a.csv", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := readsItself(t, "/jobs", test.read, test.write); got != test.want {
				t.Errorf("self read is %v, want %v", got, test.want)
			}
		})
	}
}

// readsItself reports whether the check says that a job in a folder does.
func readsItself(t testing.TB, dir string, read []string, write string) bool {
	t.Helper()
	g := newGraph()
	g.def.Dir = dir
	g.write(write, g.read(read...))
	_, problems := g.def.Check()
	if len(problems) > 0 && problems[0].Code != "path.self_read" {
		t.Error(said(t, problems))
	}
	return len(problems) > 0
}

func TestFolderLikeAGlob(t *testing.T) {
	t.Parallel()
	const dir = `/jobs/.a[b]*?\c`
	for write, want := range map[string]bool{"x/a.csv": true, "a.json": false, "/jobs/.abc/a.csv": false} {
		if got := readsItself(t, dir, []string{"*/*.csv"}, write); got != want {
			t.Errorf("%s: self read is %v, want %v", write, got, want)
		}
	}
}

func TestCheckStdio(t *testing.T) {
	t.Parallel()
	g := newGraph()
	a, b := g.read("-"), g.read("x", "-")
	g.write("-", a)
	g.add("again", &op.Write{Sink: sink{target: g.name("-")}}, out(b))
	_, problems := g.def.Check()
	want := `
job.lua:5:9: error[path.twice]: again: "-" is written twice in this job
  note: job.lua:4:9: the first time
  hint: give each sink a path of its own, or unite the streams with a:union(b)

job.lua:3:9: error[path.stdin]: readx,-: standard input is read twice in this job
  note: job.lua:2:9: the first time
  hint: use the first stream in both places: a stream may have many consumers
`
	if d := cmp.Diff(want, "\n"+said(t, problems)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestSelfReadsComeInOrderOfTheSinks(t *testing.T) {
	t.Parallel()
	g := newGraph()
	in := g.read("*.csv")
	for _, p := range []string{"c.csv", "a.csv", "d.csv", "b.csv"} {
		g.write(p, in)
	}
	_, problems := g.def.Check()
	var got []string
	for _, p := range problems {
		got = append(got, p.Message)
	}
	want := []string{
		`"*.csv" reads "c.csv", which this job writes`, `"*.csv" reads "a.csv", which this job writes`,
		`"*.csv" reads "d.csv", which this job writes`, `"*.csv" reads "b.csv", which this job writes`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestResolveTakesOpenedSources(t *testing.T) {
	t.Parallel()
	g := newGraph()
	in := g.add("in", &op.Scan{Source: source{static: record.NewOpenSchema()}})
	f := g.add("f", &op.Filter{Func: function{}}, out(in))
	kept := g.add("kept", &op.Project{Columns: []op.Name{{Text: "a"}}}, out(f))
	rejects := g.add("rejects", &op.Limit{}, job.Edge{From: kept, Port: job.PortRejects})
	g.write("o", kept)
	schemas, problems := g.def.Check()
	opened := record.NewSchema(record.Field{Name: "b", Type: record.Of(record.Date)}, record.Field{Name: "a", Type: record.Of(record.Int)})
	resolved, more := g.def.Resolve(map[*job.Node]*record.Schema{in: opened})
	if len(problems.Errors())+len(more) > 0 {
		t.Fatal(said(t, append(problems, more...)))
	}
	got := map[string]string{
		"before": schemas[kept].String(), "then": resolved[kept].String(), "in": resolved[in].String(), "rejects": resolved[rejects].String(),
	}
	want := map[string]string{
		"before": "a unknown", "then": "a int", "in": "b date, a int",
		"rejects": "b date, a int, _component string, _code string, _message string, _file string, _row int, _line int, _column string, _value string, _raw string",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestConsumersAndReachingSinks(t *testing.T) {
	t.Parallel()
	g := newGraph()
	in := g.read("i")
	f := g.add("f", &op.Filter{Func: function{}}, out(in))
	lost := g.add("lost", &op.Limit{}, out(f))
	dropped := job.Edge{From: f, Port: job.PortDropped}
	w := g.add("w", &op.Write{Sink: sink{target: g.name("o")}}, dropped)
	useful := g.def.ReachingSinks()
	if !useful[in] || !useful[f] || !useful[w] || useful[lost] {
		t.Errorf("reaching sinks: %v", useful)
	}
	got := g.def.Consumers()[f]
	want := []job.Consumer{{Node: lost, Port: job.PortOut}, {Node: w, Port: job.PortDropped}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
