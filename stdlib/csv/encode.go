package csv

import (
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// encoder encodes rows as CSV. It implements rowfile.Format. A row is first
// made in UTF-8 and then, for another encoding, translated as a whole.
type encoder struct {
	schema    *record.Schema
	delimiter string
	quote     byte
	lineEnd   string
	null      string
	quoting   quoting
	special   [256]bool // the bytes that make a value need quotes
	deep      []int     // the columns that may hold lists, structs or maps
	charset   textfile.Encoder

	batch *record.Batch
	cells []cell
	row   []byte // in UTF-8, before it is translated
	text  []byte // of a value, while it gets its quotes
}

// cell is a column of the batch.
type cell struct {
	column  *record.Column
	raw     *record.Raw // the column's fields, if all of its values have one
	decoder record.Decoder
}

func newEncoder(o *writeOptions, schema *record.Schema) *encoder {
	e := &encoder{
		schema: schema, delimiter: o.Delimiter, quote: o.Quote[0], lineEnd: o.LineEnd, null: o.Null, quoting: o.Quoting,
		cells: make([]cell, schema.Len()),
	}
	// A delimiter of several bytes is told by its first one, which may quote a
	// value that need not be.
	for _, c := range []byte{o.Delimiter[0], o.Quote[0], '\r', '\n'} {
		e.special[c] = true
	}
	for i, f := range schema.Fields() {
		if f.Type.Kind == record.Any || isNested(f.Type.Kind) {
			e.deep = append(e.deep, i)
		}
	}
	return e
}

// Begin implements rowfile.Format.
func (e *encoder) Begin(b *record.Batch) {
	e.batch = b
	for i, c := range b.Columns {
		e.cells[i] = cell{column: c}
		if raw := c.Raw(); raw != nil {
			e.cells[i].raw, e.cells[i].decoder = raw, raw.Decoder()
		}
	}
}

// AppendRow implements rowfile.Format.
func (e *encoder) AppendRow(dst []byte, i int) ([]byte, *rowfile.Refusal) {
	for _, c := range e.deep {
		if refusal := e.checkDeep(c, i); refusal != nil {
			return dst, refusal
		}
	}
	if !e.charset.Translates() {
		return e.appendRow(dst, i), nil
	}
	e.row = e.appendRow(e.row[:0], i)
	dst, refusal := e.charset.Append(dst, e.row)
	if refusal != nil {
		e.blame(refusal, i)
	}
	return dst, refusal
}

// checkDeep refuses a list, struct or map that JSON cannot hold.
func (e *encoder) checkDeep(c, i int) *rowfile.Refusal {
	if e.cells[c].raw != nil {
		return nil // is written as it was read
	}
	v, err := e.cells[c].column.Value(i)
	if err == nil && isNested(v.Kind()) {
		e.text, err = jsonvalue.Append(e.text[:0], v)
	}
	if err == nil {
		return nil
	}
	return &rowfile.Refusal{
		Code: "csv.json", Column: e.schema.Field(c).Name, Value: string(e.cells[c].column.AppendText(nil, i)),
		Message: "it cannot be written as JSON: " + err.Error(), Hint: `mend the value, or set on_error = "reject"`,
	}
}

// AppendEnd implements rowfile.Format.
func (e *encoder) AppendEnd(dst []byte) []byte { return dst }

func (e *encoder) appendRow(dst []byte, i int) []byte {
	for c := range e.cells {
		if c > 0 {
			dst = append(dst, e.delimiter...)
		}
		dst = e.appendCell(dst, &e.cells[c], i)
	}
	return append(dst, e.lineEnd...)
}

// appendCell appends the value of row i. Fields without escapes are copied
// from the source's memory.
func (e *encoder) appendCell(dst []byte, c *cell, i int) []byte {
	start := len(dst)
	if c.raw != nil {
		f := c.raw.Field(i)
		switch {
		case c.decoder.IsNull(f):
			return append(dst, e.null...)
		case f.Flags&record.Escaped == 0:
			dst = append(dst, f.Bytes...)
		default:
			dst = append(dst, c.decoder.Text(f)...)
		}
	} else if c.column.IsNull(i) {
		return append(dst, e.null...)
	} else {
		dst = c.column.AppendText(dst, i)
	}
	if e.needsQuotes(dst[start:]) || e.quoting != quoteNeeded && e.wantsQuotes(c.column, i) {
		return e.enquote(dst, start)
	}
	return dst
}

// needsQuotes reports whether a value would not read back without quotes.
func (e *encoder) needsQuotes(text []byte) bool {
	if len(text) == 0 || string(text) == e.null {
		return true
	}
	for _, c := range text {
		if e.special[c] {
			return true
		}
	}
	// At the start of a file it would be taken for a byte order mark.
	return len(text) >= len(textfile.Mark) && string(text[:len(textfile.Mark)]) == textfile.Mark
}

// wantsQuotes reports whether a value that needs no quotes gets them.
func (e *encoder) wantsQuotes(c *record.Column, i int) bool {
	if e.quoting == quoteAll || c.Type.Kind == record.String {
		return true
	}
	if c.Type.Kind != record.Any {
		return false
	}
	x, err := c.Value(i)
	return err == nil && x.Kind() == record.String
}

// enquote puts dst from start on into quotes.
func (e *encoder) enquote(dst []byte, start int) []byte {
	e.text = append(e.text[:0], dst[start:]...)
	dst = append(dst[:start], e.quote)
	for _, c := range e.text {
		if c == e.quote {
			dst = append(dst, c)
		}
		dst = append(dst, c)
	}
	return append(dst, e.quote)
}

// appendHeader appends the row of the columns' names.
func (e *encoder) appendHeader(dst []byte) []byte {
	for i, name := range e.schema.Names() {
		if i > 0 {
			dst = append(dst, e.delimiter...)
		}
		start := len(dst)
		dst = append(dst, name...)
		if e.quoting != quoteNeeded || e.needsQuotes(dst[start:]) {
			dst = e.enquote(dst, start)
		}
	}
	return append(dst, e.lineEnd...)
}

// blame finds the column of row i that cannot be translated.
func (e *encoder) blame(r *rowfile.Refusal, i int) {
	for c := range e.cells {
		text := e.appendCell(nil, &e.cells[c], i)
		if _, wrong := e.charset.Append(nil, text); wrong == nil {
			continue
		}
		r.Column, r.Value = e.schema.Field(c).Name, string(e.cells[c].column.AppendText(nil, i))
		return
	}
}
