package pattern

import "strings"

// Pattern is a compiled pattern. It never changes and may be used by any number
// of goroutines at once.
type Pattern struct {
	items    []item
	captures int
	anchored bool

	// What helps an unanchored search. Every match begins with prefix, or where
	// start admits; it contains required behind its prefix.
	prefix   string
	required string
	start    lead
	class    *class // The bytes of start.
	// head is the class of the loop with which the pattern begins, nil if it
	// does not begin with one or if what comes later depends on what the loop
	// took.
	head *class
}

// Compile compiles a pattern as find, match and gsub read it: a ^ at its
// beginning anchors it. The error is a *SyntaxError.
func Compile(text string) (*Pattern, error) {
	p := parser{text: text}
	anchored := strings.HasPrefix(text, "^")
	if anchored {
		p.pos++
	}
	if err := p.parse(); err != nil {
		return nil, err
	}
	compiled := &Pattern{items: p.items, captures: p.captures, anchored: anchored}
	compiled.lookAhead()
	compiled.prepareSearch()
	return compiled, nil
}

// CompileGmatch compiles a pattern as gmatch reads it: a ^ at its beginning
// stands for itself.
func CompileGmatch(text string) (*Pattern, error) {
	return Compile(gmatchText(text))
}

// gmatchText is a pattern that means to Compile what text means to gmatch.
func gmatchText(text string) string {
	if strings.HasPrefix(text, "^") {
		return "%" + text
	}
	return text
}

// Plain tells whether string.find takes a pattern as plain text because nothing
// in it is special. It is not the same as a pattern that can only match its own
// text: find takes ")" as plain text, match says that it is malformed.
func Plain(text string) bool { return !strings.ContainsAny(text, "^$*+?.([%-") }

// Captures is the number of captures of the pattern.
func (p *Pattern) Captures() int { return p.captures }

// lookAhead tells every loop about the items behind it.
func (p *Pattern) lookAhead() {
	rest := anywhere()
	for i := len(p.items) - 1; i >= 0; i-- {
		it := &p.items[i]
		if it.loop != nil {
			it.loop.rest = rest
			p.tune(it, i+1)
		}
		rest = it.lead(rest)
	}
	p.start = rest
	p.class = newClass(rest.set)
}

// tune finds the shortcuts of the loop it, whose rest begins at item next.
func (p *Pattern) tune(it *item, next int) {
	l := it.loop
	shared := l.class.set.both(l.rest.set)
	l.firm = l.rest.sure || shared == set{}
	stop := l.class.set.complement()
	stop.addSet(l.rest.set)
	l.stop = newClass(stop)
	if it.op != opLazy || l.class.kind != every {
		return
	}
	i := p.behindCaptures(next)
	if follower := &p.items[i]; follower.op == opText {
		l.needle = follower.text
	} else if p.takesTheRest(i) {
		l.tail = follower.loop.class
	}
}

// takesTheRest tells whether the items from i on are a greedy loop up to the
// end of the subject.
func (p *Pattern) takesTheRest(i int) bool {
	it := &p.items[i]
	return it.op == opGreedy && !it.loop.once && p.items[p.behindCaptures(i+1)].op == opEnd
}

// behindCaptures is the first item from i on that does more than to note a
// place.
func (p *Pattern) behindCaptures(i int) int {
	for p.items[i].capturing() {
		i++
	}
	return i
}

func (p *Pattern) prepareSearch() {
	first := p.behindCaptures(0)
	copies := false
	for i := range p.items {
		it := &p.items[i]
		copies = copies || it.op == opCopy
		if it.op == opText && i > first && len(it.text) >= len(p.required) {
			p.required = it.text
		}
	}
	switch it := &p.items[first]; {
	case it.op == opText:
		p.prefix = it.text
	case it.loop != nil && !it.loop.once && !copies:
		p.head = it.loop.class
	}
}
