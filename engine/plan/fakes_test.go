package plan_test

import (
	"context"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// source is a source that is never opened.
type source struct {
	path   string
	schema *record.Schema
}

func (s source) Static() *record.Schema { return s.schema }
func (s source) Paths() []op.Name       { return []op.Name{{Text: s.path}} }

func (s source) Resolve(context.Context, op.Env) (op.Table, error) { panic("a plan opens nothing") }

type sink struct{ path string }

func (s sink) Target() op.Name                { return op.Name{Text: s.path} }
func (s sink) Check(*record.Schema) diag.List { return nil }

func (s sink) Open(context.Context, op.Env, *record.Schema, op.WriteOptions) (op.Writer, error) {
	panic("a plan opens nothing")
}

// fn is a function that is never run.
type fn struct {
	info expr.Info
	adds []record.Field
}

func (f fn) Info() expr.Info { return f.info }

func (f fn) Resolve(use expr.Use) (*record.Schema, diag.List) {
	if use.Role == expr.Value {
		return record.NewSchema(record.Field{Name: "value", Type: record.Of(record.Int)}), nil
	}
	return use.In.With(f.adds...), nil
}

func (f fn) Open(expr.Use) (expr.Runner, error) { panic("a plan opens nothing") }

// graph builds a definition.
type graph struct{ def job.Definition }

func newGraph() *graph {
	return &graph{job.Definition{Name: "flights", Pos: diag.Pos{File: "job.lua", Line: 99}}}
}

func (g *graph) add(name string, o op.Operator, inputs ...*job.Node) *job.Node {
	edges := make([]job.Edge, len(inputs))
	for i, n := range inputs {
		edges[i] = job.Edge{From: n, Port: job.PortOut}
	}
	return g.addEdges(name, o, edges...)
}

func (g *graph) addEdges(name string, o op.Operator, edges ...job.Edge) *job.Node {
	n := &job.Node{Name: name, Op: o, Inputs: edges, Pos: line(len(g.def.Nodes) + 1)}
	g.def.Nodes = append(g.def.Nodes, n)
	return n
}

func line(n int) diag.Pos { return diag.Pos{File: "job.lua", Line: n} }

func (g *graph) scan(name string, columns ...string) *job.Node {
	return g.add(name, &op.Scan{Source: source{name + ".csv", closed(columns...)}})
}

func (g *graph) write(name string, from *job.Node) *job.Node {
	return g.add(name, &op.Write{Sink: sink{name + ".csv"}}, from)
}

func ints(columns []string) []record.Field {
	fields := make([]record.Field, len(columns))
	for i, c := range columns {
		fields[i] = record.Field{Name: c, Type: record.Of(record.Int)}
	}
	return fields
}

func closed(columns ...string) *record.Schema { return record.NewSchema(ints(columns)...) }

func open(columns ...string) *record.Schema { return record.NewOpenSchema(ints(columns)...) }

func names(columns ...string) []op.Name {
	out := make([]op.Name, len(columns))
	for i, c := range columns {
		out[i] = op.Name{Text: c}
	}
	return out
}

func filter(reads ...string) *op.Filter {
	return &op.Filter{Func: fn{info: expr.Info{Reads: reads, Rung: "reused table", Pos: line(50)}}}
}

// stateful is a map whose function belongs to a state group.
func stateful(group string, at int) *op.Map {
	return &op.Map{Func: fn{info: expr.Info{Group: group, Rung: "fresh table", Why: "the row escapes", Pos: line(at)}}}
}

func join(left, right string) *op.Join {
	return &op.Join{Left: names(left), Right: names(right), How: op.Inner, Suffix: "_right"}
}

// resolve finds the schemas; warnings do not matter.
func (g *graph) resolve(t testing.TB) job.Schemas {
	t.Helper()
	schemas, problems := g.def.Resolve(nil)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return schemas
}

func (g *graph) plan(t testing.TB) *plan.Plan {
	t.Helper()
	p, problems := plan.Build(&g.def, g.resolve(t), nil, plan.Options{Workers: 2})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func node(t testing.TB, p *plan.Plan, name string) *plan.Node {
	t.Helper()
	for _, n := range p.Nodes {
		if n.Name() == name {
			return n
		}
	}
	t.Fatalf("no node %q", name)
	return nil
}
