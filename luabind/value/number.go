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
	s = strings.Trim(s, Blanks)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" {
		return 0, false
	}
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		return parseHex(s, digits[2:])
	}
	if strings.Trim(digits, "0123456789.eE+-") != "" || digits[0] == 'e' || digits[0] == 'E' {
		return 0, false
	}
	return inRange(strconv.ParseFloat(s, 64))
}

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
	s = strings.ToLower(strings.Trim(s, Blanks))
	digits := strings.TrimPrefix(s, "-")
	if base == 16 {
		digits = strings.TrimPrefix(digits, "0x")
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, false
	}
	if strings.HasPrefix(s, "-") {
		return -float64(n), true
	}
	return float64(n), true
}

// Modulo is % of the virtual machine.
func Modulo(a, b float64) float64 {
	r := math.Mod(a, b)
	if b > 0 && r < 0 || b < 0 && r > 0 {
		r += b
	}
	return r
}
