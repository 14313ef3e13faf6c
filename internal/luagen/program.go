package luagen

import (
	"math/rand/v2"
	"strings"
)

// Program is a generated program: statements that can be left out one by one.
type Program struct {
	body []*node
}

// node is a statement. A statement with blocks has a part for each of them; the
// end closes the last.
type node struct {
	parts []part
	end   string
}

// part is a line and the block below it.
type part struct {
	head string
	body []*node
}

// line is a statement without a block.
func line(text string) *node { return &node{parts: []part{{head: text}}} }

// block is a statement with one block.
func block(head string, body []*node, end string) *node {
	return &node{parts: []part{{head, body}}, end: end}
}

// New makes the program of a seed.
func New(seed uint64) *Program {
	g := &generator{r: rand.New(rand.NewPCG(seed, 51))}
	return &Program{body: g.program()}
}

// String is the text of the program, one statement on each line.
func (p *Program) String() string {
	var b strings.Builder
	write(&b, p.body, "")
	return b.String()
}

func write(b *strings.Builder, body []*node, indent string) {
	for _, n := range body {
		for _, p := range n.parts {
			b.WriteString(indent + p.head + "\n")
			write(b, p.body, indent+"  ")
		}
		if n.end != "" {
			b.WriteString(indent + n.end + "\n")
		}
	}
}

// Reduce returns the program without the statements that are not needed for
// keep to hold for its text.
func (p *Program) Reduce(keep func(text string) bool) *Program {
	small := &Program{body: p.body}
	for {
		before := small.String()
		small.body = reduceList(small.body, func(body []*node) bool {
			return keep((&Program{body}).String())
		})
		if small.String() == before {
			return small
		}
	}
}

// reduceList leaves out what keep does not need of a list of statements: runs
// of them first, then single ones, then what is inside of those that stay.
func reduceList(body []*node, keep func([]*node) bool) []*node {
	for size := len(body); size > 0; size /= 2 {
		for from := 0; from+size <= len(body); {
			rest := append(append([]*node{}, body[:from]...), body[from+size:]...)
			if keep(rest) {
				body = rest
			} else {
				from += size
			}
		}
	}
	for i := 0; i < len(body); i++ {
		body = reduceInside(body, i, keep)
	}
	return body
}

// reduceInside replaces statement i by one of its blocks, or reduces these.
func reduceInside(body []*node, i int, keep func([]*node) bool) []*node {
	n := body[i]
	for _, p := range n.parts {
		unwrapped := append(append(append([]*node{}, body[:i]...), p.body...), body[i+1:]...)
		if len(p.body) > 0 && keep(unwrapped) {
			return unwrapped
		}
	}
	for k := range n.parts {
		with := func(inner []*node) []*node {
			changed := &node{parts: append([]part{}, body[i].parts...), end: n.end}
			changed.parts[k].body = inner
			out := append([]*node{}, body...)
			out[i] = changed
			return out
		}
		inner := reduceList(n.parts[k].body, func(inner []*node) bool { return keep(with(inner)) })
		body = with(inner)
	}
	return body
}
