package value

import (
	"math"
	"math/bits"

	lua "github.com/yuin/gopher-lua"
)

// Wide is a sign and 64 bits of magnitude, so that ints and uints mix.
type Wide struct {
	Neg bool   // the sign
	Abs uint64 // the magnitude
}

// MakeWide is an int64.
func MakeWide(n int64) Wide {
	if n < 0 {
		return Wide{Neg: true, Abs: -uint64(n)}
	}
	return Wide{Abs: uint64(n)}
}

// Add is the sum, and whether its magnitude fits 64 bits.
func (a Wide) Add(b Wide) (Wide, bool) {
	if a.Neg == b.Neg {
		sum, carry := bits.Add64(a.Abs, b.Abs, 0)
		return Wide{Neg: a.Neg, Abs: sum}, carry == 0
	}
	if a.Abs >= b.Abs {
		return Wide{Neg: a.Neg, Abs: a.Abs - b.Abs}, true
	}
	return Wide{Neg: b.Neg, Abs: b.Abs - a.Abs}, true
}

// Sub is the difference, and whether its magnitude fits 64 bits.
func (a Wide) Sub(b Wide) (Wide, bool) { return a.Add(Wide{Neg: !b.Neg, Abs: b.Abs}) }

// Mul is the product, and whether its magnitude fits 64 bits.
func (a Wide) Mul(b Wide) (Wide, bool) {
	hi, lo := bits.Mul64(a.Abs, b.Abs)
	return Wide{Neg: a.Neg != b.Neg, Abs: lo}, hi == 0
}

// Int64 is the number as an int64, and whether it is one.
func (a Wide) Int64() (int64, bool) {
	if a.Neg {
		return -int64(a.Abs), a.Abs <= 1<<63
	}
	return int64(a.Abs), a.Abs <= math.MaxInt64
}

// ToLua is the number as an int or, where the operation had one, a uint, and
// whether it is in range.
func (a Wide) ToLua(unsigned bool) (lua.LValue, bool) {
	if n, ok := a.Int64(); ok {
		return intToLua(n), true
	}
	return uintToLua(a.Abs), unsigned && !a.Neg
}

// Div is the quotient, rounded down, and Mod what is left, with the sign of b,
// as Lua's % has. b is not zero.
func (a Wide) Div(b Wide) Wide {
	q := a.Abs / b.Abs
	if a.Neg != b.Neg && a.Abs%b.Abs != 0 {
		q++
	}
	return Wide{Neg: a.Neg != b.Neg, Abs: q}
}

// Mod is what Div leaves. b is not zero.
func (a Wide) Mod(b Wide) Wide {
	r := a.Abs % b.Abs
	if r != 0 && a.Neg != b.Neg {
		r = b.Abs - r
	}
	return Wide{Neg: b.Neg, Abs: r}
}
