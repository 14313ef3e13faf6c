package lines

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// encoder encodes rows as lines. It implements rowfile.Format.
type encoder struct {
	*sink
	cells   []cell
	charset textfile.Encoder
	batch   *record.Batch
	line    []byte // in UTF-8
	value   []byte
	null    bool // the value is NULL
}

// Begin implements rowfile.Format.
func (e *encoder) Begin(b *record.Batch) { e.batch = b }

// AppendEnd implements rowfile.Format.
func (e *encoder) AppendEnd(dst []byte) []byte { return dst }

// AppendRow implements rowfile.Format.
func (e *encoder) AppendRow(dst []byte, i int) ([]byte, *rowfile.Refusal) {
	e.line = e.line[:0]
	at := 0
	for c := range e.cells {
		cell := &e.cells[c]
		if refusal := e.text(cell, i); refusal != nil {
			return dst, refusal
		}
		if cell.fixed == nil {
			e.line = append(e.line, e.value...)
			continue
		}
		for ; at < cell.fixed.from; at++ {
			e.line = append(e.line, ' ')
		}
		if refusal := e.fill(cell); refusal != nil {
			return dst, refusal
		}
		at = cell.fixed.to
	}
	for ; at < e.width; at++ {
		e.line = append(e.line, ' ')
	}
	out, refusal := e.charset.Append(dst, append(e.line, e.LineEnd...))
	if refusal != nil {
		refusal.Column = e.cells[0].name
	}
	return out, refusal
}

// text puts the value of row i into e.value.
func (e *encoder) text(c *cell, i int) *rowfile.Refusal {
	column := e.batch.Columns[c.place]
	e.value = e.value[:0]
	if e.null = column.IsNull(i); e.null {
		e.value = append(e.value, e.Null...)
		return nil
	}
	if c.fixed != nil && c.fixed.Layout != nil {
		return e.formatted(c, column, i)
	}
	e.value = column.AppendText(e.value, i)
	if bytes.ContainsAny(e.value, "\r\n") {
		return e.refuse(c, "lines.break", "it holds a line break", `replace it, as in row.text:gsub("%s+", " "), or set on_error = "reject"`)
	}
	return nil
}

// formatted writes a date or time as the script wants it.
func (e *encoder) formatted(c *cell, column *record.Column, i int) *rowfile.Refusal {
	v, err := column.Value(i)
	if err == nil {
		e.value, err = c.fixed.Layout.Append(e.value, v.Kind(), v.Int(), c.fixed.Zone)
	}
	if err != nil {
		e.value = column.AppendText(nil, i)
		return e.refuse(c, "fixed.format", err.Error(), `correct the format, or set on_error = "reject"`)
	}
	return nil
}

// fill appends the value to the line, as wide as its column.
func (e *encoder) fill(c *cell) *rowfile.Refusal {
	width, have := c.fixed.to-c.fixed.from, e.size(e.value)
	if have > width && e.cut && !c.number {
		e.value = e.shorten(e.value, width)
		have = e.size(e.value)
	}
	if have > width {
		return e.refuse(c, "fixed.overflow", fmt.Sprintf("it is %d wide, but its column %d", have, width),
			`make the column wider, or cut texts with overflow = "cut"`)
	}
	before, behind := e.value, []byte(nil)
	if c.right {
		before, behind = nil, e.value
	}
	if c.right && c.number && c.fixed.pad == "0" && len(e.value) > 0 && e.value[0] == '-' {
		before, behind = e.value[:1], e.value[1:] // -0005, not 000-5
	}
	e.line = append(e.line, before...)
	pad := c.fixed.pad
	if e.null {
		pad = " "
	}
	for range width - have {
		e.line = append(e.line, pad...)
	}
	e.line = append(e.line, behind...)
	return nil
}

func (e *encoder) size(text []byte) int {
	if e.bytes {
		return len(text)
	}
	return utf8.RuneCount(text)
}

// shorten is the beginning of a text, in whole characters.
func (e *encoder) shorten(text []byte, width int) []byte {
	end, size := 0, 0
	for end < len(text) {
		_, n := utf8.DecodeRune(text[end:])
		step := 1
		if e.bytes {
			step = n
		}
		if size+step > width {
			break
		}
		end, size = end+n, size+step
	}
	return text[:end]
}

func (e *encoder) refuse(c *cell, code diag.Code, message, hint string) *rowfile.Refusal {
	return &rowfile.Refusal{Code: code, Column: c.name, Value: string(e.value), Message: message, Hint: hint}
}
