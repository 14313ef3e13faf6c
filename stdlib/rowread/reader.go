package rowread

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rawcheck"
)

// reader reads the files of a table one after the other.
type reader struct {
	table    *Table
	schema   *record.Schema
	opts     op.ReadOptions
	decoders []record.Decoder // of the table's columns
	checked  []int            // the columns that are checked before rows are handed on

	next   int            // the file behind the one that is open
	file   string         // name of the one that is open
	origin *record.Source // it
	open   Rows           // nil: none is open
	rows   int64          // rows of the open file so far
	total  int64          // rows of all files so far
	names  *record.Column // of the file's name, for as many rows as it was needed last
	err    error          // comes behind the rows before it
}

// RowsRead implements op.Reader.
func (r *reader) RowsRead() int64 { return r.total }

// Close implements op.Reader.
func (r *reader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open = nil
	return err
}

// Read implements op.Reader.
func (r *reader) Read(ctx context.Context) (*record.Batch, error) {
	for r.err == nil {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if r.open == nil {
			r.err = r.openNext()
			continue
		}
		w, ended := r.open.Next(r.opts.BatchRows)
		var b *record.Batch
		if w != nil && w.Len > 0 {
			b, r.err = r.check(r.batch(w), w)
		}
		if r.err == nil && ended != nil {
			r.err = r.failed(ended)
		}
		if b != nil && b.Len() > 0 {
			return b, nil
		}
	}
	return nil, r.err
}

// openNext opens the next file.
func (r *reader) openNext() (err error) {
	t := r.table
	if r.next == len(t.Files) {
		return io.EOF
	}
	r.file, r.rows, r.names = t.Files[r.next].Name, 0, nil
	r.origin = &record.Source{Name: r.file}
	r.next++
	r.open, err = t.OpenFile(r.next-1, t.Stdin)
	return err
}

// failed treats what ended a window; nil means that reading goes on.
func (r *reader) failed(err error) error {
	var torn *Fault
	switch {
	case errors.Is(err, io.EOF):
		return r.Close()
	case !errors.As(err, &torn):
		return err
	}
	if !torn.OfFile {
		r.rows++
		r.total++
	}
	if r.table.OnError != op.Reject || torn.Final {
		return torn.Diagnose(r.file, fmt.Sprintf("row %d of %s", r.rows, r.file))
	}
	return r.opts.Reject(op.Rejected{
		Code: torn.Code, Message: torn.Message, Origin: record.Origin{Source: r.origin, Row: r.rows},
		Line: torn.Start, Column: torn.Column, Value: torn.Value, Raw: torn.Raw,
	})
}

// batch makes a batch of rows, with columns that are not decoded yet, and counts them.
func (r *reader) batch(w *Window) *record.Batch {
	columns := make([]*record.Column, 0, r.schema.Len())
	for i, c := range r.table.Columns {
		place := i
		if w.Places != nil {
			place = w.Places[i]
		}
		columns = append(columns, record.NewRawColumn(c.Type, record.NewRaw(w.Block, place, 0, w.Len, r.decoders[i])))
	}
	if r.table.FileColumn != "" {
		columns = append(columns, r.fileColumn(w.Len))
	}
	b := record.NewBatch(r.schema, w.Len, columns, record.FromSource(r.origin, r.rows+1))
	r.rows += int64(w.Len)
	r.total += int64(w.Len)
	return b
}

// fileColumn is the column of the file's name; batches of equal size share it.
func (r *reader) fileColumn(rows int) *record.Column {
	if r.names == nil || r.names.Len() != rows {
		r.names = record.Constant(record.Of(record.String), rows, record.StringValue(r.file))
	}
	return r.names
}

// check decodes the columns that are to be checked. It returns the rows that are handed
// on, and the error that ends reading behind them.
func (r *reader) check(b *record.Batch, w *Window) (*record.Batch, error) {
	rejects := r.table.OnError == op.Reject
	var problem rawcheck.Problem
	if rejects {
		problem = func(column, row int, f record.RawField) *record.ValueError {
			return r.table.Columns[column].Problem(row, f)
		}
	}
	bad, err := rawcheck.Find(b, r.checked, problem)
	switch {
	case err != nil:
		return nil, err
	case len(bad) == 0:
		return b, nil
	case rejects:
		return rawcheck.Without(b, bad, func(x rawcheck.Bad) error { return r.opts.Reject(r.rejected(b, w, x)) })
	}
	return b.Slice(0, bad[0].Row), r.diagnose(b, w, bad[0])
}

func (r *reader) code() diag.Code { return diag.Code(r.table.Prefix + ".value") }

func (r *reader) rejected(b *record.Batch, w *Window, x rawcheck.Bad) op.Rejected {
	return op.Rejected{
		Batch: b, Row: x.Row, Code: r.code(), Message: x.Err.Error(), Origin: b.Lineage.At(x.Row),
		Line: w.Where.Line(x.Row), Column: r.table.Columns[x.Column].Name, Value: x.Err.Value, Raw: w.Where.Raw(x.Row),
	}
}

// diagnose is the diagnostic for a value that is not of its column's type.
func (r *reader) diagnose(b *record.Batch, w *Window, x rawcheck.Bad) *diag.Diagnostic {
	line, col := w.Where.Place(x.Row, x.Column)
	return diag.Errorf(r.code(), diag.Pos{File: r.file, Line: line, Col: col}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.Row).Row, r.file, r.table.Columns[x.Column].Name, rawcheck.Short(x.Err)).
		WithHint("%s", r.table.Hint(x.Column, x.Err))
}

var _ op.Reader = (*reader)(nil)
