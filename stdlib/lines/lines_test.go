package lines

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

// build makes the source or sink of a call.
func build(t testing.TB, s *component.Spec, args string) op.Operator {
	t.Helper()
	o, said := componenttest.Build(s, args, nil)
	if said != "" {
		t.Fatal(said)
	}
	return o
}

// cut is the lines of a text as the scanner cuts them, in chunks of that size.
func cut(t testing.TB, text string, chunk int, comment string, skipBlank bool) (out []string) {
	t.Helper()
	s := &scanner{src: iotest.OneByteReader(strings.NewReader(text)), chunk: chunk, longest: maxLine, line: 1, comment: comment, skipBlank: skipBlank}
	for {
		w, err := s.next(3)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range w.lines {
			out = append(out, fmt.Sprintf("%d:%s", w.lineOf(w.lines[i].Start), w.text(i)))
		}
	}
}

// Lines are those between line ends, whatever the chunks.
func TestCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "bc", "#", "\r", "\n", "\r\n", "\x00", "ä"})).Draw(rt, "text"), "")
		comment := rapid.SampledFrom([]string{"", "#", "#a"}).Draw(rt, "comment")
		skip := rapid.Bool().Draw(rt, "skip")
		var want []string
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			line = strings.TrimSuffix(line, "\r")
			if text != "" && !(skip && line == "") && !(comment != "" && strings.HasPrefix(line, comment)) {
				want = append(want, fmt.Sprintf("%d:%s", i+1, line))
			}
		}
		if d := cmp.Diff(want, cut(t, text, rapid.IntRange(1, 9).Draw(rt, "chunk"), comment, skip)); d != "" {
			rt.Fatal(d)
		}
	})
}

func TestLongLine(t *testing.T) {
	t.Parallel()
	s := &scanner{src: strings.NewReader("ok\n" + strings.Repeat("x", 1000) + "\n"), file: "in.txt", chunk: 16, longest: 64, line: 1}
	if _, err := s.next(9); err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(9); err == nil || !strings.Contains(err.Error(), "line 2 of in.txt is longer than") {
		t.Error(err)
	}
}

