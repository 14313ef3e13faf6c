package record

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// fieldDecoder is a small text format: "" and missing fields are NULL, doubled
// quotes are escapes.
type fieldDecoder struct{ t Type }

func (d *fieldDecoder) IsNull(f RawField) bool {
	return f.Flags&Missing != 0 || len(f.Bytes) == 0 && f.Flags&Quoted == 0
}

func (d *fieldDecoder) Text(f RawField) string {
	if f.Flags&Escaped != 0 {
		return strings.ReplaceAll(string(f.Bytes), `""`, `"`)
	}
	return unsafe.String(unsafe.SliceData(f.Bytes), len(f.Bytes)) // shares memory, as readers do
}

func (d *fieldDecoder) Decode(raw *Raw, v *Vector) error {
	for i := range raw.Len() {
		f := raw.Field(i)
		if d.IsNull(f) {
			v.SetNull(i, raw.Len())
			continue
		}
		x, err := Parse(d.t, d.Text(f))
		if err != nil {
			return &ValueError{Row: i, Value: d.Text(f), Want: d.t, Reason: err.Error()}
		}
		v.Set(d.t.Kind, i, raw.Len(), x)
	}
	return nil
}

// typeOf is a column type of a kind.
func typeOf(k Kind) Type {
	elem := Of(Any)
	switch k {
	case DecimalOf:
		return Type{Kind: k, Precision: 38, Scale: 9}
	case ListOf, MapOf:
		return Type{Kind: k, Elem: &elem}
	case Struct:
		return Type{Kind: k, Fields: []Field{{"a", elem}, {"b", Of(Int)}}}
	}
	return Of(k)
}

// parsedKinds can be read from text.
func parsedKinds() []Kind {
	return []Kind{String, Int, Uint, Float, Bool, Date, Time, Datetime, Timestamp, Bytes, DecimalOf, Interval}
}

func allKinds() []Kind { return append(parsedKinds(), JSON, ListOf, Struct, MapOf, Any) }

func drawValue(t *rapid.T, k Kind) Value {
	if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
		return Value{}
	}
	switch k {
	case Any:
		kinds := allKinds()
		return drawValue(t, rapid.SampledFrom(kinds[:len(kinds)-1]).Draw(t, "kind"))
	case String, Bytes, JSON:
		return Value{kind: k, str: rapid.SampledFrom([]string{"", "a", "b\x00", "\xff", `say "x"`, "Zürich", "longer text"}).Draw(t, "string")}
	case Int:
		return IntValue(rapid.Int64().Draw(t, "int"))
	case Uint:
		return UintValue(rapid.Uint64().Draw(t, "uint"))
	case Float:
		special := rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 0.5, 1e21, 1e-7, math.Inf(1), math.Inf(-1), math.NaN()})
		return FloatValue(rapid.OneOf(rapid.Float64(), special).Draw(t, "float"))
	case DecimalOf:
		return DecimalValue(drawDecimal(t, 29, 9))
	case ListOf:
		return ListValue(drawItems(t))
	case Struct:
		return StructValue([]Entry{{"a", drawValue(t, Any)}, {"b", drawValue(t, Int)}})
	case MapOf:
		return MapValue(drawEntries(t))
	case Bool:
		return BoolValue(rapid.Bool().Draw(t, "bool"))
	case Date:
		return TemporalValue(k, rapid.Int64Range(-1e6, 4e6).Draw(t, "date"))
	case Time:
		return TemporalValue(k, rapid.Int64Range(0, microsPerDay-1).Draw(t, "time"))
	}
	return TemporalValue(k, rapid.Int64().Draw(t, "micros"))
}

// drawDecimal has at most so many digits before and behind the point.
func drawDecimal(t *rapid.T, before, behind int) Decimal {
	text := rapid.StringMatching(fmt.Sprintf(`-?[0-9]{1,%d}(\.[0-9]{1,%d})?`, before, behind)).Draw(t, "decimal")
	d, err := ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// drawItems nests a few levels deep, less and less likely.
func drawItems(t *rapid.T) []Value {
	items := make([]Value, rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "items"))
	for i := range items {
		items[i] = drawValue(t, Any)
	}
	return items
}

