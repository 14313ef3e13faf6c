package rowfile

import (
	"context"
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

// chunk is how much a writer encodes before it hands it to the file.
const chunk = 256 << 10

// Format encodes rows. One goroutine uses it.
type Format interface {
	// Begin announces the batch of the rows to come.
	Begin(b *record.Batch)
	// AppendRow appends row i of the batch to dst. When the row is refused,
	// what it returns beside the refusal does not count.
	AppendRow(dst []byte, i int) ([]byte, *Refusal)
	// AppendEnd appends what stands behind the last row.
	AppendEnd(dst []byte) []byte
}

// Refusal says why a row cannot be written.
type Refusal struct {
	Code    diag.Code
	Column  string
	Value   string
	Message string // what is wrong with the column's value
	Hint    string // how to mend it
}

// Writer writes rows into a file. It implements op.Writer.
type Writer struct {
	out    *files.Output
	format Format
	opts   op.WriteOptions
	target op.Name
	buf    []byte
}

// NewWriter makes a writer that encodes rows into out, which it then owns.
// start stands before the first row.
func NewWriter(out *files.Output, target op.Name, format Format, start []byte, opts op.WriteOptions) *Writer {
	return &Writer{out: out, target: target, format: format, buf: start, opts: opts}
}

// Write implements op.Writer.
func (w *Writer) Write(ctx context.Context, b *record.Batch) (int, error) {
	if err := context.Cause(ctx); err != nil {
		return 0, err
	}
	w.format.Begin(b)
	rows := 0
	for i := range b.Len() {
		written, err := w.writeRow(b, i)
		if err != nil {
			return rows, err
		}
		rows += written
	}
	return rows, nil
}

// writeRow encodes one row and counts it: 1, or 0 when it was rejected.
func (w *Writer) writeRow(b *record.Batch, i int) (int, error) {
	kept := len(w.buf)
	next, refusal := w.format.AppendRow(w.buf, i)
	if refusal != nil {
		w.buf = next[:kept]
		return 0, w.refuse(b, i, refusal)
	}
	w.buf = next
	if len(w.buf) < chunk {
		return 1, nil
	}
	return 1, w.drain()
}

func (w *Writer) drain() error {
	_, err := w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// refuse rejects a row, or says why the run fails.
func (w *Writer) refuse(b *record.Batch, i int, r *Refusal) error {
	origin := b.Lineage.At(i)
	if w.opts.Reject == nil {
		return r.diagnose(w.target, origin)
	}
	return w.opts.Reject(op.Rejected{
		Batch: b, Row: i, Code: r.Code, Message: r.Message, Origin: origin, Column: r.Column, Value: r.Value,
	})
}

func (r *Refusal) diagnose(target op.Name, o record.Origin) *diag.Diagnostic {
	d := diag.Errorf(r.Code, target.Pos, "column %q: %s", r.Column, r.Message)
	if o.Source != nil {
		d.Message = fmt.Sprintf("row %d of %s, %s", o.Row, o.Source.Name, d.Message)
	}
	if r.Hint != "" {
		return d.WithHint("%s", r.Hint)
	}
	return d
}

// Flush implements op.Writer.
func (w *Writer) Flush(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	w.buf = w.format.AppendEnd(w.buf)
	if err := w.drain(); err != nil {
		return err
	}
	return w.out.Flush()
}

// Commit implements op.Writer.
func (w *Writer) Commit() error { return w.out.Commit() }

// Abort implements op.Writer.
func (w *Writer) Abort() error { return w.out.Abort() }

var _ op.Writer = (*Writer)(nil)
