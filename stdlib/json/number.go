package json

import (
	"math"
	"strconv"
)

// isInteger reports whether a text is an integral number as JSON writes it:
// without a plus sign, leading zeros, point or exponent.
func isInteger(s string) bool {
	digits, rest := integer(s)
	return digits && rest == ""
}

// isFiniteNumber reports whether a text is a number as JSON writes it, within
// the range of doubles.
func isFiniteNumber(s string) bool {
	ok, rest := integer(s)
	if !ok {
		return false
	}
	if rest != "" && rest[0] == '.' {
		n := digits(rest[1:])
		if n == 0 {
			return false
		}
		rest = rest[1+n:]
	}
	if rest == "" {
		// A double holds any number of up to 308 digits.
		return len(s) <= 308 || isFinite(s)
	}
	return isExponent(rest) && isFinite(s)
}

// integer takes the integral part off a text.
func integer(s string) (ok bool, rest string) {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	n := digits(s)
	return n == 1 || n > 1 && s[0] != '0', s[n:]
}

// digits is the number of digits at the beginning of a text.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return n
}

func isExponent(s string) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

func isFinite(s string) bool {
	x, err := strconv.ParseFloat(s, 64)
	return err == nil && !math.IsInf(x, 0)
}
