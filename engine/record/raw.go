package record

// Span is where a field stands in its block.
type Span struct {
	Start, End uint32 // without the quotes
	Flags      SpanFlags
}

// SpanFlags say how a field was written.
type SpanFlags uint32

// The flags of a span.
const (
	Quoted  SpanFlags = 1 << iota // stood in quotes
	Escaped                       // holds escapes, so its text must be made
	Missing                       // was not there at all (a short row, an absent key)
)

// spanFlagBits is how many bits the flags take.
const spanFlagBits = 3

// Block is a piece of a text source with the places of its fields, row by
// row. Data never changes once the block was handed on.
type Block struct {
	Data    []byte
	Spans   []Span // row-major
	Columns int    // spans a row
}

// RawField is one undecoded field.
type RawField struct {
	Bytes []byte // shares the block's memory
	Flags SpanFlags
}

// Decoder turns the undecoded fields of one column into values. It is shared
// by all batches of a source and used by several goroutines at once, also
// after the source was closed. Decoders are compared with ==, so a pointer
// should implement it. A Missing field decodes without an error.
type Decoder interface {
	// IsNull reports whether a field means NULL.
	IsNull(f RawField) bool
	// Text is the text of a field that is not NULL: without quotes and
	// escapes. It may share the field's memory.
	Text(f RawField) string
	// Decode fills v, which has room for all rows of raw, and marks NULLs.
	// The first row that does not decode ends it with a *ValueError.
	Decode(raw *Raw, v *Vector) error
}

// Raw is one column of a block, undecoded: the rows of the block in the order
// of rows, or all of them.
type Raw struct {
	block   *Block
	column  int
	rows    []int32 // nil: from first on
	first   int
	n       int
	decoder Decoder
}

// NewRaw is n rows of a block's column from row first on.
func NewRaw(block *Block, column, first, n int, decoder Decoder) *Raw {
	return &Raw{block: block, column: column, first: first, n: n, decoder: decoder}
}

// Len is the number of rows.
func (r *Raw) Len() int { return r.n }

// Decoder is what decodes the column.
func (r *Raw) Decoder() Decoder { return r.decoder }

// Field is the undecoded field of row i.
func (r *Raw) Field(i int) RawField {
	row := r.first + i
	if r.rows != nil {
		row = int(r.rows[i])
	}
	s := r.block.Spans[row*r.block.Columns+r.column]
	return RawField{Bytes: r.block.Data[s.Start:s.End:s.End], Flags: s.Flags}
}

// IsNull reports whether row i means NULL.
func (r *Raw) IsNull(i int) bool { return r.decoder.IsNull(r.Field(i)) }

// Text is the text of row i, "" where it is NULL.
func (r *Raw) Text(i int) string {
	f := r.Field(i)
	if r.decoder.IsNull(f) {
		return ""
	}
	return r.decoder.Text(f)
}

// selectRows is the given rows of the column. Raw columns that were selected with
// the same rows share the selection through pick.
func (r *Raw) selectRows(pick func(rows []int32, first int) []int32) *Raw {
	rows := pick(r.rows, r.first)
	return &Raw{block: r.block, column: r.column, rows: rows, n: len(rows), decoder: r.decoder}
}
