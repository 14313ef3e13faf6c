package json

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dict writes a table of options as a script does: keys and values in turn.
func dict(pairs ...any) *component.Table {
	t := &component.Table{}
	for i := 0; i < len(pairs); i += 2 {
		at := diag.Pos{File: "job.lua", Line: 1 + i/2}
		t.Entries = append(t.Entries, component.Entry{
			Key: op.Name{Text: pairs[i].(string), Pos: at}, Value: component.Value{X: pairs[i+1], Pos: at},
		})
	}
	return t
}

func list(values ...any) *component.Table {
	t := &component.Table{}
	for _, x := range values {
		t.List = append(t.List, component.Value{X: x, Pos: diag.Pos{File: "job.lua", Line: 1}})
	}
	return t
}

// reading is one use of read_json.
type reading struct {
	name    string
	files   map[string]string
	options []any
	stdin   io.Reader
	use     op.ReadOptions
}

// source builds the source; its files are in a folder of their own.
func (r *reading) source(t testing.TB) (*source, op.Env, error) {
	t.Helper()
	env := op.Env{Dir: t.TempDir(), Stdin: r.stdin}
	for name, text := range r.files {
		if err := os.WriteFile(filepath.Join(env.Dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	spec := ReadSpec()
	options, problems := spec.Decode([]component.Value{{X: dict(r.options...)}}, diag.Pos{File: "job.lua", Line: 1})
	if len(problems) > 0 {
		return nil, env, problems
	}
	operator, problems := spec.Build(options)
	if len(problems) > 0 {
		return nil, env, problems
	}
	return operator.(*op.Scan).Source.(*source), env, nil
}

// run reads all rows and tells what came of it.
func (r *reading) run(t testing.TB) string {
	t.Helper()
	var out strings.Builder
	if err := r.read(t, &out); err != nil {
		_ = diag.Print(&out, diag.ListOf(err), nil)
	}
	return out.String()
}

func (r *reading) read(t testing.TB, out *strings.Builder) error {
	s, env, err := r.source(t)
	if err != nil {
		return err
	}
	table, err := s.Resolve(t.Context(), env)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "schema: %s\n", table.Schema())
	r.use.Reject = func(x op.Rejected) error {
		fmt.Fprintf(out, "rejected %s row %d line %d %s=%q raw %q: %s\n", x.Code, x.Origin.Row, x.Line, x.Column, x.Value, x.Raw, x.Message)
		return nil
	}
	reader, err := table.Open(t.Context(), r.use)
	if err != nil {
		return err
	}
	for err == nil {
		var b *record.Batch
		if b, err = reader.Read(t.Context()); err == nil {
			printBatch(t, out, b)
		}
	}
	if got := reader.RowsRead(); err == io.EOF {
		fmt.Fprintf(out, "%d rows read\n", got)
		err = nil
	}
	return errors.Join(err, reader.Close(), table.Close())
}

func printBatch(t testing.TB, out *strings.Builder, b *record.Batch) {
	t.Helper()
	if err := b.Check(); err != nil || b.Len() == 0 {
		t.Errorf("a batch of %d rows: %v", b.Len(), err)
	}
	for i := range b.Len() {
		var cells []string
		for c := range b.Columns {
			cells = append(cells, cell(b.Columns[c], i))
		}
		fmt.Fprintf(out, "%d: %s\n", b.Lineage.At(i).Row, strings.Join(cells, " | "))
	}
}

// cell is a value, and its source text where that differs.
func cell(c *record.Column, i int) string {
	text, _ := c.SourceText(i)
	v, err := c.Value(i)
	switch {
	case err != nil:
		return "!" + err.Error()
	case v.IsNull() != c.IsNull(i):
		return "IsNull and Value differ"
	case v.IsNull():
		return "NULL"
	}
	value := string(record.AppendAs(nil, v, &c.Type))
	if c.Type.Kind == record.Any {
		value = v.Kind().String() + " " + value
	}
	if text != value {
		value += " <- " + text
	}
	if c.Type.Kind == record.Bytes || strings.ContainsAny(value, "\n") {
		return strconv.Quote(value)
	}
	return value
}

func lined(text string, options ...any) reading {
	return reading{files: map[string]string{"in.ndjson": text}, options: append([]any{"path", "in.ndjson"}, options...)}
}

func arrayed(text string, options ...any) reading {
	return reading{files: map[string]string{"in.json": text}, options: append([]any{"path", "in.json"}, options...)}
}

func (r reading) called(name string) reading {
	r.name = name
	return r
}

// readings are the cases of testdata/read.golden.
func readings() []reading {
	use := func(r reading) reading {
		r.use.AllUsed = true
		return r
	}
	two := map[string]string{"a.ndjson": "{\"x\":1}\n", "b.ndjson": "{\"y\":\"z\",\"x\":2}\n"}
	reject, null := []any{"on_error", "reject"}, []any{"on_error", "null"}
	broken := "{\"a\":1}\n{\"a\":\noops\n[1]\n{\"a\":2} {}\n\"x\"\n{\"a\":3,\"a\":4}\n{\"a\":\"\xff\"}\n{\"b\":5}\n{\"a\":true}\n{\"a\":7}\n"
	return []reading{
		lined("{\"a\":1,\"b\":\"x\"}\n\n  \r\n{\"b\":\"y\",\"c\":null}\r\n{\"c\":[1, 2]}").called("lines: union of keys, blank lines, CR LF, no line end"),
		lined("\ufeff{\"a\":1}\n").called("byte order mark"),
		lined("\xff\xfe{\x00}\x00").called("UTF-16"),
		arrayed(" [ {\"a\": 1.50},\n{\"a\": 2,\n  \"b\": {\"c\": [\"]\", \"\\\"}\"]}} ] \n").called("array"),
		arrayed("[]").called("empty array"),
		arrayed("[]", "types", dict("a", "int")).called("empty array, pinned"),
		arrayed("").called("no array"),
		arrayed(" \n", "columns", list("a")).called("no array, but columns"),
		lined("").called("empty lines"),
		lined("", "types", dict("a", "int")).called("empty lines, pinned"),
		lined("{}\n{}\n").called("rows without keys"),
		lined("{\"i\":-9223372036854775808,\"u\":18446744073709551615,\"d\":99999999999999999999999999999999999999,\"f\":1.50,\"e\":1e3,\"x\":0.1000000000000000055511151231257827,\"h\":1e400}\n" +
			"{\"i\":9223372036854775807,\"u\":0,\"d\":-1,\"f\":-0,\"e\":2,\"x\":3,\"h\":1}\n").called("numbers"),
		lined("{\"f\":0.5,\"g\":1,\"h\":1}\n{\"f\":9007199254740993,\"g\":1.5,\"h\":-1}\n{\"f\":1,\"g\":2,\"h\":18446744073709551615}\n").called("numbers that force a decimal"),
		lined("{\"d\":\"2013-01-31\",\"s\":\"2013-01-31\",\"b\":true,\"m\":1,\"n\":null,\"e\":\"\"}\n{\"d\":\"2013-02-28\",\"s\":\"x\",\"b\":false,\"m\":\"1\",\"e\":\"\"}\n").called("other types"),
		lined("{\"s\":\"\\u0041\\n\\\"\\ud83d\\ude00\",\"\\u0062\":\"\\\\\"}\n").called("escapes"),
		lined("{\"s\":\"NA\",\"t\":\"NA\",\"m\":\"NA\"}\n{\"s\":\"x\",\"t\":1,\"m\":[]}\n", "null", list("NA")).called("words that mean NULL"),
		reading{files: two, options: []any{"path", list("a.ndjson", "b.ndjson"), "file_column", "file"}}.called("two files"),
		lined("{\"a\":1,\"z\":1.50}\n{\"b\":\"x\",\"a\":2,\"\\u0063\\n\":[1, {\"d\":null}]}\n{\"a\":3}\n", "columns", list("a"), "rest", "more").called("rest"),
		lined("{\"a\":1}\n{\"a\":2,\"b c\":3}\n", "sample", 1.0, "columns", list("a")).called("key beyond columns"),
		lined("{\"a\":1}\n", "types", dict("b", "int")).called("pinned key that is not there"),
		lined("{\"a\":1}\n", "null", dict("b", list("x"))).called("NULL word of an unknown key"),
		lined("{\"a\":1}\n", "rest", "a", "file_column", "a").called("names twice"),
		lined(broken).called("broken, fail"),
		lined(broken, reject...).called("broken, reject"),
		lined(broken, append(null, "types", dict("a", "int"))...).called("broken, null"),
		use(lined("{\"a\":1,\"b\":\"x\"}\n{\"a\":\"y\",\"b\":2}\n{\"a\":1.5,\"b\":null}\n", append(reject, "types", dict("a", "int", "b", "string"))...)).called("pinned values, reject"),
		lined("{\"a\":1,\"b\":\"x\"}\n{\"a\":\"y\",\"b\":[2]}\n{\"a\":1.5,\"b\":null}\n", append(null, "types", dict("a", "int", "b", "string"))...).called("pinned values, null"),
		lined("{\"a\":1}\n{\"a\":  \"y\"}\n", "types", dict("a", "int")).called("pinned value, fail"),
		lined("{\"i\":\"007\",\"f\":\"1e3\",\"b\":\"TRUE\",\"s\":1.50,\"d\":\"31.01.2013\",\"t\":\"2013-01-31T12:00:00\",\"x\":\"AP8=\",\"a\":1.50}\n",
			"types", dict("i", "int", "f", "float", "b", "bool", "s", "string", "x", "bytes", "a", "any", "d", &component.Table{
				List: list("date").List, Entries: dict("format", "%d.%m.%Y").Entries,
			}, "t", &component.Table{List: list("timestamp").List, Entries: dict("tz", "Europe/Berlin").Entries})).called("pinned values in strings"),
		lined("{\"l\":[1.50,\"2\",null],\"s\":{\"y\":[\"2013-01-31\"],\"x\":1},\"m\":{\"k\":\"PT1M\"},\"j\":\"x\",\"d\":1.5,\"n\":[{\"q\":1.50}]}\n{\"l\":null,\"s\":{},\"m\":{},\"d\":\"2.25\"}\n",
			"types", dict("l", "list(decimal(5,2))", "s", "struct{x: int, y: list(date)}", "m", "map(interval)", "j", "json", "d", "decimal(5,3)", "n", "list(json)")).called("pinned nested values"),
		lined("{\"l\":[1]}\n{\"l\":{\"a\":1}}\n{\"l\":[1,[2]]}\n{\"l\":7}\n", append(reject, "types", dict("l", "list(int)"))...).called("pinned nested values, reject"),
		arrayed("[{\"a\":1}, {\"a\":2").called("truncated array"),
		arrayed("[{\"a\":1}").called("array without an end"),
		arrayed("[{\"a\":1}\n {\"a\":2}]").called("array without a comma"),
		arrayed("[{\"a\":1},]").called("array with a comma at the end"),
		arrayed("[{\"a\":1}] x").called("text behind the array"),
		arrayed("{\"a\":1}\n").called("lines as array"),
		lined("[{\"a\":1}]\n").called("array as lines"),
		arrayed("[{\"a\":1},\n 5, {\"a\":2},{\"a\":\"x\"}]", append(reject, "types", dict("a", "int"))...).called("array, reject"),
		arrayed("[{\"a\":1},\n {\"a\":1]}, {\"a\":2}]", reject...).called("broken array, reject"),
		arrayed("[{\"a\":1},\n\n{\"a\":\n  x}]").called("place in an array"),
		reading{stdin: strings.NewReader("{\"a\":1}\n{\"a\":2}\n"), options: []any{"path", "-", "format", "lines"}}.called("standard input"),
		reading{options: []any{"path", "in.txt"}}.called("unknown ending"),
		reading{options: []any{"path", list("a.json", "b.ndjson")}}.called("different endings"),
		reading{options: []any{"path", list()}}.called("no path"),
		reading{options: []any{"path", "a.json", "columns", list("a", "a")}}.called("columns twice"),
		reading{options: []any{"path", "a.json", "columns", list("a"), "types", dict("b", "int")}}.called("types beside columns"),
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	for _, r := range readings() {
		fmt.Fprintf(&got, "== %s\n%s\n", r.name, r.run(t))
	}
	const golden = "testdata/read.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Error(diff)
	}
}
