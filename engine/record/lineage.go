package record

// Origin is the place of a row in its source.
type Origin struct {
	Source *Source // nil when the row has no single source row
	// Row is the data row of the source, from 1. Without a source it is the number
	// that the row had where it was made, or 0 when nobody numbered it.
	Row int64
	// Part tells rows apart that come from the same row: 0 for the row itself,
	// any number for another one that was made of it.
	Part uint64
}

// Place is the name of the source and the number of the row there; "" and 0
// without a source.
func (o Origin) Place() (source string, row int64) {
	if o.Source == nil {
		return "", 0
	}
	return o.Source.Name, o.Row
}

// Other is the origin of the nth other row that a maker makes of the same one,
// 0 being the row itself. Makers are told apart by a hash.
func (o Origin) Other(maker, nth uint64) Origin {
	o.Part = mixPart(o.Part, maker, nth)
	return o
}

// mixPart numbers the parts of a part. The constants are those of SplitMix64
// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
func mixPart(part, maker, nth uint64) uint64 {
	if nth == 0 {
		return part
	}
	x := part + maker + nth*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Source is an input as diagnostics name it.
type Source struct{ Name string }

// Lineage tells for each row of a batch which source row it is. The zero
// Lineage knows nothing.
type Lineage struct {
	source *Source
	first  int64    // 0: nothing is known
	rows   []int32  // offsets from first; nil: 0, 1, 2, ...
	part   uint64   // of all rows
	mixed  []Origin // rows from several places; nil: one source
}

// FromSource is the lineage of rows that follow each other in a source, from
// row first (from 1) on. Without a source they are numbered only.
func FromSource(source *Source, first int64) Lineage { return Lineage{source: source, first: first} }

// FromOrigins is the lineage of rows from any places.
func FromOrigins(origins []Origin) Lineage { return Lineage{mixed: origins} }

// Known reports whether anything is known.
func (l Lineage) Known() bool { return l.mixed != nil || l.first != 0 }

// At is the origin of row i of the batch.
func (l Lineage) At(i int) Origin {
	switch {
	case l.mixed != nil:
		return l.mixed[i]
	case l.first == 0:
		return Origin{}
	case l.rows != nil:
		return Origin{Source: l.source, Row: l.first + int64(l.rows[i]), Part: l.part}
	}
	return Origin{Source: l.source, Row: l.first + int64(i), Part: l.part}
}

// Others is the lineage of other rows that were made of these, each as Other
// has it.
func (l Lineage) Others(maker, nth uint64) Lineage {
	if l.mixed == nil {
		l.part = mixPart(l.part, maker, nth)
		return l
	}
	others := make([]Origin, len(l.mixed))
	for i, o := range l.mixed {
		others[i] = o.Other(maker, nth)
	}
	return Lineage{mixed: others}
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
	case l.first == 0:
		return l
	case l.rows == nil:
		l.rows = rows
		return l
	}
	picked := make([]int32, len(rows))
	for i, r := range rows {
		picked[i] = l.rows[r]
	}
	l.rows = picked
	return l
}
