package json

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

// columnTypes are the types of the columns of round trips.
func columnTypes(t testing.TB) []record.Type {
	t.Helper()
	names := []string{
		"string", "int", "uint", "float", "bool", "decimal(38,0)", "decimal(38,38)", "decimal(12,2)", "date", "time", "datetime",
		"timestamp", "interval", "bytes", "json", "any", "list(int)", "list(list(string))", "map(decimal(20,5))",
		"struct{day: date, who: string, tags: list(json), at: map(timestamp)}",
	}
	out := make([]record.Type, len(names))
	for i, name := range names {
		typ, err := record.ParseType(name)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = typ
	}
	return out
}

// valueOfType draws a value of a type, or NULL.
func valueOfType(t *rapid.T, typ record.Type) record.Value {
	if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
		return record.Value{}
	}
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "NULL", "null", "1", "2013-01-31", "\"\\\n\x00\u2028😀"})).Filter(utf8.ValidString)
	extreme := rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 1<<53 - 1, 1 << 53, 1<<53 + 1, 0, -1})
	switch typ.Kind {
	case record.String:
		return record.StringValue(text.Draw(t, "string"))
	case record.Int:
		return record.IntValue(rapid.OneOf(rapid.Int64(), extreme).Draw(t, "int"))
	case record.Uint:
		return record.UintValue(rapid.OneOf(rapid.Uint64(), rapid.Just[uint64](math.MaxUint64)).Draw(t, "uint"))
	case record.Float:
		finite := func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }
		return record.FloatValue(rapid.OneOf(rapid.Float64().Filter(finite), rapid.SampledFrom([]float64{0.1, 5e-324, math.MaxFloat64, math.Copysign(0, -1)})).Draw(t, "float"))
	case record.Bool:
		return record.BoolValue(rapid.Bool().Draw(t, "bool"))
	case record.Date:
		return record.TemporalValue(record.Date, rapid.Int64Range(-1_000_000, 10_000_000).Draw(t, "date"))
	case record.Time:
		return record.TemporalValue(record.Time, rapid.Int64Range(0, 86_400_000_000-1).Draw(t, "time"))
	case record.Datetime, record.Timestamp:
		return record.TemporalValue(typ.Kind, rapid.Int64Range(-1<<55, 1<<57).Draw(t, "instant"))
	case record.Interval:
		return record.TemporalValue(record.Interval, rapid.OneOf(rapid.Int64(), extreme).Draw(t, "interval"))
	case record.Bytes:
		return record.TextValue(record.Bytes, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
	case record.DecimalOf:
		return decimalOfType(t, typ)
	case record.JSON:
		return record.TextValue(record.JSON, rapid.SampledFrom([]string{`{"a":1.50,"b":[null,"x"]}`, `"text"`, `1e400`, `[]`, `1`, `-0.0`}).Draw(t, "json"))
	}
	return nestedOfType(t, typ)
}

func decimalOfType(t *rapid.T, typ record.Type) record.Value {
	digits := rapid.StringMatching(`[0-9]{1,38}`).Draw(t, "digits")
	digits = digits[:min(len(digits), typ.Precision)]
	if pad := typ.Scale - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	at := len(digits) - typ.Scale
	d, err := record.ParseDecimal(rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + "0" + digits[:at] + "." + digits[at:] + "0")
	if err != nil {
		t.Fatal(digits, err)
	}
	return record.DecimalValue(d)
}

func nestedOfType(t *rapid.T, typ record.Type) record.Value {
	n := rapid.IntRange(0, 3).Draw(t, "length")
	switch typ.Kind {
	case record.ListOf:
		items := make([]record.Value, n)
		for i := range items {
			items[i] = valueOfType(t, *typ.Elem)
		}
		return record.ListValue(items)
	case record.MapOf:
		entries := make([]record.Entry, n)
		for i := range entries {
			entries[i] = record.Entry{Name: strings.Repeat("k ", i), Value: valueOfType(t, *typ.Elem)}
		}
		return record.MapValue(entries)
	case record.Struct:
		entries := make([]record.Entry, len(typ.Fields))
		for i, f := range typ.Fields {
			entries[i] = record.Entry{Name: f.Name, Value: valueOfType(t, f.Type)}
		}
		return record.StructValue(entries)
	}
	return rapid.SampledFrom([]record.Value{record.IntValue(7), record.StringValue("7"), record.BoolValue(true), record.FloatValue(0.5)}).Draw(t, "any")
}

