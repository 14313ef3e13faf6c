package csv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// reader reads the files of a table one after the other.
type reader struct {
	table   *table
	opts    op.ReadOptions
	columns []*column // decoders of the table's columns
	checked []int     // the columns that are checked before rows are handed on

	next  int            // the input behind the one that is open
	in    input          // that is open
	text  *textfile.Text // nil: none is open
	scan  *scanner
	rows  int64 // data rows of the open input so far
	total int64 // data rows of all inputs so far
	names *record.Column
	err   error // comes behind the rows before it
}

// RowsRead implements op.Reader.
func (r *reader) RowsRead() int64 { return r.total }

// Close implements op.Reader.
func (r *reader) Close() error {
	if r.text == nil {
		return nil
	}
	err := r.text.Close()
	r.text = nil
	return err
}

// Read implements op.Reader.
func (r *reader) Read(ctx context.Context) (*record.Batch, error) {
	for r.err == nil {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if r.text == nil {
			r.err = r.open()
			continue
		}
		w, err := r.scan.next(r.opts.BatchRows)
		if err != nil {
			r.err = r.failed(err)
			continue
		}
		b := r.batch(w)
		r.rows += int64(w.rows)
		r.total += int64(w.rows)
		if b, r.err = r.check(b, w); b != nil && b.Len() > 0 {
			return b, nil
		}
	}
	return nil, r.err
}

// open opens the next input.
func (r *reader) open() error {
	t := r.table
	if r.next == len(t.inputs) {
		return io.EOF
	}
	r.in, r.rows, r.names = t.inputs[r.next], 0, nil
	r.next++
	txt, err := t.source.format.Open(r.in.file, t.env, &t.stdin)
	if err != nil {
		return err
	}
	r.text = txt
	scan, header, err := t.source.begin(txt, r.in.file)
	if err == nil && !slices.Equal(header, r.in.header) {
		name := r.in.file.Name
		err = diag.Errorf("csv.changed", diag.Pos{File: name, Line: 1}, "the columns of %s have changed since it was looked at", name).
			WithHint("run the job again, when nobody writes the file")
	}
	r.scan = scan
	return err
}

// failed treats an error of the scanner; nil means that reading goes on.
func (r *reader) failed(err error) error {
	var torn *refusal
	switch {
	case err == io.EOF:
		return r.Close()
	case !errors.As(err, &torn):
		return err
	}
	r.rows++
	r.total++
	if r.table.source.OnError != op.Reject || torn.final {
		return r.diagnose(torn)
	}
	r.scan.resume()
	return r.opts.Reject(op.Rejected{
		Code: torn.code, Message: torn.message, Origin: record.Origin{Source: r.in.origin, Row: r.rows},
		Line: torn.line, Raw: torn.raw,
	})
}

// batch makes a batch of rows, with columns that are not decoded yet.
func (r *reader) batch(w *window) *record.Batch {
	columns := make([]*record.Column, 0, r.table.schema.Len())
	for i, c := range r.columns {
		columns = append(columns, record.NewRawColumn(c.typ, record.NewRaw(w.block, r.in.places[i], 0, w.rows, c)))
	}
	if len(columns) < r.table.schema.Len() {
		columns = append(columns, r.fileColumn(w.rows))
	}
	return record.NewBatch(r.table.schema, w.rows, columns, record.FromSource(r.in.origin, r.rows+1))
}

// fileColumn is the column of the file's name; batches of equal size share it.
func (r *reader) fileColumn(rows int) *record.Column {
	if r.names == nil || r.names.Len() != rows {
		r.names = record.Constant(record.Of(record.String), rows, record.StringValue(r.in.file.Name))
	}
	return r.names
}

// place is the line and column of a place of the block's data.
func (w *window) place(at int) (line, col int) {
	before := w.block.Data[:at]
	return w.lineOf(at), at - bytes.LastIndexByte(before, '\n')
}
