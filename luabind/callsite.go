package luabind

import (
	"cmp"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// site is a call as the text of a script shows it. The virtual machine knows
// the line of a call only; the tokens of that line tell the rest.
type site struct {
	pos  diag.Pos // of the called name; else of the line
	sep  int      // the token before the name: ':' or '.'; 0 if unknown
	args []place  // the written arguments; there may be fewer than values
	last int      // index of the call's last token
}

// arg is the place of argument i, counted from 0; the call's own place where
// it is not known.
func (s site) arg(i int) place {
	if i < len(s.args) {
		return s.args[i]
	}
	return place{pos: s.pos}
}

// place is where a value is written. A table constructor has the places of
// what it holds as well.
type place struct {
	pos  diag.Pos
	list []place
	keys map[string]fieldPlace
}

// item is the place of list item i, counted from 0.
func (p place) item(i int) place {
	if i < len(p.list) {
		return p.list[i]
	}
	return place{pos: p.pos}
}

// field is the place of a named entry.
func (p place) field(name string) fieldPlace {
	if f, ok := p.keys[name]; ok {
		return f
	}
	return fieldPlace{key: p.pos, value: place{pos: p.pos}}
}

// fieldPlace is where a named entry of a table is written.
type fieldPlace struct {
	key   diag.Pos
	value place
}

// callSites finds the calls of a name on a line, in the order in which one
// pass over the line carries them out: a call ends before the call that takes
// its result as an argument.
func (c *chunk) callSites(line int, name string) []site {
	var out []site
	for _, i := range c.named(line, name) {
		if s, ok := c.siteAt(i); ok {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b site) int { return a.last - b.last })
	return out
}

// named are the indexes of the tokens of a line that are the name.
func (c *chunk) named(line int, name string) []int {
	var out []int
	first, _ := slices.BinarySearchFunc(c.tokens, line, func(t token, line int) int { return cmp.Compare(t.line, line) })
	for i := first; i < len(c.tokens) && c.tokens[i].line == line; i++ {
		if c.tokens[i].typ == parse.TIdent && c.tokens[i].str == name {
			out = append(out, i)
		}
	}
	return out
}

// siteAt reads the call whose name is token i.
func (c *chunk) siteAt(i int) (site, bool) {
	s := site{pos: c.posOf(i, i), last: i + 1}
	if i > 0 && (c.tokens[i-1].typ == ':' || c.tokens[i-1].typ == '.') {
		s.sep = c.tokens[i-1].typ
	}
	if i+1 >= len(c.tokens) {
		return s, false
	}
	switch c.tokens[i+1].typ {
	case parse.TString:
		s.args = []place{c.place(i+1, i+1)}
	case '{':
		s.last = c.closing(i + 1)
		s.args = []place{c.place(i+1, s.last)}
	case '(':
		s.last = c.closing(i + 1)
		c.eachPart(i+2, s.last, func(from, to int) { s.args = append(s.args, c.place(from, to)) })
	default:
		return s, false
	}
	return s, true
}

// place reads the expression in the tokens from..to, both included.
func (c *chunk) place(from, to int) place {
	p := place{pos: c.posOf(from, to)}
	if c.tokens[from].typ != '{' || c.closing(from) != to {
		return p
	}
	p.keys = map[string]fieldPlace{}
	c.eachPart(from+1, to, func(from, to int) { c.addField(&p, from, to) })
	return p
}

// addField reads one field of a table constructor.
func (c *chunk) addField(p *place, from, to int) {
	t := c.tokens
	switch {
	case t[from].typ == parse.TIdent && from+2 <= to && t[from+1].typ == '=':
		p.keys[t[from].str] = fieldPlace{key: c.posOf(from, from), value: c.place(from+2, to)}
	case t[from].typ == '[' && from+4 <= to && t[from+1].typ == parse.TString && t[from+3].typ == '=':
		p.keys[t[from+1].str] = fieldPlace{key: c.posOf(from+1, from+1), value: c.place(from+4, to)}
	case t[from].typ != '[':
		p.list = append(p.list, c.place(from, to))
	}
}

// eachPart calls f with the first and last token of each part of the tokens
// from..end (end not included) that commas or semicolons separate.
func (c *chunk) eachPart(from, end int, f func(from, to int)) {
	depth, start := 0, from
	for i := from; i < end; i++ {
		depth += nesting(c.tokens[i].typ)
		if depth == 0 && (c.tokens[i].typ == ',' || c.tokens[i].typ == ';') {
			f(start, i-1)
			start = i + 1
		}
	}
	if start < end {
		f(start, end-1)
	}
}

// closing is the index of the token that closes what token i opens.
func (c *chunk) closing(i int) int {
	depth := 0
	for ; i < len(c.tokens); i++ {
		depth += nesting(c.tokens[i].typ)
		if depth == 0 {
			return i
		}
	}
	return len(c.tokens) - 1
}

// nesting is 1 for a token that opens a bracket or a block, -1 for one that
// closes it. The loops "while" and "for" open theirs with "do".
func nesting(typ int) int {
	switch typ {
	case '(', '{', '[', parse.TFunction, parse.TDo, parse.TIf, parse.TRepeat:
		return 1
	case ')', '}', ']', parse.TEnd, parse.TUntil:
		return -1
	}
	return 0
}

// posOf marks the tokens from..to, as far as they are on the first one's line.
func (c *chunk) posOf(from, to int) diag.Pos {
	first := c.tokens[from]
	end := first.end
	for i := from + 1; i <= to && c.tokens[i].line == first.line; i++ {
		end = c.tokens[i].end
	}
	return diag.Pos{File: c.name, Line: first.line, Col: first.col, End: end}
}

// callTracker hands out the calls of a load in the order in which they happen.
type callTracker struct {
	calls  map[callKey]int  // how often each was met
	depths map[*chunk][]int // how many functions each token stands in
}

type callKey struct {
	file, name string
	line       int
}

func newCallTracker() *callTracker {
	return &callTracker{calls: map[callKey]int{}, depths: map[*chunk][]int{}}
}

// find is the place where the running Go function was called by that name.
// Where several calls of the name stand on one line, they take turns.
func (s *callTracker) find(L *lua.LState, name string) site {
	pos := where(L)
	c := stateOf(L).chunk(pos.File)
	if c == nil {
		return site{pos: pos}
	}
	found := s.running(L, c, c.callSites(pos.Line, name))
	if len(found) == 0 {
		return site{pos: pos}
	}
	key := callKey{file: pos.File, name: name, line: pos.Line}
	n := s.calls[key]
	s.calls[key]++
	return found[n%len(found)]
}

// running leaves the calls out that stand in another function than the one
// that runs, as far as their nesting tells; a function written among the
// arguments of a call runs later.
func (s *callTracker) running(L *lua.LState, c *chunk, sites []site) []site {
	if len(sites) < 2 {
		return sites
	}
	if s.depths[c] == nil {
		s.depths[c] = c.functionDepths()
	}
	depth := c.depthOf(runningProto(L))
	return slices.DeleteFunc(sites, func(x site) bool { return s.depths[c][x.last] != depth })
}

// functionDepths is for each token how many functions it stands in.
func (c *chunk) functionDepths() []int {
	out := make([]int, len(c.tokens))
	var open []bool // for each open bracket or block whether it is a function
	depth := 0
	for i, t := range c.tokens {
		switch n := nesting(t.typ); {
		case n > 0:
			open = append(open, t.typ == parse.TFunction)
			if t.typ == parse.TFunction {
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

// depthOf is how many functions a function stands in, itself included; 0 for
// the main code of a file.
func (c *chunk) depthOf(p *lua.FunctionProto) int {
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
	return search(c.proto, 0)
}

// runningProto is the innermost Lua function that runs, nil if none does.
func runningProto(L *lua.LState) *lua.FunctionProto {
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return nil
		}
		// A frame always has a function.
		fn, _ := L.GetInfo("f", frame, lua.LNil)
		if f, ok := fn.(*lua.LFunction); ok && !f.IsG {
			return f.Proto
		}
	}
}

// mention is the place where the name stands behind one of the separators on
// the line that runs; the line where it does not, since a name may be computed.
func mention(L *lua.LState, name string, separators ...int) diag.Pos {
	pos := where(L)
	c := stateOf(L).chunk(pos.File)
	if c == nil {
		return pos
	}
	for _, separator := range separators {
		for _, i := range c.named(pos.Line, name) {
			if i > 0 && c.tokens[i-1].typ == separator {
				return c.posOf(i, i)
			}
		}
	}
	return pos
}
