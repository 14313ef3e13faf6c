package luagen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is what a variable or an expression holds. Kinds keep apart what prints
// alike everywhere from what does not.
type kind int

const (
	integer kind = iota // a whole number of few digits
	number              // a number of few digits; prints alike everywhere
	raw                 // any number, also nan, infinities and many digits; is emitted, never made text
	text                // a short string
	boolean
	list   // a table of integers 1..n
	words  // a table of strings 1..n
	record // a table with some of the fields a, b, c, which are integers
	adder  // a function of two integers that returns an integer
	opaque // anything, such as a caught error; is emitted only
)

type variable struct {
	name string
	kind kind
}

// generator makes one program.
type generator struct {
	r      *rand.Rand
	scopes [][]variable // the innermost last
	names  int          // how many names were made
	depth  int          // blocks around the statement being made
	loops  int          // loops around it
}

// program is a program's body.
func (g *generator) program() []*node {
	return g.scoped(func() []*node {
		body := g.declarations()
		for range 2 + g.r.IntN(10) {
			body = append(body, g.statement()...)
		}
		return append(body, g.ending()...)
	})
}

// declarations begin a program with a variable of most kinds.
func (g *generator) declarations() []*node {
	var body []*node
	for _, k := range []kind{integer, integer, number, text, text, boolean, list, words, record, adder, raw} {
		if g.chance(60) {
			body = append(body, g.declare(k)...)
		}
	}
	return body
}

// ending emits what variables hold at last, and sometimes fails.
func (g *generator) ending() []*node {
	var seen []string
	for _, v := range g.scopes[0] {
		if v.kind != adder {
			seen = append(seen, v.name)
		}
	}
	body := []*node{line("emit(" + strings.Join(seen, ", ") + ")")}
	if g.chance(10) {
		body = append(body, g.failure()...)
	}
	return body
}

// scoped makes statements whose variables end with them.
func (g *generator) scoped(f func() []*node) []*node {
	n := len(g.scopes)
	g.scopes = append(g.scopes, nil)
	body := f()
	g.scopes = g.scopes[:n]
	return body
}

// block makes some statements for a block.
func (g *generator) block(first ...*node) []*node {
	return g.scoped(func() []*node {
		g.depth++
		defer func() { g.depth-- }()
		body := first
		for range 1 + g.r.IntN(3) {
			body = append(body, g.statement()...)
		}
		return body
	})
}

// function makes the body of a function with the given parameters, which ends
// with the result.
func (g *generator) function(params []variable, result func() string) []*node {
	loops := g.loops
	g.loops = 1
	defer func() { g.loops = loops }()
	return g.scoped(func() []*node {
		for _, p := range params {
			g.enter(p)
		}
		g.depth++
		defer func() { g.depth-- }()
		var body []*node
		for range g.r.IntN(3) {
			body = append(body, g.statement()...)
		}
		if last := result(); last != "" {
			body = append(body, line("return "+last))
		}
		return body
	})
}

// fresh is a name that no variable has.
func (g *generator) fresh(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// enter makes a variable visible in the innermost scope.
func (g *generator) enter(v variable) {
	n := len(g.scopes) - 1
	g.scopes[n] = append(g.scopes[n], v)
}

// visible is a variable of the kind, if there is one.
func (g *generator) visible(k kind) (string, bool) {
	var found []string
	for _, scope := range g.scopes {
		for _, v := range scope {
			if v.kind == k {
				found = append(found, v.name)
			}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return found[g.r.IntN(len(found))], true
}

// chance is true in that many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

// oneOf is one of the texts.
func (g *generator) oneOf(texts ...string) string { return texts[g.r.IntN(len(texts))] }

// choice is a way to make something, and how often it is taken.
type choice[T any] struct {
	weight int
	make   func() T
}

// pick makes one of the choices.
func pick[T any](g *generator, choices []choice[T]) T {
	total := 0
	for _, c := range choices {
		total += c.weight
	}
	n := g.r.IntN(total)
	for _, c := range choices {
		if n -= c.weight; n < 0 {
			return c.make()
		}
	}
	panic("the weights do not sum up")
}

// joined makes n texts with commas between them.
func joined(n int, f func() string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f()
	}
	return strings.Join(parts, ", ")
}
