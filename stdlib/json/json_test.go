package json

import (
	"bytes"
	"compress/gzip"
	stdjson "encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

const null = rowfiletest.Null

func schemaOf(kinds ...record.Kind) *record.Schema {
	fields := make([]record.Field, len(kinds))
	for i, k := range kinds {
		fields[i] = record.Field{Name: string(rune('a' + i)), Type: record.Of(k)}
	}
	return record.NewSchema(fields...)
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.Int, record.String)
	rows := rowfiletest.Raw(schema, []string{"1", "x"}, []string{null, ""})
	none := rowfiletest.Raw(schema)
	tests := []struct {
		name    string
		options []any
		batch   *record.Batch
		want    string
	}{
		{"array", []any{"format", "array"}, rows, "[\n{\"a\":1,\"b\":\"x\"},\n{\"a\":null,\"b\":\"\"}\n]\n"},
		{"empty array", []any{"format", "array"}, none, "[]\n"},
		{"lines", []any{"format", "lines"}, rows, "{\"a\":1,\"b\":\"x\"}\n{\"a\":null,\"b\":\"\"}\n"},
		{"no lines", []any{"format", "lines"}, none, ""},
		{"indented", []any{"format", "array", "indent", 2.0}, rows, `[
  {
    "a": 1,
    "b": "x"
  },
  {
    "a": null,
    "b": ""
  }
]
`},
		{"indented, empty", []any{"format", "array", "indent", 2.0}, none, "[]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := rowfiletest.Sink(t, WriteSpec(), append([]any{"path", "-"}, tt.options...)...)
			got, err := rowfiletest.String(t, sink, schema, tt.batch)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	str, num, whole := record.StringValue, record.FloatValue, record.IntValue
	tests := []struct {
		kind  record.Kind
		value record.Value
		want  string
	}{
		{record.Int, whole(math.MinInt64), "-9223372036854775808"},
		{record.Uint, record.UintValue(math.MaxUint64), "18446744073709551615"},
		{record.Float, num(0.1), "0.1"},
		{record.Float, num(240), "240"},
		{record.Float, num(1e21), "1e+21"},
		{record.Float, num(math.Copysign(0, -1)), "-0"},
		{record.Bool, record.BoolValue(true), "true"},
		{record.Date, record.TemporalValue(record.Date, 15736), `"2013-01-31"`},
		{record.Time, record.TemporalValue(record.Time, 5e6), `"00:00:05"`},
		{record.Datetime, record.TemporalValue(record.Datetime, 500), `"1970-01-01T00:00:00.000500"`},
		{record.Timestamp, record.TemporalValue(record.Timestamp, 0), `"1970-01-01T00:00:00Z"`},
		{record.Bytes, record.TextValue(record.Bytes, "\x00\xff"), `"AP8="`},
		{record.String, str("é日\u2028😀\x7f"), "\"é日\u2028😀\x7f\""},
		{record.String, str("\"\\/\n\r\t\b\f\x00\x1f"), `"\"\\/\n\r\t\b\f\u0000\u001f"`},
		{record.Any, str("1"), `"1"`},
		{record.Any, whole(1), "1"},
		{record.Any, record.BoolValue(false), "false"},
		{record.Any, record.Value{}, "null"},
	}
	for _, tt := range tests {
		schema := schemaOf(tt.kind)
		sink := rowfiletest.Sink(t, WriteSpec(), "path", "-", "format", "lines")
		got, err := rowfiletest.String(t, sink, schema, rowfiletest.Typed(schema, []record.Value{tt.value}))
		if want := `{"a":` + tt.want + "}\n"; err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", tt.kind, got, err, want)
		}
	}
}

// Source text is kept where it is JSON for a value of the type.
func TestSourceText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind       record.Kind
		text, want string
	}{
		{record.Int, "12", "12"},
		{record.Int, "-0", "-0"},
		{record.Int, "007", "7"},
		{record.Int, "+5", "5"},
		{record.Uint, "5", "5"},
		{record.Float, "1.50", "1.50"},
		{record.Float, "1E5", "1E5"},
		{record.Float, "-0.0", "-0.0"},
		{record.Float, ".5", "0.5"},
		{record.Float, "1.", "1"},
		{record.Float, "01.5", "1.5"},
		{record.Float, "+1.5", "1.5"},
		{record.Float, "0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
		{record.Bool, "TRUE", "true"},
		{record.Date, "2013-01-31", `"2013-01-31"`},
		{record.Timestamp, "2013-01-31 12:00:00+01:00", `"2013-01-31 12:00:00+01:00"`},
		{record.String, `say "hi"`, `"say \"hi\""`},
		{record.String, "007", `"007"`},
	}
	for _, tt := range tests {
		schema := schemaOf(tt.kind)
		sink := rowfiletest.Sink(t, WriteSpec(), "path", "-", "format", "lines")
		got, err := rowfiletest.String(t, sink, schema, rowfiletest.Raw(schema, []string{tt.text}))
		if want := `{"a":` + tt.want + "}\n"; err != nil || got != want {
			t.Errorf("%s %q: got %s, %v; want %s", tt.kind, tt.text, got, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	schema := schemaOf(record.Int, record.Float, record.String)
	batch := rowfiletest.Raw(
		schema,
		[]string{"1", "1.5", "x"}, []string{"2", "NaN", "x"}, []string{"3", "-inf", "x"}, []string{"4", "4.5", "\xff"},
		[]string{"five", "5.5", "x"}, []string{"06", ".5", "x"},
	)
	tests := []struct {
		name          string
		options       []any
		want          []string // rows in the file
		rejected      []string
		failure, hint string
	}{
		{
			"default", nil,
			[]string{`{"a":1,"b":1.5,"c":"x"}`, `{"a":6,"b":0.5,"c":"x"}`},
			[]string{
				`2 json.number b: NaN is no number in JSON`, `3 json.number b: -inf is no number in JSON`,
				`4 json.utf8 c: "\xff" is no UTF-8`, `5 json.value a: "five" is no int: `,
			},
			`job.lua:7:3: row 2 of in.csv, column "b": NaN is no number in JSON`, `choose nan = "null", or on_error = "reject"`,
		},
		{
			"null and replace",
			[]any{"nan", "null", "invalid", "replace"},
			[]string{
				`{"a":1,"b":1.5,"c":"x"}`, `{"a":2,"b":null,"c":"x"}`, `{"a":3,"b":null,"c":"x"}`, `{"a":4,"b":4.5,"c":"` + "\ufffd" + `"}`,
				`{"a":6,"b":0.5,"c":"x"}`,
			},
			[]string{`5 json.value a: "five" is no int: `},
			`job.lua:7:3: row 5 of in.csv, column "a": "five" is no int: `, ``,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, format := range []string{"lines", "array"} {
				sink := rowfiletest.Sink(t, WriteSpec(), append([]any{"path", "-", "format", format, "on_error", "reject"}, tt.options...)...)
				_, err := rowfiletest.String(t, sink, schema, batch)
				var d *diag.Diagnostic
				if !errors.As(err, &d) || !strings.HasPrefix(d.Error(), tt.failure) || d.Hint != tt.hint {
					t.Errorf("got %v", err)
				}
				got, rejected := withRejects(t, sink, schema, batch)
				want := strings.Join(tt.want, "\n") + "\n"
				if format == "array" {
					want = "[\n" + strings.Join(tt.want, ",\n") + "\n]\n"
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				for i, r := range rejected {
					if i >= len(tt.rejected) || !strings.HasPrefix(r, tt.rejected[i]) || len(rejected) != len(tt.rejected) {
						t.Errorf("rejected %d: %s", len(rejected), r)
					}
				}
			}
		})
	}
}

func withRejects(t *testing.T, sink op.Sink, schema *record.Schema, batch *record.Batch) (string, []string) {
	t.Helper()
	var out bytes.Buffer
	var rejected []string
	opts := op.WriteOptions{Reject: func(r op.Rejected) error {
		if r.Batch != batch {
			t.Error("the refused row is of another batch")
		}
		rejected = append(rejected, strconv.FormatInt(r.Origin.Row, 10)+" "+string(r.Code)+" "+r.Column+": "+r.Message)
		return nil
	}}
	if err := rowfiletest.Run(t, sink, op.Env{Stdout: &out}, opts, schema, batch); err != nil {
		t.Fatal(err)
	}
	return out.String(), rejected
}

func TestOptions(t *testing.T) {
	t.Parallel()
	formats := map[string]layout{
		"a.json": array, "a.JSON.gz": array, "a.ndjson": lines, "a.jsonl.zst": lines,
	}
	for path, want := range formats {
		sink := rowfiletest.Sink(t, WriteSpec(), "path", path).(*sink)
		if sink.Format != want || sink.Target().Text != path || sink.Append() {
			t.Errorf("%s: %+v", path, sink.options)
		}
	}
	tests := []struct {
		options []any
		code    diag.Code
		message string
	}{
		{[]any{"path", "a.txt"}, "option.missing", `"a.txt" does not tell whether to write an array or lines`},
		{[]any{"path", "-"}, "option.missing", `"-" does not tell whether to write an array or lines`},
		{[]any{"path", "a.ndjson", "indent", 2.0}, "option.value", `option "indent" of write_json: 2 is not possible here`},
		{[]any{"path", "a.json", "indent", -1.0}, "option.value", `option "indent" of write_json: -1 is not possible here`},
		{[]any{"path", "a.json.bz2"}, "file.compression", `.bz2 files can be read, not written: "a.json.bz2"`},
		{[]any{"path", "a.json", "nan", "zero"}, "option.value", `option "nan" of write_json wants "error" or "null", not the string "zero"`},
		{[]any{}, "option.missing", `write_json needs the option "path"`},
	}
	for _, tt := range tests {
		_, problems := rowfiletest.Build(WriteSpec(), tt.options...)
		if len(problems) != 1 || problems[0].Code != tt.code || problems[0].Message != tt.message {
			t.Errorf("%v: %v", tt.options, problems)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	in := record.NewSchema(
		record.Field{Name: "ok", Type: record.Of(record.Any)},
		record.Field{Name: "b\xff", Type: record.Of(record.Int)},
		record.Field{Name: "l", Type: record.Type{Kind: record.DecimalOf, Precision: 5, Scale: 2}},
	)
	var codes []diag.Code
	for _, p := range rowfiletest.Sink(t, WriteSpec(), "path", "a.json").Check(in) {
		codes = append(codes, p.Code)
	}
	if diff := cmp.Diff([]diag.Code{"json.utf8"}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, before, want, err string
	}{
		{"lines", "a.ndjson", "{\"a\":0}\n", "{\"a\":0}\n{\"a\":1}\n", ""},
		{"last line open", "a.ndjson", `{"a":0}`, "{\"a\":0}\n{\"a\":1}\n", ""},
		{"empty file", "a.json", "", "[\n{\"a\":1}\n]\n", ""},
		{"array", "a.json", "[\n{\"a\":0}\n]\n", "[\n{\"a\":0},\n{\"a\":1}\n]\n", ""},
		{"empty array", "a.json", " [ ] ", " [\n{\"a\":1}\n]\n", ""},
		{"brackets in text", "a.json", `["]", [[]], {}  ]`, "[\"]\", [[]], {},\n{\"a\":1}\n]\n", ""},
		{"object", "a.json", `{"a":0}`, "", "it begins with {"},
		{"cut off", "a.json", `[{"a":0}`, "", "it ends within the array"},
		{"more behind", "a.json", `[] []`, "", "something stands behind the array"},
		{"blanks", "a.json", " \n", "[\n{\"a\":1}\n]\n", ""},
		{"no JSON", "a.json", "a,b\n", "", "invalid character 'a'"},
	}
	for _, tt := range tests {
		for _, zipped := range []bool{false, true} {
			t.Run(tt.name+map[bool]string{true: ", compressed"}[zipped], func(t *testing.T) {
				t.Parallel()
				name, before := tt.path, tt.before
				if zipped {
					name, before = tt.path+".gz", gzipText(tt.before)
				}
				path := filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
					t.Fatal(err)
				}
				schema := schemaOf(record.Int)
				sink := rowfiletest.Sink(t, WriteSpec(), "path", path, "if_exists", "append")
				err := rowfiletest.Run(t, sink, op.Env{}, op.WriteOptions{}, schema, rowfiletest.Raw(schema, []string{"1"}))
				if tt.err != "" {
					var d *diag.Diagnostic
					if !errors.As(err, &d) || d.Code != "json.append" || !strings.Contains(d.Message, tt.err) {
						t.Errorf("got %v, want %s", err, tt.err)
					}
					tt.want = tt.before
				} else if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, fileText(t, path, zipped)); diff != "" {
					t.Error(diff)
				}
				if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
					t.Errorf("the folder holds %v", entries)
				}
			})
		}
	}
}

func gzipText(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func fileText(t *testing.T, path string, zipped bool) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || !zipped {
		return string(text)
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	text, err = io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// encoding/json reads strings back as they were, or as it reads U+FFFD in
// place of each byte that is no UTF-8.
func FuzzString(f *testing.F) {
	for _, seed := range []string{"", "abc", "\"\\\x00\x1f\x7f", "é日😀\u2028", "\xff\xc3", "a\xf0\x9f\x98", "\xed\xa0\x80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := jsonvalue.AppendString(nil, s)
		valid := err == nil
		if valid != utf8.ValidString(s) {
			t.Fatalf("%q: valid is %v", s, valid)
		}
		var got string
		if err := stdjson.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q became %s: %v", s, text, err)
		}
		if want := string([]rune(s)); got != want {
			t.Fatalf("%q became %s, which is %q", s, text, got)
		}
	})
}

// A text that passes for a number is one for encoding/json, with the value that
// strconv gives it; and no number of encoding/json is missed.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-0", "00", "1.5", "1.", ".5", "1e5", "1E+05", "1e", "-", "+1", "1e999", "Inf", "0x1", "1_0", "-1.25e-7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x any
		number := stdjson.Unmarshal([]byte(s), &x) == nil
		_, float := x.(float64)
		bare := number && float && s == strings.TrimSpace(s)
		if got := isFiniteNumber(s); got != bare {
			t.Fatalf("%q: isFiniteNumber is %v", s, got)
		}
		if bare && isInteger(s) == strings.ContainsAny(s, ".eE") {
			t.Fatalf("%q: isInteger is %v", s, isInteger(s))
		}
		if !bare {
			return
		}
		if want, err := strconv.ParseFloat(s, 64); err != nil || x != want {
			t.Fatalf("%q is %v for encoding/json and %v for strconv", s, x, want)
		}
	})
}

