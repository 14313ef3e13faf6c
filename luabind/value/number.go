package value

import (
	"math"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/record"
)

// FormatNumber is the text of a number, in every place where a script turns
// one into text.
func FormatNumber(f float64) string {
	var room [32]byte
	return string(record.AppendFloat(room[:0], f))
}

// Blanks are what tonumber trims.
const Blanks = " \t\n\v\f\r"

// ParseNumber is the number that a text means: decimal with an optional
// fraction and exponent, or 0x with hexadecimal digits, with blanks around.
// Beyond the range of a float it is an infinity.
func ParseNumber(s string) (float64, bool) {
	if n, ok := FewDigits(s); ok {
		return n, true
	}
	s = trimBlanks(s)
	digits := s
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		return parseHex(s, digits[2:])
	}
	// ParseFloat takes more: signs are looked at there, but a number of ours
	// begins with a digit or point, and has no letter but e.
	if digits == "" || digits[0] != '.' && digits[0]-'0' > 9 || !isNumeral(digits) {
		return 0, false
	}
	return inRange(strconv.ParseFloat(s, 64))
}

// FewDigits is the number of a text of up to fifteen digits and nothing else.
func FewDigits(s string) (float64, bool) {
	if s == "" || len(s) > 15 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	return float64(n), true
}

// isNumeral reports whether a text has no other characters than decimal numbers
// have.
func isNumeral(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c-'0' <= 9, c == '.', c == 'e', c == 'E', c == '+', c == '-':
		default:
			return false
		}
	}
	return true
}

func trimBlanks(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

func parseHex(s, digits string) (float64, bool) {
	if strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	return inRange(strconv.ParseFloat(s+"p0", 64))
}

// inRange takes a number beyond the range for the infinity it became.
func inRange(f float64, err error) (float64, bool) {
	return f, err == nil || math.IsInf(f, 0)
}

// ParseInteger is the number that a text means in a base from 2 to 36.
func ParseInteger(s string, base int) (float64, bool) {
	digits := strings.ToLower(trimBlanks(s))
	sign := 1.0
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		if digits[0] == '-' {
			sign = -1
		}
		digits = digits[1:]
	}
	if base == 16 {
		digits = strings.TrimPrefix(digits, "0x")
	}
	n, err := strconv.ParseUint(digits, base, 64)
	return sign * float64(n), err == nil
}

// Modulo is % of the virtual machine.
func Modulo(a, b float64) float64 {
	r := math.Mod(a, b)
	if b > 0 && r < 0 || b < 0 && r > 0 {
		r += b
	}
	return r
}