func drawEntries(t *rapid.T) []Entry {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"", "a", "b c", `"`}), 0, 2, rapid.ID[string]).Draw(t, "names")
	entries := make([]Entry, len(names))
	for i, name := range names {
		entries[i] = Entry{name, drawValue(t, Any)}
	}
	return entries
}

// drawColumn makes a column in one of the forms that columns have.
func drawColumn(t *rapid.T, k Kind, n int) *Column {
	typ := typeOf(k)
	if rapid.Bool().Draw(t, "decoded") || !slices.Contains(parsedKinds(), k) {
		return drawDecoded(t, typ, n)
	}
	return drawRaw(t, &fieldDecoder{typ}, n)
}

func drawDecoded(t *rapid.T, typ Type, n int) *Column {
	v := NewVector(typ.Kind, n)
	for i := range n {
		v.Set(typ.Kind, i, n, drawValue(t, typ.Kind))
	}
	c := NewColumn(typ, n, v)
	if typ.Kind == Int && rapid.Bool().Draw(t, "source texts") {
		c.text = drawTexts(t, v, n)
	}
	return c
}

// drawTexts gives some values a source text, as a builder does.
func drawTexts(t *rapid.T, v *Vector, n int) []string {
	text := make([]string, n)
	for i := range text {
		if !v.IsNull(i) && rapid.Bool().Draw(t, "text") {
			text[i] = "0" + FormatValue(v.Value(Int, i))
		}
	}
	return text
}

// drawRaw makes a raw column in a block with a column before it and a row
// before its first.
func drawRaw(t *rapid.T, d *fieldDecoder, n int) *Column {
	block := &Block{Columns: 2, Data: []byte("junk")}
	junk := Span{Start: 0, End: 4}
	block.Spans = append(block.Spans, junk, junk)
	for range n {
		block.Spans = append(block.Spans, junk, drawField(t, d.t.Kind, block))
	}
	return NewRawColumn(d.t, NewRaw(block, 1, 1, n, d))
}

func drawField(t *rapid.T, k Kind, block *Block) Span {
	v := drawValue(t, k)
	text, flags := FormatValue(v), SpanFlags(0)
	switch {
	case v.IsNull() && rapid.Bool().Draw(t, "missing"):
		flags = Missing
	case v.IsNull():
	case holdsText(k):
		flags = Quoted
		if strings.Contains(text, `"`) {
			text, flags = strings.ReplaceAll(text, `"`, `""`), Quoted|Escaped
		}
	case (k == Int || k == Uint) && rapid.Bool().Draw(t, "odd"):
		if text[0] != '-' {
			text = "+00" + text
		}
	}
	start := len(block.Data)
	block.Data = append(block.Data, text...)
	return Span{Start: uint32(start), End: uint32(len(block.Data)), Flags: flags}
}

// drawChange assigns some values or decodes, as stages of a job would.
func drawChange(t *rapid.T, c *Column) *Column {
	switch rapid.IntRange(0, 3).Draw(t, "change") {
	case 0:
		if _, err := c.Decode(); err != nil {
			t.Fatal(err)
		}
	case 1:
		if c.n == 0 {
			return c
		}
		rows := rapid.SliceOfN(rapid.Int32Range(0, int32(c.n)-1), 1, 3).Draw(t, "assigned")
		values := make([]Value, len(rows))
		for i := range values {
			values[i] = drawValue(t, c.Type.Kind)
		}
		out, err := c.Assign(rows, values)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return c
}

func drawLineage(t *rapid.T, n int) Lineage {
	sources := []*Source{{Name: "a.csv"}, {Name: "b.csv"}, nil}
	switch rapid.IntRange(0, 2).Draw(t, "lineage") {
	case 0:
		return Lineage{}
	case 1:
		l := FromSource(rapid.SampledFrom(sources).Draw(t, "source"), rapid.Int64Range(1, 1e12).Draw(t, "first"))
		return l.Others(7, rapid.Uint64Range(0, 3).Draw(t, "other"))
	}
	origins := make([]Origin, n)
	for i := range origins {
		origins[i] = Origin{Source: rapid.SampledFrom(sources).Draw(t, "source"), Row: rapid.Int64().Draw(t, "row"), Part: rapid.Uint64().Draw(t, "part")}
	}
	return FromOrigins(origins)
}

func drawRows(t *rapid.T, n int) []int32 {
	if n == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.Int32Range(0, int32(n)-1), 0, 8).Draw(t, "rows")
}

