package record

// BatchRows is the usual number of rows in a batch: large enough that costs
// per batch vanish, small enough to stay in the cache.
const BatchRows = 2048

// Batch is some rows of a stream. See the package comment for who owns it.
type Batch struct {
	Schema  *Schema
	Columns []*Column // one for each field of Schema
	Lineage Lineage
	n       int
}

// NewBatch makes a batch of n rows.
func NewBatch(schema *Schema, n int, columns []*Column, lineage Lineage) *Batch {
	return &Batch{Schema: schema, Columns: columns, Lineage: lineage, n: n}
}

// Len is the number of rows.
func (b *Batch) Len() int { return b.n }

// Column is the named column, nil if there is none.
func (b *Batch) Column(name string) *Column {
	if i := b.Schema.Index(name); i >= 0 {
		return b.Columns[i]
	}
	return nil
}

// Select is the given rows of the batch, in their order; a row may be taken
// more than once.
func (b *Batch) Select(rows []int32) *Batch {
	s := &selection{rows: rows}
	out := make([]*Column, len(b.Columns))
	for i, c := range b.Columns {
		out[i] = c.pick(s)
	}
	return NewBatch(b.Schema, len(rows), out, b.Lineage.Select(rows))
}

// Slice is the rows from lo up to hi.
func (b *Batch) Slice(lo, hi int) *Batch {
	if lo == 0 && hi == b.n {
		return b
	}
	rows := make([]int32, hi-lo)
	for i := range rows {
		rows[i] = int32(lo + i)
	}
	return b.Select(rows)
}

// From is the batch with another lineage.
func (b *Batch) From(lineage Lineage) *Batch {
	return NewBatch(b.Schema, b.n, b.Columns, lineage)
}

// With is the batch with other columns under another schema.
func (b *Batch) With(schema *Schema, columns []*Column) *Batch {
	return NewBatch(schema, b.n, columns, b.Lineage)
}
