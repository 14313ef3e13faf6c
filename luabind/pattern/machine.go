package pattern

import "strings"

// try matches the pattern at s. It returns the end of the match, or a negative
// number if there is none.
//
// A pattern has no alternatives, only loops. So the captures and loops before
// an item are always those of the present attempt, and giving up a loop needs
// nothing to be restored.
func (m *Match) try(s int) (int, error) {
	subject, items := m.subject, m.pattern.items
	m.stack = m.stack[:0]
	for i := 0; ; i++ {
		it := &items[i]
		m.steps++
		switch it.op {
		case opText:
			if strings.HasPrefix(subject[s:], it.text) {
				s += len(it.text)
			} else {
				s = -1
			}
		case opByte:
			if s < len(subject) && it.class.set.has(subject[s]) {
				s++
			} else {
				s = -1
			}
		case opGreedy:
			s = m.greedy(i, it.loop, s)
		case opLazy:
			s = m.lazy(i, it.loop, s)
		case opOpen:
			m.captures[it.n].start = s
		case opClose:
			m.captures[it.n].end = s
		case opPosition:
			m.captures[it.n] = capture{s, -1}
		case opCopy:
			s = m.copied(it.n, s)
		case opBalance:
			s = m.balanced(it, s)
		case opFrontier:
			if !m.frontier(it.class, s) {
				s = -1
			}
		case opEnd:
			if s < len(subject) {
				s = -1
			}
		case opMatch:
			return s, m.poll()
		}
		if s < 0 {
			if err := m.poll(); err != nil {
				return -1, err
			}
			i, s = m.resume()
			if s < 0 {
				return -1, nil
			}
		}
	}
}

// resume gives the latest loop that has a choice left another length. It
// returns the item of the loop and the place behind it, negative if no loop has
// a choice.
func (m *Match) resume() (i, s int) {
	for last := len(m.stack) - 1; last >= 0; last-- {
		f := &m.stack[last]
		m.steps++
		l := m.pattern.items[f.item].loop
		more := false
		if m.pattern.items[f.item].op == opGreedy {
			s = m.back(l, f.at, f.low)
			f.at, more = s-1, s > f.low
		} else {
			s = m.longer(l, f.at)
			f.at, more = s, s >= 0
		}
		if s >= 0 {
			i = f.item
			if !more {
				m.stack = m.stack[:last]
			}
			return i, s
		}
		m.stack = m.stack[:last]
	}
	return 0, -1
}

// greedy takes bytes for a loop from s on, as many as the rest allows.
func (m *Match) greedy(i int, l *loop, s int) int {
	rest := m.subject[s:]
	if l.once && len(rest) > 1 {
		rest = rest[:1]
	}
	n := m.scan(l.class.run(rest))
	if n < l.least {
		return -1
	}
	low := s + l.least
	at := m.back(l, s+n, low)
	if at > low && !l.firm {
		m.stack = append(m.stack, frame{item: i, at: at - 1, low: low})
	}
	return at
}

// back is the last place from s down to low where the rest of a loop may begin,
// negative if there is none.
func (m *Match) back(l *loop, s, low int) int {
	for at := s; at >= low; at-- {
		if l.rest.admits(m.subject, at) {
			m.scan(s - at)
			return at
		}
		if l.firm {
			return -1
		}
	}
	m.scan(s - low)
	return -1
}

// lazy takes bytes for a loop from s on, as few as the rest allows.
func (m *Match) lazy(i int, l *loop, s int) int {
	at := m.ahead(l, s)
	if at >= 0 {
		m.stack = append(m.stack, frame{item: i, at: at})
	}
	return at
}

// longer is the next place behind s where a lazy loop may end, negative if
// there is none.
func (m *Match) longer(l *loop, s int) int {
	if s == len(m.subject) || !l.class.set.has(m.subject[s]) {
		return -1
	}
	return m.ahead(l, s+1)
}

// ahead is the first place from s on where a lazy loop may end, negative if
// there is none.
func (m *Match) ahead(l *loop, s int) int {
	rest := m.subject[s:]
	switch {
	case l.rest.open:
		return s
	case l.tail != nil:
		return s + l.tail.trimmed(rest)
	case l.needle != "":
		return m.text(l.needle, s)
	}
	at := s + m.scan(l.stop.index(rest))
	if !l.rest.admits(m.subject, at) {
		return -1
	}
	return at
}

// text is the first place from s on where the text is, negative if there is
// none.
func (m *Match) text(text string, s int) int {
	i := strings.Index(m.subject[s:], text)
	if i < 0 {
		m.scan(len(m.subject) - s)
		return -1
	}
	return s + m.scan(i)
}

// copied takes the text of capture n once more. A position has no text and
// never matches.
func (m *Match) copied(n, s int) int {
	c := m.captures[n]
	if c.end < 0 || !strings.HasPrefix(m.subject[s:], m.subject[c.start:c.end]) {
		return -1
	}
	return s + m.scan(c.end-c.start)
}

// balanced takes the text from s to the place where as many last as first bytes
// were seen.
func (m *Match) balanced(it *item, s int) int {
	if s == len(m.subject) || m.subject[s] != it.first {
		return -1
	}
	depth := 1
	for i := s + 1; i < len(m.subject); i++ {
		switch m.subject[i] {
		case it.last:
			depth--
			if depth == 0 {
				m.scan(i - s)
				return i + 1
			}
		case it.first:
			depth++
		}
	}
	m.scan(len(m.subject) - s)
	return -1
}

// frontier tells whether s lies between a byte outside and one inside of c. The
// ends of the subject count as byte 0.
func (m *Match) frontier(c *class, s int) bool {
	var before, after byte
	if s > 0 {
		before = m.subject[s-1]
	}
	if s < len(m.subject) {
		after = m.subject[s]
	}
	return !c.set.has(before) && c.set.has(after)
}
