package row

import (
	"math"
	"math/bits"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// total is a sum of numbers or of intervals. Whole ones are added exactly in
// 128 bits, and decimals exactly, so that only the sum itself can be too large,
// whatever the order of the rows; floats are added in that order.
type total struct {
	n        int64
	hi       int64 // of the 128-bit sum of the whole numbers, or of the intervals
	lo       uint64
	floats   float64
	decimals *record.DecimalSum // nil: none so far
	kinds    kindSet            // of the values
}

// kindSet is a set of kinds.
type kindSet uint32

func (s kindSet) has(k record.Kind) bool { return s&(1<<k) != 0 }

func (s kindSet) with(k record.Kind) kindSet { return s | 1<<k }

// sumKind is the kind of a sum of values of these kinds, and whether there is
// one: numbers of different kinds add up to a float, but with decimals only
// whole ones mix, and with intervals nothing.
func (s kindSet) sumKind() (record.Kind, bool) {
	switch {
	case s == 0:
		return record.Null, true
	case s == kindSet(0).with(record.Int):
		return record.Int, true
	case s == kindSet(0).with(record.Uint):
		return record.Uint, true
	case s.has(record.Interval):
		return record.Interval, s == kindSet(0).with(record.Interval)
	case s.has(record.DecimalOf):
		return record.DecimalOf, !s.has(record.Float)
	}
	return record.Float, true
}

func (t *total) add(kind op.AggregateKind, x record.Value) error {
	switch k := x.Kind(); {
	case k == record.Int, k == record.Interval && kind == op.Sum:
		t.addWhole(x.Int()>>63, uint64(x.Int()))
	case k == record.Uint:
		t.addWhole(0, x.Uint())
	case k == record.Float:
		t.floats += x.Float()
	case k == record.DecimalOf:
		if t.decimals == nil {
			t.decimals = &record.DecimalSum{}
		}
		t.decimals.Add(x.Decimal())
	default:
		return notNumber(kind, x)
	}
	t.n++
	before, _ := t.kinds.sumKind()
	t.kinds = t.kinds.with(x.Kind())
	if _, ok := t.kinds.sumKind(); !ok {
		return diag.Errorf("aggregate.type", diag.Pos{}, "%s cannot add a value of type %s to those of type %s", kind, x.Kind(), before)
	}
	return nil
}

func (t *total) addWhole(hi int64, lo uint64) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, lo, 0)
	t.hi += hi + int64(carry)
}

// float is the sum of numbers that are no decimals as a float.
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

// exact is the sum of whole numbers and decimals. It moves the former to the
// latter.
func (t *total) exact() *record.DecimalSum {
	const half = 1 << 32 // twice, it moves hi to its place
	high := record.DecimalFromInt(t.hi)
	for range 2 {
		high, _ = high.Mul(record.DecimalFromUint(half)) // 2^63 rows of 2^63 have 38 digits
	}
	t.decimals.Add(high)
	t.decimals.Add(record.DecimalFromUint(t.lo))
	t.hi, t.lo = 0, 0
	return t.decimals
}

// value is the sum, and whether its kind can hold it.
func (t *total) value() (record.Value, bool) {
	kind, _ := t.kinds.sumKind()
	n := int64(t.lo)
	switch kind {
	case record.Null:
		return record.Value{}, true
	case record.Int:
		return record.IntValue(n), t.hi == n>>63
	case record.Interval:
		return record.TemporalValue(kind, n), t.hi == n>>63
	case record.Uint:
		return record.UintValue(t.lo), t.hi == 0
	case record.DecimalOf:
		d, err := t.exact().Value()
		return record.DecimalValue(d), err == nil
	}
	return record.FloatValue(t.float()), true
}

// sums adds numbers or intervals.
type sums struct {
	states[total]
	out record.Type
}

func (s *sums) add(g int32, v input) error { return s.states[g].add(op.Sum, v.value()) }

func (s *sums) result(g int32, to *record.ColumnBuilder) error {
	sum, ok := s.states[g].value()
	if ok && s.out.Kind == record.DecimalOf && !sum.IsNull() {
		ok = sum.Decimal().Fit(s.out.Precision, s.out.Scale) == nil
	}
	if ok {
		to.Append(sum)
		return nil
	}
	return beyond(op.Sum, s.out, sum.Kind())
}

// beyond says that an aggregate has no room for its result, of that kind.
func beyond(kind op.AggregateKind, out record.Type, have record.Kind) error {
	name, hint := have.String(), "read the column as float, or sum smaller groups"
	if have == record.DecimalOf || have == record.Interval {
		hint = "aggregate smaller groups"
	}
	if out.Kind == record.DecimalOf {
		name = out.String()
	}
	return diag.Errorf("aggregate.overflow", diag.Pos{}, "the %s is beyond the range of %s", kind, name).WithHint("%s", hint)
}

// means averages numbers.
type means struct {
	states[total]
	out record.Type
}

func (m *means) add(g int32, v input) error { return m.states[g].add(op.Mean, v.value()) }

func (m *means) result(g int32, to *record.ColumnBuilder) error {
	t := &m.states[g]
	if t.n == 0 {
		to.AppendNull()
		return nil
	}
	if kind, _ := t.kinds.sumKind(); kind != record.DecimalOf {
		to.Append(record.FloatValue(t.float() / float64(t.n)))
		return nil
	}
	places := record.MaxDigits
	if m.out.Kind == record.DecimalOf {
		places = m.out.Scale
	}
	mean, err := t.exact().Mean(t.n, places)
	return appendDecimal(to, op.Mean, mean, err, m.out)
}

// appendDecimal appends a result that was computed exactly: as a decimal, or as
// a float where the values were of any kind.
func appendDecimal(to *record.ColumnBuilder, kind op.AggregateKind, d record.Decimal, err error, out record.Type) error {
	if err == nil && out.Kind == record.DecimalOf {
		err = d.Fit(out.Precision, out.Scale)
	}
	switch {
	case err != nil:
		return beyond(kind, out, record.DecimalOf)
	case out.Kind == record.DecimalOf:
		to.Append(record.DecimalValue(d))
	default:
		to.Append(record.FloatValue(d.Float64()))
	}
	return nil
}
