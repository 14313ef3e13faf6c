package row

import (
	"math"
	"math/bits"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// total is a sum of numbers. Whole ones are added exactly in 128 bits, so that
// only the sum itself can be too large, whatever the order of the rows; floats
// are added in that order.
type total struct {
	n      int64
	hi     int64 // of the 128-bit sum of the whole numbers
	lo     uint64
	floats float64
	kind   record.Kind // of the sum: that of the numbers, Float where they differ
}

func (t *total) add(kind op.AggregateKind, x record.Value) error {
	switch x.Kind() {
	case record.Int:
		t.addWhole(x.Int()>>63, uint64(x.Int()))
	case record.Uint:
		t.addWhole(0, x.Uint())
	case record.Float:
		t.floats += x.Float()
	default:
		return notNumber(kind, x)
	}
	if t.n++; t.n == 1 {
		t.kind = x.Kind()
	} else if t.kind != x.Kind() {
		t.kind = record.Float
	}
	return nil
}

func (t *total) addWhole(hi int64, lo uint64) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, lo, 0)
	t.hi += hi + int64(carry)
}

// float is the sum as a float.
func (t *total) float() float64 {
	hi, lo := t.hi, t.lo
	if hi >= 0 {
		return t.floats + math.Ldexp(float64(hi), 64) + float64(lo)
	}
	// The magnitude of a negative sum is exact where it fits into 64 bits.
	var borrow uint64
	lo, borrow = bits.Sub64(0, lo, 0)
	return t.floats - (math.Ldexp(float64(-hi-int64(borrow)), 64) + float64(lo))
}

// value is the sum, and whether its kind can hold it.
func (t *total) value() (record.Value, bool) {
	switch t.kind {
	case record.Null:
		return record.Value{}, true
	case record.Int:
		n := int64(t.lo)
		return record.IntValue(n), t.hi == n>>63
	case record.Uint:
		return record.UintValue(t.lo), t.hi == 0
	}
	return record.FloatValue(t.float()), true
}

// sums adds numbers.
type sums struct{ states[total] }

func (s *sums) add(g int32, v input) error { return s.states[g].add(op.Sum, v.value()) }

func (s *sums) result(g int32, to *record.ColumnBuilder) error {
	sum, ok := s.states[g].value()
	if !ok {
		return diag.Errorf("aggregate.overflow", diag.Pos{}, "the sum is beyond the range of %s", s.states[g].kind).
			WithHint("read the column as float, or sum smaller groups")
	}
	to.Append(sum)
	return nil
}

// means averages numbers.
type means struct{ states[total] }

func (m *means) add(g int32, v input) error { return m.states[g].add(op.Mean, v.value()) }

func (m *means) result(g int32, to *record.ColumnBuilder) error {
	t := m.states[g]
	if t.n == 0 {
		to.AppendNull()
	} else {
		to.Append(record.FloatValue(t.float() / float64(t.n)))
	}
	return nil
}
