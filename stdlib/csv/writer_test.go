package csv

import (
	"bytes"
	"context"
	stdcsv "encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

func schemaOf(kinds ...record.Kind) *record.Schema {
	fields := make([]record.Field, len(kinds))
	for i, k := range kinds {
		fields[i] = record.Field{Name: string(rune('a' + i)), Type: record.Of(k)}
	}
	return record.NewSchema(fields...)
}

// schemaOfTypes has a column a, b, c, ... for each type.
func schemaOfTypes(t *testing.T, types ...string) *record.Schema {
	t.Helper()
	fields := make([]record.Field, len(types))
	for i, text := range types {
		typ, err := record.ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		fields[i] = record.Field{Name: string(rune('a' + i)), Type: typ}
	}
	return record.NewSchema(fields...)
}

func TestWriteSourceText(t *testing.T) {
	t.Parallel()
	const null = rowfiletest.Null
	tests := []struct {
		name    string
		options []any
		rows    [][]string
		want    string
	}{
		{"plain", nil, [][]string{{"1", "x"}, {"007", "1E5"}}, "a,b\n1,x\n007,1E5\n"},
		{"null and empty", nil, [][]string{{null, ""}}, "a,b\n,\"\"\n"},
		{"null word", []any{"null", "NA"}, [][]string{{null, "NA"}, {"", "NAN"}}, "a,b\nNA,\"NA\"\n\"\",NAN\n"},
		{"specials", nil, [][]string{{"a,b", `say "hi"`}, {"two\nlines", "cr\rcr"}}, "a,b\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"cr\rcr\"\n"},
		{"blanks stay bare", nil, [][]string{{" x ", "\t"}}, "a,b\n x ,\t\n"},
		{"bytes that are no UTF-8", nil, [][]string{{"\xff\xfe", "é"}}, "a,b\n\xff\xfe,é\n"},
		{"mark at the start", []any{"header", false}, [][]string{{"\ufeffx", "y"}}, "\"\ufeffx\",y\n"},
		{"delimiter", []any{"delimiter", ";"}, [][]string{{"a,b", "c;d"}}, "a;b\na,b;\"c;d\"\n"},
		{"wide delimiter", []any{"delimiter", "¦"}, [][]string{{"a", "c¦d"}}, "a¦b\na¦\"c¦d\"\n"},
		{"quote", []any{"quote", "'"}, [][]string{{"it's", `"x"`}}, "a,b\n'it''s',\"x\"\n"},
		{"all", []any{"quoting", "all"}, [][]string{{"1", null}}, "\"a\",\"b\"\n\"1\",\n"},
		{"no header, line end", []any{"header", false, "line_end", "\r\n"}, [][]string{{"1", "2"}}, "1,2\r\n"},
		{"mark", []any{"bom", true}, [][]string{{"1", "2"}}, "\ufeffa,b\n1,2\n"},
		{"latin1", []any{"encoding", "latin1"}, [][]string{{"é", "x"}}, "a,b\n\xe9,x\n"},
		{"utf-16le", []any{"encoding", "utf-16le", "bom", true, "header", false}, [][]string{{"é", "x"}}, "\xff\xfe\xe9\x00,\x00x\x00\n\x00"},
		{"no rows", nil, nil, "a,b\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			schema := schemaOf(record.String, record.String)
			sink := rowfiletest.Sink(t, WriteSpec(), append([]any{"path", "-"}, tt.options...)...)
			got, err := rowfiletest.String(t, sink, schema, rowfiletest.Raw(schema, tt.rows...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteOneColumn(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.String)
	got, err := rowfiletest.String(t, rowfiletest.Sink(t, WriteSpec(), "path", "-"), schema,
		rowfiletest.Raw(schema, []string{"x"}, []string{rowfiletest.Null}, []string{""}))
	if want := "a\nx\n\n\"\"\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestWriteValues(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.Int, record.Float, record.Bool, record.Date, record.Timestamp, record.Any)
	day := record.TemporalValue(record.Date, 15736)
	noon := record.TemporalValue(record.Timestamp, 15736*86400e6+12*3600e6)
	batch := rowfiletest.Typed(
		schema,
		[]record.Value{record.IntValue(math.MaxInt64), record.FloatValue(0.1), record.BoolValue(true), day, noon, record.StringValue("1")},
		[]record.Value{record.IntValue(-1), record.FloatValue(math.NaN()), record.BoolValue(false), {}, {}, record.IntValue(1)},
		[]record.Value{{}, record.FloatValue(math.Inf(-1)), {}, {}, {}, record.FloatValue(1e21)},
	)
	got, err := rowfiletest.String(t, rowfiletest.Sink(t, WriteSpec(), "path", "-", "quoting", "strings"), schema, batch)
	if err != nil {
		t.Fatal(err)
	}
	want := `"a","b","c","d","e","f"
9223372036854775807,0.1,true,2013-01-31,2013-01-31T12:00:00Z,"1"
-1,NaN,false,,,1
,-Inf,,,,1e+21
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Decimals have the scale of their type, nested values are JSON.
func TestWriteDecimalsAndNested(t *testing.T) {
	t.Parallel()
	schema := schemaOfTypes(t, "decimal(12,2)", "list(any)", "map(int)", "interval", "json", "any")
	d, err := record.ParseDecimal("19.9")
	if err != nil {
		t.Fatal(err)
	}
	list := record.ListValue([]record.Value{record.IntValue(1), {}, record.StringValue(`say "hi"`)})
	batch := rowfiletest.Typed(
		schema,
		[]record.Value{
			record.DecimalValue(d), list, record.MapValue([]record.Entry{{Name: "a", Value: record.IntValue(1)}}),
			record.TemporalValue(record.Interval, -1e6), record.TextValue(record.JSON, "[ ]"), record.DecimalValue(d),
		},
		[]record.Value{{}, {}, record.MapValue(nil), {}, {}, list},
	)
	got, err := rowfiletest.String(t, rowfiletest.Sink(t, WriteSpec(), "path", "-"), schema, batch)
	if err != nil {
		t.Fatal(err)
	}
	want := `a,b,c,d,e,f
19.90,"[1,null,""say \""hi\""""]","{""a"":1}",-PT1S,[ ],19.9
,,{},,,"[1,null,""say \""hi\""""]"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteRefusesWhatJSONCannotHold(t *testing.T) {
	t.Parallel()
	schema := schemaOfTypes(t, "list(float)", "any")
	bad := record.ListValue([]record.Value{record.FloatValue(math.NaN())})
	batch := rowfiletest.Typed(
		schema, []record.Value{bad, {}}, []record.Value{{}, bad}, []record.Value{{}, record.ListValue([]record.Value{record.StringValue("\xff")})},
		[]record.Value{{}, record.FloatValue(math.NaN())},
	)
	var rejected []string
	var out bytes.Buffer
	reject := func(r op.Rejected) error {
		rejected = append(rejected, string(r.Code)+" "+r.Column+" "+r.Value+": "+r.Message)
		return nil
	}
	sink := rowfiletest.Sink(t, WriteSpec(), "path", "-", "on_error", "reject")
	if err := rowfiletest.Run(t, sink, op.Env{Stdout: &out}, op.WriteOptions{Reject: reject}, schema, batch); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"csv.json a [NaN]: it cannot be written as JSON: a number that no type holds: NaN is no number in JSON",
		"csv.json b [NaN]: it cannot be written as JSON: a number that no type holds: NaN is no number in JSON",
		"csv.json b [\"\xff\"]: it cannot be written as JSON: bytes that are no UTF-8",
	}
	if diff := cmp.Diff(want, rejected); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("a,b\n,NaN\n", out.String()); diff != "" {
		t.Error(diff)
	}
}

// Assigned values are written canonically, those beside them as they came.
func TestWriteAssigned(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.Int, record.String)
	b := rowfiletest.Raw(schema, []string{"007", "x"}, []string{"+8", "y"}, []string{"9", rowfiletest.Null})
	changed, err := b.Columns[0].Assign([]int32{1}, []record.Value{record.IntValue(8000)})
	if err != nil {
		t.Fatal(err)
	}
	b = b.With(schema, []*record.Column{changed, b.Columns[1]})
	got, err := rowfiletest.String(t, rowfiletest.Sink(t, WriteSpec(), "path", "-"), schema, b)
	if want := "a,b\n007,x\n8000,y\n9,\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestWriteOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options []any
		code    diag.Code
		message string
	}{
		{"two characters", []any{"delimiter", "||"}, "option.value", `option "delimiter" of write_csv: "||" is not one character that can stand between values`},
		{"line end as delimiter", []any{"delimiter", "\n"}, "option.value", `option "delimiter" of write_csv: "\n" is not one character that can stand between values`},
		{"no quote", []any{"quote", ""}, "option.value", `option "quote" of write_csv: "" is not one ASCII character that differs from the delimiter`},
		{"quote as delimiter", []any{"quote", ","}, "option.value", `option "quote" of write_csv: "," is not one ASCII character that differs from the delimiter`},
		{"line end", []any{"line_end", "\r"}, "option.value", `option "line_end" of write_csv: "\r" is neither "\n" nor "\r\n"`},
		{"null", []any{"null", "a,b"}, "option.value", `option "null" of write_csv: "a,b" holds a delimiter, quote or line end`},
		{"encoding", []any{"encoding", "windows-1525"}, "option.value", `option "encoding" of write_csv: "windows-1525" is no encoding that is known; did you mean "windows-1252"?`},
		{"byte order", []any{"encoding", "utf-16"}, "option.value", `option "encoding" of write_csv: "utf-16" does not tell the order of the bytes; write utf-16le or utf-16be`},
		{"states", []any{"encoding", "hz-gb-2312"}, "option.value", `option "encoding" of write_csv: hz-gb-2312 can be read, not written`},
		{"mark", []any{"encoding", "latin1", "bom", true}, "option.value", `option "bom" of write_csv: latin1 knows no byte order mark`},
		{"archive", []any{"path", "x.zip"}, "file.compression", `.zip files can be read, not written: "x.zip"`},
		{"unknown", []any{"delimeter", ";"}, "option.unknown", `write_csv has no option "delimeter"`},
		{"on_error", []any{"on_error", "null"}, "option.value", `option "on_error" of write_csv wants "fail" or "reject", not the string "null"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			options := tt.options
			if options[0] != "path" {
				options = append([]any{"path", "x.csv"}, options...)
			}
			_, problems := rowfiletest.Build(WriteSpec(), options...)
			if len(problems) != 1 {
				t.Fatalf("problems: %v", problems)
			}
			if p := problems[0]; p.Code != tt.code || p.Message != tt.message || p.Pos != rowfiletest.At() {
				t.Errorf("got %s at %s: %s", p.Code, p.Pos, p.Message)
			}
		})
	}
}

func TestWriteUnencodable(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.String, record.String)
	b := rowfiletest.Raw(schema, []string{"a", "b"}, []string{"c", "日"}, []string{"\xff", "d"}, []string{"e", "f"})
	sink := rowfiletest.Sink(t, WriteSpec(), "path", "-", "encoding", "latin1", "on_error", "reject")

	_, err := rowfiletest.String(t, sink, schema, b)
	want := `job.lua:7:3: row 2 of in.csv, column "b": it holds a character that latin1 lacks`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}

	var rejected []string
	var out bytes.Buffer
	reject := func(r op.Rejected) error {
		rejected = append(rejected, string(r.Code)+" "+r.Column+" "+r.Value+": "+r.Message)
		return nil
	}
	if err := rowfiletest.Run(t, sink, op.Env{Stdout: &out}, op.WriteOptions{Reject: reject}, schema, b); err != nil {
		t.Fatal(err)
	}
	wantRejected := []string{
		"text.encoding b 日: it holds a character that latin1 lacks",
		"text.encoding a \xff: it is no UTF-8, and so cannot be translated to latin1",
	}
	if diff := cmp.Diff(wantRejected, rejected); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("a,b\na,b\ne,f\n", out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteCountsUpToAFailure(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.String)
	b := rowfiletest.Raw(schema, []string{"a"}, []string{"b"}, []string{"日"})
	sink := rowfiletest.Sink(t, WriteSpec(), "path", "out.csv", "encoding", "latin1")
	dir := t.TempDir()
	w, err := sink.Open(context.Background(), op.Env{Dir: dir}, schema, op.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Write(context.Background(), b); n != 2 || err == nil {
		t.Errorf("wrote %d rows, error %v", n, err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	wantFiles(t, dir)
}

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		before  string // "-": no file
		options []any
		want    string
		err     string
	}{
		{"no file", "-", nil, "a,b\n1,2\n", ""},
		{"empty file", "", nil, "a,b\n1,2\n", ""},
		{"same header", "a,b\nx,y\n", nil, "a,b\nx,y\n1,2\n", ""},
		{"line end missing", "a,b\nx,y", nil, "a,b\nx,y\n1,2\n", ""},
		{"mark and quotes", "\ufeff\"a\",b\r\n", []any{"bom", true, "line_end", "\r\n"}, "\ufeff\"a\",b\r\n1,2\r\n", ""},
		{"utf-16", "a\x00,\x00b\x00\n\x00", []any{"encoding", "utf-16le"}, "a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", ""},
		{"without header", "5,6\n", []any{"header", false}, "5,6\n1,2\n", ""},
		{"other header", "b,a\n", nil, "", `cannot append to "out.csv", whose header names other columns`},
		{"other width", "5,6,7\n", []any{"header", false}, "", `cannot append rows of 2 columns to "out.csv", whose first row has 3`},
		{"torn", "a,\"b\n", nil, "", `cannot append to "out.csv", which is no such CSV file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "out.csv")
			if tt.before != "-" {
				writeFile(t, path, tt.before)
			}
			schema := schemaOf(record.String, record.String)
			sink := rowfiletest.Sink(t, WriteSpec(), append([]any{"path", "out.csv", "if_exists", "append"}, tt.options...)...)
			err := rowfiletest.Run(t, sink, op.Env{Dir: dir}, op.WriteOptions{}, schema, rowfiletest.Raw(schema, []string{"1", "2"}))
			if tt.err != "" {
				var d *diag.Diagnostic
				if !errors.As(err, &d) || d.Code != "csv.append_header" || !strings.HasPrefix(d.Message, tt.err) {
					t.Errorf("got %v", err)
				}
				tt.want = tt.before
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, readFile(t, path)); diff != "" {
				t.Error(diff)
			}
			wantFiles(t, dir, "out.csv")
		})
	}
}

