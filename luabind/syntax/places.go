package syntax

import (
	"cmp"
	"slices"

	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// Site is a call as the text of a script shows it. The virtual machine knows
// the line of a call only; the tokens of that line tell the rest.
type Site struct {
	Pos  diag.Pos // of the called name; else of the line
	Sep  int      // the token before the name: ':' or '.'; 0 if unknown
	args []Place  // the written arguments; there may be fewer than values
}

// Arg is the place of argument i, counted from 0; the call's own place where
// it is not known.
func (s Site) Arg(i int) Place {
	if i < len(s.args) {
		return s.args[i]
	}
	return Place{Pos: s.Pos}
}

// Place is where a value is written. A table constructor has the places of
// what it holds as well.
type Place struct {
	Pos  diag.Pos // of the whole value
	list []Place
	keys map[string]FieldPlace
}

// Item is the place of list item i, counted from 0.
func (p Place) Item(i int) Place {
	if i < len(p.list) {
		return p.list[i]
	}
	return Place{Pos: p.Pos}
}

// Field is the place of a named entry.
func (p Place) Field(name string) FieldPlace {
	if f, ok := p.keys[name]; ok {
		return f
	}
	return FieldPlace{Key: p.Pos, Value: Place{Pos: p.Pos}}
}

// FieldPlace is where a named entry of a table is written.
type FieldPlace struct {
	Key   diag.Pos // of its name
	Value Place    // of its value
}

// SiteAt is the call whose name stands at a place; the place alone where no call
// of that name is written there.
func (c *Chunk) SiteAt(pos diag.Pos, name string) Site {
	i, found := slices.BinarySearchFunc(c.Tokens, pos, func(t Token, pos diag.Pos) int {
		return cmp.Or(cmp.Compare(t.line, pos.Line), cmp.Compare(t.Col, pos.Col))
	})
	if found && c.Tokens[i].Typ == parse.TIdent && c.Tokens[i].Str == name {
		if s, ok := c.siteAt(i); ok {
			return s
		}
	}
	return Site{Pos: pos}
}

// siteAt reads the call whose name is token i.
func (c *Chunk) siteAt(i int) (Site, bool) {
	s := Site{Pos: c.PosOf(i, i)}
	if i > 0 && (c.Tokens[i-1].Typ == ':' || c.Tokens[i-1].Typ == '.') {
		s.Sep = c.Tokens[i-1].Typ
	}
	if i+1 >= len(c.Tokens) {
		return s, false
	}
	switch c.Tokens[i+1].Typ {
	case parse.TString:
		s.args = []Place{c.place(i+1, i+1)}
	case '{':
		s.args = []Place{c.place(i+1, c.closing(i+1))}
	case '(':
		c.eachPart(i+2, c.closing(i+1), func(from, to int) { s.args = append(s.args, c.place(from, to)) })
	default:
		return s, false
	}
	return s, true
}

// place reads the expression in the tokens from..to, both included.
func (c *Chunk) place(from, to int) Place {
	p := Place{Pos: c.PosOf(from, to)}
	if c.Tokens[from].Typ != '{' || c.closing(from) != to {
		return p
	}
	p.keys = map[string]FieldPlace{}
	c.eachPart(from+1, to, func(from, to int) { c.addField(&p, from, to) })
	return p
}

// addField reads one field of a table constructor.
func (c *Chunk) addField(p *Place, from, to int) {
	t := c.Tokens
	switch {
	case t[from].Typ == parse.TIdent && from+2 <= to && t[from+1].Typ == '=':
		p.keys[t[from].Str] = FieldPlace{Key: c.PosOf(from, from), Value: c.place(from+2, to)}
	case t[from].Typ == '[' && from+4 <= to && t[from+1].Typ == parse.TString && t[from+3].Typ == '=':
		p.keys[t[from+1].Str] = FieldPlace{Key: c.PosOf(from+1, from+1), Value: c.place(from+4, to)}
	case t[from].Typ != '[':
		p.list = append(p.list, c.place(from, to))
	}
}

// eachPart calls f with the first and last token of each part of the tokens
// from..end (end not included) that commas or semicolons separate.
func (c *Chunk) eachPart(from, end int, f func(from, to int)) {
	depth, start := 0, from
	for i := from; i < end; i++ {
		depth += nesting(c.Tokens[i].Typ)
		if depth == 0 && (c.Tokens[i].Typ == ',' || c.Tokens[i].Typ == ';') {
			f(start, i-1)
			start = i + 1
		}
	}
	if start < end {
		f(start, end-1)
	}
}

// closing is the index of the token that closes what token i opens.
func (c *Chunk) closing(i int) int {
	depth := 0
	for ; i < len(c.Tokens); i++ {
		depth += nesting(c.Tokens[i].Typ)
		if depth == 0 {
			return i
		}
	}
	return len(c.Tokens) - 1
}
