package record

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Decimal is an exact decimal number of at most 38 digits, none of them farther
// than 38 places behind the point. It is always normalised (no zeros at the end
// behind the point, no negative zero), so that == and use as a map key compare
// the number. The zero Decimal is 0.
type Decimal struct {
	size     uint128 // the number without its sign and point
	scale    uint8   // digits behind the point
	negative bool
}

// MaxDigits is how many digits a Decimal has at most, in all and behind the
// point.
const MaxDigits = 38

// The errors of arithmetic with decimals.
var (
	// ErrDecimalRange says that a number has more digits than a Decimal holds.
	ErrDecimalRange = errors.New("more than 38 digits")
	// ErrDecimalZero says that a divisor is zero.
	ErrDecimalZero = errors.New("division by zero")
)

// Rounding says what becomes of a digit that lies half-way.
type Rounding uint8

// The ways to round.
const (
	HalfUp   Rounding = iota // away from zero: 2.5 to 3, -2.5 to -3
	HalfEven                 // to the even neighbour: 2.5 to 2, 3.5 to 4
)

// DecimalFromInt is n as a decimal.
func DecimalFromInt(n int64) Decimal {
	if n < 0 {
		return Decimal{size: uint128{lo: -uint64(n)}, negative: true}
	}
	return Decimal{size: uint128{lo: uint64(n)}}
}

// DecimalFromUint is n as a decimal.
func DecimalFromUint(n uint64) Decimal { return Decimal{size: uint128{lo: n}} }

// DecimalFromFloat is the number that the shortest text of f means. NaN and the
// infinities are errors, as are floats that need more digits than a Decimal
// has.
func DecimalFromFloat(f float64) (Decimal, error) {
	var room [32]byte
	return ParseDecimal(string(AppendFloat(room[:0], f)))
}

// newDecimal normalises a number, which may have a scale of any size.
func newDecimal(negative bool, size uint128, scale int) (Decimal, error) {
	if size == (uint128{}) {
		return Decimal{}, nil
	}
	for scale > 0 {
		tenth, digit := size.div(10)
		if digit != 0 {
			break
		}
		size, scale = tenth, scale-1
	}
	if scale > MaxDigits || !size.less(pow10(MaxDigits)) {
		return Decimal{}, ErrDecimalRange
	}
	return Decimal{size: size, scale: uint8(scale), negative: negative}, nil
}

// Add is d+e, exactly. The error is ErrDecimalRange.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	a, b, ok := align(d, e)
	if !ok {
		return Decimal{}, ErrDecimalRange
	}
	scale := int(max(d.scale, e.scale))
	switch {
	case d.negative == e.negative:
		sum, carry := a.add(b)
		if carry {
			return Decimal{}, ErrDecimalRange
		}
		return newDecimal(d.negative, sum, scale)
	case a.less(b):
		return newDecimal(e.negative, b.sub(a), scale)
	}
	return newDecimal(d.negative, a.sub(b), scale)
}

// align writes two numbers with equally many digits behind the point. It fails
// when one of them takes more than 128 bits so. Their sum then has more than 38
// digits, since the other ends behind it in a digit other than zero.
func align(d, e Decimal) (a, b uint128, ok bool) {
	switch {
	case d.scale < e.scale:
		a, ok = d.size.mul(pow10(int(e.scale - d.scale)))
		return a, e.size, ok
	case d.scale > e.scale:
		b, ok = e.size.mul(pow10(int(d.scale - e.scale)))
		return d.size, b, ok
	}
	return d.size, e.size, true
}

// Sub is d-e, exactly. The error is ErrDecimalRange.
func (d Decimal) Sub(e Decimal) (Decimal, error) { return d.Add(e.Neg()) }

// Mul is d*e, exactly. The error is ErrDecimalRange.
func (d Decimal) Mul(e Decimal) (Decimal, error) {
	negative, scale := d.negative != e.negative, int(d.scale)+int(e.scale)
	if product, ok := d.size.mul(e.size); ok {
		return newDecimal(negative, product, scale)
	}
	return mulWide(d, e, negative, scale)
}

