package jsonvalue

import (
	"bytes"
	"encoding/base64"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/record"
)

// MaxDepth is how deep objects and arrays nest at most.
const MaxDepth = 100

// Decode reads one JSON text. An object becomes a map value whose entries keep
// their order, an array a list value, null the zero Value. Numbers become what
// Number makes of them. The error is an *Error.
func Decode(text string) (record.Value, error) {
	return newDecoder(text).whole(record.Of(record.Any))
}

// DecodeAs reads one JSON text as a value of type t: times are ISO strings,
// bytes are base64, decimals may be strings, json is the text as it stands; all
// else is as record.Coerce takes it.
func DecodeAs(text string, t record.Type) (record.Value, error) {
	v, err := newDecoder(text).whole(t)
	if err != nil {
		return v, err
	}
	return record.Coerce(v, t)
}

// Valid reports why a text is not one JSON text; the error is an *Error.
func Valid(text string) error {
	d := newDecoder(text)
	_, err := d.ReadToken()
	if err == nil {
		err = SkipRest(d.Decoder, d.StackDepth())
	}
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return Explain(err)
	}
	return nil
}

// SkipRest reads to the end of the object or array of which depth levels are
// open. It is an error if the value nests deeper than MaxDepth.
func SkipRest(d *jsontext.Decoder, depth int) error {
	outside := d.StackDepth() - depth
	for d.StackDepth() > outside {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		if d.StackDepth()-outside > MaxDepth {
			return tooDeep(d)
		}
	}
	return nil
}

// decoder reads the values of a text.
type decoder struct {
	*jsontext.Decoder
	text   string
	before int64 // where the last token, and what stands before it, begins
}

func newDecoder(text string) *decoder {
	return &decoder{Decoder: jsontext.NewDecoder(bytes.NewBufferString(text)), text: text}
}

// whole reads the one value of the text.
func (d *decoder) whole(t record.Type) (record.Value, error) {
	v, err := d.value(t)
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return record.Value{}, Explain(err)
	}
	return v, nil
}

// end checks that nothing stands behind the value.
func (d *decoder) end() error {
	_, err := d.ReadToken()
	switch {
	case err == io.EOF:
		return nil
	case err == nil:
		return &Error{Offset: d.InputOffset() - 1, Kind: ErrSyntax, Reason: "something stands behind the value"}
	}
	return err
}

func (d *decoder) token() (jsontext.Token, error) {
	d.before = d.InputOffset()
	return d.ReadToken()
}

// value reads a value that is to have a type, as far as that decides how its
// text is read.
func (d *decoder) value(t record.Type) (record.Value, error) {
	token, err := d.token()
	if err != nil {
		return record.Value{}, err
	}
	return d.from(token, t)
}

// from is the value that begins with a token.
func (d *decoder) from(token jsontext.Token, t record.Type) (record.Value, error) {
	if d.StackDepth() > MaxDepth {
		return record.Value{}, tooDeep(d.Decoder)
	}
	kind := token.Kind()
	if t.Kind == record.JSON && kind != jsontext.KindNull {
		return d.raw(kind)
	}
	switch kind {
	case jsontext.KindTrue, jsontext.KindFalse:
		return record.BoolValue(token.Bool()), nil
	case jsontext.KindString:
		return fromString(token.String(), t)
	case jsontext.KindNumber:
		return d.number(token.String(), t)
	case jsontext.KindBeginArray:
		return d.array(elemType(t))
	case jsontext.KindBeginObject:
		return d.object(t)
	}
	return record.Value{}, nil
}

// raw is the text of the value that begins with the last token.
func (d *decoder) raw(kind jsontext.Kind) (record.Value, error) {
	start := d.before
	if kind == jsontext.KindBeginObject || kind == jsontext.KindBeginArray {
		if err := SkipRest(d.Decoder, 1); err != nil {
			return record.Value{}, err
		}
	}
	return record.TextValue(record.JSON, strings.TrimLeft(d.text[start:d.InputOffset()], " \t\r\n,:")), nil
}

// number is a number; one that is to be a float is the nearest one.
func (d *decoder) number(text string, t record.Type) (record.Value, error) {
	if f, _ := Float(text); t.Kind == record.Float && !math.IsInf(f, 0) {
		return record.FloatValue(f), nil
	}
	v, err := Number(text)
	if err != nil {
		return v, &Error{Offset: d.InputOffset() - int64(len(text)), Kind: ErrNumber, Reason: err.Error()}
	}
	return v, nil
}

func (d *decoder) array(elem record.Type) (record.Value, error) {
	items := []record.Value{}
	for {
		token, err := d.token()
		switch {
		case err != nil:
			return record.Value{}, err
		case token.Kind() == jsontext.KindEndArray:
			return record.ListValue(items), nil
		}
		v, err := d.from(token, elem)
		if err != nil {
			return v, err
		}
		items = append(items, v)
	}
}

func (d *decoder) object(t record.Type) (record.Value, error) {
	entries := []record.Entry{}
	for {
		name, err := d.token()
		switch {
		case err != nil:
			return record.Value{}, err
		case name.Kind() == jsontext.KindEndObject:
			return record.MapValue(entries), nil
		}
		e := record.Entry{Name: name.String()}
		if e.Value, err = d.value(entryType(t, e.Name)); err != nil {
			return record.Value{}, err
		}
		entries = append(entries, e)
	}
}

// fromString is a string, read as the value for which JSON has no form of its
// own where the type says so.
func fromString(s string, t record.Type) (record.Value, error) {
	switch t.Kind {
	case record.Bytes:
		octets, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return record.Value{}, &record.ValueError{Value: s, Want: t, Reason: "not base64"}
		}
		return record.TextValue(record.Bytes, string(octets)), nil
	case record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval, record.DecimalOf:
		x, err := record.Parse(t, s)
		if err != nil {
			return record.Value{}, &record.ValueError{Value: s, Want: t, Reason: err.Error()}
		}
		return x, nil
	}
	return record.StringValue(s), nil
}

// elemType is the type of a list's items; the zero Type if it has none.
func elemType(t record.Type) record.Type {
	if t.Kind == record.ListOf {
		return *t.Elem
	}
	return record.Type{}
}

// entryType is the type of the named entry of a map or struct; the zero Type if
// it has none.
func entryType(t record.Type, name string) record.Type {
	if t.Kind == record.MapOf {
		return *t.Elem
	}
	for _, f := range t.Fields {
		if f.Name == name {
			return f.Type
		}
	}
	return record.Type{}
}
