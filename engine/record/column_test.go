package record

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSelectSeesTheSameRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBatch(rt, drawSchema(rt))
		if err := b.Check(); err != nil {
			rt.Fatal(err)
		}
		rows := drawRows(rt, b.Len())
		picked := b.Select(rows)
		if err := picked.Check(); err != nil {
			rt.Fatal(err)
		}
		gotCells, gotOrigins := seen(t, picked)
		cells, origins := seen(t, b)
		for i := range cells {
			for j, r := range rows {
				if b.Columns[i].Raw() == nil { // the selection may be raw where the whole is not
					gotCells[i][j].Field, gotCells[i][j].Flags = "", 0
				}
				if diff := cmp.Diff(cells[i][r], gotCells[i][j]); diff != "" {
					rt.Fatalf("column %d, row %d of the selection (-want +got):\n%s", i, j, diff)
				}
			}
		}
		for j, r := range rows {
			if origins[r] != gotOrigins[j] {
				rt.Fatalf("row %d comes from %v, want %v", j, gotOrigins[j], origins[r])
			}
		}
	})
}

func TestAssignChangesOnlyTheGivenRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(allKinds()).Draw(rt, "kind")
		c := drawChange(rt, drawColumn(rt, kind, rapid.IntRange(1, 20).Draw(rt, "n")))
		row := rapid.IntRange(0, c.Len()-1).Draw(rt, "row")
		value := drawValue(rt, kind)
		changed, err := c.Assign([]int32{int32(row)}, []Value{value})
		if err != nil {
			rt.Fatal(err)
		}
		for i := range c.Len() {
			want, source := mustValue(rt, c, i), sourceOf(c, i)
			if i == row {
				want, source = value, ""
			}
			if got := mustValue(rt, changed, i); got != want || sourceOf(changed, i) != source {
				rt.Fatalf("row %d: %v from %q, want %v from %q", i, got, sourceOf(changed, i), want, source)
			}
		}
	})
}

func mustValue(t *rapid.T, c *Column, i int) Value {
	v, err := c.Value(i)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sourceOf(c *Column, i int) string {
	s, _ := c.SourceText(i)
	return s
}

// A NULL has the zero value in its slice, also where a value stood before.
func TestAssignedNullLeavesNoValue(t *testing.T) {
	t.Parallel()
	for _, k := range allKinds() {
		x := Value{kind: k, num: 1}
		if k == Any {
			x = StringValue("x")
		} else if holdsText(k) {
			x = TextValue(k, "x")
		}
		c, err := Constant(typeOf(k), 1, x).Assign([]int32{0}, []Value{{}})
		if err != nil {
			t.Fatal(err)
		}
		v, _ := c.Decode()
		v.Nulls = nil
		if got := v.Value(k, 0); got != (Value{kind: got.kind}) || k == Any && !got.IsNull() {
			t.Errorf("%s: %v is left", k, got)
		}
	}
}

func TestDecodeErrorStays(t *testing.T) {
	t.Parallel()
	c := rawColumn(Of(Int), &fieldDecoder{Of(Int)}, "1", "x1")
	for range 2 {
		var wrong *ValueError
		_, err := c.Decode()
		if !errors.As(err, &wrong) || wrong.Row != 1 {
			t.Fatalf("got %v, want a ValueError of row 1", err)
		}
		if want := `"x1" is no int: not a number`; wrong.Error() != want {
			t.Errorf("got %s, want %s", wrong, want)
		}
	}
	if _, err := c.Assign([]int32{0}, []Value{IntValue(1)}); err == nil {
		t.Error("a column that does not decode took a value")
	}
}

func TestValueErrorWithoutReason(t *testing.T) {
	t.Parallel()
	err := &ValueError{Value: "x", Want: Of(Int)}
	if got := err.Error(); got != `"x" is no int` {
		t.Errorf("got %s", got)
	}
}

func TestRawText(t *testing.T) {
	t.Parallel()
	raw := rawColumn(Of(String), &fieldDecoder{Of(String)}, "a", "").Raw()
	if raw.Text(0) != "a" || raw.Text(1) != "" || raw.Decoder() == nil {
		t.Errorf("got %q and %q", raw.Text(0), raw.Text(1))
	}
}

func TestBatchColumnsAndSlices(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Field{"n", Of(Int)})
	c := rawColumn(Of(Int), &fieldDecoder{Of(Int)}, "1", "2", "3")
	b := NewBatch(schema, 3, []*Column{c}, FromSource(&Source{Name: "a"}, 10))
	if b.Column("n") != c || b.Column("m") != nil {
		t.Error("columns are not found by name")
	}
	if b.Slice(0, 3) != b {
		t.Error("a slice of all rows is a copy")
	}
	part := b.Slice(1, 3)
	if got := texts1(part.Columns[0]); got != "2 3" || part.Lineage.At(0).Row != 11 {
		t.Errorf("got %s from row %d", got, part.Lineage.At(0).Row)
	}
	renamed := b.With(NewSchema(Field{"m", Of(Int)}), b.Columns)
	if renamed.Column("m") != c || renamed.Lineage.At(2).Row != 12 {
		t.Error("With loses columns or origins")
	}
}

func TestCheckFindsBrokenBatches(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Field{"n", Of(Int)})
	ints := Constant(Of(Int), 2, IntValue(1))
	short := &Column{Type: Of(Int), n: 2}
	short.vec.Store(NewVector(Int, 1))
	nulls := NewVector(Int, 65)
	nulls.Nulls = NewBits(1)
	tests := map[string]struct {
		batch *Batch
		want  string
	}{
		"no column":     {NewBatch(schema, 2, nil, Lineage{}), "batch: 0 columns under a schema of 1"},
		"other type":    {NewBatch(schema, 2, []*Column{Constant(Of(Bool), 2, BoolValue(true))}, Lineage{}), `batch: column "n" is a bool, its schema says int`},
		"other length":  {NewBatch(schema, 3, []*Column{ints}, Lineage{}), `batch: column "n": 2 rows in a batch of 3`},
		"short values":  {NewBatch(schema, 2, []*Column{short}, Lineage{}), `batch: column "n": 1 values for 2 rows`},
		"no values":     {NewBatch(schema, 2, []*Column{{Type: Of(Int), n: 2}}, Lineage{}), `batch: column "n": neither values nor raw fields`},
		"short nulls":   {NewBatch(schema, 65, []*Column{NewColumn(Of(Int), 65, nulls)}, Lineage{}), `batch: column "n": the NULL bits of 65 rows are short`},
		"short texts":   {NewBatch(schema, 2, []*Column{withText(ints, "a")}, Lineage{}), `batch: column "n": 1 source texts for 2 rows`},
		"short origins": {NewBatch(schema, 2, []*Column{ints}, FromOrigins([]Origin{{}})), "batch: 1 origins for 2 rows"},
		"other rows":    {NewBatch(schema, 2, []*Column{ints}, FromSource(&Source{}, 1).Select([]int32{0})), "batch: 1 source rows for 2 rows"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := tt.batch.Check(); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func withText(c *Column, text ...string) *Column {
	out := &Column{Type: c.Type, n: c.n, text: text}
	out.vec.Store(c.vec.Load())
	return out
}
