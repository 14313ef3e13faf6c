package record

import (
	"encoding/binary"
	"math"
)

// decoder reads what encoder wrote. Once something does not fit it is bad, and
// gives zeros from then on.
type decoder struct {
	codec *Codec
	rest  []byte
	bad   bool
}

// skip takes n bytes that were read away; n < 1 says that reading failed.
func (d *decoder) skip(n int) bool {
	if n < 1 || n > len(d.rest) {
		d.bad, d.rest = true, nil
		return false
	}
	d.rest = d.rest[n:]
	return true
}

func (d *decoder) uvarint() uint64 {
	x, n := binary.Uvarint(d.rest)
	d.skip(n)
	return x
}

func (d *decoder) varint() int64 {
	x, n := binary.Varint(d.rest)
	d.skip(n)
	return x
}

func (d *decoder) fixed() uint64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (d *decoder) byte() byte {
	b := d.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// take is the next n bytes, nil if there are not as many.
func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) source() *Source {
	s, ok := d.codec.sources.get(d.uvarint())
	d.bad = d.bad || !ok
	return s
}

func (d *decoder) batch() *Batch {
	n := d.uvarint()
	if n > math.MaxInt32 {
		d.bad = true
		return nil
	}
	rows := int(n)
	lineage := d.origins(rows)
	columns := make([]*Column, d.codec.schema.Len())
	for i := range columns {
		if d.bad {
			return nil
		}
		columns[i] = d.column(d.codec.schema.Field(i).Type, rows)
	}
	return NewBatch(d.codec.schema, rows, columns, lineage)
}

func (d *decoder) origins(n int) Lineage {
	switch lineageForm(d.byte()) {
	case noLineage:
		return Lineage{}
	case rowsInOrder:
		return Lineage{source: d.source(), first: d.varint(), part: d.uvarint()}
	case rowsPicked:
		l := Lineage{source: d.source(), first: d.varint(), part: d.uvarint(), rows: make([]int32, n)}
		for i := range l.rows {
			l.rows[i] = int32(d.varint())
		}
		return l
	case rowsAnywhere:
		origins := make([]Origin, n)
		for i := range origins {
			origins[i] = Origin{Source: d.source(), Row: d.varint(), Part: d.uvarint()}
		}
		return FromOrigins(origins)
	}
	d.bad = true
	return Lineage{}
}

func (d *decoder) column(t Type, n int) *Column {
	c := &Column{Type: t, n: n}
	parts := partFlags(d.byte())
	if parts&hasRaw != 0 {
		c.raw = d.raw(n)
	}
	if parts&hasOwn != 0 {
		c.own = d.bits(n)
	}
	if parts&hasSet != 0 {
		c.set = d.vector(t.Kind, n)
	}
	if parts&hasValues != 0 {
		c.vec.Store(d.vector(t.Kind, n))
	}
	if parts&hasText != 0 {
		c.text = d.strings(n)
	}
	return c
}

// raw reads undecoded fields, which go on sharing the body's memory.
func (d *decoder) raw(n int) *Raw {
	decoder, ok := d.codec.decoders.get(d.uvarint())
	spans := make([]Span, n)
	end := uint64(0)
	for i := range spans {
		x := d.uvarint()
		start := end
		end += x >> spanFlagBits
		spans[i] = Span{Start: uint32(start), End: uint32(end), Flags: SpanFlags(x & (1<<spanFlagBits - 1))}
	}
	data := d.take(end)
	d.bad = d.bad || !ok
	return NewRaw(&Block{Data: data, Spans: spans, Columns: 1}, 0, 0, n, decoder)
}

func (d *decoder) bits(n int) Bits {
	b := NewBits(n)
	for w := range b {
		b[w] = d.fixed()
	}
	return b
}

func (d *decoder) vector(k Kind, n int) *Vector {
	v := &Vector{}
	if d.byte() != 0 {
		v.Nulls = d.bits(n)
	}
	switch k {
	case String, Bytes, JSON:
		v.Strings = d.strings(n)
	case Int, Date, Time, Datetime, Timestamp, Interval:
		v.Ints = fill(n, d.varint)
	case Uint:
		v.Uints = fill(n, d.uvarint)
	case Float:
		v.Floats = fill(n, func() float64 { return math.Float64frombits(d.fixed()) })
	case Bool:
		v.Bools = fill(n, func() bool { return d.byte() != 0 })
	case DecimalOf:
		v.Decimals = fill(n, d.decimal)
	default:
		v.Values = fill(n, d.value)
	}
	return v
}

func fill[T any](n int, next func() T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = next()
	}
	return out
}

// strings reads n strings into one piece of memory.
func (d *decoder) strings(n int) []string {
	lengths := *d // is read a second time
	total := uint64(0)
	for range n {
		total += d.uvarint()
	}
	all := string(d.take(total))
	out := make([]string, n)
	for i := range out {
		length := lengths.uvarint()
		if d.bad {
			return out
		}
		out[i], all = all[:length], all[length:]
	}
	return out
}

func (d *decoder) decimal() Decimal {
	const scaleBits = 1<<7 - 1
	head := d.byte()
	return Decimal{
		negative: head > scaleBits, scale: head & scaleBits,
		size: uint128{hi: d.uvarint(), lo: d.uvarint()},
	}
}

func (d *decoder) text() string { return string(d.take(d.uvarint())) }

func (d *decoder) value() Value {
	k := Kind(d.byte())
	switch k {
	case String, Bytes, JSON:
		return Value{kind: k, str: d.text()}
	case DecimalOf:
		return DecimalValue(d.decimal())
	case ListOf:
		return ListValue(many(d, d.value))
	case Struct, MapOf:
		return Value{kind: k, nested: &nested{entries: many(d, func() Entry { return Entry{d.text(), d.value()} })}}
	}
	return Value{kind: k, num: d.fixed()}
}

// many reads as many things as a number before them says.
func many[T any](d *decoder, next func() T) []T {
	n := d.uvarint()
	if n > uint64(len(d.rest)) { // each takes a byte at least
		d.bad = true
		return nil
	}
	return fill(int(n), next)
}