// written is what write_json makes of a batch.
func written(t *rapid.T, tb testing.TB, format layout, schema *record.Schema, batches ...*record.Batch) string {
	var out bytes.Buffer
	sink := rowfiletest.Sink(tb, WriteSpec(), "path", "-", "format", string(format))
	if err := rowfiletest.Run(tb, sink, op.Env{Stdout: &out}, op.WriteOptions{}, schema, batches...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// readBack is what read_json makes of a text.
func readBack(t *rapid.T, tb testing.TB, text string, o readOptions) (*record.Schema, []*record.Batch) {
	o.Path, o.Sample, o.OnError = []op.Name{{Text: "-"}}, 3, op.Fail
	s := &source{readOptions: o}
	table, err := s.Resolve(tb.Context(), op.Env{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r, err := table.Open(tb.Context(), op.ReadOptions{AllUsed: true, BatchRows: 2})
	if err != nil {
		t.Fatal(err)
	}
	var out []*record.Batch
	for {
		b, err := r.Read(tb.Context())
		if err == io.EOF {
			return table.Schema(), out
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
}

// Values of every type survive write_json and read_json with pinned types, and
// a file that was read is written byte for byte.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	types := columnTypes(t)
	rapid.Check(t, func(rt *rapid.T) {
		var fields []record.Field
		var o readOptions
		for i, typ := range types {
			f := record.Field{Name: strings.Repeat("c\n", i), Type: typ}
			fields = append(fields, f)
			o.Types = append(o.Types, readopt.Pin{Name: op.Name{Text: f.Name}, Type: typ})
		}
		schema := record.NewSchema(fields...)
		rows := make([][]record.Value, rapid.IntRange(1, 4).Draw(rt, "rows"))
		for i := range rows {
			for _, typ := range types {
				rows[i] = append(rows[i], valueOfType(rt, typ))
			}
		}
		o.Format = rapid.SampledFrom([]layout{array, lines}).Draw(rt, "format")
		text := written(rt, t, o.Format, schema, rowfiletest.Typed(schema, rows...))
		got, batches := readBack(rt, t, text, o)
		if !got.Equal(schema) {
			rt.Fatalf("%s became %s", schema, got)
		}
		requireRows(rt, schema, rows, batches)
		if again := written(rt, t, o.Format, schema, batches...); again != text {
			rt.Fatalf("%s became %s", text, again)
		}
	})
}

func requireRows(t *rapid.T, schema *record.Schema, rows [][]record.Value, batches []*record.Batch) {
	n := 0
	for _, b := range batches {
		for i := range b.Len() {
			for c, column := range b.Columns {
				v, err := column.Value(i)
				if err != nil {
					t.Fatal(err)
				}
				if want := rows[n][c]; v.IsNull() != want.IsNull() || !v.IsNull() && (v.Kind() != want.Kind() || record.Compare(schema.Field(c).Type.Kind, v, want) != 0) {
					t.Fatalf("row %d, %s: %s became %s", n+1, schema.Field(c).Type, record.FormatValue(want), record.FormatValue(v))
				}
			}
			n++
		}
	}
	if n != len(rows) {
		t.Fatalf("%d rows became %d", len(rows), n)
	}
}

// With types inferred from all rows nothing is lost: what was read is written
// byte for byte.
func TestInferenceKeepsText(t *testing.T) {
	t.Parallel()
	values := []string{
		"null", "0", "-0", "1.50", "1e3", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993.5",
		"99999999999999999999999999999999999999", "1e400", "0.1000000000000000055511151231257827", "true", "false", `""`, `"2013-01-31"`,
		`"2013-02-30"`, `"2016-12-31T23:59:60Z"`, `"\n\"😀"`, `"null"`, `[1, 2.50]`, `{"a": {"b":[]}}`, "[]", "12", "3.25", "-7",
	}
	rapid.Check(t, func(rt *rapid.T) {
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 4, rapid.ID[string]).Draw(rt, "values")
		var text strings.Builder
		for range rapid.IntRange(1, 3).Draw(rt, "rows") {
			text.WriteString(`{"a":` + rapid.SampledFrom(some).Draw(rt, "a") + `,"b":` + rapid.SampledFrom(some).Draw(rt, "b") + "}\n")
		}
		schema, batches := readBack(rt, t, text.String(), readOptions{Format: lines})
		if got := written(rt, t, lines, schema, batches...); got != text.String() {
			rt.Fatalf("%s (%s) became %s", text.String(), schema, got)
		}
	})
}
