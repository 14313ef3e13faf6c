package json

import (
	"context"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// reader reads the files of a table one after the other.
type reader struct {
	table   *table
	opts    op.ReadOptions
	columns []*column // decoders of the table's columns
	checked []int     // the columns that are checked before rows are handed on

	next   int   // the input behind the one that is open
	in     input // that is open
	text   *text // nil: none is open
	width  int   // bytes of the last window
	parser parser
	rows   int64 // data rows of the open input so far
	total  int64 // data rows of all inputs so far
	names  *record.Column
	err    error // comes behind the rows before it
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
		w, ended := r.collect()
		if w.rows() > 0 {
			b, err := r.check(r.batch(w), w)
			if r.err = err; err == nil && ended != nil {
				r.err = r.failed(ended)
			}
			if b != nil && b.Len() > 0 {
				return b, nil
			}
		} else if ended != nil {
			r.err = r.failed(ended)
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
	txt, err := t.source.open(r.in.file, t.env, &t.stdin)
	r.text = txt
	return err
}

// collect takes rows until a batch is full, and what ended it early, nil if
// more may follow.
func (r *reader) collect() (*window, error) {
	w := newWindow(len(r.columns), r.width)
	a := adder{table: r.table, columns: r.columns, window: w}
	defer func() { r.width = len(w.block.Data) }()
	for w.rows() < r.opts.BatchRows && len(w.block.Data) < chunkSize {
		next, err := r.text.next(w.rows() == 0 || !r.in.file.Stdin)
		switch {
		case err == errWait:
			return w, nil
		case err != nil:
			return w, err
		}
		f := a.add(&r.parser, next)
		switch {
		case f != nil && r.text.array:
			return w, f.inArray()
		case f != nil:
			return w, f
		}
	}
	return w, nil
}

// failed treats what ended a window; nil means that reading goes on.
func (r *reader) failed(err error) error {
	var torn *fault
	switch {
	case err == io.EOF:
		return r.Close()
	case !errors.As(err, &torn):
		return err
	case torn.code == "json.empty" && r.table.source.namesColumns():
		return r.Close()
	}
	if !torn.ofFile {
		r.rows++
		r.total++
	}
	if r.table.source.OnError != op.Reject || torn.final {
		return torn.diagnose(r.in.file.Name, r.rows)
	}
	return r.opts.Reject(torn.rejected(record.Origin{Source: r.in.origin, Row: r.rows}))
}

// batch makes a batch of rows, with columns that are not decoded yet, and
// counts them.
func (r *reader) batch(w *window) *record.Batch {
	n := w.rows()
	columns := make([]*record.Column, 0, r.table.schema.Len())
	for i, c := range r.columns {
		columns = append(columns, record.NewRawColumn(c.typ, record.NewRaw(&w.block, i, 0, n, c)))
	}
	if len(columns) < r.table.schema.Len() {
		columns = append(columns, r.fileColumn(n))
	}
	b := record.NewBatch(r.table.schema, n, columns, record.FromSource(r.in.origin, r.rows+1))
	r.rows += int64(n)
	r.total += int64(n)
	return b
}

// fileColumn is the column of the file's name; batches of equal size share it.
func (r *reader) fileColumn(rows int) *record.Column {
	if r.names == nil || r.names.Len() != rows {
		r.names = record.Constant(record.Of(record.String), rows, record.StringValue(r.in.file.Name))
	}
	return r.names
}
