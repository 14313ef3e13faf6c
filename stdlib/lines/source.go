package lines

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// source is a configured read_lines or read_fixed.
type source struct {
	path       []op.Name
	format     *textfile.Format
	fileColumn op.Name
	comment    string
	skipBlank  bool
	onError    op.OnError
	layout     *layout
	columns    []*column
	chunk      int // bytes to read at once
}

// Paths implements op.Source.
func (s *source) Paths() []op.Name { return s.path }

// Static implements op.Source; the schema is complete.
func (s *source) Static() *record.Schema {
	var fields []record.Field
	for _, c := range s.columns {
		fields = append(fields, record.Field{Name: c.Name.Text, Type: c.Type})
	}
	if s.fileColumn.Text != "" {
		fields = append(fields, record.Field{Name: s.fileColumn.Text, Type: record.Of(record.String)})
	}
	return record.NewSchema(fields...)
}

// Resolve implements op.Source: it finds the files.
func (s *source) Resolve(_ context.Context, env op.Env) (op.Table, error) {
	list, problems := files.Expand(env.Dir, s.path)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &table{source: s, env: env, files: list, schema: s.Static()}, nil
}

// table is a source whose files are known.
type table struct {
	*source
	env    op.Env
	files  []files.File
	schema *record.Schema
	stdin  files.Replay
}

// Schema implements op.Table.
func (t *table) Schema() *record.Schema { return t.schema }

// Close implements op.Table.
func (t *table) Close() error { return nil }

// Open implements op.Table.
func (t *table) Open(_ context.Context, opts op.ReadOptions) (op.Reader, error) {
	for _, f := range t.files {
		if err := t.stdin.Begin(f); err != nil {
			return nil, err
		}
	}
	if opts.BatchRows <= 0 {
		opts.BatchRows = record.BatchRows
	}
	r := &reader{table: t, opts: opts, columns: slices.Clone(t.columns)}
	for i, c := range t.columns {
		switch {
		case !c.canFail():
		case t.onError == op.ToNull:
			lenient := *c
			lenient.toNull = true
			r.columns[i] = &lenient
		default:
			r.checked = append(r.checked, i)
		}
	}
	return r, nil
}

var (
	_ op.Source = (*source)(nil)
	_ op.Table  = (*table)(nil)
)