// Whole rows parse back to the values that they were made of.
func FuzzRow(f *testing.F) {
	f.Add("a", int64(1), 1.5, true)
	f.Add("\"\\\n", int64(math.MinInt64), math.SmallestNonzeroFloat64, false)
	f.Fuzz(func(t *testing.T, s string, n int64, x float64, b bool) {
		if math.IsNaN(x) || math.IsInf(x, 0) || !utf8.ValidString(s) {
			return
		}
		schema := schemaOf(record.String, record.Int, record.Float, record.Bool)
		batch := rowfiletest.Typed(schema, []record.Value{record.StringValue(s), record.IntValue(n), record.FloatValue(x), record.BoolValue(b)})
		for _, format := range []string{"lines", "array"} {
			text, err := rowfiletest.String(t, rowfiletest.Sink(t, WriteSpec(), "path", "-", "format", format), schema, batch)
			if err != nil {
				t.Fatal(err)
			}
			type row struct {
				A string  `json:"a"`
				B int64   `json:"b"`
				C float64 `json:"c"`
				D bool    `json:"d"`
			}
			if format == "lines" {
				text = "[" + text + "]"
			}
			var got []row
			if err := stdjson.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if diff := cmp.Diff([]row{{s, n, x, b}}, got); diff != "" {
				t.Fatalf("%s: %s", text, diff)
			}
		}
	})
}

