package record

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// ascending lists values of an Any column in order; those of a group are equal.
func ascending() [][]Value {
	const big53 = 1 << 53
	return [][]Value{
		{StringValue("")},
		{StringValue("B")},
		{StringValue("a")},
		{StringValue("a\x00")},
		{StringValue("ä")},
		{FloatValue(math.Inf(-1))},
		{FloatValue(-math.MaxFloat64)},
		{IntValue(math.MinInt64), FloatValue(-(1 << 63))},
		{IntValue(math.MinInt64 + 1)},
		{FloatValue(-1.5)},
		{IntValue(-1), FloatValue(-1), decimal("-1")},
		{FloatValue(-0.5)},
		{IntValue(0), UintValue(0), FloatValue(0), FloatValue(math.Copysign(0, -1))},
		{FloatValue(5e-324)},
		{decimal("0.1")},
		{FloatValue(0.1)}, // a little more than a tenth
		{FloatValue(0.5), decimal("0.5")},
		{IntValue(1), decimal("1"), UintValue(1), FloatValue(1)},
		{FloatValue(1.5), decimal("1.5")},
		{decimal("9007199254740991.9")},
		{IntValue(big53), FloatValue(big53)},
		{IntValue(big53 + 1), UintValue(big53 + 1)},
		{FloatValue(big53 + 2), IntValue(big53 + 2)},
		{IntValue(math.MaxInt64), UintValue(math.MaxInt64)},
		{decimal("9223372036854775807.5")},
		{UintValue(1 << 63), FloatValue(1 << 63), decimal("9223372036854775808")},
		{UintValue(math.MaxUint64)},
		{FloatValue(1 << 64), decimal("18446744073709551616")},
		{decimal("18446744073709551617")},
		{FloatValue(1e38)}, // a little less than 10^38
		{decimal("99999999999999999999999999999999999999")},
		{FloatValue(math.Inf(1))},
		{FloatValue(math.NaN()), FloatValue(math.Float64frombits(0xfff8000000000001))},
		{BoolValue(false)},
		{BoolValue(true)},
		{TemporalValue(Date, -1)},
		{TemporalValue(Date, 1)},
		{TemporalValue(Time, 0)},
		{TemporalValue(Datetime, math.MinInt64)},
		{TemporalValue(Timestamp, math.MinInt64)},
		{TemporalValue(Interval, 5)},
		{TextValue(Bytes, "")},
		{ListValue(nil), ListValue([]Value{})},
		{ListValue([]Value{{}})},
		{ListValue([]Value{IntValue(1)}), ListValue([]Value{decimal("1")})},
		{ListValue([]Value{IntValue(1), {}})},
		{ListValue([]Value{IntValue(2)})},
		{ListValue([]Value{ListValue(nil)})},
		{StructValue(nil)},
		{StructValue([]Entry{{"a", IntValue(1)}, {"b", IntValue(2)}})},
		{StructValue([]Entry{{"b", IntValue(2)}, {"a", IntValue(1)}})},
		{MapValue([]Entry{{"a", IntValue(1)}, {"b", IntValue(2)}}), MapValue([]Entry{{"b", FloatValue(2)}, {"a", IntValue(1)}})},
		{MapValue([]Entry{{"a", IntValue(2)}})},
		{TextValue(JSON, "{}")},
	}
}

func decimal(text string) Value {
	d, err := ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return DecimalValue(d)
}

// The list is in order, however values are compared, and keys are equal within
// groups only.
func TestOrderAndKeys(t *testing.T) {
	t.Parallel()
	groups := ascending()
	for i, as := range groups {
		for j, bs := range groups {
			for _, a := range as {
				for _, b := range bs {
					checkPair(t, a, b, min(1, max(-1, i-j)))
				}
			}
		}
	}
}

func checkPair(t *testing.T, a, b Value, want int) {
	t.Helper()
	if got := Compare(Any, a, b); got != want {
		t.Errorf("%s %s and %s %s: Compare is %d, want %d", a.kind, FormatValue(a), b.kind, FormatValue(b), got, want)
	}
	kinds := []Kind{Any}
	if a.kind == b.kind {
		kinds = append(kinds, a.kind)
	}
	for _, k := range kinds {
		v, w := vectorOf(k, a), vectorOf(k, b)
		if got := v.Compare(k, 0, w, 0); got != want {
			t.Errorf("%s: %s and %s: Vector.Compare is %d, want %d", k, FormatValue(a), FormatValue(b), got, want)
		}
		if got := Compare(k, a, b); got != want {
			t.Errorf("%s: %s and %s: Compare is %d, want %d", k, FormatValue(a), FormatValue(b), got, want)
		}
	}
	if equal := slices.Equal(vectorOf(a.kind, a).AppendKey(nil, a.kind, 0), vectorOf(Any, b).AppendKey(nil, Any, 0)); equal != (want == 0) {
		t.Errorf("%s %s and %s %s: keys are equal: %v", a.kind, FormatValue(a), b.kind, FormatValue(b), equal)
	}
}

