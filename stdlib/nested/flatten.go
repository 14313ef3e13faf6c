package nested

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type flattenOptions struct {
	component.Common
	Columns []op.Name  `list:"columns" doc:"the columns to take apart; by default all structs, and those that have parts"`
	Parts   []op.Name  `opt:"parts" doc:"paths of the columns to make of lists, maps and JSON, as in items[0].price"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row whose value has a part that is not among the parts, or has none; null leaves that out"`
}

// FlattenSpec declares flatten.
func FlattenSpec() *component.Spec {
	return &component.Spec{
		Name: "flatten", Kind: component.Transform,
		Summary: "Makes a column of each part of nested columns",
		Doc: "A column `customer` with the parts `name` and `address.city` becomes the columns `customer.name` and `customer.address.city`, in its place; " +
			"item 0 of the list `tags` becomes `tags[0]`. Points, brackets and backslashes in a name get a backslash before them. " +
			"The parts of a struct are known by its type. Those of lists, maps and JSON are named by `parts`; a value with another one is an error, so " +
			"that nothing is lost unseen. A list or map inside of a struct of which no part is named stays one column. `unflatten` is the way back.",
		Order:   "kept",
		Options: &flattenOptions{OnError: op.Fail},
		Build: component.Build(func(o *flattenOptions) (op.Operator, diag.List) {
			paths, problems := partPaths(o.Parts)
			return &op.Map{Func: flatten(o, paths), OnError: o.OnError}, problems
		}),
		Example: `local etl = require "etl"

etl.read_json { path = "people.ndjson", types = { home = "struct{city: string, zip: string}" } }
  :flatten { parts = { "tags[0]", "tags[1]" } }
  :write_csv { path = "out.csv" }

return etl.job { name = "flat" }
`,
		Files: map[string]string{"people.ndjson": `{"name":"Ann","home":{"city":"Ulm","zip":"89073"},"tags":["new","vip"]}
{"name":"Bob","home":null,"tags":[]}
`},
	}
}

func partPaths(names []op.Name) ([]path, diag.List) {
	var problems diag.List
	var out []path
	for _, n := range names {
		p, err := parsePath(n.Text)
		if err == nil && len(p) == 1 {
			err = fmt.Errorf("it names a column, and no part of one")
		}
		if err != nil {
			problems = append(problems, diag.Errorf("path.syntax", n.Pos, "%q is no path of a part: %w", n.Text, err))
			continue
		}
		out = append(out, p)
	}
	return out, problems
}

func flatten(o *flattenOptions, parts []path) expr.Func {
	reads := op.Names(o.Columns)
	for _, p := range parts {
		reads = append(reads, p[0].name)
	}
	return gofunc.New(gofunc.Spec{
		Reads: reads,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) {
			f := newFlattener(o, parts, in)
			return f.schema(), f.problems
		},
		Start: func(use expr.Use) gofunc.Step { return newFlattener(o, parts, use.In).step },
	})
}

// flattener knows what becomes of each column of an input.
type flattener struct {
	options  *flattenOptions
	in       *record.Schema
	made     [][]leaf // by column of the input; nil: it stays
	problems diag.List
}

// leaf is a column that is made of a part.
type leaf struct {
	path path // from the column on
	typ  record.Type
}

func newFlattener(o *flattenOptions, parts []path, in *record.Schema) *flattener {
	f := &flattener{options: o, in: in, made: make([][]leaf, in.Len())}
	for _, n := range o.Columns {
		if !in.Has(n.Text) && !in.Open() {
			f.problems = append(f.problems, op.UnknownColumn(in, n))
		}
	}
	for i, p := range parts {
		if !in.Has(p[0].name) && !in.Open() {
			f.problems = append(f.problems, op.UnknownColumn(in, op.Name{Text: p[0].name, Pos: o.Parts[i].Pos}))
		}
	}
	for i, field := range in.Fields() {
		f.made[i] = f.leaves(field, parts)
	}
	f.checkParts(parts)
	f.checkNames()
	return f
}

// checkParts reports parts of which no column is made: those of structs have their
// columns already, or do not exist.
func (f *flattener) checkParts(parts []path) {
	for i, p := range parts {
		at := f.in.Index(p[0].name)
		used := func(l leaf) bool { return slices.Equal(l.path, p) }
		if at < 0 || slices.ContainsFunc(f.made[at], used) {
			continue
		}
		pos := f.options.Parts[i].Pos
		if _, err := typeAt(f.in.Field(at).Type, p[1:]); err != nil {
			f.problems = append(f.problems, diag.Errorf("path.type", pos, "%s: %w", p, err))
		} else if f.in.Field(at).Type.Known() {
			f.problems = append(f.problems, diag.Errorf("flatten.part", pos, "no column is made of the part %q", p.String()).
				WithHint("name parts of lists, maps and JSON, of columns that are flattened"))
		}
	}
}

// leaves are what a column of the input becomes.
func (f *flattener) leaves(field record.Field, parts []path) []leaf {
	at := slices.IndexFunc(f.options.Columns, func(n op.Name) bool { return n.Text == field.Name })
	if at < 0 && len(f.options.Columns) > 0 {
		return nil
	}
	own := path{{name: field.Name}}
	var out []leaf
	if field.Type.Kind == record.Struct {
		out = f.structLeaves(own, field.Type, parts)
	} else if out = f.named(own, field.Type, parts); len(out) == 0 && at >= 0 && field.Type.Known() {
		f.noParts(f.options.Columns[at], field.Type)
	}
	return out
}

