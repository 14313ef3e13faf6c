package syntax

import (
	"cmp"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// Site is a call as the text of a script shows it. The virtual machine knows
// the line of a call only; the tokens of that line tell the rest.
type Site struct {
	Pos  diag.Pos // of the called name; else of the line
	Sep  int      // the token before the name: ':' or '.'; 0 if unknown
	args []Place  // the written arguments; there may be fewer than values
	Last int      // index of the call's last token
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

// CallSites finds the calls of a name on a line, in the order in which one
// pass over the line carries them out: a call ends before the call that takes
// its result as an argument.
func (c *Chunk) CallSites(line int, name string) []Site {
	var out []Site
	for _, i := range c.Named(line, name) {
		if s, ok := c.siteAt(i); ok {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Site) int { return a.Last - b.Last })
	return out
}

// Named are the indexes of the tokens of a line that are the name.
func (c *Chunk) Named(line int, name string) []int {
	var out []int
	first, _ := slices.BinarySearchFunc(c.Tokens, line, func(t Token, line int) int { return cmp.Compare(t.line, line) })
	for i := first; i < len(c.Tokens) && c.Tokens[i].line == line; i++ {
		if c.Tokens[i].Typ == parse.TIdent && c.Tokens[i].Str == name {
			out = append(out, i)
		}
	}
	return out
}

// siteAt reads the call whose name is token i.
func (c *Chunk) siteAt(i int) (Site, bool) {
	s := Site{Pos: c.PosOf(i, i), Last: i + 1}
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
		s.Last = c.closing(i + 1)
		s.args = []Place{c.place(i+1, s.Last)}
	case '(':
		s.Last = c.closing(i + 1)
		c.eachPart(i+2, s.Last, func(from, to int) { s.args = append(s.args, c.place(from, to)) })
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

// FunctionDepths is for each token how many functions it stands in.
func (c *Chunk) FunctionDepths() []int {
	out := make([]int, len(c.Tokens))
	var open []bool // for each open bracket or block whether it is a function
	depth := 0
	for i, t := range c.Tokens {
		switch n := nesting(t.Typ); {
		case n > 0:
			open = append(open, t.Typ == parse.TFunction)
			if t.Typ == parse.TFunction {
				depth++
			}
		case n < 0 && len(open) > 0:
			if open[len(open)-1] {
				depth--
			}
			open = open[:len(open)-1]
		}
		out[i] = depth
	}
	return out
}

// DepthOf is how many functions a function stands in, itself included; 0 for
// the main code of a file.
func (c *Chunk) DepthOf(p *lua.FunctionProto) int {
	var search func(at *lua.FunctionProto, depth int) int
	search = func(at *lua.FunctionProto, depth int) int {
		if at == p {
			return depth
		}
		for _, inner := range at.FunctionPrototypes {
			if d := search(inner, depth+1); d >= 0 {
				return d
			}
		}
		return -1
	}
	p = c.Form(p, false)
	return search(c.Proto, 0)
}
