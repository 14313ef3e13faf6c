package lines

import (
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// rows are the lines of an open file. They implement rowread.Rows.
type rows struct {
	text    *textfile.Text
	scan    *scanner
	layout  *layout
	columns int
	left    *window // lines that were cut and not handed on; nil: none
}

// Close implements rowread.Rows.
func (r *rows) Close() error { return r.text.Close() }

// Next implements rowread.Rows: it gives the lines up to one whose fields cannot be found.
func (r *rows) Next(most int) (*rowread.Window, error) {
	w := r.left
	if r.left = nil; w == nil {
		var err error
		if w, err = r.scan.next(most); err != nil {
			return nil, err
		}
	}
	spans := make([]record.Span, 0, len(w.lines)*r.columns)
	for i := range w.lines {
		var reason string
		if spans, reason = r.layout.appendFields(spans, w, i); reason == "" {
			continue
		}
		if i+1 < len(w.lines) {
			r.left = &window{data: w.data, lines: w.lines[i+1:], start: w.start, line: w.line}
		}
		return r.window(w, spans, i), w.fault(i, reason)
	}
	return r.window(w, spans, len(w.lines)), nil
}

// window is the first lines of w with their fields.
func (r *rows) window(w *window, spans []record.Span, lines int) *rowread.Window {
	return &rowread.Window{
		Block: &record.Block{Data: w.data, Spans: spans[:lines*r.columns], Columns: r.columns}, Len: lines, Where: w,
	}
}

// fault is that of a line whose fields cannot be found.
func (w *window) fault(i int, reason string) *rowread.Fault {
	line := w.Line(i)
	return &rowread.Fault{
		Code: "fixed.width", Message: reason, Start: line, Line: line, Raw: w.Raw(i),
		Hint: `check the columns and their unit; lines may differ in width with ragged = "null", and bad ones be refused with on_error = "reject"`,
	}
}

// Line implements rowread.Where.
func (w *window) Line(i int) int { return w.lineOf(w.lines[i].Start) }

// Raw implements rowread.Where.
func (w *window) Raw(i int) string { return string(w.text(i)) }

// Place implements rowread.Where.
func (w *window) Place(i, _ int) (line, col int) { return w.Line(i), 0 }
