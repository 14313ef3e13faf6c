package pattern

import "strings"

// pollEvery is the number of steps after which a match asks whether it may go
// on.
const pollEvery = 1024

// scanned is the number of bytes whose scan counts as one step.
const scanned = 8

// Match is where a pattern matched, and the memory of the search for it. The
// zero value is ready for use by Find, any number of times, one at a time, for
// any patterns; once grown, it needs no allocation. It keeps its last subject
// alive.
type Match struct {
	// Start and End are the byte offsets of the match: it is
	// subject[Start:End].
	Start, End int

	subject  string
	pattern  *Pattern
	captures []capture
	stack    []frame
	spend    func(steps int) error
	steps    int // Not yet told to spend.
	required int // Where the required text of the pattern was found last.
}

// capture is one captured text, or a place if end is negative.
type capture struct{ start, end int }

// frame is a loop that took bytes up to one place and may as well take them up
// to another.
type frame struct {
	item int
	at   int // Greedy: the next place to try. Lazy: the last place tried.
	low  int // Greedy: the last place to try.
}

// Captures is the number of captures of the pattern that matched.
func (m *Match) Captures() int { return len(m.captures) }

// Capture is capture i, counted from 1: a text, or a position counted from 1 as
// Lua does. Capture 0 is the whole match, and so is capture 1 of a pattern
// without captures, as for gsub's %1.
func (m *Match) Capture(i int) (text string, position int, isPosition bool) {
	if i == 0 || len(m.captures) == 0 && i == 1 {
		return m.subject[m.Start:m.End], 0, false
	}
	c := m.captures[i-1]
	if c.end < 0 {
		return "", c.start + 1, true
	}
	return m.subject[c.start:c.end], 0, false
}

// Find looks for the first match that begins at byte offset from, which is not
// negative, or later. It tells whether there is one; then m holds it. An
// anchored pattern matches at from alone, and behind the end of the subject
// nothing matches.
//
// Each time 1024 steps or more have come together, Find calls spend with their
// number. An error of spend ends the search and is returned as it is. Steps
// left over are kept in m and count for its next search. Without spend nothing
// is limited.
func (p *Pattern) Find(subject string, from int, m *Match, spend func(steps int) error) (bool, error) {
	m.begin(p, subject, spend)
	for s := m.candidate(from); s >= 0; s = m.candidate(m.behind(s)) {
		end, err := m.try(s)
		if err != nil {
			return false, err
		}
		if end >= 0 {
			m.Start, m.End = s, end
			return true, nil
		}
		if p.anchored {
			break
		}
	}
	return false, m.poll()
}

func (m *Match) begin(p *Pattern, subject string, spend func(int) error) {
	m.pattern, m.subject, m.spend, m.required = p, subject, spend, -1
	if cap(m.captures) < p.captures {
		m.captures = make([]capture, p.captures)
	}
	m.captures = m.captures[:p.captures]
}

// poll hands the steps to spend once there are enough of them.
func (m *Match) poll() error {
	if m.steps < pollEvery || m.spend == nil {
		return nil
	}
	steps := m.steps
	m.steps = 0
	return m.spend(steps)
}

// scan counts n bytes as scanned and returns n.
func (m *Match) scan(n int) int {
	m.steps += n / scanned
	return n
}

// candidate is the first place from s on where a match may begin, -1 if there
// is none.
func (m *Match) candidate(s int) int {
	p := m.pattern
	if s > len(m.subject) {
		return -1
	}
	if p.anchored {
		return s
	}
	rest := m.subject[s:]
	switch {
	case p.prefix != "":
		i := strings.Index(rest, p.prefix)
		if i < 0 {
			m.scan(len(rest))
			return -1
		}
		s += m.scan(i)
	case !p.start.open:
		s += m.scan(p.class.index(rest))
		if s == len(m.subject) && !p.start.end {
			return -1
		}
	}
	if !m.possible(s) {
		return -1
	}
	return s
}

// possible tells whether the text that the pattern requires comes behind s. The
// last place where it was found is kept, so that a search looks at each byte
// once.
func (m *Match) possible(s int) bool {
	text := m.pattern.required
	if text == "" || s <= m.required {
		return true
	}
	i := strings.Index(m.subject[s:], text)
	if i < 0 {
		m.scan(len(m.subject) - s)
		return false
	}
	m.required = s + m.scan(i)
	return true
}

// behind is the first place behind s where a match may begin after none began
// at s. A loop at the head of the pattern has tried its rest at all places of
// its run, so no match begins there.
func (m *Match) behind(s int) int {
	head := m.pattern.head
	if head == nil {
		return s + 1
	}
	return s + m.scan(head.run(m.subject[s:])) + 1
}
