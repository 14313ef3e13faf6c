package csv

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

// read_csv reads back what write_csv wrote, NULLs and empty strings told apart;
// and what is written again is the same byte for byte.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		cell := rapid.OneOf(
			rapid.StringOf(rapid.RuneFrom([]rune("a,\"\r\n ;'é\ufeff"))), rapid.String(),
			rapid.SampledFrom([]string{"", rowfiletest.Null, "NA", "\xff", "\r\n"}),
		)
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 20).Draw(t, "rows")
		null := rapid.SampledFrom([]string{"", "NA"}).Draw(t, "null")
		options := []any{
			"path", "-", "null", null,
			"delimiter", rapid.SampledFrom([]string{",", ";", "¦"}).Draw(t, "delimiter"),
			"quote", rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote"),
			"line_end", rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end"),
			"quoting", rapid.SampledFrom([]string{"needed", "all", "strings"}).Draw(t, "quoting"),
			"bom", rapid.Bool().Draw(t, "bom"),
		}
		schema := schemaOf(slices.Repeat([]record.Kind{record.String}, width)...)
		text := written(t, options, schema, rowfiletest.Raw(schema, rows...))
		batches, err := readBack(schema, options, text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var got [][]string
		for _, b := range batches {
			for i := range b.Len() {
				got = append(got, fieldsOf(b, i))
			}
		}
		if diff := cmp.Diff(rows, got); diff != "" && len(rows)+len(got) > 0 {
			t.Fatalf("%q: %s", text, diff)
		}
		if again := written(t, options, schema, batches...); again != text {
			t.Fatalf("first %q, then %q", text, again)
		}
	})
}

// Values that were computed are the same when they are read again, and so is
// their text.
func TestTypedRoundTrip(t *testing.T) {
	t.Parallel()
	schema := schemaOfTypes(t, "decimal(38,9)", "interval", "list(decimal(38,9))", "map(any)", "struct{a: int, b: timestamp}", "int")
	options := []any{"path", "-", "null", "", "delimiter", ",", "quote", `"`}
	rapid.Check(t, func(t *rapid.T) {
		rows := make([][]record.Value, rapid.IntRange(1, 5).Draw(t, "rows"))
		for i := range rows {
			moment := record.TemporalValue(record.Timestamp, rapid.Int64().Draw(t, "timestamp"))
			rows[i] = []record.Value{
				drawDecimal(t), record.TemporalValue(record.Interval, rapid.Int64().Draw(t, "interval")),
				record.ListValue([]record.Value{drawDecimal(t), drawDecimal(t)}),
				record.MapValue([]record.Entry{{Name: rapid.String().Draw(t, "name"), Value: record.StringValue(rapid.String().Draw(t, "text"))}}),
				record.StructValue([]record.Entry{{Name: "a", Value: record.Value{}}, {Name: "b", Value: moment}}),
				record.IntValue(int64(i)), // a row of NULLs alone would be an empty line
			}
		}
		text := written(t, options, schema, rowfiletest.Typed(schema, rows...))
		batches, err := readBack(schema, options, text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if again := written(t, options, schema, batches...); again != text {
			t.Fatalf("first %q, then %q", text, again)
		}
		for i, row := range rows {
			for c, want := range row {
				got, err := batches[0].Columns[c].Value(i)
				if err != nil || got.Kind() != want.Kind() || !want.IsNull() && record.Compare(want.Kind(), got, want) != 0 {
					t.Fatalf("%q: column %d is %s, %v, want %s", text, c, record.FormatValue(got), err, record.FormatValue(want))
				}
			}
		}
	})
}

func drawDecimal(t *rapid.T) record.Value {
	if rapid.IntRange(0, 3).Draw(t, "null") == 0 {
		return record.Value{}
	}
	d, err := record.ParseDecimal(rapid.StringMatching(`-?[0-9]{1,29}(\.[0-9]{1,9})?`).Draw(t, "decimal"))
	if err != nil {
		t.Fatal(err)
	}
	return record.DecimalValue(d)
}

// written is what write_csv makes of batches.
func written(t *rapid.T, options []any, schema *record.Schema, batches ...*record.Batch) string {
	s, problems := rowfiletest.Build(WriteSpec(), options...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var out strings.Builder
	w, err := s.Open(t.Context(), op.Env{Stdout: &out}, schema, op.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if _, err := w.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(t.Context()), w.Commit()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// readBack reads a text with read_csv, every column of its type in the schema.
func readBack(schema *record.Schema, options []any, text string) ([]*record.Batch, error) {
	var types []any
	for _, f := range schema.Fields() {
		types = append(types, f.Name, f.Type.String())
	}
	r := reading{options: dict(
		"path", "-", "types", dict(types...), "null", options[3], "delimiter", options[5], "quote", options[7],
	)}
	s, problems := r.build()
	if len(problems) > 0 {
		return nil, problems
	}
	ctx := context.Background()
	table, err := s.Resolve(ctx, op.Env{Stdin: strings.NewReader(text)})
	if err != nil {
		return nil, err
	}
	reader, err := table.Open(ctx, op.ReadOptions{AllUsed: true})
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	var batches []*record.Batch
	for {
		b, err := reader.Read(ctx)
		if err == io.EOF {
			return batches, errors.Join(reader.Close(), table.Close())
		}
		if err != nil {
			return nil, errors.Join(err, reader.Close(), table.Close())
		}
		batches = append(batches, b)
	}
}

// fieldsOf is the values of a row.
func fieldsOf(b *record.Batch, i int) []string {
	row := make([]string, len(b.Columns))
	for c, column := range b.Columns {
		row[c] = rowfiletest.Null
		if !column.IsNull(i) {
			row[c] = string(column.AppendText(nil, i))
		}
	}
	return row
}
