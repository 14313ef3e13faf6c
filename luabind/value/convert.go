package value

import (
	"errors"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// ToDecimal is etl.decimal(v): a text, an integer of any type or a decimal.
// Numbers with a fraction are refused, since they are not exact.
func ToDecimal(v lua.LValue) (lua.LValue, *diag.Diagnostic) {
	if d, ok := exactDecimal(v); ok {
		return Decimal(d), nil
	}
	switch x := v.(type) {
	case lua.LNumber:
		return nil, fractional(x, "no decimal is made of")
	case lua.LString:
		d, err := record.ParseDecimal(strings.Trim(string(x), Blanks))
		if err != nil {
			return nil, noText(x, "decimal", err)
		}
		return Decimal(d), nil
	}
	return nil, noConversion(v, "decimal")
}

func noText(text lua.LString, to string, err error) *diag.Diagnostic {
	return problem("value.text", "%q is no %s: %w", shortened(string(text)), to, err)
}

func shortened(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-3], "") + "..."
}

func noConversion(v lua.LValue, to string) *diag.Diagnostic {
	d := problem("value.convert", "%s cannot become %s", Describe(v), WithArticle(to))
	if IsNull(v) {
		d.Hint = "test for it first, as in: row.x and etl." + to + "(row.x)"
	}
	return d
}

// IsNull is etl.is_null(v): whether a value is nil or etl.null.
func IsNull(v lua.LValue) bool {
	_, null := v.(Null)
	return null || v == lua.LNil
}

// ToInt is etl.int(v): the whole number that a text or a number of any type is.
// From 2^53 on it is an Int64, beyond those a Uint64. Nothing is rounded.
func ToInt(v lua.LValue) (lua.LValue, *diag.Diagnostic) {
	if n, ok := v.(lua.LNumber); ok && math.Abs(float64(n)) >= ExactLimit {
		return nil, problem("value.inexact", "%s may have lost digits: beyond 2^53 calculations are not exact", Describe(v))
	}
	d, ok := exactDecimal(v)
	switch x := v.(type) {
	case lua.LString:
		var err error
		if d, err = record.ParseDecimal(strings.Trim(string(x), Blanks)); err != nil {
			return nil, noText(x, "int", err)
		}
	case lua.LNumber:
		if !ok {
			return nil, noWhole(v)
		}
	default:
		if !ok {
			return nil, noConversion(v, "int")
		}
	}
	return wholeOf(v, d)
}

// wholeOf is a decimal, which v means, as an integer.
func wholeOf(v lua.LValue, d record.Decimal) (lua.LValue, *diag.Diagnostic) {
	if !d.IsInteger() {
		return nil, noWhole(v)
	}
	if n, ok := d.Int64(); ok {
		return intToLua(n), nil
	}
	if n, ok := d.Uint64(); ok {
		return uintToLua(n), nil
	}
	return nil, problem("value.range", "%s is beyond 64 bits", PlainText(v))
}

func noWhole(v lua.LValue) *diag.Diagnostic {
	return problem("value.fraction", "%s is no whole number", PlainText(v)).
		WithHint("round it first, with math.floor(x) or etl.round(x, 0)")
}

// ToFloat is etl.float(v): the plain number nearest to a number of any type, or
// to the one that a text means.
func ToFloat(v lua.LValue) (lua.LValue, *diag.Diagnostic) {
	switch x := v.(type) {
	case lua.LNumber:
		return x, nil
	case Int64:
		return lua.LNumber(x), nil
	case Uint64:
		return lua.LNumber(x), nil
	case Decimal:
		return lua.LNumber(record.Decimal(x).Float64()), nil
	case lua.LString:
		f, err := record.ParseFloat(strings.Trim(string(x), Blanks))
		if err != nil {
			return nil, noText(x, "float", err)
		}
		return lua.LNumber(f), nil
	}
	return nil, noConversion(v, "float")
}

// Round is etl.round(v, places, mode): a number of any type with at most that
// many digits behind the point, or before it where places is negative. Plain
// numbers are rounded by the digits that they print with, so that 1.005 becomes
// 1.01.
func Round(v lua.LValue, places int, mode record.Rounding) (lua.LValue, *diag.Diagnostic) {
	if n, ok := v.(lua.LNumber); ok {
		return roundNumber(float64(n), places, mode), nil
	}
	d, ok := exactDecimal(v)
	if !ok {
		return nil, problem("value.arithmetic", "%s cannot be rounded", Describe(v))
	}
	r, err := d.Round(places, mode)
	if err != nil {
		return nil, problem("decimal.range", "%s rounded has %w", PlainText(v), err)
	}
	if isDecimal(v) {
		return Decimal(r), nil
	}
	return ToInt(Decimal(r))
}

func roundNumber(f float64, places int, mode record.Rounding) lua.LValue {
	d, err := record.DecimalFromFloat(f)
	if err == nil {
		if d, err = d.Round(places, mode); err == nil {
			return lua.LNumber(d.Float64())
		}
	}
	if math.Abs(f) >= 1 || f != f {
		return lua.LNumber(f) // a whole number of more than 38 digits, or none
	}
	near, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', max(places, 0), 64), 64)
	return lua.LNumber(near)
}

// IntegerQuotient is etl.idiv(a, b): a/b rounded down, for numbers of any type.
// It is exact, but for plain numbers with a fraction.
func IntegerQuotient(a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	x, whole := wide(a)
	y, whole2 := wide(b)
	switch {
	case Equal(b, lua.LNumber(0)):
		return nil, zeroDivisor("/", a)
	case whole && whole2:
		return quotient(a, b, x.Div(y))
	case isDecimal(a) || isDecimal(b):
		return decimalQuotient(a, b)
	}
	m, ok := a.(lua.LNumber)
	n, ok2 := b.(lua.LNumber)
	if !ok || !ok2 {
		return nil, noQuotient(a, b)
	}
	return lua.LNumber(math.Floor(float64(m) / float64(n))), nil
}

func noQuotient(a, b lua.LValue) *diag.Diagnostic {
	return problem("value.arithmetic", "%s cannot be divided by %s", Describe(a), Describe(b))
}

func quotient(a, b lua.LValue, w Wide) (lua.LValue, *diag.Diagnostic) {
	v, ok := w.ToLua(isUint(a) || isUint(b))
	if !ok {
		return nil, problem("int64.overflow", "%s / %s is beyond 64 bits", PlainText(a), PlainText(b))
	}
	return v, nil
}

// decimalQuotient takes the rest away first, so that the quotient is exact.
func decimalQuotient(a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	rest, d := decimalArith("%", a, b)
	if d != nil {
		return nil, d
	}
	even, d := decimalArith("-", a, rest)
	if d != nil {
		return nil, d
	}
	return decimalArith("/", even, b)
}

// RoundingOf is the way to round that a word names; "" is "half_up".
func RoundingOf(word string) (record.Rounding, error) {
	switch word {
	case "", "half_up":
		return record.HalfUp, nil
	case "half_even":
		return record.HalfEven, nil
	}
	return 0, errors.New(`the ways to round are "half_up" and "half_even"`)
}
