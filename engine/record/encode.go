package record

import (
	"encoding/binary"
	"fmt"
	"math"
)

// encoder appends the body of a stored batch. decoder is its mirror.
type encoder struct {
	codec *Codec
	out   []byte
}

func (e *encoder) uvarint(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) varint(n int64)   { e.out = binary.AppendVarint(e.out, n) }
func (e *encoder) fixed(n uint64)   { e.out = binary.LittleEndian.AppendUint64(e.out, n) }
func (e *encoder) byte(b byte)      { e.out = append(e.out, b) }
func (e *encoder) source(s *Source) { e.uvarint(e.codec.sources.put(s)) }

func (e *encoder) batch(b *Batch) error {
	e.uvarint(uint64(b.n))
	e.origins(b.Lineage)
	for i, c := range b.Columns {
		if err := e.column(c); err != nil {
			return fmt.Errorf("column %q: %w", e.codec.schema.Field(i).Name, err)
		}
	}
	return nil
}

func (e *encoder) origins(l Lineage) {
	switch {
	case l.mixed != nil:
		e.byte(byte(rowsAnywhere))
		for _, o := range l.mixed {
			e.source(o.Source)
			e.varint(o.Row)
			e.uvarint(o.Part)
		}
	case l.first == 0:
		e.byte(byte(noLineage))
	case l.rows == nil:
		e.byte(byte(rowsInOrder))
		e.source(l.source)
		e.varint(l.first)
		e.uvarint(l.part)
	default:
		e.byte(byte(rowsPicked))
		e.source(l.source)
		e.varint(l.first)
		e.uvarint(l.part)
		for _, r := range l.rows {
			e.varint(int64(r))
		}
	}
}

func (e *encoder) column(c *Column) error {
	parts, values := c.parts()
	e.byte(byte(parts))
	if parts&hasRaw != 0 {
		if err := e.raw(c.raw); err != nil {
			return err
		}
	}
	if parts&hasOwn != 0 {
		e.bits(c.own, c.n)
	}
	if parts&(hasValues|hasSet) != 0 {
		e.vector(c.Type.Kind, values, c.n)
	}
	if parts&hasText != 0 {
		e.strings(c.text)
	}
	return nil
}

// parts are what must be stored of a column, with its values if they belong to
// it. Values that fields decode to are left out.
func (c *Column) parts() (partFlags, *Vector) {
	var parts partFlags
	if c.raw != nil {
		parts |= hasRaw
	}
	if c.text != nil {
		parts |= hasText
	}
	if c.raw != nil && !c.own.Any() {
		return parts, nil
	}
	if c.own.Any() {
		parts |= hasOwn
	}
	if v := c.vec.Load(); v != nil {
		return parts | hasValues, v
	}
	return parts | hasSet, c.set
}

func (e *encoder) raw(r *Raw) error {
	e.uvarint(e.codec.decoders.put(r.decoder))
	size := 0
	for i := range r.n {
		f := r.Field(i)
		size += len(f.Bytes)
		e.uvarint(uint64(len(f.Bytes))<<spanFlagBits | uint64(f.Flags))
	}
	if size > math.MaxUint32 {
		return fmt.Errorf("%d bytes of text in one batch are too many", size)
	}
	for i := range r.n {
		e.out = append(e.out, r.Field(i).Bytes...)
	}
	return nil
}

func (e *encoder) bits(b Bits, n int) {
	for w := range (n + 63) / 64 {
		if w < len(b) {
			e.fixed(b[w])
		} else {
			e.fixed(0)
		}
	}
}

func (e *encoder) vector(k Kind, v *Vector, n int) {
	if v.Nulls.Any() {
		e.byte(1)
		e.bits(v.Nulls, n)
	} else {
		e.byte(0)
	}
	switch k {
	case String, Bytes, JSON:
		e.strings(v.Strings)
	case Int, Date, Time, Datetime, Timestamp, Interval:
		for _, x := range v.Ints {
			e.varint(x)
		}
	case Uint:
		for _, x := range v.Uints {
			e.uvarint(x)
		}
	case Float:
		for _, x := range v.Floats {
			e.fixed(math.Float64bits(x))
		}
	case Bool:
		e.bools(v.Bools)
	case DecimalOf:
		for _, x := range v.Decimals {
			e.decimal(x)
		}
	default:
		for _, x := range v.Values {
			e.value(x)
		}
	}
}

func (e *encoder) strings(all []string) {
	for _, s := range all {
		e.uvarint(uint64(len(s)))
	}
	for _, s := range all {
		e.out = append(e.out, s...)
	}
}

func (e *encoder) bools(all []bool) {
	for _, b := range all {
		if b {
			e.byte(1)
		} else {
			e.byte(0)
		}
	}
}

func (e *encoder) decimal(d Decimal) {
	e.byte(d.signScale())
	e.uvarint(d.size.hi)
	e.uvarint(d.size.lo)
}

func (e *encoder) text(s string) {
	e.uvarint(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *encoder) value(v Value) {
	e.byte(byte(v.kind))
	switch v.kind {
	case String, Bytes, JSON:
		e.text(v.str)
	case DecimalOf:
		e.decimal(v.Decimal())
	case ListOf:
		e.uvarint(uint64(len(v.Items())))
		for _, item := range v.Items() {
			e.value(item)
		}
	case Struct, MapOf:
		e.uvarint(uint64(len(v.Entries())))
		for _, x := range v.Entries() {
			e.text(x.Name)
			e.value(x.Value)
		}
	default:
		e.fixed(v.num)
	}
}
