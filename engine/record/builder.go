package record

import (
	"fmt"
	"math"
	"slices"
)

// Builder makes batches row by row, for operators that hold rows for long. It
// copies all text, so that no block of a source stays in memory, and leaves
// undecoded fields undecoded.
//
// Either AppendRow adds whole rows, or the caller appends one value to each
// column and an origin. One goroutine uses a Builder.
type Builder struct {
	schema  *Schema
	columns []*ColumnBuilder
	origins []Origin
}

// NewBuilder makes a builder with room for capacity rows; there may be more.
func NewBuilder(schema *Schema, capacity int) *Builder {
	b := &Builder{schema: schema, columns: make([]*ColumnBuilder, schema.Len())}
	for i := range b.columns {
		b.columns[i] = &ColumnBuilder{t: schema.Field(i).Type, capacity: capacity}
	}
	return b
}

// Column is what takes the values of column i.
func (b *Builder) Column(i int) *ColumnBuilder { return b.columns[i] }

// Len is the number of rows since the last Build: that of the first column,
// or of the origins where there is no column.
func (b *Builder) Len() int {
	if len(b.columns) == 0 {
		return len(b.origins)
	}
	return b.columns[0].n
}

// Bytes is about how much memory the rows since the last Build take.
func (b *Builder) Bytes() int64 {
	const originSize = 24
	total := int64(len(b.origins)) * originSize
	for _, c := range b.columns {
		total += c.bytes()
	}
	return total
}

// AppendRow adds a row of a batch that has the builder's columns, and its
// origin. The error is that of AppendFrom; the builder is then of no more use.
func (b *Builder) AppendRow(from *Batch, row int) error {
	for i, c := range b.columns {
		if err := c.AppendFrom(from.Columns[i], row); err != nil {
			return err
		}
	}
	b.AppendOrigin(from.Lineage.At(row))
	return nil
}

// AppendOrigin says where the next row that has no origin yet comes from. Rows
// without one have the zero Origin.
func (b *Builder) AppendOrigin(o Origin) { b.origins = append(b.origins, o) }

// Build is the batch of the rows since the last Build. The builder starts
// anew.
func (b *Builder) Build() *Batch {
	n := b.Len()
	columns := make([]*Column, len(b.columns))
	for i, c := range b.columns {
		columns[i] = c.build()
	}
	return NewBatch(b.schema, n, columns, b.lineage(n))
}

func (b *Builder) lineage(n int) Lineage {
	if len(b.origins) == 0 {
		return Lineage{}
	}
	origins := make([]Origin, n)
	copy(origins, b.origins)
	b.origins = b.origins[:0]
	return FromOrigins(origins)
}

// ColumnBuilder makes one column of a Builder. Rows come as values or as
// undecoded fields; a column that took a field becomes raw, and its values are
// those of the rows whose field does not count.
type ColumnBuilder struct {
	t        Type
	capacity int
	n        int

	vec     *Vector // the rows up to the last one that came as a value; nil: none
	filled  int     // their number
	strings texts   // the text in those rows, for the kinds that hold text
	nested  int64   // about how many bytes lists, structs and maps in those rows take
	sources texts   // source texts of rows that came as values

	decoder Decoder // nil: no field so far
	leading int     // rows before the first field
	own     []int32 // rows behind it that came as values
	fields  []byte
	spans   []Span // the rows up to the last one that came as a field
	room    int    // how long fields was the last time

	scratch []byte
}

// Append adds a value, which is NULL or of the column's kind.
func (c *ColumnBuilder) Append(v Value) {
	if v.IsNull() {
		c.AppendNull()
		return
	}
	c.pad()
	if holdsText(c.t.Kind) {
		c.strings.add(v.str)
		v.str = ""
	}
	if v.nested != nil {
		v = v.Clone()
		c.nested += v.Bytes()
	}
	c.vec.push(c.t.Kind, v)
	c.valueAdded()
}

// AppendText adds a value and the text that it was read from, which sinks will
// write instead of the canonical text.
func (c *ColumnBuilder) AppendText(v Value, source string) {
	c.Append(v)
	c.scratch = AppendAs(c.scratch[:0], v, &c.t)
	if !v.IsNull() && string(c.scratch) != source {
		c.sources.pad(c.n - 1)
		c.sources.add(source)
	}
}

// AppendNull adds a NULL.
func (c *ColumnBuilder) AppendNull() {
	c.pad()
	if holdsText(c.t.Kind) {
		c.strings.add("")
	}
	c.vec.pushNull(c.t.Kind, c.n)
	c.valueAdded()
}

// valueAdded counts a row that came as a value.
func (c *ColumnBuilder) valueAdded() {
	if c.decoder != nil {
		c.own = append(c.own, int32(c.n))
	}
	c.n++
	c.filled = c.n
}

