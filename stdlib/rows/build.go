package rows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/literal"
)

// builder turns the script's rows into a table and collects every problem.
type builder struct {
	columns  []string
	listed   bool // the option columns was given
	pinned   []op.Field
	cells    [][]component.Value // by column, then row; shorter where NULLs follow
	problems diag.List
}

func (b *builder) report(d *diag.Diagnostic) { b.problems = append(b.problems, d) }

func (b *builder) build(o *options) (*table, diag.List) {
	list, ok := o.Rows.X.(*component.Table)
	if !ok {
		b.report(diag.Errorf("argument.type", o.Rows.Pos, "rows wants a list of rows, not %s", o.Rows.Describe()).
			WithHint("etl.rows({ { a = 1 }, { a = 2 } })"))
		return nil, b.problems
	}
	b.refuseEntries(list)
	b.refuseTwice(o.Columns)
	b.cells = make([][]component.Value, len(b.columns))
	for i, row := range list.List {
		b.row(i, row)
	}
	if len(b.columns) == 0 && len(b.problems) == 0 {
		b.report(diag.Errorf("rows.empty", o.Rows.Pos, "rows has neither rows nor columns").
			WithHint(`name the columns: etl.rows({}, { columns = { "a", "b" } })`))
	}
	schema := b.schema()
	t := &table{schema: schema, n: len(list.List), origin: &record.Source{Name: sourceName(o)}}
	for i, f := range schema.Fields() {
		t.columns = append(t.columns, b.convert(f, b.cells[i]))
	}
	return t, b.problems
}

func sourceName(o *options) string {
	switch {
	case o.Name != "":
		return o.Name
	case o.Rows.Pos.Line > 0:
		return fmt.Sprintf("rows@%d", o.Rows.Pos.Line)
	}
	return "rows"
}

func (b *builder) refuseEntries(t *component.Table) {
	if len(t.Entries) == 0 {
		return
	}
	key := t.Entries[0].Key
	b.report(diag.Errorf("rows.entry", key.Pos, "%q stands among the rows", key.Text).
		WithHint("each row is a table of its own, and options come second: etl.rows({ { a = 1 } }, { types = { a = \"int\" } })"))
}

func (b *builder) refuseTwice(columns []op.Name) {
	for i, c := range columns {
		if slices.Index(b.columns, c.Text) < i {
			b.report(diag.Errorf("column.twice", c.Pos, "the column %q is named twice", c.Text))
		}
	}
}

func (b *builder) row(i int, row component.Value) {
	t, ok := row.X.(*component.Table)
	switch {
	case !ok:
		b.report(diag.Errorf("rows.row", row.Pos, "row %d is %s, not a table", i+1, row.Describe()).
			WithHint("write it as { column = value }"))
	case len(t.List) > 0 && len(t.Entries) > 0:
		b.report(diag.Errorf("rows.row", row.Pos, "row %d has values with and without a column's name", i+1).
			WithHint("name all of them, or none"))
	case len(t.List) > 0:
		b.list(i, t)
	default:
		b.entries(i, t)
	}
}

func (b *builder) list(i int, t *component.Table) {
	if !b.listed {
		b.report(diag.Errorf("rows.columns", t.Pos, "row %d is a list, but the columns have no names", i+1).
			WithHint(`name them: etl.rows({ { 1, "x" } }, { columns = { "a", "b" } })`))
		return
	}
	if len(t.List) > len(b.columns) {
		extra := t.List[len(b.columns)]
		b.report(diag.Errorf("rows.row", extra.Pos, "row %d has %d values for %d columns", i+1, len(t.List), len(b.columns)).
			WithHint("the columns are: %s", strings.Join(b.columns, ", ")))
		return
	}
	for c, v := range t.List {
		b.set(c, i, v)
	}
}

func (b *builder) entries(i int, t *component.Table) {
	for _, e := range t.Entries {
		c := slices.Index(b.columns, e.Key.Text)
		if c < 0 && b.listed {
			b.report(b.unknown(e.Key))
			continue
		}
		if c < 0 {
			c = len(b.columns)
			b.columns, b.cells = append(b.columns, e.Key.Text), append(b.cells, nil)
		}
		b.set(c, i, e.Value)
	}
}

func (b *builder) unknown(n op.Name) *diag.Diagnostic {
	return diag.Errorf("column.unknown", n.Pos, "there is no column %q here", n.Text).
		WithHint("%s", diag.DidYouMean(n.Text, b.columns))
}

// set puts a value into row i of a column; the rows between are NULL.
func (b *builder) set(c, i int, v component.Value) {
	cells := b.cells[c]
	for len(cells) < i {
		cells = append(cells, component.Value{})
	}
	b.cells[c] = append(cells, v)
}

// schema is the pinned types, and for other columns those of the values.
func (b *builder) schema() *record.Schema {
	fields := make([]record.Field, len(b.columns))
	for i, name := range b.columns {
		fields[i] = record.Field{Name: name, Type: infer(b.cells[i])}
	}
	for _, p := range b.pinned {
		i := slices.Index(b.columns, p.Name.Text)
		if i < 0 {
			b.report(b.unknown(p.Name))
			continue
		}
		fields[i].Type = p.Type
	}
	return record.NewSchema(fields...)
}

// convert makes the values of a column, whose type is known.
func (b *builder) convert(f record.Field, cells []component.Value) []record.Value {
	out := make([]record.Value, len(cells))
	for i, v := range cells {
		x, err := literal.Value(v, f.Type)
		if err != nil {
			b.report(diag.Errorf("rows.value", v.Pos, "row %d, column %q: %w", i+1, f.Name, err))
			continue
		}
		out[i] = x
	}
	return out
}
