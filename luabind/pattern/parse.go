package pattern

import "slices"

const (
	maxCaptures = 32
	maxItems    = 1 << 16
)

// SyntaxError says why a text is not a pattern or not a replacement.
type SyntaxError struct {
	// Message is the reason in the words of PUC Lua where it has any.
	Message string
	// Offset is the number of bytes before the faulty item of the text.
	Offset int
}

// Error returns the message.
func (e *SyntaxError) Error() string { return e.Message }

// parser turns the text of a pattern into items. Errors are found in the order
// of the text, the order in which PUC's matcher comes across them.
type parser struct {
	text     string
	pos      int
	items    []item
	literal  []byte // Plain bytes that are not an item yet.
	open     []int  // The captures that are not closed yet.
	captures int
}

func (p *parser) fault(message string) error {
	return &SyntaxError{Message: message, Offset: p.pos}
}

func (p *parser) parse() error {
	for p.pos < len(p.text) {
		if len(p.items) > maxItems {
			return p.fault("pattern too complex")
		}
		if err := p.item(); err != nil {
			return err
		}
	}
	if len(p.open) > 0 {
		return p.fault("unfinished capture")
	}
	p.emit(item{op: opMatch})
	return nil
}

// emit adds an item behind the plain bytes that came before it.
func (p *parser) emit(it item) {
	if len(p.literal) > 0 {
		p.items = append(p.items, item{op: opText, text: string(p.literal)})
		p.literal = p.literal[:0]
	}
	p.items = append(p.items, it)
}

// at is the byte n places ahead, 0 behind the end.
func (p *parser) at(n int) byte {
	if p.pos+n < len(p.text) {
		return p.text[p.pos+n]
	}
	return 0
}

func (p *parser) item() error {
	switch c := p.at(0); {
	case c == '(':
		return p.openCapture()
	case c == ')':
		return p.closeCapture()
	case c == '$' && p.pos+1 == len(p.text):
		p.pos++
		p.emit(item{op: opEnd})
		return nil
	case c == '%' && p.at(1) == 'b':
		return p.balance()
	case c == '%' && p.at(1) == 'f':
		return p.frontier()
	case c == '%' && '0' <= p.at(1) && p.at(1) <= '9':
		return p.copyOf(int(p.at(1)) - '1')
	}
	return p.single()
}

func (p *parser) openCapture() error {
	if p.captures == maxCaptures {
		return p.fault("too many captures")
	}
	n := p.captures
	p.captures++
	p.pos++
	if p.at(0) == ')' {
		p.pos++
		p.emit(item{op: opPosition, n: n})
		return nil
	}
	p.open = append(p.open, n)
	p.emit(item{op: opOpen, n: n})
	return nil
}

func (p *parser) closeCapture() error {
	if len(p.open) == 0 {
		return p.fault("invalid pattern capture")
	}
	last := len(p.open) - 1
	p.emit(item{op: opClose, n: p.open[last]})
	p.open = p.open[:last]
	p.pos++
	return nil
}

func (p *parser) balance() error {
	if p.pos+4 > len(p.text) {
		return p.fault("unbalanced pattern")
	}
	p.emit(item{op: opBalance, first: p.at(2), last: p.at(3)})
	p.pos += 4
	return nil
}

func (p *parser) frontier() error {
	if p.at(2) != '[' {
		return p.fault("missing '[' after '%f' in pattern")
	}
	p.pos += 2
	t, err := p.bracket()
	if err != nil {
		return err
	}
	p.emit(item{op: opFrontier, class: newClass(t)})
	return nil
}

func (p *parser) copyOf(n int) error {
	if n < 0 || n >= p.captures || slices.Contains(p.open, n) {
		return p.fault("invalid capture index")
	}
	p.emit(item{op: opCopy, n: n})
	p.pos += 2
	return nil
}

// single parses one class of bytes and the repetition behind it.
func (p *parser) single() error {
	t, err := p.class()
	if err != nil {
		return err
	}
	switch p.at(0) {
	case '*':
		p.repeat(opGreedy, loop{class: newClass(t)})
	case '+':
		p.repeat(opGreedy, loop{class: newClass(t), least: 1})
	case '?':
		p.repeat(opGreedy, loop{class: newClass(t), once: true})
	case '-':
		p.repeat(opLazy, loop{class: newClass(t)})
	default:
		p.one(t)
	}
	return nil
}

func (p *parser) repeat(o op, l loop) {
	p.emit(item{op: o, loop: &l})
	p.pos++
}

func (p *parser) one(t set) {
	if t.size() == 1 {
		p.literal = append(p.literal, t.least())
		return
	}
	p.emit(item{op: opByte, class: newClass(t)})
}

func (p *parser) class() (set, error) {
	switch c := p.at(0); c {
	case '.':
		p.pos++
		return all(), nil
	case '[':
		return p.bracket()
	case '%':
		if p.pos+1 == len(p.text) {
			return set{}, p.fault("malformed pattern (ends with '%')")
		}
		p.pos += 2
		return escaped(p.text[p.pos-1]), nil
	default:
		p.pos++
		return setOf(c), nil
	}
}

// bracket parses a set in brackets.
func (p *parser) bracket() (set, error) {
	from, inverted := p.pos+1, p.at(1) == '^'
	if inverted {
		from++
	}
	to := p.bracketEnd(from)
	if to < 0 {
		return set{}, p.fault("malformed pattern (missing ']')")
	}
	p.pos = to + 1
	t := members(p.text[from:p.pos])
	if inverted {
		t = t.complement()
	}
	return t, nil
}

// bracketEnd is the place of the ] that ends the set whose members begin at
// from, -1 if there is none. A ] that comes first is a member.
func (p *parser) bracketEnd(from int) int {
	for i := from; i < len(p.text); i++ {
		switch {
		case p.text[i] == ']' && i > from:
			return i
		case p.text[i] == '%':
			i++
		}
	}
	return -1
}

// members are the bytes that the inside of brackets stands for, given with the
// ] that ends it. The ends of a range are plain bytes, % too, so that the second
// % of [+-%%] escapes the ] and makes it a member, as in PUC.
func members(text string) set {
	var t set
	end := len(text) - 1
	for i := 0; i < end; i++ {
		switch {
		case text[i] == '%':
			i++
			t.addSet(escaped(text[i]))
		case i+2 < end && text[i+1] == '-':
			t.addRange(text[i], text[i+2])
			i += 2
		default:
			t.add(text[i])
		}
	}
	return t
}