func vectorOf(k Kind, values ...Value) *Vector {
	v := NewVector(k, len(values))
	for i, x := range values {
		v.Set(k, i, len(values), x)
	}
	return v
}

// Numbers of all kinds compare like exact numbers.
func TestCompareIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber(t), drawNumber(t)
		want := exact(a).Cmp(exact(b))
		if got := Compare(Any, a, b); got != want {
			t.Fatalf("%s %s and %s %s: %d, want %d", a.kind, FormatValue(a), b.kind, FormatValue(b), got, want)
		}
		equal := slices.Equal(vectorOf(Any, a).AppendKey(nil, Any, 0), vectorOf(Any, b).AppendKey(nil, Any, 0))
		if equal != (want == 0) {
			t.Fatalf("%s and %s: keys are equal: %v", FormatValue(a), FormatValue(b), equal)
		}
	})
}

// drawNumber prefers neighbours of powers of two, where rounding bites.
func drawNumber(t *rapid.T) Value {
	base := math.Ldexp(1, rapid.IntRange(0, 64).Draw(t, "power"))
	if rapid.Bool().Draw(t, "negative") {
		base = -base
	}
	step := rapid.IntRange(-2, 2).Draw(t, "step")
	switch rapid.IntRange(0, 4).Draw(t, "number") {
	case 0:
		return IntValue(int64(math.Max(-1<<62, math.Min(base, 1<<62))) + int64(step))
	case 1:
		return UintValue(uint64(math.Max(4, math.Min(math.Abs(base), 1<<63))) + uint64(int64(step)))
	case 2:
		return DecimalValue(anyDecimal(t, "decimal"))
	case 3:
		return DecimalValue(nearFloat(t, base, step))
	}
	for range max(step, -step) {
		base = math.Nextafter(base, math.Inf(step))
	}
	return FloatValue(base)
}

// nearFloat is a decimal close to a float, mostly not the float itself.
func nearFloat(t *rapid.T, base float64, step int) Decimal {
	if rapid.Bool().Draw(t, "small") {
		base = 1 / base
	}
	near, err := DecimalFromFloat(base)
	if err != nil {
		return DecimalFromInt(int64(step))
	}
	last, _ := ParseDecimal("1e-" + strconv.Itoa(rapid.IntRange(0, 38).Draw(t, "place")))
	product, err := last.Mul(DecimalFromInt(int64(step)))
	if err != nil {
		return near
	}
	if sum, err := near.Add(product); err == nil {
		return sum
	}
	return near
}

func exact(v Value) *big.Rat {
	switch v.kind {
	case Int:
		return new(big.Rat).SetInt64(v.Int())
	case Uint:
		return new(big.Rat).SetUint64(v.Uint())
	case DecimalOf:
		return rat(v.Decimal())
	}
	return new(big.Rat).SetFloat64(v.Float())
}

// Keys of several columns, one behind the other, are equal only when each value
// is: no value runs into the next.
func TestKeysTellWhereTheyEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SliceOfN(rapid.SampledFrom(allKinds()), 1, 3).Draw(t, "kinds")
		draw := func() (values []Value, key []byte) {
			for _, k := range kinds {
				v := drawValue(t, k)
				values = append(values, v)
				key = vectorOf(k, v).AppendKey(key, k, 0)
			}
			return values, key
		}
		a, keyA := draw()
		b, keyB := draw()
		equal := true
		for i := range a {
			equal = equal && a[i].IsNull() == b[i].IsNull() && (a[i].IsNull() || Compare(kinds[i], a[i], b[i]) == 0)
		}
		if slices.Equal(keyA, keyB) != equal {
			t.Fatalf("%v and %v: the values are equal: %v, the keys: %v", a, b, equal, !equal)
		}
	})
}

func TestKeysOfTextHoldItsLength(t *testing.T) {
	t.Parallel()
	key := func(a, b string) []byte {
		v := vectorOf(String, StringValue(a), StringValue(b))
		return v.AppendKey(v.AppendKey(nil, String, 0), String, 1)
	}
	tag := string([]byte{byte(String)})
	if slices.Equal(key("a"+tag+"b", ""), key("a", "b"+tag)) {
		t.Error("two pairs of strings have one key")
	}
}

func TestNullInAnAnyColumnHasTheKeyOfNull(t *testing.T) {
	t.Parallel()
	v := NewVector(Any, 1) // the zero Value, without a bit among Nulls
	if got, want := v.AppendKey(nil, Any, 0), vectorOf(Int, Value{}).AppendKey(nil, Int, 0); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
