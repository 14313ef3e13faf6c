package csv

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// column is one column of a table. It decodes the column's fields in the
// batches of all files.
type column struct {
	name   string
	typ    record.Type
	words  []string       // that mean NULL without quotes
	layout *record.Layout // of pinned dates and times; nil: ISO
	zone   *time.Location // of pinned timestamps without one
	quote  string
	pinned bool // else the type was inferred, and only values in its canonical form are taken
	// toNull makes values that do not decode NULL (on_error = "null").
	toNull bool
}

// IsNull implements record.Decoder.
func (c *column) IsNull(f record.RawField) bool {
	return c.isNull(f) || c.toNull && c.check(f) != nil
}

// isNull reports whether a field means NULL as it is written: a NULL word
// without quotes, no text in a column that is not of strings, or JSON's null in
// one of lists, structs or maps.
func (c *column) isNull(f record.RawField) bool {
	if len(f.Bytes) == 0 && c.typ.Kind != record.String || isNested(c.typ.Kind) && isNullText(f.Bytes) {
		return true
	}
	return f.Flags&record.Quoted == 0 && isWord(c.words, f.Bytes)
}

// isNested reports whether values of a kind stand as JSON in a field.
func isNested(k record.Kind) bool {
	return k == record.ListOf || k == record.Struct || k == record.MapOf
}

func isNullText(text []byte) bool { return string(bytes.Trim(text, " \t\r\n")) == "null" }

func isWord(words []string, text []byte) bool {
	for _, w := range words {
		if len(w) == len(text) && w == string(text) {
			return true
		}
	}
	return false
}

// Text implements record.Decoder. The text shares the block's memory, which
// never changes, unless it holds escaped quotes.
func (c *column) Text(f record.RawField) string {
	text := unsafe.String(unsafe.SliceData(f.Bytes), len(f.Bytes))
	if f.Flags&record.Escaped != 0 {
		return unescaped(text, c.quote)
	}
	return text
}

func unescaped(text, quote string) string { return strings.ReplaceAll(text, quote+quote, quote) }

// Decode implements record.Decoder.
func (c *column) Decode(raw *record.Raw, v *record.Vector) error {
	switch c.typ.Kind {
	case record.String, record.Bytes:
		return decodeAll(c, raw, v, v.Strings, asIs)
	case record.Int:
		return decodeAll(c, raw, v, v.Ints, c.parseInt())
	case record.Uint:
		return decodeAll(c, raw, v, v.Uints, record.ParseUint)
	case record.Float:
		return decodeAll(c, raw, v, v.Floats, c.parseFloat())
	case record.Bool:
		return decodeAll(c, raw, v, v.Bools, c.parseBool())
	case record.Any:
		return decodeAll(c, raw, v, v.Values, asValue)
	case record.DecimalOf:
		return decodeAll(c, raw, v, v.Decimals, c.parseDecimal)
	case record.JSON:
		return decodeAll(c, raw, v, v.Strings, parseJSON)
	case record.ListOf, record.Struct, record.MapOf:
		return decodeAll(c, raw, v, v.Values, c.parseNested)
	}
	return decodeAll(c, raw, v, v.Ints, c.parseTemporal())
}

// decodeAll fills the values of a vector.
func decodeAll[T any](c *column, raw *record.Raw, v *record.Vector, values []T, parse func(string) (T, error)) error {
	n := raw.Len()
	for i := range n {
		f := raw.Field(i)
		if c.isNull(f) {
			v.SetNull(i, n)
			continue
		}
		x, err := parse(c.Text(f))
		switch {
		case err == nil:
			values[i] = x
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
	text := c.Text(f)
	var err error
	switch c.typ.Kind {
	case record.String, record.Bytes, record.Any:
	case record.Int:
		_, err = c.parseInt()(text)
	case record.Uint:
		_, err = record.ParseUint(text)
	case record.Float:
		_, err = c.parseFloat()(text)
	case record.Bool:
		_, err = c.parseBool()(text)
	case record.DecimalOf:
		_, err = c.parseDecimal(text)
	case record.JSON:
		_, err = parseJSON(text)
	case record.ListOf, record.Struct, record.MapOf:
		_, err = c.parseNested(text)
	default:
		_, err = c.parseTemporal()(text)
	}
	return err
}

func (c *column) valueError(row int, f record.RawField, reason error) *record.ValueError {
	e := &record.ValueError{Row: row, Value: strings.Clone(c.Text(f)), Want: c.typ, Reason: reason.Error()}
	if !c.pinned {
		e.Reason += "; the type was inferred from a sample of the file, pin another one: types = { " + readopt.Key(c.name) + ` = "string" }`
	}
	return e
}

// canFail reports whether there are texts that do not decode.
func (c *column) canFail() bool {
	switch c.typ.Kind {
	case record.String, record.Bytes, record.Any:
		return false
	}
	return true
}

func asIs(s string) (string, error) { return s, nil }

func asValue(s string) (record.Value, error) { return record.StringValue(s), nil }

func (c *column) parseDecimal(s string) (record.Decimal, error) {
	d, err := record.ParseDecimal(s)
	if err == nil {
		err = d.Fit(c.typ.Precision, c.typ.Scale)
	}
	return d, err
}

func parseJSON(s string) (string, error) { return s, jsonvalue.Valid(s) }

func (c *column) parseNested(s string) (record.Value, error) { return jsonvalue.DecodeAs(s, c.typ) }

func (c *column) parseInt() func(string) (int64, error) {
	if c.pinned {
		return record.ParseInt
	}
	return inferredInt
}

func (c *column) parseFloat() func(string) (float64, error) {
	if c.pinned {
		return record.ParseFloat
	}
	return inferredFloat
}

func (c *column) parseBool() func(string) (bool, error) {
	if c.pinned {
		return record.ParseBool
	}
	return inferredBool
}

func (c *column) parseTemporal() func(string) (int64, error) {
	kind, zone := c.typ.Kind, c.zone
	switch {
	case c.layout != nil:
		return func(s string) (int64, error) { return c.layout.Parse(kind, s, zone) }
	case kind == record.Date && !c.pinned:
		return inferredDate
	case kind == record.Date:
		return record.ParseDate
	case kind == record.Time:
		return record.ParseTime
	case kind == record.Datetime:
		return record.ParseDatetime
	case kind == record.Interval:
		return record.ParseInterval
	}
	return func(s string) (int64, error) { return record.ParseTimestamp(s, zone) }
}

// Why a value does not fit a type that was inferred, though it would fit the
// same type if it were pinned.
var (
	errForm   = errors.New("another form than the values before")
	errDigits = errors.New("a float would lose digits")
)

func inferredInt(s string) (int64, error) {
	n, err := record.ParseInt(s)
	if err == nil && !isPlainInt(s) {
		return 0, errForm
	}
	return n, err
}

func inferredFloat(s string) (float64, error) {
	n, plain := shapeOf(s)
	if !plain {
		if _, err := record.ParseFloat(s); err != nil {
			return 0, err
		}
		return 0, errForm
	}
	if f, ok := n.float(s[0] == '-'); ok {
		return f, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return record.ParseFloat(s)
	case !n.keepsDigits(s, f):
		return 0, errDigits
	}
	return f, nil
}

func inferredBool(s string) (bool, error) {
	b, err := record.ParseBool(s)
	if err == nil && s != "true" && s != "false" {
		return false, errForm
	}
	return b, err
}

func inferredDate(s string) (int64, error) {
	days, err := record.ParseDate(s)
	if err == nil && len(s) != len("2006-01-02") {
		return 0, errForm
	}
	return days, err
}

var _ record.Decoder = (*column)(nil)
