package pattern

import "math/bits"

// set is a set of bytes.
type set [4]uint64

func (t *set) has(c byte) bool { return t[c>>6]&(1<<(c&63)) != 0 }

func (t *set) add(c byte) { t[c>>6] |= 1 << (c & 63) }

// addRange adds the bytes from low to high; it adds none when low is above
// high.
func (t *set) addRange(low, high byte) {
	for c := int(low); c <= int(high); c++ {
		t.add(byte(c))
	}
}

func (t *set) addSet(other set) {
	for i := range t {
		t[i] |= other[i]
	}
}

func (t *set) complement() set {
	return set{^t[0], ^t[1], ^t[2], ^t[3]}
}

func (t *set) both(other set) set {
	return set{t[0] & other[0], t[1] & other[1], t[2] & other[2], t[3] & other[3]}
}

func (t *set) size() int {
	n := 0
	for _, word := range t {
		n += bits.OnesCount64(word)
	}
	return n
}

// least is the smallest byte of a set that is not empty.
func (t *set) least() byte {
	for i, word := range t {
		if word != 0 {
			return byte(i*64 + bits.TrailingZeros64(word))
		}
	}
	return 0
}

// all is the set of every byte.
func all() set {
	var none set
	return none.complement()
}

func setOf(c byte) set {
	var t set
	t.add(c)
	return t
}

// escaped is what % and the letter c stand for: a class of the C locale, its
// complement if c is upper case, and c itself if there is no such class.
func escaped(c byte) set {
	class, ok := classOf(c | 0x20)
	switch {
	case !ok:
		return setOf(c)
	case c&0x20 == 0:
		return class.complement()
	}
	return class
}

// classOf is the class that a lower case letter names.
func classOf(letter byte) (set, bool) {
	ranges, ok := classRanges(letter)
	var t set
	for i := 0; i < len(ranges); i += 2 {
		t.addRange(ranges[i], ranges[i+1])
	}
	return t, ok
}

// classRanges are the ranges of a class, each as its first and its last byte.
func classRanges(letter byte) (string, bool) {
	switch letter {
	case 'a':
		return "AZaz", true
	case 'c':
		return "\x00\x1f\x7f\x7f", true
	case 'd':
		return "09", true
	case 'l':
		return "az", true
	case 'p':
		return "!/:@[`{~", true
	case 's':
		return "\t\r  ", true
	case 'u':
		return "AZ", true
	case 'w':
		return "09AZaz", true
	case 'x':
		return "09AFaf", true
	case 'z':
		return "\x00\x00", true
	}
	return "", false
}
