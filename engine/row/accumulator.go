package row

import (
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// accumulator collects the values of one aggregate for all groups. Values come
// in the order of the input, so that sums of floats are always the same.
type accumulator interface {
	// grow makes room for that many groups.
	grow(groups int)
	// count takes a row of an aggregate without input.
	count(group int32)
	// add takes a value that is not NULL.
	add(group int32, v input) error
	// result appends the value of a group, if it has one.
	result(group int32, to *record.ColumnBuilder) error
	// bytes is about how much memory the states of all groups take.
	bytes() int64
}

// input is one value of a column.
type input struct {
	column *record.Column
	values *record.Vector
	row    int
}

func (v input) value() record.Value { return v.values.Value(v.column.Type.Kind, v.row) }

// number is the value as a float.
func (v input) number(kind op.AggregateKind) (float64, error) {
	switch x := v.value(); x.Kind() {
	case record.Int:
		return float64(x.Int()), nil
	case record.Uint:
		return float64(x.Uint()), nil
	case record.Float:
		return x.Float(), nil
	case record.DecimalOf:
		return x.Decimal().Float64(), nil
	default:
		return 0, notNumber(kind, x)
	}
}

func notNumber(kind op.AggregateKind, x record.Value) error {
	return diag.Errorf("aggregate.type", diag.Pos{}, "%s takes numbers, not a value of type %s", kind, x.Kind())
}

// states are the accumulators of the groups.
type states[S any] []S

func (s *states[S]) grow(groups int) {
	if n := groups - len(*s); n > 0 {
		*s = append(*s, make([]S, n)...)
	}
}

func (s *states[S]) bytes() int64 {
	var one S
	return int64(cap(*s)) * int64(unsafe.Sizeof(one))
}

// count is for aggregates that cannot do without an input; op.Aggregate has
// checked that they have one.
func (s *states[S]) count(int32) {}

// newAccumulator makes the accumulator of an aggregate over values of a type.
func newAccumulator(kind op.AggregateKind, in record.Type) accumulator {
	out, _ := kind.Result(in)
	switch kind {
	case op.Count:
		return &counts{}
	case op.CountDistinct:
		return &distinct{}
	case op.Sum:
		return &sums{out: out}
	case op.Min, op.Max:
		return &extremes{kind: in.Kind, max: kind == op.Max}
	case op.Mean:
		return &means{out: out}
	case op.Median:
		if in.Kind == record.DecimalOf {
			return &decimalMedians{out: out}
		}
		return &medians{}
	case op.Std, op.Var:
		return &variances{kind: kind}
	}
	return &picks{last: kind == op.Last}
}

// counts counts rows, or values that are not NULL.
type counts struct{ states[int64] }

func (c *counts) count(g int32) { c.states[g]++ }

func (c *counts) add(g int32, _ input) error {
	c.states[g]++
	return nil
}

func (c *counts) result(g int32, to *record.ColumnBuilder) error {
	to.Append(record.IntValue(c.states[g]))
	return nil
}

// distinct counts different values.
type distinct struct {
	states[keySet]
	key  []byte
	held int64 // by all sets
}

func (d *distinct) add(g int32, v input) error {
	d.key = v.values.AppendKey(d.key[:0], v.column.Type.Kind, v.row)
	if d.states[g].add(d.key) {
		d.held += int64(len(d.key)) + mapEntry
	}
	return nil
}

func (d *distinct) bytes() int64 { return d.states.bytes() + d.held }

func (d *distinct) result(g int32, to *record.ColumnBuilder) error {
	to.Append(record.IntValue(int64(len(d.states[g].keys))))
	return nil
}

// extremes keeps the least or the greatest value, with its source text.
type extremes struct {
	picked
	kind record.Kind
	max  bool
}

func (e *extremes) add(g int32, v input) error {
	x := v.value()
	if best := e.states[g].value; !best.IsNull() {
		c := record.Compare(e.kind, x, best)
		if c == 0 || (c > 0) != e.max {
			return nil
		}
	}
	e.set(g, v)
	return nil
}

func (e *extremes) result(g int32, to *record.ColumnBuilder) error { return e.states[g].append(to) }

// medians keeps all numbers.
type medians struct {
	states[[]float64]
	n int64 // all numbers
}

func (m *medians) bytes() int64 {
	const number = 8
	return m.states.bytes() + m.n*number
}

func (m *medians) add(g int32, v input) error {
	x, err := v.number(op.Median)
	m.states[g] = append(m.states[g], x)
	m.n++
	return err
}

func (m *medians) result(g int32, to *record.ColumnBuilder) error {
	xs := m.states[g]
	if len(xs) == 0 {
		to.AppendNull()
		return nil
	}
	slices.SortFunc(xs, func(a, b float64) int {
		return record.Compare(record.Float, record.FloatValue(a), record.FloatValue(b))
	})
	low, high := xs[(len(xs)-1)/2], xs[len(xs)/2]
	if low == high {
		to.Append(record.FloatValue(low))
		return nil
	}
	to.Append(record.FloatValue(low/2 + high/2))
	return nil
}

// decimalMedians keeps all decimals.
type decimalMedians struct {
	states[[]record.Decimal]
	out record.Type
	n   int64 // all decimals
}

func (m *decimalMedians) bytes() int64 {
	return m.states.bytes() + m.n*int64(unsafe.Sizeof(record.Decimal{}))
}

func (m *decimalMedians) add(g int32, v input) error {
	m.states[g] = append(m.states[g], v.value().Decimal())
	m.n++
	return nil
}

func (m *decimalMedians) result(g int32, to *record.ColumnBuilder) error {
	xs := m.states[g]
	if len(xs) == 0 {
		to.AppendNull()
		return nil
	}
	slices.SortFunc(xs, record.Decimal.Cmp)
	var middle record.DecimalSum
	middle.Add(xs[(len(xs)-1)/2])
	middle.Add(xs[len(xs)/2])
	d, err := middle.Mean(2, m.out.Scale)
	return appendDecimal(to, op.Median, d, err, m.out)
}

// variances computes the variance or standard deviation of a sample by
// Welford's method.
type variances struct {
	states[variance]
	kind op.AggregateKind
}

type variance struct {
	n        int64
	mean, m2 float64
}

func (s *variances) add(g int32, v input) error {
	x, err := v.number(s.kind)
	if err != nil {
		return err
	}
	w := &s.states[g]
	w.n++
	delta := x - w.mean
	w.mean += delta / float64(w.n)
	w.m2 += delta * (x - w.mean)
	return nil
}

func (s *variances) result(g int32, to *record.ColumnBuilder) error {
	w := s.states[g]
	if w.n < 2 {
		to.AppendNull()
		return nil
	}
	out := w.m2 / float64(w.n-1)
	if s.kind == op.Std {
		out = math.Sqrt(out)
	}
	to.Append(record.FloatValue(out))
	return nil
}

// picks keeps the first or the last value, with its source text.
type picks struct {
	picked
	last bool
}

func (p *picks) add(g int32, v input) error {
	if p.last || p.states[g].value.IsNull() {
		p.set(g, v)
	}
	return nil
}

func (p *picks) result(g int32, to *record.ColumnBuilder) error { return p.states[g].append(to) }

// pick is a value that an aggregate chose, with its source text if it has any.
type pick struct {
	value  record.Value
	source string
}

// picked are the values that an aggregate chose, by group.
type picked struct {
	states[pick]
	held int64 // by the texts of all of them
}

func (p *picked) bytes() int64 { return p.states.bytes() + p.held }

// set chooses a value. No source block stays in memory for it.
func (p *picked) set(g int32, v input) {
	source, _ := v.column.SourceText(v.row)
	x := pick{v.value().Clone(), strings.Clone(source)}
	p.held += x.bytes() - p.states[g].bytes()
	p.states[g] = x
}

func (p pick) bytes() int64 { return p.value.Bytes() + int64(len(p.source)) }

func (p pick) append(to *record.ColumnBuilder) error {
	if p.source != "" {
		to.AppendText(p.value, p.source)
	} else {
		to.Append(p.value)
	}
	return nil
}
