package json

import (
	"errors"
	"io"

	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
)

// rows are the rows of an open file. They implement rowread.Rows.
type rows struct {
	table  *table
	text   *text
	stdin  bool
	width  int // bytes of the last window
	parser parser
}

// open opens file number i of the table.
func (t *table) open(i int, stdin *files.Replay) (rowread.Rows, error) {
	f := t.inputs[i]
	text, err := t.source.open(f, t.env, stdin)
	if err != nil {
		return nil, err
	}
	return &rows{table: t, text: text, stdin: f.Stdin}, nil
}

// Close implements rowread.Rows.
func (r *rows) Close() error { return r.text.Close() }

// Next implements rowread.Rows.
func (r *rows) Next(most int) (*rowread.Window, error) {
	w, ended := r.collect(most)
	out := &rowread.Window{Block: &w.block, Len: w.rows(), Where: located{w}}
	var torn *fault
	switch {
	case !errors.As(ended, &torn):
		return out, ended
	case torn.code == "json.empty" && r.table.source.namesColumns():
		return out, io.EOF
	}
	return out, torn.ofRow()
}

// collect takes rows until a batch is full, and what ended it early, nil if
// more may follow.
func (r *rows) collect(most int) (*window, error) {
	w := newWindow(len(r.table.columns), r.width)
	a := adder{table: r.table, columns: r.table.columns, window: w}
	defer func() { r.width = len(w.block.Data) }()
	for w.rows() < most && len(w.block.Data) < chunkSize {
		next, err := r.text.next(w.rows() == 0 || !r.stdin)
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

// located tells where rows of a window stand. It implements rowread.Where.
type located struct{ *window }

// Line implements rowread.Where.
func (l located) Line(row int) int { return l.places[row].at.line }

// Raw implements rowread.Where.
func (l located) Raw(row int) string { return string(l.text(row)) }

// Place implements rowread.Where.
func (l located) Place(row, column int) (line, col int) {
	at := l.placeOf(row, l.row(row)[column].Start)
	return at.line, at.col
}
