package etllib

import (
	"io"
	"regexp"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/vm"
)

// scan finds at most n matches, as FindAllStringSubmatchIndex does, and counts
// every character that it looks at.
func (c call) scan(subject string, p *pattern, n int) [][]int {
	var found [][]int
	for pos, last := 0, -1; len(found) < n && pos <= len(subject); {
		m := c.findFrom(subject, p, pos)
		if m == nil {
			break
		}
		if m[1] > pos || m[0] != last { // an empty match right behind another one is none
			found = append(found, m)
		}
		last = m[1]
		if m[1] > pos {
			pos = m[1]
			continue
		}
		_, width := utf8.DecodeRuneInString(subject[pos:])
		pos += max(width, 1)
	}
	return found
}

// findFrom is the first match that begins at an offset or behind it. What
// stands before it counts for ^ and \b: the search begins one character earlier
// and lets the match begin behind that.
func (c call) findFrom(subject string, p *pattern, offset int) []int {
	before, re := 0, p.Regexp
	if offset > 0 {
		_, before = utf8.DecodeLastRuneInString(subject[:offset])
		re = p.behind()
	}
	r := &countedReader{L: c.L, text: subject, pos: offset - before, steps: p.steps}
	m := re.FindReaderSubmatchIndex(r)
	for i := range m {
		if m[i] >= 0 {
			m[i] += offset - before
		}
	}
	if m != nil && offset > 0 {
		_, width := utf8.DecodeRuneInString(subject[m[0]:])
		m[0] += width
	}
	return m
}

// behind is the expression behind any character.
func (p *pattern) behind() *regexp.Regexp {
	if p.later == nil {
		p.later = regexp.MustCompile("(?s:.)(?:" + p.text + ")")
	}
	return p.later
}

// countedReader reads the characters of a text and counts the work on them. It
// raises when the budget is used up or the run was cancelled.
type countedReader struct {
	L     *lua.LState
	text  string
	pos   int
	steps int // of the expression
	read  int // bytes that are not counted yet
}

var _ io.RuneReader = (*countedReader)(nil)

// ReadRune implements io.RuneReader.
func (r *countedReader) ReadRune() (rune, int, error) {
	const often = 1 << 10
	if r.pos >= len(r.text) {
		return 0, 0, io.EOF
	}
	char, width := rune(r.text[r.pos]), 1
	if char >= utf8.RuneSelf {
		char, width = utf8.DecodeRuneInString(r.text[r.pos:])
	}
	r.pos += width
	if r.read += width; r.read >= often {
		vm.Spend(r.L, int64(r.read*r.steps)/searchCost)
		r.read = 0
	}
	return char, width, nil
}