// Without NULLs encoding/csv reads back what was written. It drops the CR of a
// CR LF within quotes and skips the empty lines that one column may have, so
// that those are not drawn.
func TestRoundTripWithEncodingCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		cell := rapid.OneOf(rapid.StringOf(rapid.RuneFrom([]rune("a,\"\n ;'é\t"))), rapid.String())
		clean := rapid.Map(cell, func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), rowfiletest.Null, "")
		})
		rows := rapid.SliceOfN(rapid.SliceOfN(clean, width, width), 1, 20).Draw(t, "rows")
		style := rapid.SampledFrom([]string{"needed", "all", "strings"}).Draw(t, "quoting")
		delimiter := rapid.SampledFrom([]string{",", ";", "\t", "¦"}).Draw(t, "delimiter")

		schema := schemaOf(slices.Repeat([]record.Kind{record.String}, width)...)
		s, problems := rowfiletest.Build(WriteSpec(), "path", "-", "header", false, "quoting", style, "delimiter", delimiter)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		text := encodeAll(s.(*sink), schema, rowfiletest.Raw(schema, rows...))
		r := stdcsv.NewReader(strings.NewReader(text))
		r.Comma = []rune(delimiter)[0]
		got, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

// encodeAll is the rows of a batch as text.
func encodeAll(s *sink, schema *record.Schema, b *record.Batch) string {
	e := s.encoder(schema)
	e.Begin(b)
	var text []byte
	for i := range b.Len() {
		text, _ = e.AppendRow(text, i)
	}
	return string(text)
}

