package etllib

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/etlscript/etlscript/luabind/vm"
)

// The limits of regular expressions. A search takes time in proportion to the
// size of its subject and that of its expression, two seconds at most, in which
// nothing can interrupt it.
const (
	maxSubject    = 16 << 20 // bytes of a text that is searched
	maxExpression = 64 << 10 // bytes of an expression
	maxProgram    = 10_000   // steps of a compiled expression
	maxSearch     = 1 << 28  // bytes times steps
	maxSquare     = 1 << 24  // bytes squared times steps, of repeated searches that nothing interrupts
	maxMatches    = 1 << 20  // matches of one call, times their groups
	searchCost    = 32       // bytes times steps that count as one instruction
)

// The cache of expressions that a state compiled.
const (
	keptExpressions = 256
	maxKept         = 1024 // bytes of an expression that is kept
)

// patterns are the expressions that a state compiled last.
type patterns struct {
	kept *simplelru.LRU[string, *pattern]
}

func newPatterns() patterns {
	kept, err := simplelru.NewLRU[string, *pattern](keptExpressions, nil)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return patterns{kept: kept}
}

// pattern is a compiled expression.
type pattern struct {
	*regexp.Regexp
	steps int            // of its program
	text  string         // of the expression, closed in itself
	later *regexp.Regexp // finds matches behind a first character; see scan
}

// pattern is argument i, an expression of RE2.
func (c call) pattern(i int) *pattern {
	text := c.text(i)
	if p, ok := c.lib.patterns.kept.Get(text); ok {
		return p
	}
	p := c.compile(i, text)
	if len(text) <= maxKept {
		// The text may be a small part of a large string.
		c.lib.patterns.kept.Add(strings.Clone(text), p)
	}
	return p
}

// classCost is how many instructions take about as long as to compile a class of
// Unicode such as \pL.
const classCost = 50_000

func (c call) compile(i int, text string) *pattern {
	if len(text) > maxExpression {
		c.refuse(i, "an expression of %d bytes is too large; the limit is %d KiB", len(text), maxExpression>>10)
	}
	// A class of Unicode has hundreds of ranges.
	vm.Spend(c.L, int64(len(text))*4+int64(strings.Count(text, `\p`)+strings.Count(text, `\P`))*classCost)
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		c.refuse(i, "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	program, err := syntax.Compile(tree.Simplify())
	if err == nil && len(program.Inst) > maxProgram {
		c.refuse(i, "the expression is too large once its repetitions are written out")
	}
	made, err := regexp.Compile(text)
	if err != nil {
		c.refuse(i, "%v", err)
	}
	return &pattern{Regexp: made, steps: len(program.Inst), text: tree.String()}
}

// subject is argument i, a text that an expression searches. Its work is
// counted.
func (c call) subject(i int, p *pattern) string {
	s := c.text(i)
	if len(s) > maxSubject {
		c.refuse(i, "a text of %d bytes is too long to search; the limit is %d MiB", len(s), maxSubject>>20)
	}
	if len(s)*p.steps > maxSearch {
		c.refuse(i, "a text of %d bytes is too long to search with so large an expression", len(s))
	}
	vm.Spend(c.L, int64((len(s)+1)*p.steps*(1+p.NumSubexp()))/searchCost)
	return s
}

// matches are all matches in a subject, at most limit if that is not negative.
func (c call) matches(subject string, p *pattern, limit int) [][]int {
	most := maxMatches / (1 + p.NumSubexp())
	n := most + 1
	if limit >= 0 {
		n = min(n, limit)
	}
	found := c.findAll(subject, p, n)
	if len(found) > most {
		c.L.RaiseError("'%s' finds more than %d matches", c.name, most)
	}
	vm.Spend(c.L, int64(len(found)))
	return found
}

// findAll finds at most n matches. Each search may look at all the rest of the
// subject, so that the work grows with its square; where that may be much, it is
// done in a way that is slower, but counts exactly and can be interrupted.
func (c call) findAll(subject string, p *pattern, n int) [][]int {
	if len(subject)*len(subject)*p.steps > maxSquare {
		return c.scan(subject, p, n)
	}
	const seldom = 16 // one match in so many looks at all the rest
	found := p.FindAllStringSubmatchIndex(subject, n)
	vm.Spend(c.L, int64(len(found)*len(subject)*p.steps)/(searchCost*seldom))
	return found
}
