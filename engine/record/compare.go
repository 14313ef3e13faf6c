package record

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
)

// Compare orders two values of a column of kind k: -1, 0 or 1. Numbers go by
// size, NaN behind all others and equal to itself; strings bytewise; false
// before true; times by time. Lists go item by item, structs and maps entry by
// entry, those of maps in the order of their names; NULL comes first in them.
// Values of an Any column go by kind first, with all numbers together, and
// numbers of different kinds compare exactly. The caller deals with NULL.
func Compare(k Kind, a, b Value) int {
	switch k {
	case String, Bytes, JSON:
		return strings.Compare(a.str, b.str)
	case Uint, Bool:
		return cmp.Compare(a.num, b.num)
	case Float:
		return compareFloats(a.Float(), b.Float())
	case Any:
		return compareAny(a, b)
	case DecimalOf:
		return a.Decimal().Cmp(b.Decimal())
	case ListOf:
		return slices.CompareFunc(a.Items(), b.Items(), compareAny)
	case Struct, MapOf:
		return slices.CompareFunc(a.comparedEntries(), b.comparedEntries(), compareEntries)
	}
	return cmp.Compare(int64(a.num), int64(b.num))
}

// Compare orders row i of v and row j of w, both vectors of kind k, as the
// function Compare does. The caller deals with NULL.
func (v *Vector) Compare(k Kind, i int, w *Vector, j int) int {
	switch k {
	case String, Bytes, JSON:
		return strings.Compare(v.Strings[i], w.Strings[j])
	case Int, Date, Time, Datetime, Timestamp, Interval:
		return cmp.Compare(v.Ints[i], w.Ints[j])
	case Uint:
		return cmp.Compare(v.Uints[i], w.Uints[j])
	case Float:
		return compareFloats(v.Floats[i], w.Floats[j])
	case Bool:
		return compareBools(v.Bools[i], w.Bools[j])
	case DecimalOf:
		return v.Decimals[i].Cmp(w.Decimals[j])
	}
	return compareAny(v.Values[i], w.Values[j])
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareFloats is cmp.Compare with NaN last instead of first.
func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	}
	return compareBools(a != a, b != b)
}

func compareAny(a, b Value) int {
	if c := cmp.Compare(rank(a.kind), rank(b.kind)); c != 0 {
		return c
	}
	if a.kind == b.kind {
		return Compare(a.kind, a, b)
	}
	return compareNumbers(a, b)
}

// rank is the place of a kind among others; the numbers share one.
func rank(k Kind) Kind {
	if k == Uint || k == Float || k == DecimalOf {
		return Int
	}
	return k
}

// compareNumbers compares numbers of different kinds exactly.
func compareNumbers(a, b Value) int {
	switch {
	case b.kind == Float:
		return compareWithFloat(a, b.Float())
	case a.kind == Float:
		return -compareWithFloat(b, a.Float())
	case a.kind == DecimalOf || b.kind == DecimalOf:
		return exactDecimal(a).Cmp(exactDecimal(b))
	case a.kind == Int:
		return compareIntUint(a.Int(), b.num)
	}
	return -compareIntUint(b.Int(), a.num)
}

// exactDecimal is a number other than a float as a decimal.
func exactDecimal(v Value) Decimal {
	switch v.kind {
	case Int:
		return DecimalFromInt(v.Int())
	case Uint:
		return DecimalFromUint(v.num)
	}
	return v.Decimal()
}

func compareEntries(a, b Entry) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), compareAny(a.Value, b.Value))
}

func compareIntUint(a int64, b uint64) int {
	if a < 0 {
		return -1
	}
	return cmp.Compare(uint64(a), b)
}

// compareWithFloat compares another number with a float: first with its whole
// part, which is exact where it fits, then with what is behind the point.
func compareWithFloat(a Value, f float64) int {
	if a.kind == DecimalOf {
		return compareDecimalWithFloat(a.Decimal(), f)
	}
	lowest, beyond := -float64(1<<63), float64(1<<63)
	if a.kind == Uint {
		lowest, beyond = 0, 1<<64
	}
	whole := math.Trunc(f)
	switch {
	case f != f || f >= beyond:
		return -1
	case whole < lowest:
		return 1
	}
	c := cmp.Compare(int64(a.num), int64(whole))
	if a.kind == Uint {
		c = cmp.Compare(a.num, uint64(whole))
	}
	if c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}

// compareDecimalWithFloat compares with the nearest float first, which decides
// unless that is f.
func compareDecimalWithFloat(d Decimal, f float64) int {
	if c := compareFloats(d.Float64(), f); c != 0 || d.isFloat() {
		return c
	}
	number, _ := new(big.Rat).SetString(d.String())
	return number.Cmp(new(big.Rat).SetFloat64(f))
}
