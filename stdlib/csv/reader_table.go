package csv

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

// table is a read_csv whose columns are known.
type table struct {
	source  *source
	env     op.Env
	inputs  []input
	columns []*column
	schema  *record.Schema
	stdin   files.Replay
}

// input is a file of a table.
type input struct {
	file   files.File
	header []string
	places []int // of the table's columns in the file's rows
	origin *record.Source
}

// define settles the types of the columns.
func (t *table) define(names []string, found []evidence) {
	fields := make([]record.Field, len(names))
	for i, name := range names {
		c := &column{name: name, words: t.source.Null.Of(name), quote: t.source.Quote.Text}
		if p := t.source.Types.Find(name); p != nil {
			c.typ, c.layout, c.zone, c.pinned = p.Type, p.Layout, p.Zone, true
		} else {
			c.typ = record.Of(found[i].kind())
		}
		t.columns = append(t.columns, c)
		fields[i] = record.Field{Name: name, Type: c.typ}
	}
	if t.source.FileColumn.Text != "" {
		fields = append(fields, t.source.fileField())
	}
	t.schema = record.NewSchema(fields...)
}

// Schema implements op.Table.
func (t *table) Schema() *record.Schema { return t.schema }

// Close implements op.Table.
func (t *table) Close() error { return nil }

// Open implements op.Table.
func (t *table) Open(_ context.Context, opts op.ReadOptions) (op.Reader, error) {
	for _, in := range t.inputs {
		if err := t.stdin.Begin(in.file); err != nil {
			return nil, err
		}
	}
	if opts.BatchRows <= 0 {
		opts.BatchRows = record.BatchRows
	}
	r := &reader{table: t, opts: opts, columns: slices.Clone(t.columns)}
	for i, c := range t.columns {
		used := opts.AllUsed || slices.Contains(opts.Used, c.name)
		switch {
		case !c.canFail() || !c.pinned && !used:
		case t.source.OnError == op.ToNull:
			lenient := *c
			lenient.toNull = true
			r.columns[i] = &lenient
		case c.pinned || t.source.OnError == op.Reject:
			r.checked = append(r.checked, i)
		}
	}
	return r, nil
}

var _ op.Table = (*table)(nil)
