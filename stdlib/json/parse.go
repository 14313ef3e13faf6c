package json

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/jsonvalue"
)

// member is an entry of a row's object. Name and text are valid until the
// next one.
type member struct {
	name  []byte
	text  []byte // as it stands, a string with its quotes
	start int    // of text in the row
	kind  jsontext.Kind
}

func (m member) isNull() bool { return m.kind == jsontext.KindNull }

// parser finds the entries of rows.
type parser struct {
	dec  jsontext.Decoder
	in   bytes.Buffer
	name []byte // unescaped
}

// parse hands each entry of a row to take, whose fault ends the row, as does
// one of the row itself.
func (p *parser) parse(r row, take func(member) *fault) *fault {
	p.in = *bytes.NewBuffer(r.text)
	p.dec.Reset(&p.in)
	kind, _, err := p.token(r)
	switch {
	case err != nil:
		return p.failed(r, err)
	case kind != jsontext.KindBeginObject:
		return noObject(r, kind)
	}
	for {
		m, more, err := p.member(r)
		switch {
		case err != nil:
			return p.failed(r, err)
		case !more:
			return p.end(r)
		}
		if f := take(m); f != nil {
			f.at, f.raw = r.at.behind(r.text[:m.start]), string(r.text)
			return f
		}
	}
}

// end checks that nothing stands behind the object.
func (p *parser) end(r row) *fault {
	_, at, err := p.token(r)
	switch {
	case err == io.EOF:
		return nil
	case err != nil:
		return p.failed(r, err)
	}
	return notJSON(r, &jsonvalue.Error{Offset: int64(at), Kind: jsonvalue.ErrSyntax, Reason: "something stands behind the object"})
}

// member reads the next entry of the object; more is false at its end.
func (p *parser) member(r row) (m member, more bool, err error) {
	kind, start, err := p.token(r)
	if err != nil || kind == jsontext.KindEndObject {
		return m, false, err
	}
	quoted := r.text[start:p.dec.InputOffset()]
	m.name = quoted[1 : len(quoted)-1]
	if bytes.IndexByte(m.name, '\\') >= 0 {
		p.name, _ = jsontext.AppendUnquote(p.name[:0], quoted)
		m.name = p.name
	}
	m.kind, m.start, err = p.token(r)
	if err == nil && (m.kind == jsontext.KindBeginObject || m.kind == jsontext.KindBeginArray) {
		err = jsonvalue.SkipRest(&p.dec, 1)
	}
	m.text = r.text[m.start:p.dec.InputOffset()]
	return m, true, err
}

// token reads the next token and tells where it starts.
func (p *parser) token(r row) (kind jsontext.Kind, start int, err error) {
	start = int(p.dec.InputOffset())
	t, err := p.dec.ReadToken()
	if err != nil {
		return 0, start, err
	}
	for c := r.text[start]; isSpace(c) || c == ',' || c == ':'; c = r.text[start] {
		start++
	}
	return t.Kind(), start, nil
}

// failed is the fault of a row that could not be read.
func (p *parser) failed(r row, err error) *fault {
	var cause *jsonvalue.Error
	if err = jsonvalue.Explain(err); !errors.As(err, &cause) {
		cause = &jsonvalue.Error{Kind: jsonvalue.ErrSyntax, Reason: err.Error()}
	}
	return notJSON(r, cause)
}

func noObject(r row, kind jsontext.Kind) *fault {
	f := &fault{code: "json.object", message: "a row is an object, not " + describe(kind), hint: `mend the file, or set on_error = "reject"`, at: r.at, raw: string(r.text)}
	if kind == jsontext.KindBeginArray {
		f.hint = `if the file is an array of objects: format = "array"`
	}
	return f
}

// describe names a kind of value.
func describe(kind jsontext.Kind) string {
	switch kind {
	case jsontext.KindNull:
		return "null"
	case jsontext.KindFalse, jsontext.KindTrue:
		return "a boolean"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginArray:
		return "an array"
	}
	return "an object"
}