// rowsOf reads a text from standard input.
func rowsOf(t testing.TB, s *component.Spec, args, text string) (out []string, err error) {
	t.Helper()
	env := op.Env{Stdin: strings.NewReader(text)}
	table, err := build(t, s, args).(*op.Scan).Source.Resolve(t.Context(), env)
	if err != nil {
		return nil, err
	}
	reader, err := table.Open(t.Context(), op.ReadOptions{AllUsed: true, BatchRows: 3, Reject: func(x op.Rejected) error {
		out = append(out, fmt.Sprintf("rejected %d: %s: %s", x.Origin.Row, x.Message, x.Raw))
		return nil
	}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for {
		b, err := reader.Read(t.Context())
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for i := range b.Len() {
			out = append(out, fmt.Sprint(b.Lineage.At(i).Row, ": ", rowText(t, b, i)))
		}
	}
}

func rowText(t testing.TB, b *record.Batch, i int) string {
	t.Helper()
	var parts []string
	for _, c := range b.Columns {
		v, err := c.Value(i)
		if err != nil {
			t.Fatal(err)
		}
		if v.IsNull() {
			parts = append(parts, "~")
		} else {
			parts = append(parts, record.FormatValue(v))
		}
	}
	return strings.Join(parts, "|")
}

func TestFixedFields(t *testing.T) {
	t.Parallel()
	const columns = `columns = { { "id", width = 3, type = "int" }, { "name", width = 5 }, { "on", from = 10, width = 2, type = "int" } }`
	for _, c := range []struct {
		name, args, text string
		want             []string
		err              string
	}{
		{"whole", ``, "  1ab    17\n-07äöüß  -3", []string{"1: 1|ab|17", "2: -7|äöüß|-3"}, ""},
		{"too long", ``, "  1ab    17\n  1 ab   true\n", []string{"1: 1|ab|17"}, "row 2 of stdin: 13 characters instead of 11"},
		{"no value", ``, "  1ab    17\n\n-07äöüßx 1x\n", []string{"1: 1|ab|17"}, `stdin:3: row 2 of stdin, column "on": "1x" is no int`},
		{"ragged", `, ragged = "null"`, "  1ab\n -7äöüßex42xxx\n\n12\n", []string{"1: 1|ab|~", "2: -7|äöüße|42", "3: 12|~|~"}, ""},
		{"rejects", `, on_error = "reject"`, "  1ab      \n0x1\n  3cd     x\n  4ef         \n  5gh      \n", []string{
			"rejected 2: 3 characters instead of 11: 0x1", "1: 1|ab|~", `rejected 3: "x" is no int: not a number:   3cd     x`,
			"rejected 4: 14 characters instead of 11:   4ef         ", "5: 5|gh|~",
		}, ""},
		{"null", `, on_error = "null"`, "0x1ab     9\n", []string{"1: ~|ab|9"}, ""},
		{"bytes", `, unit = "bytes"`, "  1äöx  9\n", []string{"1: 1|äöx|9"}, ""},
		{"null words", `, null = { "-", id = { "999" } }`, "999-       \n  80       \n", []string{"1: ~|~|~", "2: 8|0|~"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowsOf(t, ReadFixedSpec(), `{ path = "-", `+columns+c.args+` }`, c.text)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// What write_fixed writes, read_fixed reads.
func TestFixedRoundTrip(t *testing.T) {
	t.Parallel()
	const columns = `columns = { { "n", from = 3, width = 20, type = "int" }, { "s", width = 6, pad = "%s" }, { "d", from = 40, width = 12, type = "date", format = "%%d.%%m.%%Y" }, { "x", width = 25, type = "float" } }`
	schema := record.NewSchema(
		record.Field{Name: "x", Type: record.Of(record.Float)}, record.Field{Name: "s", Type: record.Of(record.String)},
		record.Field{Name: "n", Type: record.Of(record.Int)}, record.Field{Name: "d", Type: record.Of(record.Date)},
	)
	text := rapid.StringN(1, 6, -1).Filter(func(s string) bool {
		return utf8.ValidString(s) && !strings.ContainsAny(s, "\r\n\ufffd\ufeff") && strings.Trim(s, " ") == s
	})
	rapid.Check(t, func(rt *rapid.T) {
		unit := rapid.SampledFrom([]string{"chars", "bytes"}).Draw(rt, "unit")
		end := rapid.SampledFrom([]string{`\n`, `\r\n`}).Draw(rt, "end")
		args := fmt.Sprintf(columns, " ") + fmt.Sprintf(`, unit = %q`, unit)
		var rows [][]record.Value
		var want []string
		for i := range rapid.IntRange(1, 5).Draw(rt, "rows") {
			s := record.StringValue(text.Draw(rt, "s"))
			if unit == "bytes" {
				s = record.StringValue(strings.Repeat("b", 1+i))
			}
			row := []record.Value{
				record.FloatValue(rapid.Float64Range(-1e9, 1e9).Draw(rt, "x")), s, record.IntValue(rapid.Int64().Draw(rt, "n")),
				record.TemporalValue(record.Date, rapid.Int64Range(-100_000, 1_000_000).Draw(rt, "d")),
			}
			row[rapid.IntRange(0, 3).Draw(rt, "null")] = record.Value{}
			rows = append(rows, row)
			var parts []string
			for _, place := range []int{2, 1, 3, 0} {
				if row[place].IsNull() {
					parts = append(parts, "~")
				} else {
					parts = append(parts, record.FormatValue(row[place]))
				}
			}
			want = append(want, fmt.Sprint(i+1, ": ", strings.Join(parts, "|")))
		}
		sink := build(t, WriteFixedSpec(), `{ path = "-", `+args+`, line_end = "`+end+`" }`).(*op.Write).Sink
		written, err := rowfiletest.String(t, sink, schema, rowfiletest.Typed(schema, rows...))
		if err != nil {
			rt.Fatal(err)
		}
		got, err := rowsOf(t, ReadFixedSpec(), `{ path = "-", `+args+` }`, written)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			rt.Fatalf("%v %q %s", err, written, d)
		}
	})
}

func TestWriteFixed(t *testing.T) {
	t.Parallel()
	schema := record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)}, record.Field{Name: "s", Type: record.Of(record.String)})
	batch := rowfiletest.Typed(schema, []record.Value{record.IntValue(-42), record.StringValue("äöü")}, []record.Value{{}, record.StringValue("tea and jam")})
	for _, c := range []struct{ args, want, err string }{
		{`columns = { { "n", width = 6, pad = "0" }, { "s", width = 12 } }`, "-00042äöü         \n      tea and jam \n", ""},
		{`columns = { { "s", width = 4, align = "right", pad = "." }, { "n", width = 5, align = "left" } }, overflow = "cut", null = "-"`, ".äöü-42  \ntea -    \n", ""},
		{`columns = { { "s", width = 4 } }, overflow = "cut", unit = "bytes"`, "äö\ntea \n", ""},
		{`columns = { { "s", width = 4 } }`, "", `column "s": it is 11 wide, but its column 4`},
		{`columns = { { "n", width = 2 } }, overflow = "cut"`, "", `column "n": it is 3 wide, but its column 2`},
		{`columns = { { "s", width = 11 } }, encoding = "us-ascii"`, "", `it holds a character that us-ascii lacks`},
	} {
		sink := build(t, WriteFixedSpec(), `{ path = "-", `+c.args+` }`).(*op.Write).Sink
		got, err := rowfiletest.String(t, sink, schema, batch)
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.args, err, c.err)
		}
		if c.err == "" && got != c.want {
			t.Errorf("%s: wrote %q, want %q", c.args, got, c.want)
		}
	}
}

// Lines go through unchanged.
func TestLinesRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(rapid.String().Filter(func(s string) bool {
			return utf8.ValidString(s) && !strings.ContainsAny(s, "\r\n") && !strings.HasPrefix(s, "\ufeff")
		}), 1, 9).Draw(rt, "lines")
		text := strings.Join(lines, "\n") + "\n"
		sink := build(t, WriteSpec(), `{ path = "-" }`).(*op.Write).Sink
		source := build(t, ReadSpec(), `{ path = "-" }`).(*op.Scan).Source
		table, err := source.Resolve(t.Context(), op.Env{Stdin: strings.NewReader(text)})
		if err != nil {
			rt.Fatal(err)
		}
		r, err := table.Open(t.Context(), op.ReadOptions{BatchRows: 2})
		if err != nil {
			rt.Fatal(err)
		}
		var batches []*record.Batch
		for b, err := r.Read(t.Context()); !errors.Is(err, io.EOF); b, err = r.Read(t.Context()) {
			if err != nil {
				rt.Fatal(err)
			}
			batches = append(batches, b)
		}
		got, err := rowfiletest.String(t, sink, table.Schema(), batches...)
		if err != nil || !bytes.Equal([]byte(got), []byte(text)) {
			rt.Errorf("%v: %q became %q", err, text, got)
		}
	})
}
