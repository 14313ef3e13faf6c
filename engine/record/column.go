package record

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// Column is the values of one field for the rows of a batch.
//
// A column from a text source starts raw: Decode makes its values on first
// use. Source text stays with every value that was not assigned since.
type Column struct {
	Type Type
	n    int
	raw  *Raw     // source text; nil: none
	own  Bits     // rows of raw whose field no longer counts, since they were given another value
	set  *Vector  // the values of the rows in own, until all are decoded
	text []string // source text of values without a field, "" where there is none; nil: none

	once sync.Once // decodes a column that starts raw, for all goroutines that share it
	vec  atomic.Pointer[Vector]
	err  error
}

// ValueError says that a field is no value of its column's type.
type ValueError struct {
	Row    int    // in the batch, from 0
	Value  string // the field's text
	Want   Type
	Reason string // why, e.g. "out of range"; may be empty
}

func (e *ValueError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("%q is no %s", e.Value, e.Want)
	}
	return fmt.Sprintf("%q is no %s: %s", e.Value, e.Want, e.Reason)
}

// NewColumn makes a column of n decoded values, which it then owns.
func NewColumn(t Type, n int, v *Vector) *Column {
	c := &Column{Type: t, n: n}
	c.vec.Store(v)
	return c
}

// NewRawColumn makes a column of undecoded fields.
func NewRawColumn(t Type, raw *Raw) *Column { return &Column{Type: t, n: raw.Len(), raw: raw} }

// Constant makes a column of n equal values.
func Constant(t Type, n int, x Value) *Column {
	v := NewVector(t.Kind, n)
	for i := range n {
		v.Set(t.Kind, i, n, x)
	}
	return NewColumn(t, n, v)
}

// Len is the number of rows.
func (c *Column) Len() int { return c.n }

// Decode gives the values, decoding them on first use. The caller must not
// change them. A field that is no value of the type ends it with a
// *ValueError for the first such row.
func (c *Column) Decode() (*Vector, error) {
	if v := c.vec.Load(); v != nil {
		return v, nil
	}
	c.once.Do(func() {
		v := NewVector(c.Type.Kind, c.n)
		if c.err = c.raw.decoder.Decode(c.raw, v); c.err == nil {
			v.overlay(c.Type.Kind, c.n, c.own, c.set)
			c.vec.Store(v)
		}
	})
	return c.vec.Load(), c.err
}

// Raw is the undecoded column, nil when some value has no source field.
func (c *Column) Raw() *Raw {
	if c.own.Any() {
		return nil
	}
	return c.raw
}

// IsNull reports whether row i is NULL, without decoding a raw column.
func (c *Column) IsNull(i int) bool {
	if c.raw != nil && !c.own.Get(i) {
		return c.raw.IsNull(i)
	}
	return c.given().IsNull(i)
}

// given is a vector that holds the rows without a field, and maybe all.
func (c *Column) given() *Vector {
	if v := c.vec.Load(); v != nil {
		return v
	}
	return c.set
}

// SourceText is the source text of row i, and whether it has any: it came from
// a text source, is not NULL and was not assigned since. A text equal to the
// canonical one may be missing.
func (c *Column) SourceText(i int) (string, bool) {
	switch {
	case c.raw != nil && !c.own.Get(i):
		f := c.raw.Field(i)
		if c.raw.decoder.IsNull(f) {
			return "", false
		}
		return c.raw.decoder.Text(f), true
	case c.text != nil && c.text[i] != "":
		return c.text[i], true
	}
	return "", false
}

// AppendText appends the text of row i as text sinks write it: its source text
// if it has any, else the canonical one. The row must not be NULL. A raw column
// stays undecoded.
func (c *Column) AppendText(dst []byte, i int) []byte {
	switch {
	case c.raw != nil && !c.own.Get(i):
		return append(dst, c.raw.decoder.Text(c.raw.Field(i))...)
	case c.text != nil && c.text[i] != "":
		return append(dst, c.text[i]...)
	}
	return c.given().AppendCanonical(dst, &c.Type, i)
}

// Value is row i. A row that does not decode is an error.
func (c *Column) Value(i int) (Value, error) {
	v, err := c.Decode()
	if err != nil {
		return Value{}, err
	}
	return v.Value(c.Type.Kind, i), nil
}

// Assign is the column with other values in the given rows, which are from now
// on written canonically. values has a value of the column's kind, or NULL, for
// each of rows.
func (c *Column) Assign(rows []int32, values []Value) (*Column, error) {
	vec, err := c.Decode()
	if err != nil {
		return nil, err
	}
	changed := vec.clone()
	out := NewColumn(c.Type, c.n, changed)
	out.raw, out.text = c.raw, slices.Clone(c.text)
	if c.raw != nil {
		out.own = NewBits(c.n)
		copy(out.own, c.own)
	}
	for j, r := range rows {
		i := int(r)
		changed.reset(c.Type.Kind, i, c.n, values[j])
		if out.own != nil {
			out.own.Set(i)
		}
		if out.text != nil {
			out.text[i] = ""
		}
	}
	return out, nil
}

// selection remembers the rows that the raw columns of one Select share.
type selection struct {
	rows []int32
	made map[selectionKey][]int32
}

type selectionKey struct {
	base  *int32
	first int
}

// of turns rows of the batch into rows of the block.
func (s *selection) of(rows []int32, first int) []int32 {
	key := selectionKey{first: first}
	if len(rows) > 0 {
		key.base = &rows[0]
	}
	if got, ok := s.made[key]; ok {
		return got
	}
	out := make([]int32, len(s.rows))
	for i, r := range s.rows {
		if rows != nil {
			out[i] = rows[r]
		} else {
			out[i] = int32(first) + r
		}
	}
	if s.made == nil {
		s.made = make(map[selectionKey][]int32, 1)
	}
	s.made[key] = out
	return out
}

func (c *Column) pick(s *selection) *Column {
	out := &Column{Type: c.Type, n: len(s.rows), own: c.own.pick(s.rows), text: pickSlice(c.text, s.rows)}
	if c.raw != nil {
		out.raw = c.raw.selectRows(s.of)
	}
	if v := c.vec.Load(); v != nil {
		out.vec.Store(v.pick(s.rows))
	} else if c.set != nil {
		out.set = c.set.pick(s.rows)
	}
	return out
}
