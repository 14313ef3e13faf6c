package nested

import (
	"context"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type unflattenOptions struct {
	component.Common
	Columns []op.Name `list:"columns" doc:"the nested columns to make; by default those of all names that are paths"`
}

// UnflattenSpec declares unflatten.
func UnflattenSpec() *component.Spec {
	return &component.Spec{
		Name: "unflatten", Kind: component.Transform,
		Summary: "Makes nested columns of columns that are named by paths",
		Doc: "The columns `home.city` and `home.zip` become a struct `home`, and `tags[0]` and `tags[1]` a list `tags`, each in the place of its first part. " +
			"Where all parts are NULL, so is the whole; NULLs at the end of a list are left out. It is the way back from `flatten`.",
		Order:   "kept",
		Options: &unflattenOptions{},
		Build: component.Build(func(o *unflattenOptions) (op.Operator, diag.List) {
			return &op.Map{Func: unflatten(o), OnError: op.Fail}, nil
		}),
		Example: `local etl = require "etl"

etl.read_csv { path = "people.csv", types = { ["home.zip"] = "string" } }
  :unflatten()
  :write_json { path = "out.ndjson" }

return etl.job { name = "nested" }
`,
		Files: map[string]string{"people.csv": "name,home.city,home.zip,tags[0],tags[1]\nAnn,Ulm,89073,new,vip\nBob,,,,\n"},
	}
}

func unflatten(o *unflattenOptions) expr.Func {
	return gofunc.New(gofunc.Spec{
		All: true,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) {
			u := newUnflattener(o, in)
			return u.schema(), u.problems
		},
		Start: func(use expr.Use) gofunc.Step {
			u := newUnflattener(o, use.In)
			u.out = use.Out
			return u.step
		},
	})
}

// unflattener knows which columns of an input become one.
type unflattener struct {
	in, out  *record.Schema
	roots    []*branch // in order of the output
	problems diag.List
}

// branch is a nested value that is put together, or a column of the input.
type branch struct {
	name   string // in a struct; of a root that of the column
	index  int    // in a list
	leaf   int    // the column of the input; -1: it has parts
	list   bool   // its parts are those of a list
	parts  []*branch
	column string // of the input, for messages
}

func newUnflattener(o *unflattenOptions, in *record.Schema) *unflattener {
	u := &unflattener{in: in}
	for i, f := range in.Fields() {
		p, err := parsePath(f.Name)
		wanted := err == nil && len(p) > 1 &&
			(len(o.Columns) == 0 || slices.ContainsFunc(o.Columns, func(n op.Name) bool { return n.Text == p[0].name }))
		if !wanted {
			p = path{{name: f.Name}}
		}
		u.add(p, i, f.Name)
	}
	for _, root := range u.roots {
		u.checkGaps(root)
	}
	for _, n := range o.Columns {
		made := slices.ContainsFunc(u.roots, func(b *branch) bool { return b.name == n.Text && b.leaf < 0 })
		if !made && !in.Open() {
			u.problems = append(u.problems, diag.Errorf("unflatten.parts", n.Pos, "no column is a part of %q", n.Text).
				WithHint("the columns are: %s", strings.Join(in.Names(), ", ")))
		}
	}
	return u
}

// add puts a column into the tree.
func (u *unflattener) add(p path, column int, name string) {
	level, parent := &u.roots, (*branch)(nil)
	for i, s := range p {
		if parent != nil && (parent.leaf >= 0 || len(parent.parts) > 0 && parent.list != s.place) {
			u.clash(name, parent.column)
			return
		}
		if parent != nil {
			parent.list = s.place
		}
		at := slices.IndexFunc(*level, func(b *branch) bool { return b.name == s.name && b.index == s.index })
		if at < 0 {
			*level = append(*level, &branch{name: s.name, index: s.index, leaf: -1, column: name})
			at = len(*level) - 1
		} else if i == len(p)-1 {
			u.clash(name, (*level)[at].column)
			return
		}
		parent = (*level)[at]
		level = &parent.parts
	}
	parent.leaf = column
}

// maxGap is how many places of a list may be without a column.
const maxGap = 100

// checkGaps refuses lists that would be nearly empty, and large for each row.
func (u *unflattener) checkGaps(b *branch) {
	for _, part := range b.parts {
		if b.list && part.index >= len(b.parts)+maxGap {
			u.problems = append(u.problems, diag.Errorf("unflatten.gap", diag.Pos{}, "the column %q makes a list with more than %d places that no column fills", part.column, maxGap).
				WithHint("rename it"))
		}
		u.checkGaps(part)
	}
}

func (u *unflattener) clash(a, b string) {
	u.problems = append(u.problems, diag.Errorf("unflatten.clash", diag.Pos{}, "the columns %q and %q cannot be parts of one value", b, a).
		WithHint("rename one of them first, or name the columns to make: :unflatten { \"...\" }"))
}

func (u *unflattener) schema() *record.Schema {
	fields := make([]record.Field, len(u.roots))
	for i, b := range u.roots {
		fields[i] = record.Field{Name: b.name, Type: b.typ(u.in)}
	}
	if u.in.Open() {
		return record.NewOpenSchema(fields...)
	}
	return record.NewSchema(fields...)
}

// typ is the type of what is put together; not known while that of a part is not.
func (b *branch) typ(in *record.Schema) record.Type {
	if b.leaf >= 0 {
		return in.Field(b.leaf).Type
	}
	var types []record.Type
	out := record.Type{Kind: record.Struct}
	for _, part := range b.parts {
		t := part.typ(in)
		if !t.Known() {
			return record.Type{}
		}
		types = append(types, t)
		out.Fields = append(out.Fields, record.Field{Name: part.name, Type: t})
	}
	if !b.list {
		return out
	}
	item := types[0]
	for _, t := range types {
		if !t.Equal(item) {
			item = record.Of(record.Any)
		}
	}
	return record.Type{Kind: record.ListOf, Elem: &item}
}

func (u *unflattener) step(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
	columns := make([]*record.Column, len(u.roots))
	failures := gofunc.Failures{}
	for i, root := range u.roots {
		if root.leaf >= 0 {
			columns[i] = b.Columns[root.leaf]
			continue
		}
		t := u.out.Field(i).Type
		made := record.NewVector(t.Kind, b.Len())
		for row := range b.Len() {
			v, err := root.value(b, row)
			if err != nil {
				failures.Add(row, expr.Failure{Column: root.name, Err: diag.Errorf("unflatten.value", diag.Pos{}, "%w", err)})
			}
			if v.IsNull() {
				made.SetNull(row, b.Len())
			} else {
				made.Set(t.Kind, row, b.Len(), v)
			}
		}
		columns[i] = record.NewColumn(t, b.Len(), made)
	}
	return columns, failures.InOrder(), nil
}

// value puts a value together; NULL where all parts are.
func (b *branch) value(batch *record.Batch, row int) (record.Value, error) {
	if b.leaf >= 0 {
		return batch.Columns[b.leaf].Value(row)
	}
	var items []record.Value
	var entries []record.Entry
	known := false
	for _, part := range b.parts {
		v, err := part.value(batch, row)
		if err != nil {
			return record.Value{}, err
		}
		known = known || !v.IsNull()
		if !b.list {
			entries = append(entries, record.Entry{Name: part.name, Value: v})
		} else if !v.IsNull() {
			items = slices.Grow(items, part.index+1)
			items = items[:max(len(items), part.index+1)]
			items[part.index] = v
		}
	}
	switch {
	case !known:
		return record.Value{}, nil
	case b.list:
		return record.ListValue(items), nil
	}
	return record.StructValue(entries), nil
}
