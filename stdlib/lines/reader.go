package lines

import (
	"context"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rawcheck"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// reader reads the files of a table one after the other.
type reader struct {
	table   *table
	opts    op.ReadOptions
	columns []*column // decoders of the table's columns
	checked []int     // the columns that are checked before rows are handed on

	next   int        // the file behind the one that is open
	file   files.File // that is open
	origin *record.Source
	text   *textfile.Text // nil: none is open
	scan   *scanner
	rows   int64 // rows of the open file so far
	total  int64 // rows of all files so far
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
		w, err := r.scan.next(r.opts.BatchRows)
		if errors.Is(err, io.EOF) {
			r.err = r.Close()
			continue
		}
		if err != nil {
			return nil, err
		}
		var b *record.Batch
		if b, r.err = r.batch(w); b != nil && b.Len() > 0 {
			return b, nil
		}
	}
	return nil, r.err
}

// open opens the next file.
func (r *reader) open() (err error) {
	t := r.table
	if r.next == len(t.files) {
		return io.EOF
	}
	r.file, r.rows = t.files[r.next], 0
	r.origin = &record.Source{Name: r.file.Name}
	r.next++
	if r.text, err = t.format.Open(r.file, t.env, &t.stdin); err != nil {
		return err
	}
	r.scan = &scanner{
		src: r.text, file: r.file.Name, line: r.text.Line, eager: r.file.Stdin,
		comment: t.comment, skipBlank: t.skipBlank, chunk: t.chunk, longest: maxLine,
	}
	return nil
}

// batch makes a batch of lines. It returns the rows that are handed on, and the error that
// comes behind them.
func (r *reader) batch(w *window) (*record.Batch, error) {
	b, torn := r.fields(w)
	r.rows += int64(len(w.lines))
	r.total += int64(len(w.lines))
	var problem rawcheck.Problem
	if r.table.onError == op.Reject {
		problem = r.problem
	}
	found, err := rawcheck.Find(b, r.checked, problem)
	if err != nil {
		return nil, err
	}
	found = merge(torn, found)
	switch {
	case len(found) == 0:
		return b, nil
	case problem != nil:
		return rawcheck.Without(b, found, func(x rawcheck.Bad) error { return r.opts.Reject(r.rejected(b, w, x)) })
	}
	return b.Slice(0, found[0].Row), r.diagnose(b, w, found[0])
}

// fields makes a batch of the fields of all lines, and lists the lines whose fields cannot
// be found.
func (r *reader) fields(w *window) (*record.Batch, []rawcheck.Bad) {
	var torn []rawcheck.Bad
	spans := make([]record.Span, 0, len(w.lines)*len(r.columns))
	for i := range w.lines {
		var reason string
		if spans, reason = r.table.layout.appendFields(spans, w, i); reason != "" {
			torn = append(torn, rawcheck.Bad{Row: i, Column: noColumn, Err: &record.ValueError{Row: i, Reason: reason}})
		}
	}
	n, block := len(w.lines), &record.Block{Data: w.data, Spans: spans, Columns: len(r.columns)}
	var columns []*record.Column
	for i, c := range r.columns {
		columns = append(columns, record.NewRawColumn(c.Type, record.NewRaw(block, i, 0, n, c)))
	}
	if r.table.fileColumn.Text != "" {
		columns = append(columns, record.Constant(record.Of(record.String), n, record.StringValue(r.file.Name)))
	}
	return record.NewBatch(r.table.schema, n, columns, record.FromSource(r.origin, r.rows+1)), torn
}

// noColumn is the column of a line whose fields cannot be found.
const noColumn = -1

// merge puts bad lines and bad values in order. A bad line has no values.
func merge(torn, found []rawcheck.Bad) []rawcheck.Bad {
	var out []rawcheck.Bad
	for len(torn)+len(found) > 0 {
		if len(found) == 0 || len(torn) > 0 && torn[0].Row <= found[0].Row {
			out, torn = append(out, torn[0]), torn[1:]
		} else {
			out, found = append(out, found[0]), found[1:]
		}
	}
	return out
}

// problem implements rawcheck.Problem.
func (r *reader) problem(column, row int, f record.RawField) *record.ValueError {
	c := r.columns[column]
	if c.isNull(f) {
		return nil
	}
	if err := c.check(f); err != nil {
		return c.valueError(row, f, err)
	}
	return nil
}

func (r *reader) rejected(b *record.Batch, w *window, x rawcheck.Bad) op.Rejected {
	out := op.Rejected{
		Origin: b.Lineage.At(x.Row), Line: w.lineOf(w.lines[x.Row].Start), Raw: string(w.text(x.Row)),
		Code: "fixed.width", Message: x.Err.Reason,
	}
	if x.Column != noColumn {
		out.Batch, out.Row, out.Code, out.Message = b, x.Row, "fixed.value", x.Err.Error()
		out.Column, out.Value = r.columns[x.Column].Name.Text, x.Err.Value
	}
	return out
}

// diagnose is the diagnostic for a line that is too short or too long, or for a value
// that is not of its column's type.
func (r *reader) diagnose(b *record.Batch, w *window, x rawcheck.Bad) *diag.Diagnostic {
	if x.Column != noColumn {
		return r.diagnoseValue(b, w, x)
	}
	name := r.file.Name
	return diag.Errorf("fixed.width", diag.Pos{File: name, Line: w.lineOf(w.lines[x.Row].Start)}, "row %d of %s has %s",
		b.Lineage.At(x.Row).Row, name, x.Err.Reason).
		WithHint(`check the columns and their unit; lines may differ in width with ragged = "null", and bad ones be refused with on_error = "reject"`)
}

func (r *reader) diagnoseValue(b *record.Batch, w *window, x rawcheck.Bad) *diag.Diagnostic {
	c, name := r.columns[x.Column], r.file.Name
	return diag.Errorf("fixed.value", diag.Pos{File: name, Line: w.lineOf(w.lines[x.Row].Start)}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.Row).Row, name, c.Name.Text, rawcheck.Short(x.Err)).
		WithHint(`mend the value, check where the column stands, or set on_error = "reject"`)
}

var _ op.Reader = (*reader)(nil)