// Neg is -d.
func (d Decimal) Neg() Decimal {
	d.negative = !d.negative && d.size != uint128{}
	return d
}

// Abs is d without its sign.
func (d Decimal) Abs() Decimal {
	d.negative = false
	return d
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	switch {
	case d.negative:
		return -1
	case d.size == uint128{}:
		return 0
	}
	return 1
}

// Cmp is -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d == e:
		return 0
	case d.negative != e.negative:
		return cmp.Compare(d.Sign(), e.Sign())
	}
	a, b, ok := align(d, e)
	less := a.less(b)
	if !ok { // the one with fewer digits behind the point is the larger one
		less = d.scale > e.scale
	}
	if less != d.negative {
		return -1
	}
	return 1
}

// IsInteger reports whether there is no digit behind the point.
func (d Decimal) IsInteger() bool { return d.scale == 0 }

// Digits are the precision and the scale of the smallest type that holds d.
func (d Decimal) Digits() (precision, scale int) {
	return max(d.size.digits(), int(d.scale), 1), int(d.scale)
}

// Fit is nil if a column of type decimal(precision,scale) holds d without
// losing a digit; else it says why not.
func (d Decimal) Fit(precision, scale int) error {
	if int(d.scale) > scale {
		return fmt.Errorf("it loses digits: %d stand behind the point, the type has %d", d.scale, scale)
	}
	if whole := d.size.digits() - int(d.scale); whole > precision-scale {
		return fmt.Errorf("it loses digits: %d stand before the point, the type has %d", whole, precision-scale)
	}
	return nil
}

// Round is d with at most that many digits behind the point. Negative places
// round before the point: -2 to hundreds. The error is ErrDecimalRange.
func (d Decimal) Round(places int, mode Rounding) (Decimal, error) {
	if int(d.scale) <= places {
		return d, nil
	}
	if places < -MaxDigits || int(d.scale)-places > MaxDigits {
		return Decimal{}, nil
	}
	size, last, rest := d.size, uint64(0), false // the last digit cut, and whether others before it were not zero
	for range int(d.scale) - places {
		rest = rest || last != 0
		size, last = size.div(10)
	}
	if last > 5 || last == 5 && (rest || mode == HalfUp || size.lo&1 == 1) {
		size, _ = size.add(uint128{lo: 1})
	}
	if places < 0 {
		var ok bool
		if size, ok = size.mul(pow10(-places)); !ok {
			return Decimal{}, ErrDecimalRange
		}
	}
	return newDecimal(d.negative, size, max(places, 0))
}

// Int64 is d as an int64, and whether it is one.
func (d Decimal) Int64() (int64, bool) {
	switch {
	case d.scale > 0 || d.size.hi > 0:
		return 0, false
	case d.negative:
		return -int64(d.size.lo), d.size.lo <= 1<<63
	}
	return int64(d.size.lo), d.size.lo <= math.MaxInt64
}

// Uint64 is d as a uint64, and whether it is one.
func (d Decimal) Uint64() (uint64, bool) {
	return d.size.lo, d.scale == 0 && d.size.hi == 0 && !d.negative
}

// isFloat reports whether a float64 is exactly d: the fives of the denominator
// must vanish, and what is left must fit the mantissa.
func (d Decimal) isFloat() bool {
	odd := d.size
	for range d.scale {
		fifth, rest := odd.div(5)
		if rest != 0 {
			return false
		}
		odd = fifth
	}
	const mantissa = 53
	return odd == uint128{} || odd.bitLen()-odd.trailingZeros() <= mantissa
}

// signScale is the sign and the scale in one byte.
func (d Decimal) signScale() byte {
	const sign = 1 << 7
	if d.negative {
		return d.scale | sign
	}
	return d.scale
}