// rawRows is a batch of short fields, as files mostly have them.
func rawRows(schema *record.Schema) *record.Batch {
	rows := make([][]string, record.BatchRows)
	for i := range rows {
		rows[i] = []string{"2013", "UA1545", "227.5", null, "-11"}
	}
	return rowfiletest.Raw(schema, rows...)
}

func BenchmarkEncode(b *testing.B) {
	schema := schemaOf(record.Int, record.String, record.Float, record.Int, record.Int)
	batch := rawRows(schema)
	sink := rowfiletest.Sink(b, WriteSpec(), "path", "-", "format", "lines").(*sink)
	e := newEncoder(&sink.options, schema)
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

// What a decoder must make of a field, it makes; the encoder adds nothing.
func TestEncodingDecodedColumnsAllocatesNothing(t *testing.T) {
	schema := schemaOf(record.Int, record.String, record.Float, record.Int, record.Int)
	rows := make([][]record.Value, record.BatchRows)
	for i := range rows {
		rows[i] = []record.Value{record.IntValue(int64(i)), record.StringValue("UA1545"), record.FloatValue(0.5), {}, record.IntValue(-11)}
	}
	batch := rowfiletest.Typed(schema, rows...)
	sink := rowfiletest.Sink(t, WriteSpec(), "path", "-", "format", "lines").(*sink)
	e := newEncoder(&sink.options, schema)
	buf := make([]byte, 0, 1<<20)
	allocs := testing.AllocsPerRun(10, func() {
		e.Begin(batch)
		buf = buf[:0]
		for i := range batch.Len() {
			buf, _ = e.AppendRow(buf, i)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for %d rows", allocs, batch.Len())
	}
}