// AppendFrom adds row i of a column, with its source text. The column must be
// of the builder's kind, unless that is Any. An undecoded field stays
// undecoded if all fields before it had the same decoder; else the error may
// be a *ValueError.
func (c *ColumnBuilder) AppendFrom(from *Column, i int) error {
	if from.Type.Kind != c.t.Kind && c.t.Kind != Any {
		return fmt.Errorf("a column of type %s takes no value of type %s", c.t, from.Type)
	}
	if c.takesField(from, i) {
		c.appendField(from.raw, i)
		return nil
	}
	v, err := from.Value(i)
	if err != nil {
		return err
	}
	if source, ok := from.SourceText(i); ok {
		c.AppendText(v, source)
	} else {
		c.Append(v)
	}
	return nil
}

// takesField reports whether a row can be added as an undecoded field.
func (c *ColumnBuilder) takesField(from *Column, i int) bool {
	if from.raw == nil || from.own.Get(i) || from.Type.Kind != c.t.Kind {
		return false
	}
	return c.decoder == nil || c.decoder == from.raw.decoder && len(c.fields) < math.MaxUint32/2
}

func (c *ColumnBuilder) appendField(from *Raw, i int) {
	if c.decoder == nil {
		c.decoder, c.leading = from.decoder, c.n
		c.spans = slices.Grow(c.spans, max(c.capacity, c.n+1))
		c.fields = slices.Grow(c.fields, c.room)
	}
	c.padFields()
	f := from.Field(i)
	start := len(c.fields)
	c.fields = append(c.fields, f.Bytes...)
	c.spans = append(c.spans, Span{Start: uint32(start), End: uint32(len(c.fields)), Flags: f.Flags})
	c.n++
}

// padFields gives each row so far a field.
func (c *ColumnBuilder) padFields() {
	for len(c.spans) < c.n {
		c.spans = append(c.spans, Span{Flags: Missing})
	}
}

// pad gives each row so far a place in the vector.
func (c *ColumnBuilder) pad() {
	if c.vec == nil {
		c.vec = emptyVector(c.t.Kind, max(c.capacity, c.n+1))
	}
	for ; c.filled < c.n; c.filled++ {
		c.vec.push(c.t.Kind, Value{})
	}
	if holdsText(c.t.Kind) {
		c.strings.pad(c.n)
	}
}

func holdsText(k Kind) bool { return k == String || k == Bytes || k == JSON || k == Any }

func (c *ColumnBuilder) bytes() int64 {
	const spanSize, rowSize, decimalSize, valueSize = 12, 4, 24, 48
	size := int64(8)
	switch c.t.Kind {
	case DecimalOf:
		size = decimalSize
	case Any, ListOf, Struct, MapOf:
		size = valueSize
	}
	total := int64(c.filled)*size + c.nested + c.strings.bytes() + c.sources.bytes()
	return total + int64(len(c.fields)+len(c.spans)*spanSize+len(c.own)*rowSize)
}

// build makes the column and resets the builder.
func (c *ColumnBuilder) build() *Column {
	out := &Column{Type: c.t, n: c.n}
	values := c.buildValues()
	if c.sources.len() > 0 {
		c.sources.pad(c.n)
		out.text = c.sources.strings()
	}
	if c.decoder == nil {
		out.vec.Store(values)
	} else {
		out.raw = c.buildRaw()
		out.own = c.buildOwn()
		out.set = values
	}
	*c = ColumnBuilder{
		t: c.t, capacity: c.capacity, strings: c.strings.reset(), sources: c.sources.reset(),
		own: c.own[:0], room: len(c.fields), scratch: c.scratch,
	}
	return out
}

// buildValues makes the vector; nil if all rows came as fields.
func (c *ColumnBuilder) buildValues() *Vector {
	if c.filled == 0 && c.decoder != nil {
		return nil
	}
	c.pad()
	c.vec.setStrings(c.t.Kind, &c.strings)
	c.vec.Nulls = c.vec.Nulls.grow(c.n)
	return c.vec
}

func (c *ColumnBuilder) buildRaw() *Raw {
	c.padFields()
	return NewRaw(&Block{Data: c.fields, Spans: c.spans, Columns: 1}, 0, 0, c.n, c.decoder)
}

// buildOwn is the set of rows that came as values; nil if none did.
func (c *ColumnBuilder) buildOwn() Bits {
	if c.leading == 0 && len(c.own) == 0 {
		return nil
	}
	own := NewBits(c.n)
	for i := range c.leading {
		own.Set(i)
	}
	for _, i := range c.own {
		own.Set(int(i))
	}
	return own
}

// texts collects strings in one piece of memory.
type texts struct {
	data []byte
	ends []int
}

func (t *texts) add(s string) {
	t.data = append(t.data, s...)
	t.ends = append(t.ends, len(t.data))
}

// pad adds empty strings until there are n.
func (t *texts) pad(n int) {
	for len(t.ends) < n {
		t.ends = append(t.ends, len(t.data))
	}
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) bytes() int64 {
	const headerSize = 16
	return int64(len(t.data) + len(t.ends)*headerSize)
}

// strings are the collected ones, in memory of their own.
func (t *texts) strings() []string {
	all, start := string(t.data), 0
	out := make([]string, len(t.ends))
	for i, end := range t.ends {
		out[i] = all[start:end]
		start = end
	}
	return out
}

// reset is an empty collection in the same memory.
func (t *texts) reset() texts { return texts{data: t.data[:0], ends: t.ends[:0]} }
