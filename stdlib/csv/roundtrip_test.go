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

// readBack reads a text with read_csv, every column a string.
func readBack(schema *record.Schema, options []any, text string) ([]*record.Batch, error) {
	var types []any
	for _, name := range schema.Names() {
		types = append(types, name, "string")
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
