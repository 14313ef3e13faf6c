package json

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

// table is a read_json whose columns are known.
type table struct {
	source  *source
	env     op.Env
	inputs  []input
	columns []*column      // for keys; one for the rest follows if the script asks for it
	index   map[string]int // of columns, by key
	schema  *record.Schema
	stdin   files.Replay
}

// input is a file of a table.
type input struct {
	file   files.File
	origin *record.Source
}

// namesColumns reports whether the script says what the columns are.
func (s *source) namesColumns() bool { return len(s.Columns) > 0 || len(s.Types) > 0 }

// define settles the types of the columns.
func (t *table) define(names []string, found []*evidence) {
	t.index = make(map[string]int, len(names))
	fields := make([]record.Field, len(names))
	for i, name := range names {
		pin := t.source.Types.Find(name)
		typ := found[i].typ()
		if pin != nil {
			typ = pin.Type
		}
		t.columns = append(t.columns, newColumn(name, typ, pin, t.source.Null.Of(name)))
		t.index[name] = i
		fields[i] = record.Field{Name: name, Type: typ}
	}
	if rest := t.source.Rest.Text; rest != "" {
		t.columns = append(t.columns, &column{name: rest, typ: record.Of(record.JSON), whole: true, rest: true})
	}
	t.schema = record.NewSchema(append(fields, t.source.further()...)...)
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
		case !c.canFail() || c.pin == nil && !used:
		case t.source.OnError == op.ToNull:
			lenient := *c
			lenient.toNull = true
			r.columns[i] = &lenient
		case c.pin != nil || t.source.OnError == op.Reject:
			r.checked = append(r.checked, i)
		}
	}
	return r, nil
}

var _ op.Table = (*table)(nil)
