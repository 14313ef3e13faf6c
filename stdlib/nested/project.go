package nested

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type projectOptions struct {
	component.Common
	Columns mapping    `arg:"columns" required:"true" doc:"new column = the path of its value"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row with a value on a path that has no parts; null makes NULL of the part"`
}

// ProjectSpec declares project.
func ProjectSpec() *component.Spec {
	return &component.Spec{
		Name: "project", Kind: component.Transform,
		Summary: "Makes each column of a column, or of a part of one",
		Doc: "A path is the name of a column, and behind it names after points and places in brackets, from 0: `customer.address.city`, " +
			"`items[0].price`. Points, brackets and backslashes in a name have a backslash before them. What is missing on the way is NULL. A part of JSON is the text, number or boolean that it means, of the type `any`; objects and arrays stay JSON.",
		Order:   "kept",
		Options: &projectOptions{OnError: op.Fail},
		Build: component.Build(func(o *projectOptions) (op.Operator, diag.List) {
			return &op.Map{Func: project(o), OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

etl.read_json { path = "orders.ndjson" }
  :project({ order = "id", city = "customer.city", first = "items[0].name" })
  :write_csv { path = "out.csv" }

return etl.job { name = "flat" }
`,
		Files: map[string]string{"orders.ndjson": `{"id":1,"customer":{"name":"Ann","city":"Ulm"},"items":[{"name":"tea"},{"name":"jam"}]}
{"id":2,"customer":{"name":"Bob","city":null},"items":[]}
`},
	}
}

// mapping is new columns with the paths of their values.
type mapping []mapped

type mapped struct {
	name op.Name
	path path
	pos  diag.Pos // of the path
}

// DecodeOption implements component.OptionDecoder.
func (m *mapping) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return diag.Errorf("argument.type", v.Pos, "project wants a table of new columns and paths, not %s", v.Describe()).
			WithHint(`write :project({ city = "customer.city" })`)
	}
	var problems diag.List
	*m = nil
	for _, e := range t.Entries {
		text, ok := e.Value.X.(string)
		if !ok {
			problems = append(problems, diag.Errorf("option.type", e.Value.Pos, "the path of %q is a string, not %s", e.Key.Text, e.Value.Describe()))
			continue
		}
		p, err := parsePath(text)
		if err != nil {
			problems = append(problems, diag.Errorf("path.syntax", e.Value.Pos, "%q is no path: %w", text, err).
				WithHint(`write column, column.name or column[0]; a point in a name is written "\\."`))
			continue
		}
		*m = append(*m, mapped{name: e.Key, path: p, pos: e.Value.Pos})
	}
	return problems.Err()
}

// Want implements component.OptionDecoder.
func (*mapping) Want() string { return `a table of new = "column.part"` }

func project(o *projectOptions) expr.Func {
	var reads []string
	for _, m := range o.Columns {
		if !slices.Contains(reads, m.path[0].name) {
			reads = append(reads, m.path[0].name)
		}
	}
	return gofunc.New(gofunc.Spec{
		Reads:  reads,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) { return projectedSchema(o, in) },
		Start: func(use expr.Use) gofunc.Step {
			p := &projector{options: o, in: use.In, out: use.Out}
			return p.step
		},
	})
}

func projectedSchema(o *projectOptions, in *record.Schema) (*record.Schema, diag.List) {
	var problems diag.List
	fields := make([]record.Field, len(o.Columns))
	for i, m := range o.Columns {
		fields[i].Name = m.name.Text
		place := in.Index(m.path[0].name)
		if place < 0 {
			if !in.Open() {
				problems = append(problems, op.UnknownColumn(in, op.Name{Text: m.path[0].name, Pos: m.pos}))
			}
			continue
		}
		t, err := typeAt(in.Field(place).Type, m.path[1:])
		if err != nil {
			problems = append(problems, diag.Errorf("path.type", m.pos, "%s: %w", m.path, err))
		}
		fields[i].Type = t
	}
	return record.NewSchema(fields...), problems
}

// projector makes columns of parts.
type projector struct {
	options *projectOptions
	in, out *record.Schema
}

func (p *projector) step(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
	columns := make([]*record.Column, len(p.options.Columns))
	failures := gofunc.Failures{}
	for i, m := range p.options.Columns {
		from := b.Columns[p.in.Index(m.path[0].name)]
		if columns[i] = from; len(m.path) > 1 {
			columns[i] = p.column(m, from, p.out.Field(i).Type, failures)
		}
	}
	return columns, failures.InOrder(), nil
}

// column is the parts of a column.
func (p *projector) column(m mapped, from *record.Column, t record.Type, failures gofunc.Failures) *record.Column {
	made := record.NewVector(t.Kind, from.Len())
	for row := range from.Len() {
		v, err := from.Value(row)
		if err == nil {
			v, err = valueAt(v, m.path[1:])
		}
		if err != nil && p.options.OnError != op.ToNull {
			failures.Add(row, expr.Failure{
				Column: m.path[0].name, Value: string(from.AppendText(nil, row)),
				Err: diag.Errorf("path.value", m.pos, "%s: %w", m.path, err),
			})
		}
		if err != nil || v.IsNull() {
			made.SetNull(row, from.Len())
		} else {
			made.Set(t.Kind, row, from.Len(), v)
		}
	}
	return record.NewColumn(t, from.Len(), made)
}
