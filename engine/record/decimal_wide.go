package record

import (
	"encoding/binary"

	"github.com/cockroachdb/apd/v3"
)

// The calculations whose intermediate numbers may take more than 128 bits.

func (a uint128) wide() *apd.BigInt {
	if a.hi == 0 {
		return new(apd.BigInt).SetUint64(a.lo)
	}
	var octets [16]byte
	binary.BigEndian.PutUint64(octets[:8], a.hi)
	binary.BigEndian.PutUint64(octets[8:], a.lo)
	return new(apd.BigInt).SetBytes(octets[:])
}

// widePow10 is 10^n.
func widePow10(n int) *apd.BigInt {
	if n <= MaxDigits {
		return pow10(n).wide()
	}
	return new(apd.BigInt).Exp(apd.NewBigInt(10), apd.NewBigInt(int64(n)), nil)
}

// fromWide normalises a number of any size, which it may change.
func fromWide(negative bool, size *apd.BigInt, scale int) (Decimal, error) {
	const octets = 16
	tenth, digit, ten := new(apd.BigInt), new(apd.BigInt), apd.NewBigInt(10)
	for size.BitLen() > 8*octets {
		if scale == 0 {
			return Decimal{}, ErrDecimalRange
		}
		tenth.QuoRem(size, ten, digit)
		if digit.Sign() != 0 {
			return Decimal{}, ErrDecimalRange
		}
		size, tenth, scale = tenth, size, scale-1
	}
	var all [octets]byte
	b := size.Bytes()
	copy(all[octets-len(b):], b)
	return newDecimal(negative, uint128{binary.BigEndian.Uint64(all[:8]), binary.BigEndian.Uint64(all[8:])}, scale)
}

func mulWide(d, e Decimal, negative bool, scale int) (Decimal, error) {
	return fromWide(negative, new(apd.BigInt).Mul(d.size.wide(), e.size.wide()), scale)
}

// alignWide is align for numbers of any size.
func alignWide(d, e Decimal) (a, b *apd.BigInt) {
	a, b = d.size.wide(), e.size.wide()
	if d.scale < e.scale {
		a.Mul(a, widePow10(int(e.scale-d.scale)))
	} else {
		b.Mul(b, widePow10(int(d.scale-e.scale)))
	}
	return a, b
}

// Quo is d/e to 38 significant digits, of which none is more than 38 places
// behind the point; what lies half-way goes to the even neighbour. The error is
// ErrDecimalZero for a zero divisor and ErrDecimalRange where the quotient is
// too large, or so small that only zeros would be left.
func (d Decimal) Quo(e Decimal) (Decimal, error) {
	if e.Sign() == 0 {
		return Decimal{}, ErrDecimalZero
	}
	a, b := alignWide(d, e)
	quotient, err := quoWide(d.negative != e.negative, a, b, MaxDigits)
	if err == nil && quotient.Sign() == 0 && d.Sign() != 0 {
		err = ErrDecimalRange
	}
	return quotient, err
}

// quoWide is a/b, which it may change, to 38 digits of which at most so many
// are behind the point.
func quoWide(negative bool, a, b *apd.BigInt, places int) (Decimal, error) {
	places = min(places, MaxDigits-wholeDigits(a, b))
	if places < 0 {
		return Decimal{}, ErrDecimalRange
	}
	quotient, rest := new(apd.BigInt).QuoRem(a.Mul(a, widePow10(places)), b, new(apd.BigInt))
	half := rest.Lsh(rest, 1).Cmp(b)
	if half > 0 || half == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, apd.NewBigInt(1))
	}
	return fromWide(negative, quotient, places)
}

// wholeDigits is how many digits a/b has before the point.
func wholeDigits(a, b *apd.BigInt) int {
	whole := new(apd.BigInt).Quo(a, b)
	if whole.Sign() == 0 {
		return 0
	}
	return len(whole.Append(nil, 10))
}

// Rem is what is left of d when e is taken from it a whole number of times. It
// has the sign of e, as Lua's % has. The error is ErrDecimalZero or
// ErrDecimalRange.
func (d Decimal) Rem(e Decimal) (Decimal, error) {
	if e.Sign() == 0 {
		return Decimal{}, ErrDecimalZero
	}
	a, b := alignWide(d, e)
	rest := new(apd.BigInt).Rem(a, b)
	if rest.Sign() != 0 && d.negative != e.negative {
		rest.Sub(b, rest)
	}
	return fromWide(e.negative, rest, int(max(d.scale, e.scale)))
}
