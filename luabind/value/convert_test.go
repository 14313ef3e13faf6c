package value

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// shown writes a result: its Lua type or kind and its text, or the problem.
func shown(v lua.LValue, d *diag.Diagnostic) string {
	if d != nil {
		return string(d.Code) + ": " + d.Message
	}
	return KindName(v) + " " + PlainText(v)
}

// dec is the decimal that a text means.
func dec(text string) Decimal {
	d, err := record.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return Decimal(d)
}

func TestConversions(t *testing.T) {
	t.Parallel()
	big, huge := Int64(1<<53+1), Uint64(math.MaxUint64)
	day := Temporal{record.Date, 15736}
	for _, c := range []struct {
		name    string
		convert func(lua.LValue) (lua.LValue, *diag.Diagnostic)
		in      lua.LValue
		want    string
	}{
		{"decimal", ToDecimal, lua.LString(" 0.190 "), "decimal 0.19"},
		{"decimal", ToDecimal, lua.LString("1e3"), "decimal 1000"},
		{"decimal", ToDecimal, lua.LNumber(-7), "decimal -7"},
		{"decimal", ToDecimal, big, "decimal 9007199254740993"},
		{"decimal", ToDecimal, huge, "decimal 18446744073709551615"},
		{"decimal", ToDecimal, dec("1.5"), "decimal 1.5"},
		{"decimal", ToDecimal, lua.LNumber(0.5), "decimal.float: no decimal is made of the fractional number 0.5: it is not exact"},
		{"decimal", ToDecimal, lua.LNumber(1 << 53), "decimal.float: no decimal is made of the number 9007199254740992: its digits are not certain"},
		{"decimal", ToDecimal, lua.LNumber(math.NaN()), "decimal.float: no decimal is made of the number NaN: its digits are not certain"},
		{"decimal", ToDecimal, lua.LString("1,5"), `value.text: "1,5" is no decimal: not a number`},
		{"decimal", ToDecimal, lua.LString(strings.Repeat("9", 99)), `value.text: "` + strings.Repeat("9", 57) + `..." is no decimal: more than 38 digits`},
		{"decimal", ToDecimal, lua.LNil, "value.convert: nil cannot become a decimal"},
		{"decimal", ToDecimal, day, "value.convert: a date cannot become a decimal"},
		{"int", ToInt, lua.LString("12"), "number 12"},
		{"int", ToInt, lua.LString(" 12.0 "), "number 12"},
		{"int", ToInt, lua.LString("9007199254740993"), "int 9007199254740993"},
		{"int", ToInt, lua.LString("18446744073709551615"), "uint 18446744073709551615"},
		{"int", ToInt, lua.LString("18446744073709551616"), "value.range: 18446744073709551616 is beyond 64 bits"},
		{"int", ToInt, lua.LString("1.5"), "value.fraction: 1.5 is no whole number"},
		{"int", ToInt, lua.LString("x"), `value.text: "x" is no int: not a number`},
		{"int", ToInt, lua.LNumber(3), "number 3"},
		{"int", ToInt, lua.LNumber(0.5), "value.fraction: 0.5 is no whole number"},
		{"int", ToInt, lua.LNumber(math.NaN()), "value.fraction: NaN is no whole number"},
		{"int", ToInt, lua.LNumber(-1 << 53), "value.inexact: the number -9007199254740992 may have lost digits: beyond 2^53 calculations are not exact"},
		{"int", ToInt, dec("5"), "number 5"},
		{"int", ToInt, dec("5.5"), "value.fraction: 5.5 is no whole number"},
		{"int", ToInt, big, "int 9007199254740993"},
		{"int", ToInt, lua.LTrue, "value.convert: the boolean true cannot become an int"},
		{"float", ToFloat, lua.LString("0.19"), "number 0.19"},
		{"float", ToFloat, dec("0.1"), "number 0.1"},
		{"float", ToFloat, big, "number 9007199254740992"},
		{"float", ToFloat, huge, "number 18446744073709552000"},
		{"float", ToFloat, lua.LNumber(2), "number 2"},
		{"float", ToFloat, lua.LString(""), `value.text: "" is no float: empty`},
		{"float", ToFloat, Null{}, "value.convert: etl.null cannot become a float"},
	} {
		if got := shown(c.convert(c.in)); got != c.want {
			t.Errorf("etl.%s(%s): got %q, want %q", c.name, Describe(c.in), got, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in     lua.LValue
		places int
		up     string
		even   string
	}{
		{lua.LNumber(1.005), 2, "1.01", "1"},
		{lua.LNumber(-2.5), 0, "-3", "-2"},
		{lua.LNumber(1234.5), -2, "1200", "1200"},
		{lua.LNumber(1e300), 2, "1e+300", "1e+300"},
		{lua.LNumber(1.25e-30), 5, "0", "0"},
		{lua.LNumber(1.23456789e-30), 32, "1.23e-30", "1.23e-30"},
		{lua.LNumber(math.Inf(-1)), 2, "-Inf", "-Inf"},
		{dec("2.665"), 2, "2.67", "2.66"},
		{dec("2.665"), 5, "2.665", "2.665"},
		{dec("-1550"), -2, "-1600", "-1600"},
		{Int64(1<<53 + 1), 2, "9007199254740993", "9007199254740993"},
		{Int64(1<<53 + 1), -3, "9007199254741000", "9007199254741000"},
		{Int64(math.MaxInt64), -1, "9223372036854775810", "9223372036854775810"},
	} {
		for mode, want := range map[record.Rounding]string{record.HalfUp: c.up, record.HalfEven: c.even} {
			v, d := Round(c.in, c.places, mode)
			if d != nil || PlainText(v) != want {
				t.Errorf("round %s to %d (%d): got %v %v, want %s", PlainText(c.in), c.places, mode, v, d, want)
			}
		}
	}
	if got := shown(Round(lua.LString("1"), 0, record.HalfUp)); got != "value.arithmetic: a string cannot be rounded" {
		t.Error(got)
	}
}

func TestIntegerQuotient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b lua.LValue
		want string
	}{
		{lua.LNumber(7), lua.LNumber(2), "number 3"},
		{lua.LNumber(-7), lua.LNumber(2), "number -4"},
		{lua.LNumber(7.5), lua.LNumber(2), "number 3"},
		{Int64(math.MinInt64), lua.LNumber(2), "int -4611686018427387904"},
		{Int64(math.MinInt64), lua.LNumber(-1), "int64.overflow: -9223372036854775808 / -1 is beyond 64 bits"},
		{Uint64(math.MaxUint64), lua.LNumber(2), "int 9223372036854775807"},
		{Uint64(math.MaxUint64), lua.LNumber(1), "uint 18446744073709551615"},
		{dec("7.5"), lua.LNumber(2), "decimal 3"},
		{dec("-7.5"), dec("0.5"), "decimal -15"},
		{dec("-7.6"), dec("0.5"), "decimal -16"},
		{lua.LNumber(1), lua.LNumber(0), "value.zero: 1 / 0: division by zero"},
		{dec("1"), dec("0"), "value.zero: 1 / 0: division by zero"},
		{dec("1"), lua.LNumber(0.5), "decimal.float: % between a decimal and the fractional number 0.5: it is not exact"},
		{lua.LString("1"), lua.LNumber(1), "value.arithmetic: a string cannot be divided by the number 1"},
		{Temporal{record.Date, 1}, lua.LNumber(1), "value.arithmetic: a date cannot be divided by the number 1"},
	} {
		if got := shown(IntegerQuotient(c.a, c.b)); got != c.want {
			t.Errorf("%s // %s: got %q, want %q", PlainText(c.a), PlainText(c.b), got, c.want)
		}
	}
}

