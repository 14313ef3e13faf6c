package record

// Origin is the place of a row in its source.
type Origin struct {
	Source *Source // nil when the row has no single source row
	Row    int64   // the data row of the source, from 1
}

// Source is an input as diagnostics name it.
type Source struct{ Name string }

// Lineage tells for each row of a batch which source row it is. The zero
// Lineage knows nothing.
type Lineage struct {
	source *Source
	first  int64
	rows   []int32  // offsets from first; nil: 0, 1, 2, ...
	mixed  []Origin // rows from several places; nil: one source
}

// FromSource is the lineage of rows that follow each other in a source, from
// row first (from 1) on.
func FromSource(source *Source, first int64) Lineage { return Lineage{source: source, first: first} }

// FromOrigins is the lineage of rows from any places.
func FromOrigins(origins []Origin) Lineage { return Lineage{mixed: origins} }

// At is the origin of row i of the batch.
func (l Lineage) At(i int) Origin {
	switch {
	case l.mixed != nil:
		return l.mixed[i]
	case l.source == nil:
		return Origin{}
	case l.rows != nil:
		return Origin{Source: l.source, Row: l.first + int64(l.rows[i])}
	}
	return Origin{Source: l.source, Row: l.first + int64(i)}
}

// Select is the lineage of the given rows.
func (l Lineage) Select(rows []int32) Lineage {
	switch {
	case l.mixed != nil:
		picked := make([]Origin, len(rows))
		for i, r := range rows {
			picked[i] = l.mixed[r]
		}
		return Lineage{mixed: picked}
	case l.source == nil:
		return l
	case l.rows == nil:
		return Lineage{source: l.source, first: l.first, rows: rows}
	}
	picked := make([]int32, len(rows))
	for i, r := range rows {
		picked[i] = l.rows[r]
	}
	return Lineage{source: l.source, first: l.first, rows: picked}
}
