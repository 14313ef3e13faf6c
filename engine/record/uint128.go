package record

import (
	"math/bits"
	"strconv"
)

// uint128 is a whole number below 2^128.
type uint128 struct{ hi, lo uint64 }

// tens is the greatest power of ten that a uint64 holds, and its exponent.
const (
	tens      = 1e19
	tensPlace = 19
)

// pow10 is 10^n for n up to 38.
func pow10(n int) uint128 {
	p := uint128{lo: 1}
	if n >= tensPlace {
		p.lo, n = tens, n-tensPlace
	}
	factor := uint64(1)
	for range n {
		factor *= 10
	}
	p.hi, p.lo = bits.Mul64(p.lo, factor)
	return p
}

func (a uint128) less(b uint128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func (a uint128) add(b uint128) (sum uint128, carry bool) {
	var c uint64
	sum.lo, c = bits.Add64(a.lo, b.lo, 0)
	sum.hi, c = bits.Add64(a.hi, b.hi, c)
	return sum, c != 0
}

// sub is a-b; a must not be less.
func (a uint128) sub(b uint128) uint128 {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return uint128{hi: a.hi - b.hi - borrow, lo: lo}
}

// mul is a*b, and whether it is below 2^128.
func (a uint128) mul(b uint128) (product uint128, ok bool) {
	product.hi, product.lo = bits.Mul64(a.lo, b.lo)
	if a.hi == 0 && b.hi == 0 {
		return product, true
	}
	over, cross := bits.Mul64(a.hi, b.lo)
	over2, cross2 := bits.Mul64(a.lo, b.hi)
	cross, carry := bits.Add64(cross, cross2, 0)
	product.hi, carry = bits.Add64(product.hi, cross, carry)
	return product, carry == 0 && over == 0 && over2 == 0 && (a.hi == 0 || b.hi == 0)
}

// div divides by a small number.
func (a uint128) div(by uint64) (quotient uint128, rest uint64) {
	quotient.hi, rest = a.hi/by, a.hi%by
	quotient.lo, rest = bits.Div64(rest, a.lo, by)
	return quotient, rest
}

// digits is the number of decimal digits, 0 for 0. The number is below 10^38.
func (a uint128) digits() int {
	high, low := a.div(tens)
	n := 0
	if high.lo > 0 {
		n, low = tensPlace, high.lo
	}
	for ; low > 0; low /= 10 {
		n++
	}
	return n
}

// append appends the decimal digits. The number is below 10^38.
func (a uint128) append(dst []byte) []byte {
	high, low := a.div(tens)
	if high.lo == 0 {
		return strconv.AppendUint(dst, low, 10)
	}
	dst = strconv.AppendUint(dst, high.lo, 10)
	for p := uint64(tens / 10); p > max(low, 1); p /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, low, 10)
}

func (a uint128) bitLen() int {
	if a.hi > 0 {
		return 64 + bits.Len64(a.hi)
	}
	return bits.Len64(a.lo)
}

func (a uint128) trailingZeros() int {
	if a.lo == 0 {
		return 64 + bits.TrailingZeros64(a.hi)
	}
	return bits.TrailingZeros64(a.lo)
}
