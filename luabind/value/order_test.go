package value

import (
	"math"
	"math/big"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
)

// anyNumber draws a number of any type, often near 2^53, with its exact size.
func anyNumber(t *rapid.T, label string) (lua.LValue, *big.Rat) {
	whole := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-10, 10), rapid.Int64Range(1<<53-3, 1<<53+3)).Draw(t, label)
	switch rapid.IntRange(0, 3).Draw(t, label+" type") {
	case 0:
		return Int64(whole), new(big.Rat).SetInt64(whole)
	case 1:
		return Uint64(uint64(whole)), new(big.Rat).SetUint64(uint64(whole))
	case 2:
		scaled := new(big.Rat).SetFrac64(whole, 1000)
		d, err := record.ParseDecimal(scaled.FloatString(3))
		if err != nil {
			t.Fatal(err)
		}
		return Decimal(d), scaled
	}
	f := float64(whole) / rapid.SampledFrom([]float64{1, 2, 1000}).Draw(t, label+" divisor")
	return lua.LNumber(f), new(big.Rat).SetFloat64(f)
}

func TestCompareIsExactAcrossNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, x := anyNumber(t, "a")
		b, y := anyNumber(t, "b")
		c, ok := Compare(a, b)
		if want := x.Cmp(y); !ok || c != want || Equal(a, b) != (want == 0) {
			t.Fatalf("%s and %s: got %d %v, want %d", Describe(a), Describe(b), c, ok, want)
		}
	})
}

func TestCompareOther(t *testing.T) {
	t.Parallel()
	day, later := Temporal{record.Date, 1}, Temporal{record.Date, 2}
	table := &lua.LTable{}
	for _, c := range []struct {
		a, b  lua.LValue
		c     int
		ok    bool
		equal bool
	}{
		{a: day, b: later, c: -1, ok: true},
		{a: later, b: day, c: 1, ok: true},
		{a: day, b: day, ok: true, equal: true},
		{a: day, b: Temporal{record.Timestamp, 1}},
		{a: Temporal{record.Interval, -1}, b: Temporal{record.Interval, 1}, c: -1, ok: true},
		{a: day, b: lua.LNumber(1)},
		{a: lua.LNumber(1), b: day},
		{a: lua.LString("a"), b: lua.LString("b"), c: -1, ok: true},
		{a: lua.LString("1"), b: lua.LNumber(1)},
		{a: lua.LNumber(math.NaN()), b: Int64(1), c: 1, ok: true},
		{a: Decimal{}, b: lua.LNumber(math.NaN()), c: 1, ok: true},
		{a: Decimal{}, b: lua.LNumber(math.Inf(1)), c: -1, ok: true},
		{a: lua.LNumber(0), b: Decimal{}, ok: true, equal: true},
		{a: lua.LNil, b: lua.LNil, equal: true},
		{a: Null{}, b: Null{}, equal: true},
		{a: Null{}, b: lua.LNil},
		{a: table, b: table, equal: true},
		{a: table, b: &lua.LTable{}},
	} {
		got, ok := Compare(c.a, c.b)
		if ok != c.ok || ok && got != c.c || Equal(c.a, c.b) != c.equal {
			t.Errorf("%s and %s: got %d %v, equal %v", Describe(c.a), Describe(c.b), got, ok, Equal(c.a, c.b))
		}
	}
}
