package rows

import (
	"context"
	"io"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// table is the rows, ready to be read: a source that is its own table, since
// there is nothing to open.
type table struct {
	schema  *record.Schema
	columns [][]record.Value // shorter than n where NULLs follow
	n       int
	origin  *record.Source
}

// Static implements op.Source; the schema is complete.
func (t *table) Static() *record.Schema { return t.schema }

// Paths implements op.Source.
func (t *table) Paths() []op.Name { return nil }

// Resolve implements op.Source.
func (t *table) Resolve(context.Context, op.Env) (op.Table, error) { return t, nil }

// Schema implements op.Table.
func (t *table) Schema() *record.Schema { return t.schema }

// Open implements op.Table. No row can be refused any more.
func (t *table) Open(_ context.Context, opts op.ReadOptions) (op.Reader, error) {
	size := opts.BatchRows
	if size <= 0 {
		size = record.BatchRows
	}
	return &reader{table: t, size: size}, nil
}

// Close implements op.Table and op.Reader.
func (t *table) Close() error { return nil }

type reader struct {
	*table
	size int
	next int // the row to read
}

// Read implements op.Reader.
func (r *reader) Read(ctx context.Context) (*record.Batch, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	lo, hi := r.next, min(r.next+r.size, r.n)
	if lo == hi {
		return nil, io.EOF
	}
	r.next = hi
	columns := make([]*record.Column, len(r.columns))
	for i, values := range r.columns {
		columns[i] = column(r.schema.Field(i).Type, values, lo, hi)
	}
	return record.NewBatch(r.schema, hi-lo, columns, record.FromSource(r.origin, int64(lo)+1)), nil
}

// column is rows lo to hi of a column's values.
func column(t record.Type, values []record.Value, lo, hi int) *record.Column {
	n := hi - lo
	v := record.NewVector(t.Kind, n)
	for i := range n {
		if lo+i < len(values) {
			v.Set(t.Kind, i, n, values[lo+i])
		} else {
			v.SetNull(i, n)
		}
	}
	return record.NewColumn(t, n, v)
}

// RowsRead implements op.Reader.
func (r *reader) RowsRead() int64 { return int64(r.next) }

var (
	_ op.Source = (*table)(nil)
	_ op.Table  = (*table)(nil)
	_ op.Reader = (*reader)(nil)
)
