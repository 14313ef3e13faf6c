package json

import (
	"github.com/etlscript/etlscript/engine/record"
)

// window is rows that make a batch. The text of each stands whole in the
// block's data.
type window struct {
	block  record.Block
	places []rowPlace
	none   []record.Span // a row of which no key is there
}

// rowPlace is where a row stands in its block and in its file.
type rowPlace struct {
	start, end int // in the block's data
	at         place
}

// newWindow makes a window for rows of the given number of columns, with room
// for about as much text as the last one had.
func newWindow(columns, width int) *window {
	const least, slack = 4 << 10, 8
	w := &window{none: make([]record.Span, columns)}
	for i := range w.none {
		w.none[i].Flags = record.Missing
	}
	w.block = record.Block{Columns: columns, Data: make([]byte, 0, max(least, width+width/slack))}
	return w
}

func (w *window) rows() int { return len(w.places) }

// row gives the fields of a row.
func (w *window) row(i int) []record.Span {
	n := w.block.Columns
	return w.block.Spans[i*n : (i+1)*n]
}

// text is the source text of a row.
func (w *window) text(i int) []byte {
	p := w.places[i]
	return w.block.Data[p.start:p.end]
}

// placeOf is where a byte of a row's text stands in the file.
func (w *window) placeOf(i int, at uint32) place {
	p := w.places[i]
	if int(at) < p.start || int(at) > p.end {
		return p.at
	}
	return p.at.behind(w.block.Data[p.start:at])
}

// begin adds a row without fields.
func (w *window) begin(r row) {
	start := len(w.block.Data)
	w.block.Data = append(w.block.Data, r.text...)
	w.block.Spans = append(w.block.Spans, w.none...)
	w.places = append(w.places, rowPlace{start, len(w.block.Data), r.at})
}

// undo takes the last row back.
func (w *window) undo() {
	last := len(w.places) - 1
	w.block.Data = w.block.Data[:w.places[last].start]
	w.block.Spans = w.block.Spans[:last*w.block.Columns]
	w.places = w.places[:last]
}

// adder puts the entries of one row into a window.
type adder struct {
	table   *table
	columns []*column
	window  *window
	fields  []record.Span // of the row
	next    int           // the column that most probably comes next
	rest    []byte        // an object of the keys that are no columns, without its end
}

// add adds a row, unless it is refused.
func (a *adder) add(p *parser, r row) *fault {
	a.window.begin(r)
	a.fields, a.next, a.rest = a.window.row(a.window.rows()-1), 0, a.rest[:0]
	if f := p.parse(r, a.take); f != nil {
		a.window.undo()
		return f
	}
	a.finish()
	return nil
}

// take puts an entry into its field.
func (a *adder) take(m member) *fault {
	i := a.find(m.name)
	if i < 0 {
		return a.surplus(m)
	}
	c := a.columns[i]
	f := c.span(m, a.window.places[a.window.rows()-1].start+m.start)
	if !m.isNull() && !c.takes(formOf(m.kind)) && !c.isNull(a.field(f)) {
		if a.table.nulls() {
			return nil
		}
		return c.wrongForm(m)
	}
	a.fields[i] = f
	return nil
}

func (a *adder) field(s record.Span) record.RawField {
	return record.RawField{Bytes: a.window.block.Data[s.Start:s.End], Flags: s.Flags}
}

// find is the column of a key, -1 if there is none. Most rows have the keys in
// the order of the columns.
func (a *adder) find(key []byte) int {
	if a.next < len(a.columns) && !a.columns[a.next].rest && a.columns[a.next].name == string(key) {
		a.next++
		return a.next - 1
	}
	i, known := a.table.index[string(key)]
	if !known {
		return -1
	}
	a.next = i + 1
	return i
}

// surplus takes an entry that is no column.
func (a *adder) surplus(m member) *fault {
	if a.table.source.Rest.Text == "" {
		return a.table.unknownKey(m)
	}
	comma := byte(',')
	if len(a.rest) == 0 {
		comma = '{'
	}
	a.rest = append(a.rest, comma)
	a.rest = appendKey(a.rest, m.name)
	a.rest = append(append(a.rest, ':'), m.text...)
	return nil
}

// finish puts the surplus entries behind the row's text.
func (a *adder) finish() {
	if len(a.rest) == 0 {
		return
	}
	data := a.window.block.Data
	start := len(data)
	data = append(append(data, a.rest...), '}')
	a.window.block.Data = data
	a.fields[len(a.fields)-1] = record.Span{Start: uint32(start), End: uint32(len(data))}
}
