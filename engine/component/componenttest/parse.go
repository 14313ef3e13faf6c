// Package componenttest helps to test components: it reads the arguments of a
// call as a script writes them, with their places, but without Lua. Only tests
// import it; it may import engine/{component,diag,op}.
package componenttest

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Args reads arguments separated by commas: numbers, "strings", true, false,
// nil, table constructors, aggregates such as etl.count() or etl.sum "x", and
// names, which stand for the values of vars. Positions are those in the text,
// which belongs to the file.
func Args(file, text string, vars map[string]any) ([]component.Value, error) {
	p := &parser{vars: vars, tokens: tokensOf(file, text)}
	var out []component.Value
	for p.tok().kind != scanner.EOF && p.err == nil {
		out = append(out, p.value())
		if p.tok().kind != scanner.EOF {
			p.take(',')
		}
	}
	return out, p.err
}

type token struct {
	kind rune
	text string
	pos  diag.Pos
}

// tokensOf are the tokens of a text, the last of which is EOF.
func tokensOf(file, text string) []token {
	var s scanner.Scanner
	s.Init(strings.NewReader(text))
	s.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanFloats | scanner.ScanStrings
	s.Error = func(*scanner.Scanner, string) {} // the parser finds what is wrong
	var out []token
	for {
		t := token{kind: s.Scan(), text: s.TokenText()}
		t.pos = diag.Pos{File: file, Line: s.Line, Col: s.Column, End: s.Column + len(t.text)}
		out = append(out, t)
		if t.kind == scanner.EOF {
			return out
		}
	}
}

type parser struct {
	tokens []token
	next   int
	vars   map[string]any
	err    error
}

func (p *parser) tok() token { return p.tokens[min(p.next, len(p.tokens)-1)] }

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("%s: %s", p.tok().pos, fmt.Sprintf(format, args...))
	}
}

func (p *parser) take(kind rune) token {
	t := p.tok()
	if t.kind != kind {
		p.fail("want %s, not %q", scanner.TokenString(kind), t.text)
	}
	p.next++
	return t
}

// value reads a value; its place is marked as far as its first line goes.
func (p *parser) value() component.Value {
	first := p.tok()
	v := component.Value{X: p.content(), Pos: first.pos}
	for i := p.next - 1; i >= 0; i-- {
		if last := p.tokens[min(i, len(p.tokens)-1)].pos; last.Line == first.pos.Line {
			v.Pos.End = last.End
			break
		}
	}
	return v
}

func (p *parser) content() any {
	switch t := p.tok(); t.kind {
	case '{':
		return p.table()
	case '-':
		p.next++
		return -p.number()
	case scanner.Int, scanner.Float:
		return p.number()
	case scanner.String:
		return p.word()
	case scanner.Ident:
		return p.named()
	default:
		p.fail("no value begins with %q", t.text)
		p.next++
		return nil
	}
}

func (p *parser) number() float64 {
	n, err := strconv.ParseFloat(p.tok().text, 64)
	if err != nil {
		p.fail("%v", err)
	}
	p.next++
	return n
}

func (p *parser) word() string {
	word, err := strconv.Unquote(p.tok().text)
	if err != nil {
		p.fail("%v", err)
	}
	p.next++
	return word
}

func (p *parser) named() any {
	switch name := p.take(scanner.Ident).text; name {
	case "nil":
		return nil
	case "true", "false":
		return name == "true"
	case "etl":
		p.take('.')
		return p.aggregate()
	default:
		x, ok := p.vars[name]
		if !ok {
			p.fail("there is no variable %q", name)
		}
		return x
	}
}

func (p *parser) aggregate() *component.Aggregate {
	a := &component.Aggregate{Kind: op.AggregateKind(p.take(scanner.Ident).text)}
	if p.tok().kind == scanner.String {
		a.Input = op.Name{Pos: p.tok().pos, Text: p.word()}
		return a
	}
	p.take('(')
	p.take(')')
	return a
}

func (p *parser) table() *component.Table {
	t := &component.Table{Pos: p.take('{').pos}
	for p.tok().kind != '}' && p.err == nil {
		p.item(t)
		if p.tok().kind != '}' {
			p.take(',')
		}
	}
	p.take('}')
	return t
}

// item reads name = value, or a value without a name.
func (p *parser) item(t *component.Table) {
	key := p.tok()
	if key.kind != scanner.Ident || p.tokens[p.next+1].kind != '=' {
		t.List = append(t.List, p.value())
		return
	}
	p.next += 2
	t.Entries = append(t.Entries, component.Entry{Key: op.Name{Text: key.text, Pos: key.pos}, Value: p.value()})
}