// TestExactArithmetic compares + - * % of integers and decimals with arithmetic
// of any size: a result is exact, or there is none.
func TestExactArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, x := anyNumber(t, "a")
		b, y := anyNumber(t, "b")
		if a.Type() == lua.LTNumber && b.Type() == lua.LTNumber {
			return // these are the virtual machine's
		}
		for _, sign := range []string{"+", "-", "*", "%"} {
			v, d := Arith(sign, a, b)
			if d != nil {
				checkRefused(t, sign, a, b, d)
				continue
			}
			got, ok := rational(v)
			if want := exactly(sign, x, y); !ok || got.Cmp(want) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", PlainText(a), sign, PlainText(b), PlainText(v), want.RatString())
			}
		}
	})
}

// exactly is what an operation gives.
func exactly(sign string, a, b *big.Rat) *big.Rat {
	switch sign {
	case "+":
		return new(big.Rat).Add(a, b)
	case "-":
		return new(big.Rat).Sub(a, b)
	case "*":
		return new(big.Rat).Mul(a, b)
	}
	q := new(big.Rat).Quo(a, b)
	floor := new(big.Int).Div(q.Num(), q.Denom()) // denominators are positive
	return new(big.Rat).Sub(a, new(big.Rat).Mul(b, new(big.Rat).SetInt(floor)))
}

// checkRefused checks that an operation was refused for a reason.
func checkRefused(t *rapid.T, sign string, a, b lua.LValue, d *diag.Diagnostic) {
	t.Helper()
	certain := func(v lua.LValue) bool { _, ok := exactDecimal(v); return ok }
	switch d.Code {
	case "decimal.float", "int64.inexact":
		if certain(a) && certain(b) {
			t.Fatalf("%s %s %s: %s", PlainText(a), sign, PlainText(b), d.Message)
		}
	case "int64.overflow":
		x, _ := rational(a)
		y, _ := rational(b)
		result := exactly(sign, x, y)
		if n := result.Num(); n.IsInt64() || n.IsUint64() && (isUint(a) || isUint(b)) {
			t.Fatalf("%s %s %s = %s: %s", PlainText(a), sign, PlainText(b), n, d.Message)
		}
	case "decimal.range", "value.zero":
	default:
		t.Fatalf("%s %s %s: %s %s", PlainText(a), sign, PlainText(b), d.Code, d.Message)
	}
}

func ExampleArith() {
	price, _ := ToDecimal(lua.LString("19.99"))
	total, _ := Arith("*", price, lua.LNumber(3))
	fmt.Println(total)
	// Output: 59.97
}