// drawSchema makes one column for each of some kinds.
func drawSchema(t *rapid.T) *Schema {
	kinds := rapid.SliceOfN(rapid.SampledFrom(allKinds()), 0, 5).Draw(t, "kinds")
	fields := make([]Field, len(kinds))
	for i, k := range kinds {
		fields[i] = Field{Name: fmt.Sprintf("c%d", i), Type: typeOf(k)}
	}
	return NewSchema(fields...)
}

// drawBatch makes a batch of any form and any history.
func drawBatch(t *rapid.T, schema *Schema) *Batch {
	n := rapid.IntRange(0, 70).Draw(t, "n")
	columns := make([]*Column, schema.Len())
	for i := range columns {
		columns[i] = drawChange(t, drawColumn(t, schema.Field(i).Type.Kind, n))
	}
	b := NewBatch(schema, n, columns, drawLineage(t, n))
	if rapid.Bool().Draw(t, "select") {
		b = b.Select(drawRows(t, n))
		for i, c := range b.Columns {
			b.Columns[i] = drawChange(t, c)
		}
	}
	if rapid.Bool().Draw(t, "rebuild") {
		return rebuilt(t, b)
	}
	return b
}

// rebuilt is the batch as a join gives it: some rows have no partner.
func rebuilt(t *rapid.T, b *Batch) *Batch {
	builder := NewBuilder(b.Schema, b.Len())
	for row := range b.Len() {
		if err := builder.AppendRow(b, row); err != nil {
			t.Fatal(err)
		}
		if rapid.IntRange(0, 9).Draw(t, "no partner") > 0 {
			continue
		}
		for i := range b.Columns {
			builder.Column(i).AppendNull()
		}
		builder.AppendOrigin(Origin{})
	}
	return builder.Build()
}

// cell is all that can be seen of a value.
type cell struct {
	Null      bool
	Value     string // canonical
	Kind      Kind
	Bits      uint64
	Key       string // of the whole value, with all that is inside
	Text      string // as a sink writes it
	Source    string
	HasSource bool
	Field     string
	Flags     SpanFlags
}

// seen is all that can be seen of a batch. Decoding comes last, so that
// everything else is seen of the undecoded batch.
func seen(t testing.TB, b *Batch) (cells [][]cell, origins []Origin) {
	t.Helper()
	for i := range b.Len() {
		origins = append(origins, b.Lineage.At(i))
	}
	for _, c := range b.Columns {
		rows := make([]cell, c.Len())
		for i := range rows {
			rows[i] = seenUndecoded(c, i)
		}
		for i := range rows {
			v, err := c.Value(i)
			if err != nil {
				t.Fatalf("value %d of a column of type %s: %v", i, c.Type, err)
			}
			rows[i].Value, rows[i].Kind, rows[i].Bits = FormatValue(v), v.kind, v.num
			rows[i].Key = string(appendValueKey(nil, v))
			if v.IsNull() != rows[i].Null {
				t.Fatalf("row %d: IsNull is %v, but the value is %v", i, rows[i].Null, v)
			}
		}
		cells = append(cells, rows)
	}
	return cells, origins
}

func seenUndecoded(c *Column, i int) cell {
	s := cell{Null: c.IsNull(i)}
	s.Source, s.HasSource = c.SourceText(i)
	if !s.Null {
		s.Text = string(c.AppendText(nil, i))
	}
	if raw := c.Raw(); raw != nil {
		f := raw.Field(i)
		s.Field, s.Flags = string(f.Bytes), f.Flags
	}
	return s
}
