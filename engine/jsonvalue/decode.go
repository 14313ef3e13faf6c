package jsonvalue

import (
	"bytes"
	"encoding/base64"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/record"
)

// MaxDepth is how deep objects and arrays nest at most.
const MaxDepth = 100

// Decode reads one JSON text. An object becomes a map value whose entries keep
// their order, an array a list value, null the zero Value. Numbers become what
// Number makes of them. The error is an *Error.
func Decode(text string) (record.Value, error) {
	d := decoder{jsontext.NewDecoder(bytes.NewBufferString(text))}
	v, err := d.value()
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return record.Value{}, Explain(err)
	}
	return v, nil
}

// DecodeAs reads one JSON text as a value of type t: times are ISO strings,
// bytes are base64, decimals may be strings; all else is as record.Coerce takes
// it.
func DecodeAs(text string, t record.Type) (record.Value, error) {
	v, err := Decode(text)
	if err != nil {
		return v, err
	}
	if v, err = parseStrings(v, t); err != nil {
		return record.Value{}, err
	}
	return record.Coerce(v, t)
}

// Valid reports why a text is not one JSON text; the error is an *Error.
func Valid(text string) error {
	d := jsontext.NewDecoder(bytes.NewBufferString(text))
	_, err := d.ReadToken()
	if err == nil {
		err = SkipRest(d, d.StackDepth())
	}
	if err == nil {
		err = decoder{d}.end()
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

type decoder struct{ *jsontext.Decoder }

// end checks that nothing stands behind the value.
func (d decoder) end() error {
	_, err := d.ReadToken()
	switch {
	case err == io.EOF:
		return nil
	case err == nil:
		return &Error{Offset: d.InputOffset() - 1, Kind: ErrSyntax, Reason: "something stands behind the value"}
	}
	return err
}

func (d decoder) value() (record.Value, error) {
	t, err := d.ReadToken()
	if err != nil {
		return record.Value{}, err
	}
	return d.from(t)
}

// from is the value that begins with a token.
func (d decoder) from(t jsontext.Token) (record.Value, error) {
	if d.StackDepth() > MaxDepth {
		return record.Value{}, tooDeep(d.Decoder)
	}
	switch t.Kind() {
	case jsontext.KindTrue, jsontext.KindFalse:
		return record.BoolValue(t.Bool()), nil
	case jsontext.KindString:
		return record.StringValue(t.String()), nil
	case jsontext.KindNumber:
		return d.number(t.String())
	case jsontext.KindBeginArray:
		return d.array()
	case jsontext.KindBeginObject:
		return d.object()
	}
	return record.Value{}, nil
}

func (d decoder) number(text string) (record.Value, error) {
	v, err := Number(text)
	if err != nil {
		return v, &Error{Offset: d.InputOffset() - int64(len(text)), Kind: ErrNumber, Reason: err.Error()}
	}
	return v, nil
}

func (d decoder) array() (record.Value, error) {
	items := []record.Value{}
	for {
		t, err := d.ReadToken()
		switch {
		case err != nil:
			return record.Value{}, err
		case t.Kind() == jsontext.KindEndArray:
			return record.ListValue(items), nil
		}
		v, err := d.from(t)
		if err != nil {
			return v, err
		}
		items = append(items, v)
	}
}

func (d decoder) object() (record.Value, error) {
	entries := []record.Entry{}
	for {
		name, err := d.ReadToken()
		switch {
		case err != nil:
			return record.Value{}, err
		case name.Kind() == jsontext.KindEndObject:
			return record.MapValue(entries), nil
		}
		e := record.Entry{Name: name.String()}
		if e.Value, err = d.value(); err != nil {
			return record.Value{}, err
		}
		entries = append(entries, e)
	}
}

// parseStrings is v with its strings read as the values for which JSON has no
// form of its own, where t says so.
func parseStrings(v record.Value, t record.Type) (record.Value, error) {
	if t.Kind == record.JSON && !v.IsNull() {
		text, err := Append(nil, v)
		return record.TextValue(record.JSON, string(text)), err
	}
	switch v.Kind() {
	case record.String:
		return parseString(v, t)
	case record.ListOf:
		return parseItems(v, t)
	case record.MapOf:
		return parseEntries(v, t)
	}
	return v, nil
}

func parseString(v record.Value, t record.Type) (record.Value, error) {
	switch t.Kind {
	case record.Bytes:
		octets, err := base64.StdEncoding.DecodeString(v.Str())
		if err != nil {
			return record.Value{}, &record.ValueError{Value: v.Str(), Want: t, Reason: "not base64"}
		}
		return record.TextValue(record.Bytes, string(octets)), nil
	case record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval, record.DecimalOf:
		x, err := record.Parse(t, v.Str())
		if err != nil {
			return record.Value{}, &record.ValueError{Value: v.Str(), Want: t, Reason: err.Error()}
		}
		return x, nil
	}
	return v, nil
}

func parseItems(v record.Value, t record.Type) (record.Value, error) {
	if t.Kind != record.ListOf {
		return v, nil
	}
	items := make([]record.Value, len(v.Items()))
	var err error
	for i, x := range v.Items() {
		if items[i], err = parseStrings(x, *t.Elem); err != nil {
			return record.Value{}, err
		}
	}
	return record.ListValue(items), nil
}

func parseEntries(v record.Value, t record.Type) (record.Value, error) {
	entries := make([]record.Entry, len(v.Entries()))
	var err error
	for i, e := range v.Entries() {
		entries[i].Name = e.Name
		if entries[i].Value, err = parseStrings(e.Value, entryType(t, e.Name)); err != nil {
			return record.Value{}, err
		}
	}
	return record.MapValue(entries), nil
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
