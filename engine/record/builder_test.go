package record

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reachesSink is what a sink and later stages see of a cell: the builder may
// leave out a source text that is the canonical one, and a field's flags.
func reachesSink(cells [][]cell) [][]cell {
	for _, column := range cells {
		for i, c := range column {
			column[i] = cell{Null: c.Null, Value: c.Value, Kind: c.Kind, Bits: c.Bits, Text: c.Text}
		}
	}
	return cells
}

func TestBuilderCopiesRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		schema := drawSchema(rt)
		builder := NewBuilder(schema, rapid.IntRange(0, 10).Draw(rt, "capacity"))
		for range 2 { // the second time it is reused
			var want [][]cell
			var wantOrigins []Origin
			want = make([][]cell, schema.Len())
			for range rapid.IntRange(0, 3).Draw(rt, "batches") {
				b := drawBatch(rt, schema)
				rows := drawRows(rt, b.Len())
				for _, r := range rows {
					if err := builder.AppendRow(b, int(r)); err != nil {
						rt.Fatal(err)
					}
				}
				cells, origins := seen(t, b.Select(rows))
				for i := range cells {
					want[i] = append(want[i], cells[i]...)
				}
				wantOrigins = append(wantOrigins, origins...)
			}
			if builder.Len() != len(wantOrigins) {
				rt.Fatalf("Len is %d, want %d", builder.Len(), len(wantOrigins))
			}
			compareBuilt(t, rt, builder.Build(), want, wantOrigins)
		}
	})
}

