// Package rowread is what the sources share that read rows from files: one file after the
// other, the numbers of the rows, the columns that are checked before rows are handed on,
// and what becomes of the rows that are refused. A format cuts files into windows of
// undecoded fields, and says what its columns are.
//
// The package may import engine/{diag,op,record}, stdlib/files and stdlib/rawcheck.
package rowread

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

// Table is a source whose files and columns are known. It implements op.Table.
type Table struct {
	Files   []files.File
	Columns []Column
	// FileColumn is the name of a further column that holds the name of each row's
	// file; "" for none.
	FileColumn string
	OnError    op.OnError
	// Prefix stands before the dot of the code of a value that is not of its type.
	Prefix string
	// OpenFile opens file number i. stdin is what was read of standard input before.
	OpenFile func(i int, stdin *files.Replay) (Rows, error)
	// Hint says how to mend a value that is not of its column's type.
	Hint  func(column int, bad *record.ValueError) string
	Stdin *files.Replay
}

// Column is a column of the files.
type Column struct {
	Name    string
	Type    record.Type
	Decoder record.Decoder
	// Lenient decodes what is no value of the type to NULL.
	Lenient record.Decoder
	// CanFail says that there are texts which are no values of the type, and Problem
	// what is wrong with one; nil for nothing.
	CanFail bool
	Problem func(row int, f record.RawField) *record.ValueError
	// Pinned columns are checked whether anybody looks at them or not.
	Pinned bool
}

// Schema implements op.Table.
func (t *Table) Schema() *record.Schema {
	fields := make([]record.Field, len(t.Columns), len(t.Columns)+1)
	for i, c := range t.Columns {
		fields[i] = record.Field{Name: c.Name, Type: c.Type}
	}
	if t.FileColumn != "" {
		fields = append(fields, record.Field{Name: t.FileColumn, Type: record.Of(record.String)})
	}
	return record.NewSchema(fields...)
}

// Close implements op.Table.
func (t *Table) Close() error { return nil }

// Open implements op.Table.
func (t *Table) Open(_ context.Context, opts op.ReadOptions) (op.Reader, error) {
	for _, f := range t.Files {
		if err := t.Stdin.Begin(f); err != nil {
			return nil, err
		}
	}
	if opts.BatchRows <= 0 {
		opts.BatchRows = record.BatchRows
	}
	r := &reader{table: t, schema: t.Schema(), opts: opts}
	for i, c := range t.Columns {
		decoder, used := c.Decoder, opts.AllUsed || slices.Contains(opts.Used, c.Name)
		switch {
		case !c.CanFail || !c.Pinned && !used:
		case t.OnError == op.ToNull:
			decoder = c.Lenient
		case c.Pinned || t.OnError == op.Reject:
			r.checked = append(r.checked, i)
		}
		r.decoders = append(r.decoders, decoder)
	}
	return r, nil
}

var _ op.Table = (*Table)(nil)
