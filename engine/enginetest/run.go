package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/engine/row"
)

// theNode is the name of the component's node.
const theNode = "component"

// run runs a job of the component alone: rows go in, and what comes out is kept. wanted is
// how many of them; everyRow for all.
func (c Case) run(t testing.TB, ctx context.Context, o plan.Options, wanted int64) (Outcome, error) {
	t.Helper()
	var stdout bytes.Buffer
	env := op.Env{
		Dir: c.write(t), Stdin: strings.NewReader(c.Stdin), Stdout: &stdout, Log: hclog.NewNullLogger(), Temp: func() (string, error) { return t.TempDir(), nil },
	}
	def, kept := c.job(t, wanted)
	p, done := prepare(t, def, env, o)
	defer done()
	rejects := &rejects{}
	book := p.NewLedger()
	outputs, err := (&row.Executor{}).Execute(ctx, p, plan.Attempt{
		Env: env, Ledger: book, Rejects: rejects, Number: 1, Fixed: expr.Fixed{Seed: 1},
	})
	for _, w := range outputs {
		if err := w.Writer.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	out := Outcome{Rows: kept.rows, Rejects: rejects.all(), Files: c.made(t, env.Dir), Counts: counts(book)}
	if stdout.Len() > 0 {
		out.Files["-"] = stdout.String()
	}
	if err == nil {
		for _, v := range book.Check() {
			t.Errorf("%s with %+v: %v", c.Spec.Name, o, v)
		}
	}
	return out, err
}

// job is the definition of a run, and what keeps the rows that come out.
func (c Case) job(t testing.TB, wanted int64) (*job.Definition, *keep) {
	t.Helper()
	def := &job.Definition{Name: "exercise"}
	add := func(name string, spec *component.Spec, o op.Operator, inputs ...job.Edge) *job.Node {
		n := &job.Node{Name: name, Spec: spec, Op: o, Inputs: inputs}
		def.Nodes = append(def.Nodes, n)
		return n
	}
	var inputs []job.Edge
	for i, rows := range c.inputs() {
		in := add(fmt.Sprintf("input %d", i+1), nil, &op.Scan{Source: rows.source(t, fmt.Sprintf("input %d", i+1)), OnError: op.Fail})
		inputs = append(inputs, job.Edge{From: in, Port: job.PortOut})
	}
	kept := &keep{}
	last := add(theNode, c.Spec, c.build(t), inputs...)
	if c.Spec.Kind == component.Sink {
		return def, kept
	}
	for _, port := range ports(last.Op) {
		from := job.Edge{From: last, Port: port}
		if wanted != everyRow {
			from = job.Edge{From: add("limit"+port, nil, &op.Limit{N: wanted}, from), Port: job.PortOut}
		}
		add("kept"+port, nil, &op.Write{Sink: kept, OnError: op.Fail}, from)
	}
	return def, kept
}

// ports are the outputs of an operator: the main one, or its own.
func ports(o op.Operator) []string {
	s, ok := o.(*op.Split)
	if !ok {
		return []string{job.PortOut}
	}
	var out []string
	for _, p := range s.Ports {
		out = append(out, job.SplitPort(p.Text))
	}
	return out
}

func (c Case) inputs() []Rows {
	switch {
	case c.Inputs != nil || c.Spec.Kind == component.Source:
		return c.Inputs
	case c.Spec.Streams == component.OneStream || c.Spec.Streams == component.Streams:
		return []Rows{FewRows(), FewRows()}
	}
	return []Rows{FewRows()}
}

// prepare plans a job. done closes its sources.
func prepare(t testing.TB, def *job.Definition, env op.Env, o plan.Options) (p *plan.Plan, done func()) {
	t.Helper()
	tables, schemas := map[*job.Node]op.Table{}, map[*job.Node]*record.Schema{}
	if _, problems := def.Check(); problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	for _, n := range def.Nodes {
		if s, ok := n.Op.(*op.Scan); ok {
			table, err := s.Source.Resolve(t.Context(), env)
			if err != nil {
				t.Fatal(err)
			}
			tables[n], schemas[n] = table, table.Schema()
		}
	}
	resolved, problems := def.Resolve(schemas)
	if problems.Err() == nil {
		p, problems = plan.Build(def, resolved, tables, o)
	}
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p, func() {
		for _, table := range tables {
			if err := table.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func counts(l *ledger.Ledger) map[string]int64 {
	for _, n := range l.Nodes {
		if n.Name == theNode {
			return n.Counts()
		}
	}
	return nil
}

// rejects keeps refused rows. Several goroutines use it.
type rejects struct {
	mu   sync.Mutex
	rows []string
}

// Reject implements plan.Rejects.
func (r *rejects) Reject(_ string, x op.Rejected) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, fmt.Sprintf("%s: %s", x.Code, x.Message))
	return nil
}

func (r *rejects) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.rows)
}
