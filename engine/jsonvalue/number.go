package jsonvalue

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/record"
)

const (
	// safeDigits is the number of significant digits that every float in the
	// range of safeLength characters keeps.
	safeDigits = 15
	safeLength = 40
)

// Number is the value of a number as JSON writes it: an Int, a Uint or, to 38
// digits, a Decimal if it is whole and written without point and exponent;
// else a Float if that keeps all its digits, and a Decimal if not. -0 is a
// Float. The error wraps ErrNumber.
func Number(text string) (record.Value, error) {
	if IsWhole(text) {
		return whole(text)
	}
	if f, ok := Float(text); ok {
		return record.FloatValue(f), nil
	}
	return decimal(text)
}

// Float is the float nearest to a number, and whether that keeps all its
// digits: the shortest text of the float has them too.
func Float(number string) (f float64, exact bool) {
	f, err := strconv.ParseFloat(number, 64)
	return f, err == nil && keepsDigits(number, f)
}

// IsWhole reports whether a number is written without point and exponent, and
// is not -0.
func IsWhole(number string) bool { return number != "-0" && !strings.ContainsAny(number, ".eE") }

func whole(text string) (record.Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return record.IntValue(n), nil
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return record.UintValue(n), nil
	}
	return decimal(text)
}

func decimal(text string) (record.Value, error) {
	d, err := record.ParseDecimal(text)
	if err != nil {
		return record.Value{}, fmt.Errorf("%w: %s fits neither a float nor a decimal of 38 digits", ErrNumber, clip(text))
	}
	return record.DecimalValue(d), nil
}

// keepsDigits reports whether the shortest text of f, which was read from text,
// has the text's digits.
func keepsDigits(text string, f float64) bool {
	want, ok := significant(text)
	switch {
	case !ok:
		return f == 0
	case len(want) <= safeDigits && len(text) <= safeLength && !strings.ContainsAny(text, "eE"):
		return true
	case f == 0:
		return false
	}
	got, _ := significant(strconv.FormatFloat(f, 'e', -1, 64))
	return got == want
}

// significant is the digits of a number from the first to the last that is not
// zero, and whether there are any. Their place is that of every text which
// reads as the same number.
func significant(text string) (string, bool) {
	mantissa := strings.TrimPrefix(text, "-")
	if n := strings.IndexAny(mantissa, "eE"); n >= 0 {
		mantissa = mantissa[:n]
	}
	if n := strings.IndexByte(mantissa, '.'); n >= 0 {
		mantissa = mantissa[:n] + mantissa[n+1:]
	}
	digits := strings.Trim(mantissa, "0")
	return digits, digits != ""
}

func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most-3] + "..."
}
