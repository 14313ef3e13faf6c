package record

import "math/bits"

// Bits is a set of row numbers. A nil Bits is empty.
type Bits []uint64

// NewBits makes a set that has room for n rows.
func NewBits(n int) Bits { return make(Bits, (n+63)/64) }

// Get reports whether row i is in the set.
func (b Bits) Get(i int) bool {
	w := i >> 6
	return w < len(b) && b[w]&(1<<(uint(i)&63)) != 0
}

// Set puts row i into the set; there must be room.
func (b Bits) Set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

// Clear takes row i out of the set.
func (b Bits) Clear(i int) {
	if w := i >> 6; w < len(b) {
		b[w] &^= 1 << (uint(i) & 63)
	}
}

// grow is the set with room for n rows; nil stays nil.
func (b Bits) grow(n int) Bits {
	for b != nil && len(b) < (n+63)/64 {
		b = append(b, 0)
	}
	return b
}

// Count is the number of rows in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Any reports whether the set holds a row.
func (b Bits) Any() bool {
	for _, w := range b {
		if w != 0 {
			return true
		}
	}
	return false
}

// pick is the set of the places in rows whose row is in b; nil when b is.
func (b Bits) pick(rows []int32) Bits {
	if b == nil {
		return nil
	}
	out := NewBits(len(rows))
	for i, r := range rows {
		if b.Get(int(r)) {
			out.Set(i)
		}
	}
	return out
}
