package value

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
)

// Arith is what the operator + - * / % or ^ gives for two values, at least one
// of which is of our own types. The result is exact, but for quotients of
// decimals, which have 38 digits, and what scaling an interval leaves below a
// microsecond. Where an exact result is not possible, it is a problem.
func Arith(sign string, a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	switch {
	case a == Null{} || b == Null{}:
		return nil, problem("value.null", "attempt to perform %s on etl.null", sign).
			WithHint("test for it first: etl.is_null(x)")
	case IsTemporal(a) || IsTemporal(b):
		return temporalArith(sign, a, b)
	case isDecimal(a) || isDecimal(b):
		return decimalArith(sign, a, b)
	}
	return wideArith(sign, a, b)
}

// Negate is -v for a value of our own types.
func Negate(v lua.LValue) (lua.LValue, *diag.Diagnostic) {
	switch x := v.(type) {
	case Decimal:
		return x.negated(), nil
	case Temporal:
		return x.negated()
	case Null:
		return Arith("-", v, v)
	}
	return wideArith("-", lua.LNumber(0), v)
}

// problem is a problem with an operation. Its place is the caller's.
func problem(code diag.Code, format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(code, diag.Pos{}, format, args...)
}

func zeroDivisor(sign string, a lua.LValue) *diag.Diagnostic {
	return problem("value.zero", "%s %s 0: division by zero", PlainText(a), sign)
}

// wideArith is the arithmetic of integers, one of which is beyond 2^53.
func wideArith(sign string, a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	if sign == "/" || sign == "^" {
		return nil, problem("int64.inexact", "%s on an integer beyond 2^53 would lose digits", sign).
			WithHint("etl.idiv(a, b) divides whole numbers, etl.decimal(a) calculates with 38 digits, etl.float(a) with 16")
	}
	x, d := wideOperand(sign, a)
	if d != nil {
		return nil, d
	}
	y, d := wideOperand(sign, b)
	if d != nil {
		return nil, d
	}
	if sign == "%" && y.Abs == 0 {
		return nil, zeroDivisor(sign, a)
	}
	result, fits := wideResult(sign, x, y)
	v, ok := result.ToLua(isUint(a) || isUint(b))
	if !fits || !ok {
		return nil, problem("int64.overflow", "%s %s %s is beyond 64 bits", PlainText(a), sign, PlainText(b))
	}
	return v, nil
}

func isUint(v lua.LValue) bool { _, ok := v.(Uint64); return ok }

func wideResult(sign string, a, b Wide) (Wide, bool) {
	switch sign {
	case "+":
		return a.Add(b)
	case "-":
		return a.Sub(b)
	case "*":
		return a.Mul(b)
	}
	return a.Mod(b), true
}

// wideOperand takes an operand. A plain number must be a whole one below 2^53,
// since the digits of a larger one are lost already.
func wideOperand(sign string, v lua.LValue) (Wide, *diag.Diagnostic) {
	if n, ok := wide(v); ok {
		return n, nil
	}
	if n, ok := v.(lua.LNumber); ok {
		return Wide{}, problem("int64.inexact", "%s between an integer beyond 2^53 and %s would lose digits", sign, PlainText(n))
	}
	return Wide{}, problem("int64.operand", "attempt to perform %s between an integer beyond 2^53 and %s", sign, WithArticle(KindName(v)))
}

// wide is an integer of any type, if its digits are certain.
func wide(v lua.LValue) (Wide, bool) {
	switch x := v.(type) {
	case Int64:
		return MakeWide(int64(x)), true
	case Uint64:
		return Wide{Abs: uint64(x)}, true
	case lua.LNumber:
		n, ok := wholeNumber(x)
		return MakeWide(n), ok
	}
	return Wide{}, false
}

// wholeNumber is a plain number as an integer, if it is one whose digits are
// certain.
func wholeNumber(n lua.LNumber) (int64, bool) {
	f := float64(n)
	if f != math.Trunc(f) || math.Abs(f) >= ExactLimit {
		return 0, false
	}
	return int64(f), true
}