// rawRows is a batch of short fields, as files mostly have them.
func rawRows(schema *record.Schema) *record.Batch {
	rows := make([][]string, record.BatchRows)
	for i := range rows {
		rows[i] = []string{"2013", "UA1545", "N14228", rowfiletest.Null, "-11", "Newark Liberty Intl"}
	}
	return rowfiletest.Raw(schema, rows...)
}

func TestEncodingRawColumnsAllocatesNothing(t *testing.T) {
	schema := schemaOf(slices.Repeat([]record.Kind{record.String}, 6)...)
	b := rawRows(schema)
	s := rowfiletest.Sink(t, WriteSpec(), "path", "-").(*sink)
	e := s.encoder(schema)
	buf := make([]byte, 0, 1<<20)
	allocs := testing.AllocsPerRun(10, func() {
		e.Begin(b)
		buf = buf[:0]
		for i := range b.Len() {
			buf, _ = e.AppendRow(buf, i)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for %d rows", allocs, b.Len())
	}
}

func BenchmarkEncodeRaw(b *testing.B) {
	schema := schemaOf(slices.Repeat([]record.Kind{record.String}, 6)...)
	batch := rawRows(schema)
	e := rowfiletest.Sink(b, WriteSpec(), "path", "-").(*sink).encoder(schema)
	var buf []byte
	for b.Loop() {
		e.Begin(batch)
		buf = buf[:0]
		for i := range batch.Len() {
			buf, _ = e.AppendRow(buf, i)
		}
	}
	b.SetBytes(int64(len(buf)))
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantFiles checks that a folder holds nothing but the named files.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
