package json

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// column is one column of a table. It decodes the column's fields in the
// batches of all files. A field is the text of a value; that of a string stands
// without its quotes, unless the column holds whole JSON texts.
type column struct {
	name  string
	typ   record.Type
	pin   *readopt.Pin // nil: the type was inferred, and only values in its canonical form are taken
	words []string     // strings that mean NULL
	whole bool         // fields are JSON texts
	rest  bool         // it holds the keys that are no columns
	// toNull makes values that do not decode NULL (on_error = "null").
	toNull bool
}

func newColumn(name string, typ record.Type, pin *readopt.Pin, words []string) *column {
	c := &column{name: name, typ: typ, pin: pin, words: words}
	switch typ.Kind {
	case record.JSON, record.Any, record.ListOf, record.Struct, record.MapOf:
		c.whole = true
	}
	return c
}

// takes reports whether values of a form may stand in the column. That any form
// may stand where the script fixes the type is checked when they decode.
func (c *column) takes(f form) bool {
	if c.pin != nil {
		return true
	}
	switch c.typ.Kind {
	case record.String, record.Date:
		return f == stringForm
	case record.Bool:
		return f == boolForm
	case record.JSON:
		return true
	}
	return f == numberForm
}

// span is the field of a value whose text stands at a place of a block's data.
func (c *column) span(m member, at int) record.Span {
	s := record.Span{Start: uint32(at), End: uint32(at + len(m.text))}
	if c.whole || m.kind != jsontext.KindString {
		return s
	}
	s.Start, s.End, s.Flags = s.Start+1, s.End-1, record.Quoted
	if slices.Contains(m.text, '\\') {
		s.Flags |= record.Escaped
	}
	return s
}

// IsNull implements record.Decoder.
func (c *column) IsNull(f record.RawField) bool {
	return c.isNull(f) || c.toNull && c.check(f) != nil
}

// isNull reports whether a field means NULL as it is written.
func (c *column) isNull(f record.RawField) bool {
	if f.Flags&record.Missing != 0 {
		return true
	}
	if f.Flags&record.Quoted == 0 && string(f.Bytes) == "null" {
		return true
	}
	return len(c.words) > 0 && c.isWord(f)
}

// isWord reports whether a field is a string that means NULL.
func (c *column) isWord(f record.RawField) bool {
	text := c.Text(f)
	if c.whole {
		unquoted, err := jsontext.AppendUnquote(nil, text)
		return err == nil && slices.Contains(c.words, string(unquoted))
	}
	return f.Flags&record.Quoted != 0 && slices.Contains(c.words, text)
}

// Text implements record.Decoder. The text shares the block's memory, which
// never changes, unless it holds escapes.
func (c *column) Text(f record.RawField) string {
	text := unsafe.String(unsafe.SliceData(f.Bytes), len(f.Bytes))
	if f.Flags&record.Escaped == 0 {
		return text
	}
	quoted := append(append([]byte{'"'}, f.Bytes...), '"')
	plain, _ := jsontext.AppendUnquote(nil, quoted) // the parser has checked it
	return string(plain)
}

// Decode implements record.Decoder.
func (c *column) Decode(raw *record.Raw, v *record.Vector) error {
	n := raw.Len()
	for i := range n {
		f := raw.Field(i)
		if c.isNull(f) {
			v.SetNull(i, n)
			continue
		}
		x, err := c.value(f)
		switch {
		case err == nil:
			v.Set(c.typ.Kind, i, n, x)
		case c.toNull:
			v.SetNull(i, n)
		default:
			return c.valueError(i, f, err)
		}
	}
	return nil
}

// check reports why a field that is not NULL has no value of the type.
func (c *column) check(f record.RawField) error {
	_, err := c.value(f)
	return err
}

func (c *column) valueError(row int, f record.RawField, reason error) *record.ValueError {
	e := &record.ValueError{Row: row, Value: strings.Clone(c.Text(f)), Want: c.typ, Reason: reason.Error()}
	var whole *record.CoerceError
	if errors.As(reason, &whole) && whole.Path == "" {
		e.Reason = whole.Reason // the rest stands before it
	}
	if c.pin == nil {
		e.Reason += "; " + c.inferredHint()
	}
	return e
}

func (c *column) inferredHint() string {
	return "the type was inferred from a sample of the file, pin another one: types = { " + readopt.Key(c.name) + ` = "json" }`
}

// canFail reports whether there are fields that do not decode.
func (c *column) canFail() bool {
	if c.pin != nil {
		return c.typ.Kind != record.JSON
	}
	switch c.typ.Kind {
	case record.String, record.Bool, record.JSON:
		return false
	}
	return true
}

// value is the value of a field that is not NULL.
func (c *column) value(f record.RawField) (record.Value, error) {
	text := c.Text(f)
	if c.pin == nil {
		return c.inferredValue(text)
	}
	switch c.typ.Kind {
	case record.JSON:
		return record.TextValue(record.JSON, text), nil
	case record.Any:
		return jsonvalue.Decode(text)
	case record.ListOf, record.Struct, record.MapOf:
		return jsonvalue.DecodeAs(text, c.typ)
	}
	if f.Flags&record.Quoted == 0 && (text[0] == '{' || text[0] == '[') {
		return record.Value{}, errNested
	}
	if c.typ.Kind == record.Bytes {
		octets, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return record.Value{}, errBase64
		}
		return record.TextValue(record.Bytes, string(octets)), nil
	}
	return c.pin.Parse(text)
}

// inferredValue reads the text of a value whose form is known to fit.
func (c *column) inferredValue(text string) (record.Value, error) {
	switch c.typ.Kind {
	case record.String:
		return record.StringValue(text), nil
	case record.JSON:
		return record.TextValue(record.JSON, text), nil
	case record.Date:
		days, err := inferredDate(text)
		return record.TemporalValue(record.Date, days), err
	case record.Int, record.Uint:
		if !jsonvalue.IsWhole(text) {
			return record.Value{}, errForm
		}
	case record.Float:
		f, exact := jsonvalue.Float(text)
		if !exact {
			return record.Value{}, errDigits
		}
		return record.FloatValue(f), nil
	}
	return record.Parse(c.typ, text)
}

// inferredDate reads a date as 2013-01-31.
func inferredDate(s string) (int64, error) {
	if len(s) != len("2006-01-02") {
		return 0, errForm
	}
	return record.ParseDate(s)
}

// Why a value does not fit a type.
var (
	errForm   = errors.New("another form than the values before")
	errDigits = errors.New("a float would lose digits")
	errNested = errors.New("it is nested; pin json, list(T), struct{...} or map(T)")
	errBase64 = errors.New("bytes are written in base64")
)

var _ record.Decoder = (*column)(nil)
