package pattern

// op is what an item of a pattern does at a place of the subject.
type op uint8

const (
	opText     op = iota // Takes the bytes of text.
	opByte               // Takes one byte of class.
	opGreedy             // Takes as many bytes of the loop's class as it can: * + ?
	opLazy               // Takes as few bytes of the loop's class as it can: -
	opOpen               // Begins capture n.
	opClose              // Ends capture n.
	opPosition           // Captures the place as capture n.
	opCopy               // Takes what capture n holds: %1
	opBalance            // Takes balanced text between first and last: %b
	opFrontier           // Takes nothing, between a byte outside and one inside of class: %f
	opEnd                // Takes nothing, at the end of the subject.
	opMatch              // Ends the pattern.
)

// item is one step of a compiled pattern.
type item struct {
	op          op
	first, last byte
	n           int
	text        string
	class       *class
	loop        *loop
}

// capturing tells whether the item only notes a place.
func (it *item) capturing() bool {
	return it.op == opOpen || it.op == opClose || it.op == opPosition
}

// loop is a repetition of one class, with what is known of the items behind
// it: the rest.
type loop struct {
	class *class
	least int  // 1 for +
	once  bool // Takes at most one byte: ?

	rest lead
	// firm: of the places where the rest may begin, a greedy loop need try the
	// last alone.
	firm bool
	// stop holds where a lazy loop ends: bytes with which the rest may begin
	// and bytes that the loop cannot take.
	stop *class
	// needle is the text with which the rest of a lazy loop over all bytes
	// begins, tail the class that the rest takes up to the end of the subject.
	needle string
	tail   *class
}

// lead says where some items can match, as far as one byte tells.
type lead struct {
	set  set  // The bytes with which a match may begin.
	end  bool // A match may begin at the end of the subject.
	open bool // A match may begin anywhere.
	sure bool // A match begins everywhere.
}

func anywhere() lead { return lead{set: all(), end: true, open: true} }

// admits tells whether a match may begin at s.
func (l *lead) admits(subject string, s int) bool {
	if s == len(subject) {
		return l.end
	}
	return l.open || l.set.has(subject[s])
}

// lead is where the item, followed by a rest, can match.
func (it *item) lead(rest lead) lead {
	switch it.op {
	case opText:
		return lead{set: setOf(it.text[0])}
	case opByte:
		return lead{set: it.class.set}
	case opGreedy, opLazy:
		return it.loop.lead(rest)
	case opOpen, opClose, opPosition:
		return rest
	case opBalance:
		return lead{set: setOf(it.first)}
	case opFrontier:
		return lead{set: it.class.set.both(rest.set), end: it.class.set.has(0)}
	case opEnd:
		return lead{end: true}
	case opMatch:
		everywhere := anywhere()
		everywhere.sure = true
		return everywhere
	}
	return anywhere()
}

func (l *loop) lead(rest lead) lead {
	if l.least > 0 {
		return lead{set: l.class.set}
	}
	rest.set.addSet(l.class.set)
	return rest
}
