package json

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/etlscript/etlscript/engine/jsonvalue"
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
		key, _ := jsonvalue.AppendString([]byte(comma+field), f.Name) // Check refuses what is no UTF-8, or it is to be replaced
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
	text, ok := c.SourceText(i)
	if ok {
		switch k := c.Type.Kind; {
		case k == record.String:
			return e.appendText(dst, text)
		case k == record.JSON:
			return jsonvalue.AppendText(dst, text)
		case isLiteral(k, text):
			return append(dst, text...), nil
		}
	}
	x, err := valueOf(e.batch, c, i)
	switch {
	case err != nil:
		return dst, err
	case ok && means(text, x):
		return jsonvalue.AppendText(dst, text)
	case ok && isTime(text, c.Type, x):
		return e.appendText(dst, text)
	}
	return e.appendValue(dst, x, c.Type)
}

// isLiteral reports whether a source text is JSON for a number or boolean of a
// kind.
func isLiteral(k record.Kind, text string) bool {
	switch k {
	case record.Int:
		return isInteger(text)
	case record.Uint:
		return isInteger(text) && text[0] != '-'
	case record.Float, record.DecimalOf:
		return isFiniteNumber(text)
	}
	return false
}

// means reports whether a source text is JSON of a nested value or a number.
func means(text string, x record.Value) bool {
	if isNested(x.Kind()) {
		return jsonvalue.Valid(text) == nil
	}
	return isLiteral(x.Kind(), text)
}

func isNested(k record.Kind) bool {
	return k == record.ListOf || k == record.Struct || k == record.MapOf || k == record.JSON
}

// isTime reports whether a source text is an ISO string of a date, a time or an
// interval, so that who reads it gets the value.
func isTime(text string, t record.Type, x record.Value) bool {
	switch x.Kind() {
	case record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval:
		read, err := record.Parse(t, text)
		return err == nil && read.Int() == x.Int()
	}
	return false
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

func (e *encoder) appendValue(dst []byte, x record.Value, t record.Type) ([]byte, error) {
	switch x.Kind() {
	case record.String:
		return e.appendText(dst, x.Str())
	case record.DecimalOf:
		return record.AppendAs(dst, x, &t), nil
	case record.Float:
		if f := x.Float(); e.nanNull && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return append(dst, "null"...), nil
		}
	}
	return jsonvalue.Append(dst, x)
}

func (e *encoder) appendText(dst []byte, s string) ([]byte, error) {
	dst, err := jsonvalue.AppendString(dst, s)
	if e.replace {
		return dst, nil
	}
	return dst, err
}

// refusal says why the value of a column is refused.
func (e *encoder) refusal(c, i int, err error) *rowfile.Refusal {
	r := &rowfile.Refusal{Code: "json.value", Column: e.schema.Field(c).Name, Message: err.Error()}
	r.Value = string(e.batch.Columns[c].AppendText(nil, i))
	inside := isNested(e.schema.Field(c).Type.Kind)
	switch {
	case inside:
		r.Hint = `mend the value, or set on_error = "reject"`
	case errors.Is(err, jsonvalue.ErrNumber):
		r.Code, r.Message = "json.number", r.Value+" is no number in JSON"
		r.Hint = `choose nan = "null", or on_error = "reject"`
	case errors.Is(err, jsonvalue.ErrUTF8):
		r.Code, r.Message = "json.utf8", fmt.Sprintf("%q is no UTF-8", r.Value)
		r.Hint = `choose invalid = "replace", or name the source's encoding where it is read`
	}
	return r
}