func compareBuilt(t testing.TB, rt *rapid.T, got *Batch, want [][]cell, wantOrigins []Origin) {
	t.Helper()
	if err := got.Check(); err != nil {
		rt.Fatal(err)
	}
	cells, origins := seen(t, got)
	if diff := cmp.Diff(nonEmpty(reachesSink(want)), nonEmpty(reachesSink(cells))); diff != "" {
		rt.Fatalf("cells (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantOrigins, origins); diff != "" {
		rt.Fatalf("origins (-want +got):\n%s", diff)
	}
}

// nonEmpty leaves out columns without rows, which may be nil or empty.
func nonEmpty(cells [][]cell) [][]cell {
	var out [][]cell
	for _, c := range cells {
		if len(c) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// rawColumn makes an undecoded column of unquoted fields.
func rawColumn(t Type, d Decoder, fields ...string) *Column {
	block := &Block{Columns: 1}
	for _, f := range fields {
		start := len(block.Data)
		block.Data = append(block.Data, f...)
		block.Spans = append(block.Spans, Span{Start: uint32(start), End: uint32(len(block.Data))})
	}
	return NewRawColumn(t, NewRaw(block, 0, 0, len(fields), d))
}

func texts1(c *Column) string {
	words := make([]string, c.Len())
	for i := range words {
		words[i] = "NULL"
		if !c.IsNull(i) {
			words[i] = string(c.AppendText(nil, i))
		}
	}
	return strings.Join(words, " ")
}

func TestBuilderMixesFieldsAndValues(t *testing.T) {
	t.Parallel()
	typ := Of(Int)
	one, two := &fieldDecoder{typ}, &fieldDecoder{typ}
	first, second := rawColumn(typ, one, "+1", "02", "bad"), rawColumn(typ, two, "03", "4")
	builder := NewBuilder(NewSchema(Field{"n", typ}), 4)
	c := builder.Column(0)
	c.AppendNull()
	c.Append(IntValue(-5))
	for _, step := range []func() error{
		func() error { return c.AppendFrom(first, 0) },
		func() error { c.AppendNull(); return nil },
		func() error { c.AppendText(IntValue(6), "006"); return nil },
		func() error { c.AppendText(IntValue(7), "7"); return nil },
		func() error { return c.AppendFrom(second, 0) },
		func() error { return c.AppendFrom(second, 1) },
		func() error { return c.AppendFrom(first, 1) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	got := builder.Build()
	if err := got.Check(); err != nil {
		t.Fatal(err)
	}
	const want = "NULL -5 +1 NULL 006 7 03 4 02"
	if text := texts1(got.Columns[0]); text != want {
		t.Errorf("undecoded: %s, want %s", text, want)
	}
	v, err := got.Columns[0].Decode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{0, -5, 1, 0, 6, 7, 3, 4, 2}, v.Ints); diff != "" {
		t.Error(diff)
	}
	if text := texts1(got.Columns[0]); text != want {
		t.Errorf("decoded: %s, want %s", text, want)
	}
}

// A field that nobody looks at goes through a sort or a join as it would go
// through a filter, even if it is no value of its type.
func TestBuilderLeavesFieldsUndecoded(t *testing.T) {
	t.Parallel()
	typ := Of(Int)
	column := rawColumn(typ, &fieldDecoder{typ}, "1", "many")
	builder := NewBuilder(NewSchema(Field{"n", typ}), 2)
	for i := range 2 {
		if err := builder.Column(0).AppendFrom(column, i); err != nil {
			t.Fatal(err)
		}
	}
	got := builder.Build().Columns[0]
	if got.Raw() == nil || texts1(got) != "1 many" {
		t.Errorf("got %s, want the raw fields 1 many", texts1(got))
	}
	var wrong *ValueError
	if _, err := got.Decode(); !errors.As(err, &wrong) || wrong.Row != 1 || wrong.Value != "many" {
		t.Errorf("decoding: %v, want a ValueError of row 1", err)
	}
}

func TestBuilderReportsFieldsThatItMustDecode(t *testing.T) {
	t.Parallel()
	typ := Of(Int)
	c := NewBuilder(NewSchema(Field{"n", typ}), 2).Column(0)
	if err := c.AppendFrom(rawColumn(typ, &fieldDecoder{typ}, "1"), 0); err != nil {
		t.Fatal(err)
	}
	var wrong *ValueError
	if err := c.AppendFrom(rawColumn(typ, &fieldDecoder{typ}, "many"), 0); !errors.As(err, &wrong) {
		t.Errorf("a field of another source: %v, want a ValueError", err)
	}
}

func TestBuilderRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Field{"n", Of(Int)}, Field{"a", Of(Any)})
	b := NewBuilder(schema, 1)
	texts := Constant(Of(String), 1, StringValue("x"))
	if err := b.Column(0).AppendFrom(texts, 0); err == nil {
		t.Error("an int column took a string")
	}
	if err := b.Column(1).AppendFrom(texts, 0); err != nil {
		t.Errorf("an any column refused a string: %v", err)
	}
}

func TestBuilderKeepsSourceTextInAnyColumns(t *testing.T) {
	t.Parallel()
	b := NewBuilder(NewSchema(Field{"a", Of(Any)}), 2)
	number := rawColumn(Of(Float), &fieldDecoder{Of(Float)}, "1.50")
	if err := b.Column(0).AppendFrom(number, 0); err != nil {
		t.Fatal(err)
	}
	b.Column(0).Append(StringValue("text"))
	b.Column(0).Append(StringValue("more"))
	if got := texts1(b.Build().Columns[0]); got != "1.50 text more" {
		t.Errorf("got %q", got)
	}
}

func TestBuilderPadsOrigins(t *testing.T) {
	t.Parallel()
	b := NewBuilder(NewSchema(Field{"n", Of(Int)}), 2)
	from := Origin{Source: &Source{Name: "a"}, Row: 3}
	b.AppendOrigin(from)
	b.Column(0).Append(IntValue(1))
	b.Column(0).Append(IntValue(2))
	got := b.Build().Lineage
	if got.At(0) != from || got.At(1) != (Origin{}) {
		t.Errorf("got %v and %v", got.At(0), got.At(1))
	}
}

func TestBuilderTakesNullsFarApart(t *testing.T) {
	t.Parallel()
	const n = 1000
	b := NewBuilder(NewSchema(Field{"n", Of(Int)}), n)
	for i := range n {
		if i == 3 || i == 700 {
			b.Column(0).AppendNull()
		} else {
			b.Column(0).Append(IntValue(int64(i)))
		}
	}
	got := b.Build()
	if err := got.Check(); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if null := i == 3 || i == 700; got.Columns[0].IsNull(i) != null {
			t.Errorf("row %d: IsNull is %v", i, !null)
		}
	}
}

func TestBuilderBytesGrow(t *testing.T) {
	t.Parallel()
	b := NewBuilder(NewSchema(Field{"s", Of(String)}, Field{"n", Of(Int)}), 1)
	if b.Bytes() != 0 {
		t.Errorf("an empty builder holds %d bytes", b.Bytes())
	}
	long := strings.Repeat("x", 1000)
	for range 10 {
		b.Column(0).Append(StringValue(long))
		b.Column(1).Append(IntValue(1))
	}
	if n := b.Bytes(); n < 10_000 || n > 12_000 {
		t.Errorf("ten rows of about 1000 bytes are counted as %d", n)
	}
	b.Build()
	if b.Bytes() != 0 || b.Len() != 0 {
		t.Errorf("after Build: %d bytes, %d rows", b.Bytes(), b.Len())
	}
}

// What a builder holds stays as it was when a source uses its memory again.
func TestBuilderSharesNoMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		typ := typeOf(rapid.SampledFrom(parsedKinds()).Draw(rt, "kind"))
		column := drawRaw(rt, &fieldDecoder{typ}, rapid.IntRange(1, 9).Draw(rt, "n"))
		builder := NewBuilder(NewSchema(Field{"c", typ}, Field{"a", Of(Any)}), 1)
		want := texts1(column)
		for i := range column.Len() {
			for to := range 2 {
				if err := builder.Column(to).AppendFrom(column, i); err != nil {
					rt.Fatal(err)
				}
			}
		}
		for i := range column.raw.block.Data {
			column.raw.block.Data[i] = '!'
		}
		b := builder.Build()
		if fields, values := texts1(b.Columns[0]), texts1(b.Columns[1]); fields != want || values != want {
			rt.Fatalf("got %q and %q, want %q", fields, values, want)
		}
	})
}

// emptyDecoder knows no NULL: to it, a missing field is an empty text.
type emptyDecoder struct{ fieldDecoder }

func (d *emptyDecoder) IsNull(RawField) bool { return false }

func (d *emptyDecoder) Decode(raw *Raw, v *Vector) error {
	for i := range raw.Len() {
		v.Strings[i] = d.Text(raw.Field(i))
	}
	return nil
}

func TestBuiltNullsAreNullToAnyDecoder(t *testing.T) {
	t.Parallel()
	typ := Of(String)
	column := rawColumn(typ, &emptyDecoder{}, "a", "")
	b := NewBuilder(NewSchema(Field{"s", typ}), 4)
	c := b.Column(0)
	c.AppendNull()
	for i := range 2 {
		if err := c.AppendFrom(column, i); err != nil {
			t.Fatal(err)
		}
		c.AppendNull()
	}
	got := b.Build().Columns[0]
	const want = "NULL a NULL  NULL"
	if text := texts1(got); text != want {
		t.Errorf("undecoded: %q, want %q", text, want)
	}
	if _, err := got.Decode(); err != nil {
		t.Fatal(err)
	}
	if text := texts1(got); text != want {
		t.Errorf("decoded: %q, want %q", text, want)
	}
}
