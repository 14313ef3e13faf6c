package value

import (
	"errors"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// Decimal is an exact decimal number. It is compared by value, also as a key of
// a table, since it is always normalised.
type Decimal record.Decimal

var _ lua.LValue = Decimal{}

// Type implements lua.LValue.
func (Decimal) Type() lua.LValueType { return lua.LTUserData }

// String is the number in plain digits.
func (d Decimal) String() string { return record.Decimal(d).String() }

// FieldNames are the names that Field knows.
func (Decimal) FieldNames() []string { return []string{"precision", "scale"} }

// Field is the precision or scale of the smallest decimal type that holds the
// number.
func (d Decimal) Field(name string) (lua.LValue, bool) {
	precision, scale := record.Decimal(d).Digits()
	switch name {
	case "precision":
		return lua.LNumber(precision), true
	case "scale":
		return lua.LNumber(scale), true
	}
	return lua.LNil, false
}

func isDecimal(v lua.LValue) bool { _, ok := v.(Decimal); return ok }

func (d Decimal) negated() Decimal { return Decimal(record.Decimal(d).Neg()) }

// decimalArith is the arithmetic of two numbers, one of which is a decimal.
func decimalArith(sign string, a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	x, d := decimalOperand(sign, a)
	if d != nil {
		return nil, d
	}
	y, d := decimalOperand(sign, b)
	if d != nil {
		return nil, d
	}
	result, err := decimalResult(sign, x, y)
	switch {
	case err == nil:
		return Decimal(result), nil
	case errors.Is(err, record.ErrDecimalZero):
		return nil, zeroDivisor(sign, a)
	case errors.Is(err, errExponent):
		return nil, problem("decimal.exponent", "%s ^ %s: %w", PlainText(a), PlainText(b), err)
	}
	return nil, problem("decimal.range", "%s %s %s has %w", PlainText(a), sign, PlainText(b), err).
		WithHint(`round an operand: etl.round(x, 10, "half_even")`)
}

// decimalOperand takes an operand. Numbers with a fraction are refused: they
// are not the decimal that they look like.
func decimalOperand(sign string, v lua.LValue) (record.Decimal, *diag.Diagnostic) {
	if d, ok := exactDecimal(v); ok {
		return d, nil
	}
	if n, ok := v.(lua.LNumber); ok {
		return record.Decimal{}, fractional(n, "%s between a decimal and", sign)
	}
	return record.Decimal{}, problem("decimal.operand", "attempt to perform %s between a decimal and %s", sign, WithArticle(KindName(v)))
}

// exactDecimal is a number of any type, if its digits are certain.
func exactDecimal(v lua.LValue) (record.Decimal, bool) {
	switch x := v.(type) {
	case Decimal:
		return record.Decimal(x), true
	case Int64:
		return record.DecimalFromInt(int64(x)), true
	case Uint64:
		return record.DecimalFromUint(uint64(x)), true
	case lua.LNumber:
		n, ok := wholeNumber(x)
		return record.DecimalFromInt(n), ok
	}
	return record.Decimal{}, false
}

// fractional refuses a plain number whose digits are not certain.
func fractional(n lua.LNumber, format string, args ...any) *diag.Diagnostic {
	text, what := PlainText(n), fmt.Sprintf(format, args...)
	if f := float64(n); f == math.Trunc(f) || math.IsNaN(f) {
		return problem("decimal.float", "%s the number %s: its digits are not certain", what, text).
			WithHint("beyond 2^53 plain numbers are not exact: keep to ints and decimals")
	}
	return problem("decimal.float", "%s the fractional number %s: it is not exact", what, text).
		WithHint(`write it as text, etl.decimal("%s"), or calculate with floats: etl.float(x)`, text)
}

func decimalResult(sign string, a, b record.Decimal) (record.Decimal, error) {
	switch sign {
	case "+":
		return a.Add(b)
	case "-":
		return a.Sub(b)
	case "*":
		return a.Mul(b)
	case "/":
		return a.Quo(b)
	case "%":
		return a.Rem(b)
	}
	return power(a, b)
}

var errExponent = errors.New("the exponent is no whole number below a million")

// power is a to a whole number. With a negative one, it is the quotient of 1
// and the power.
func power(a, exponent record.Decimal) (record.Decimal, error) {
	const most = 1_000_000
	n, ok := exponent.Int64()
	if !ok || n > most || n < -most {
		return record.Decimal{}, errExponent
	}
	if n < 0 {
		whole, err := powerOf(a, -n)
		if err != nil {
			return record.Decimal{}, err
		}
		return record.DecimalFromInt(1).Quo(whole)
	}
	return powerOf(a, n)
}

// powerOf is a^n by squaring.
func powerOf(a record.Decimal, n int64) (record.Decimal, error) {
	result, err := record.DecimalFromInt(1), error(nil)
	for ; n > 0 && err == nil; n >>= 1 {
		if n&1 == 1 {
			result, err = result.Mul(a)
		}
		if n > 1 && err == nil {
			a, err = a.Mul(a)
		}
	}
	return result, err
}
