package pattern

import "strings"

// class is a set of bytes that knows the quick way to scan for it.
type class struct {
	set  set
	kind classKind
	char byte // The member of a single class, the missing byte of an allBut class.
}

type classKind uint8

const (
	table  classKind = iota // No quicker way than to look at each byte.
	every                   // All bytes.
	single                  // One byte.
	allBut                  // All bytes but one.
)

func newClass(t set) *class {
	switch t.size() {
	case 256:
		return &class{set: t, kind: every}
	case 255:
		missing := t.complement()
		return &class{set: t, kind: allBut, char: missing.least()}
	case 1:
		return &class{set: t, kind: single, char: t.least()}
	}
	return &class{set: t}
}

// run is the length of the longest prefix of s whose bytes are all in c.
func (c *class) run(s string) int {
	switch c.kind {
	case every:
		return len(s)
	case allBut:
		return indexByte(s, c.char)
	}
	for i := range len(s) {
		if !c.set.has(s[i]) {
			return i
		}
	}
	return len(s)
}

// index is the place of the first byte of s that is in c, len(s) if there is
// none.
func (c *class) index(s string) int {
	switch c.kind {
	case every:
		return 0
	case single:
		return indexByte(s, c.char)
	}
	for i := range len(s) {
		if c.set.has(s[i]) {
			return i
		}
	}
	return len(s)
}

// trimmed is the length of s without the bytes of c at its end.
func (c *class) trimmed(s string) int {
	n := len(s)
	for n > 0 && c.set.has(s[n-1]) {
		n--
	}
	return n
}

func indexByte(s string, c byte) int {
	if i := strings.IndexByte(s, c); i >= 0 {
		return i
	}
	return len(s)
}