func (f *flattener) noParts(n op.Name, t record.Type) {
	d := diag.Errorf("flatten.type", n.Pos, "the type %s of the column %q does not tell which parts there are", t, n.Text)
	switch t.Kind {
	case record.ListOf, record.MapOf, record.JSON, record.Any:
		part := n.Text + ".name"
		if t.Kind == record.ListOf {
			part = n.Text + "[0]"
		}
		d = d.WithHint("name them: parts = { %q }; or make rows of the items with :explode(%q)", part, n.Text)
	default:
		d = d.WithHint("leave it out: it has none")
	}
	f.problems = append(f.problems, d)
}

// structLeaves are the parts of a struct, deep.
func (f *flattener) structLeaves(at path, t record.Type, parts []path) []leaf {
	var out []leaf
	for _, field := range t.Fields {
		p := append(slices.Clone(at), step{name: field.Name})
		if field.Type.Kind == record.Struct {
			out = append(out, f.structLeaves(p, field.Type, parts)...)
		} else if named := f.named(p, field.Type, parts); len(named) > 0 {
			out = append(out, named...)
		} else {
			out = append(out, leaf{p, field.Type})
		}
	}
	return out
}

// named are the parts of a list, map or JSON that the script names.
func (f *flattener) named(at path, t record.Type, parts []path) []leaf {
	var out []leaf
	for _, p := range parts {
		if len(p) <= len(at) || !slices.Equal(p[:len(at)], at) {
			continue
		}
		if typ, err := typeAt(t, p[len(at):]); err == nil {
			out = append(out, leaf{p, typ})
		}
	}
	return out
}

// checkNames reports parts whose column is there already.
func (f *flattener) checkNames() {
	seen := map[string]bool{}
	for _, name := range f.schema().Names() {
		if seen[name] {
			f.problems = append(f.problems, diag.Errorf("column.duplicate", diag.Pos{}, "two columns would be called %q", name).
				WithHint("rename the column first, or name each part once"))
		}
		seen[name] = true
	}
}

func (f *flattener) schema() *record.Schema {
	var fields []record.Field
	for i, field := range f.in.Fields() {
		if len(f.made[i]) == 0 {
			fields = append(fields, field)
		}
		for _, l := range f.made[i] {
			fields = append(fields, record.Field{Name: l.path.String(), Type: l.typ})
		}
	}
	if f.in.Open() {
		return record.NewOpenSchema(fields...)
	}
	return record.NewSchema(fields...)
}

func (f *flattener) step(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
	var columns []*record.Column
	failures := gofunc.Failures{}
	for i, from := range b.Columns {
		if len(f.made[i]) == 0 {
			columns = append(columns, from)
			continue
		}
		columns = append(columns, f.columns(f.in.Field(i).Name, f.made[i], from, failures)...)
	}
	return columns, failures.InOrder(), nil
}

// columns are those that are made of one.
func (f *flattener) columns(name string, leaves []leaf, from *record.Column, failures gofunc.Failures) []*record.Column {
	n := from.Len()
	made := make([]*record.Vector, len(leaves))
	for i, l := range leaves {
		made[i] = record.NewVector(l.typ.Kind, n)
	}
	for row := range n {
		v, err := from.Value(row)
		if err == nil {
			err = covered(v, path{{name: name}}, leaves)
		}
		for i, l := range leaves {
			x, wrong := valueAt(v, l.path[1:])
			if err == nil && wrong != nil {
				err = fmt.Errorf("%s: %w", l.path, wrong)
			}
			if x.IsNull() {
				made[i].SetNull(row, n)
			} else {
				made[i].Set(l.typ.Kind, row, n, x)
			}
		}
		if err != nil && f.options.OnError != op.ToNull {
			failures.Add(row, expr.Failure{
				Column: name, Value: string(from.AppendText(nil, row)), Err: diag.Errorf("flatten.value", diag.Pos{}, "%w", err),
			})
		}
	}
	out := make([]*record.Column, len(leaves))
	for i, l := range leaves {
		out[i] = record.NewColumn(l.typ, n, made[i])
	}
	return out
}

// covered reports a part of a value that no column takes.
func covered(v record.Value, at path, leaves []leaf) error {
	if v.IsNull() || slices.ContainsFunc(leaves, func(l leaf) bool { return slices.Equal(l.path, at) }) {
		return nil
	}
	if !slices.ContainsFunc(leaves, func(l leaf) bool { return len(l.path) > len(at) && slices.Equal(l.path[:len(at)], at) }) {
		return fmt.Errorf("it has the part %s, of which no column is made", at)
	}
	list := v.Kind() == record.ListOf || v.Kind() == record.JSON && strings.HasPrefix(v.Str(), "[")
	opened, err := open(v, list)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	for i, item := range opened.Items() {
		if err := covered(item, append(slices.Clone(at), step{index: i, place: true}), leaves); err != nil {
			return err
		}
	}
	for _, e := range opened.Entries() {
		if err := covered(e.Value, append(slices.Clone(at), step{name: e.Name}), leaves); err != nil {
			return err
		}
	}
	return nil
}
