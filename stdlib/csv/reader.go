package csv

import (
	"bytes"
	"errors"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// rows are the rows of an open file. They implement rowread.Rows.
type rows struct {
	text   *textfile.Text
	scan   *scanner
	places []int // of the table's columns in the file's rows
	torn   bool  // the scanner stands before a row that it refused
}

// open opens file number i of the table.
func (t *table) open(i int, stdin *files.Replay) (rowread.Rows, error) {
	in := t.inputs[i]
	text, err := t.source.format.Open(in.file, t.env, stdin)
	if err != nil {
		return nil, err
	}
	scan, header, err := t.source.begin(text, in.file)
	if err == nil && !slices.Equal(header, in.header) {
		err = diag.Errorf("csv.changed", diag.Pos{File: in.file.Name, Line: 1}, "the columns of %s have changed since it was looked at", in.file.Name).
			WithHint("run the job again, when nobody writes the file")
	}
	if err != nil {
		return nil, errors.Join(err, text.Close())
	}
	return &rows{text: text, scan: scan, places: in.places}, nil
}

// Close implements rowread.Rows.
func (r *rows) Close() error { return r.text.Close() }

// Next implements rowread.Rows.
func (r *rows) Next(most int) (*rowread.Window, error) {
	if r.torn {
		r.scan.resume()
		r.torn = false
	}
	w, err := r.scan.next(most)
	if err != nil {
		var torn *rowread.Fault
		r.torn = errors.As(err, &torn)
		return nil, err
	}
	return &rowread.Window{Block: w.block, Places: r.places, Len: w.rows, Where: located{w, r.places}}, nil
}

// located tells where rows of a window stand. It implements rowread.Where.
type located struct {
	*window
	places []int
}

// Line implements rowread.Where.
func (l located) Line(row int) int { return l.lineOf(int(l.row(row)[0].Start)) }

// Raw implements rowread.Where.
func (l located) Raw(row int) string { return string(l.text(row)) }

// Place implements rowread.Where.
func (l located) Place(row, column int) (line, col int) {
	return l.place(int(l.row(row)[l.places[column]].Start))
}

// place is the line and column of a place of the block's data.
func (w *window) place(at int) (line, col int) {
	before := w.block.Data[:at]
	return w.lineOf(at), at - bytes.LastIndexByte(before, '\n')
}
