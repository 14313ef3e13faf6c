package json

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile"
)

// encoder encodes rows as objects. It implements rowfile.Format.
type encoder struct {
	schema  *record.Schema
	layout  layout
	keys    [][]byte // what stands before each value: comma, key, colon, space
	open    []byte   // before the first element's brace; later ones have a comma too
	close   []byte   // behind the last value
	nanNull bool
	replace bool
	rows    int64 // elements written, those of an array that was opened again included
	batch   *record.Batch
}

func newEncoder(o *options, schema *record.Schema) *encoder {
	e := &encoder{schema: schema, layout: o.Format, nanNull: o.NaN == "null", replace: o.Invalid == "replace"}
	space, item, field, end := "", "", "", ""
	if o.Format == array {
		item = "\n"
	}
	if o.Indent > 0 {
		blanks := fmt.Sprintf("%*s", o.Indent, "")
		space, item, field, end = " ", "\n"+blanks, "\n"+blanks+blanks, "\n"+blanks
	}
	e.open, e.close = []byte(item+"{"), []byte(end+"}")
	for i, f := range schema.Fields() {
		comma := ","
		if i == 0 {
			comma = ""
		}
		key, _ := appendString([]byte(comma+field), f.Name, true)
		e.keys = append(e.keys, append(key, ":"+space...))
	}
	return e
}

// Begin implements rowfile.Format.
func (e *encoder) Begin(b *record.Batch) { e.batch = b }

// AppendRow implements rowfile.Format.
func (e *encoder) AppendRow(dst []byte, i int) ([]byte, *rowfile.Refusal) {
	if e.layout == array && e.rows > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, e.open...)
	for c, key := range e.keys {
		dst = append(dst, key...)
		var err error
		if dst, err = e.appendCell(dst, e.batch.Columns[c], i); err != nil {
			return dst, e.refusal(c, i, err)
		}
	}
	dst = append(dst, e.close...)
	if e.layout == lines {
		dst = append(dst, '\n')
	}
	e.rows++
	return dst, nil
}

// AppendEnd implements rowfile.Format.
func (e *encoder) AppendEnd(dst []byte) []byte {
	switch {
	case e.layout == lines:
		return dst
	case e.rows == 0:
		return append(dst, "]\n"...)
	}
	return append(dst, "\n]\n"...)
}

// appendCell appends the value of row i of a column. Source text is copied
// where it is JSON for a value of the column's type.
func (e *encoder) appendCell(dst []byte, c *record.Column, i int) ([]byte, error) {
	if c.IsNull(i) {
		return append(dst, "null"...), nil
	}
	if text, ok := c.SourceText(i); ok {
		switch {
		case c.Type.Kind == record.String:
			return e.appendText(dst, text)
		case c.Type.Kind == record.Int && isInteger(text), c.Type.Kind == record.Float && isFiniteNumber(text):
			return append(dst, text...), nil
		}
	}
	x, err := valueOf(e.batch, c, i)
	if err != nil {
		return dst, err
	}
	return e.appendValue(dst, x)
}

// valueOf is row i of a column. A column of which another row does not decode
// still gives this one.
func valueOf(b *record.Batch, c *record.Column, i int) (record.Value, error) {
	x, err := c.Value(i)
	if err == nil || isOfRow(err, i) {
		return x, err
	}
	at := slices.Index(b.Columns, c)
	return b.Select([]int32{int32(i)}).Columns[at].Value(0)
}

// isOfRow reports whether an error of decoding is row i's own.
func isOfRow(err error, i int) bool {
	var wrong *record.ValueError
	return !errors.As(err, &wrong) || wrong.Row == i
}

func (e *encoder) appendValue(dst []byte, x record.Value) ([]byte, error) {
	switch x.Kind() {
	case record.String:
		return e.appendText(dst, x.Str())
	case record.Int:
		return strconv.AppendInt(dst, x.Int(), 10), nil
	case record.Uint:
		return strconv.AppendUint(dst, x.Uint(), 10), nil
	case record.Float:
		return e.appendFloat(dst, x.Float())
	case record.Bool:
		return strconv.AppendBool(dst, x.Bool()), nil
	case record.Bytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(x.Str()))
		return append(dst, '"'), nil
	case record.Null:
		return append(dst, "null"...), nil
	}
	dst = append(dst, '"')
	dst = record.AppendValue(dst, x)
	return append(dst, '"'), nil
}

func (e *encoder) appendFloat(dst []byte, x float64) ([]byte, error) {
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		return record.AppendFloat(dst, x), nil
	}
	if e.nanNull {
		return append(dst, "null"...), nil
	}
	return dst, errNoNumber
}

func (e *encoder) appendText(dst []byte, s string) ([]byte, error) {
	dst, valid := appendString(dst, s, e.replace)
	if !valid {
		return dst, errNoUTF8
	}
	return dst, nil
}

var (
	errNoNumber = errors.New("JSON has no such number")
	errNoUTF8   = errors.New("the text is no UTF-8")
)

// refusal says why the value of a column is refused.
func (e *encoder) refusal(c, i int, err error) *rowfile.Refusal {
	r := &rowfile.Refusal{Code: "json.value", Column: e.schema.Field(c).Name, Message: err.Error()}
	r.Value = string(e.batch.Columns[c].AppendText(nil, i))
	switch {
	case errors.Is(err, errNoNumber):
		r.Code, r.Message = "json.number", r.Value+" is no number in JSON"
		r.Hint = `choose nan = "null", or on_error = "reject"`
	case errors.Is(err, errNoUTF8):
		r.Code, r.Message = "json.utf8", fmt.Sprintf("%q is no UTF-8", r.Value)
		r.Hint = `choose invalid = "replace", or name the source's encoding where it is read`
	}
	return r
}
