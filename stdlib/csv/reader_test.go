package csv

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// list and dict write tables of options as a script does.
func list(values ...any) *component.Table { return &component.Table{List: wrap(values)} }

// dict takes keys and values in turn.
func dict(pairs ...any) *component.Table {
	t := &component.Table{}
	for i := 0; i < len(pairs); i += 2 {
		key := op.Name{Text: pairs[i].(string), Pos: diag.Pos{File: "job.lua", Line: 1 + i/2}}
		t.Entries = append(t.Entries, component.Entry{Key: key, Value: wrap(pairs[i+1 : i+2])[0]})
	}
	return t
}

// tableMaker writes a table that has both a list and entries.
type tableMaker component.Table

func (t *tableMaker) with(values ...any) *tableMaker {
	t.List = append(t.List, wrap(values)...)
	return t
}

func (t *tableMaker) and(key string, value any) *tableMaker {
	t.Entries = append(t.Entries, dict(key, value).Entries...)
	return t
}

func wrap(values []any) []component.Value {
	out := make([]component.Value, len(values))
	for i, x := range values {
		if n, ok := x.(int); ok {
			x = float64(n)
		}
		if m, ok := x.(*tableMaker); ok {
			x = (*component.Table)(m)
		}
		out[i] = component.Value{X: x, Pos: diag.Pos{File: "job.lua", Line: 1}}
	}
	return out
}

// outcome is what reading gave, as text.
type outcome struct {
	Schema   string
	Rows     []string // "row: value|value"
	Rejected []string
	Read     int64
	Problem  string
}

// reading is one use of read_csv.
type reading struct {
	files   map[string]string
	options *component.Table
	stdin   io.Reader
	use     op.ReadOptions
	env     op.Env
}

func (r *reading) write(t testing.TB) {
	t.Helper()
	r.env = op.Env{Dir: t.TempDir(), Stdin: r.stdin}
	for name, text := range r.files {
		path := filepath.Join(r.env.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// build decodes and checks the options.
func (r *reading) build() (*source, diag.List) {
	spec := ReadSpec()
	options, problems := spec.Decode([]component.Value{{X: r.options}}, diag.Pos{File: "job.lua", Line: 1})
	if len(problems) > 0 {
		return nil, problems
	}
	operator, problems := spec.Build(options)
	if len(problems) > 0 {
		return nil, problems
	}
	return operator.(*op.Scan).Source.(*source), nil
}

// run reads all rows.
func (r *reading) run(t testing.TB) outcome {
	t.Helper()
	r.write(t)
	var out outcome
	s, problems := r.build()
	if len(problems) > 0 {
		out.Problem = printed(problems)
		return out
	}
	table, err := s.Resolve(t.Context(), r.env)
	if err != nil {
		out.Problem = printed(diag.ListOf(err))
		return out
	}
	out.Schema = table.Schema().String()
	r.use.Reject = func(x op.Rejected) error {
		out.Rejected = append(out.Rejected, rejectText(x))
		return nil
	}
	reader, err := table.Open(t.Context(), r.use)
	if err != nil {
		t.Fatal(err)
	}
	err = out.drain(t, reader)
	out.Read = reader.RowsRead()
	if err != io.EOF {
		out.Problem = printed(diag.ListOf(err))
	}
	if err := errors.Join(reader.Close(), table.Close()); err != nil {
		t.Fatal(err)
	}
	return out
}

func (o *outcome) drain(t testing.TB, r op.Reader) error {
	t.Helper()
	for {
		b, err := r.Read(context.Background())
		if err != nil {
			return err
		}
		if b.Len() == 0 {
			t.Fatal("an empty batch")
		}
		for i := range b.Len() {
			o.Rows = append(o.Rows, fmt.Sprintf("%d: %s", b.Lineage.At(i).Row, rowText(b, i)))
		}
	}
}

func rowText(b *record.Batch, row int) string {
	var cells []string
	for _, c := range b.Columns {
		v, err := c.Value(row)
		switch {
		case err != nil:
			cells = append(cells, "!"+err.Error())
		case v.IsNull() != c.IsNull(row):
			cells = append(cells, "IsNull and Value differ")
		case v.IsNull():
			cells = append(cells, "NULL")
		default:
			cells = append(cells, record.FormatValue(v))
		}
	}
	return strings.Join(cells, "|")
}

func rejectText(x op.Rejected) string {
	text := fmt.Sprintf("%s row %d line %d %s=%q raw %q: %s", x.Code, x.Origin.Row, x.Line, x.Column, x.Value, x.Raw, x.Message)
	if x.Batch != nil && x.Batch.Lineage.At(x.Row) != x.Origin {
		text += " (origin differs)"
	}
	return text
}

func printed(list diag.List) string {
	var b bytes.Buffer
	_ = diag.Print(&b, list, nil)
	return b.String()
}

func one(text string) map[string]string { return map[string]string{"in.csv": text} }

func opts(pairs ...any) *component.Table {
	return dict(append([]any{"path", "in.csv"}, pairs...)...)
}

func TestRead(t *testing.T) {
	t.Parallel()
	both := map[string]string{"a.csv": "x,y\n1,2\n", "b.csv": "y,x\n3,4.5\n"}
	tests := map[string]struct {
		reading
		want outcome
	}{
		"plain": {
			reading{files: one("id,name\n1,Ann\n2,\"Bo, B.\"\n3,\n4,\"\"\n"), options: opts()},
			outcome{"id int, name string", []string{"1: 1|Ann", "2: 2|Bo, B.", "3: 3|NULL", "4: 4|"}, nil, 4, ""},
		},
		"quotes in quotes": {
			reading{files: one("a\n\"x \"\"y\"\"\"\n\"\"\"\"\n"), options: opts()},
			outcome{"a string", []string{`1: x "y"`, `2: "`}, nil, 2, ""},
		},
		"other characters": {
			reading{files: one("a;b\n# no\n1;'x;''y'\n"), options: opts("delimiter", ";", "quote", "'", "comment", "#")},
			outcome{"a int, b string", []string{"1: 1|x;'y"}, nil, 1, ""},
		},
		"no quotes": {
			reading{files: one("a\tb\n\"x\t5\"\"\n"), options: opts("delimiter", "\t", "quote", "")},
			outcome{"a string, b string", []string{`1: "x|5""`}, nil, 1, ""},
		},
		"long delimiter": {
			reading{files: one("a¦b\n1¦2\n"), options: opts("delimiter", "¦")},
			outcome{"a int, b int", []string{"1: 1|2"}, nil, 1, ""},
		},
		"header only": {
			reading{files: one("a,b\n"), options: opts()}, outcome{Schema: "a string, b string"},
		},
		"no header": {
			reading{files: one("1,x\n"), options: opts("header", false, "columns", list("id", "name"))},
			outcome{"id int, name string", []string{"1: 1|x"}, nil, 1, ""},
		},
		"other names": {
			reading{files: one("a,a\n1,x\n"), options: opts("columns", list("id", "name"))},
			outcome{"id int, name string", []string{"1: 1|x"}, nil, 1, ""},
		},
		"unique names": {
			reading{files: one("a,,a,a_2,a\n1,2,3,4,5\n"), options: opts("header", "unique")},
			outcome{"a int, column_2 int, a_3 int, a_2 int, a_4 int", []string{"1: 1|2|3|4|5"}, nil, 1, ""},
		},
		"empty with columns": {
			reading{files: one(""), options: opts("columns", list("a", "b"))}, outcome{Schema: "a string, b string"},
		},
		"blank lines": {
			reading{files: one("\na,b\n\n1,2\n\n"), options: opts()},
			outcome{"a int, b int", []string{"1: 1|2"}, nil, 1, ""},
		},
		"blank lines in one column": {
			reading{files: one("a\n1\n\n\"\"\n2\n\n"), options: opts()},
			outcome{"a int", []string{"1: 1", "2: NULL", "3: NULL", "4: 2", "5: NULL"}, nil, 5, ""},
		},
		"blank lines in a column of strings": {
			reading{files: one("a\nx\n\n\"\"\n"), options: opts()},
			outcome{"a string", []string{"1: x", "2: NULL", "3: "}, nil, 3, ""},
		},
		"line ends in quotes": {
			reading{files: one("a,b\r\n1,\"x\r\ny\"\r\n"), options: opts()},
			outcome{"a int, b string", []string{"1: 1|x\r\ny"}, nil, 1, ""},
		},
		"null words": {
			reading{
				files:   one("a,b,c\nNA,NA,-\n1,\"NA\",x\n,na,\n"),
				options: opts("null", (&tableMaker{}).with("NA").and("c", list("-", ""))),
			},
			outcome{"a int, b string, c string", []string{"1: NULL|NULL|NULL", "2: 1|NA|x", "3: NULL|na|NULL"}, nil, 3, ""},
		},
		"one null word": {
			reading{files: one("a,b\nNA,NA\n,\n"), options: opts("null", "NA", "types", dict("a", "int"))},
			outcome{"a int, b string", []string{"1: NULL|NULL", "2: NULL|"}, nil, 2, ""},
		},
		"null words by column": {
			reading{files: one("a,b\n-,-\n,\n"), options: opts("null", dict("b", list("-")))},
			outcome{"a string, b string", []string{"1: -|NULL", "2: NULL|"}, nil, 2, ""},
		},
		"all types": {
			reading{
				files: one("s,i,u,f,b,d,t,dt,ts,by,an\n" +
					"x,+07,18446744073709551615,1e3,True,2024-02-29,05:06,2024-02-29 05:06:07.5,2024-02-29T05:06:07+01:00,y,z\n" +
					"\"\",\"\",\"\",NaN,,,,,,,\n"),
				options: opts("types", dict("s", "string", "i", "int", "u", "uint", "f", "float", "b", "bool", "d", "date",
					"t", "time", "dt", "datetime", "ts", "timestamp", "by", "bytes", "an", "any")),
			},
			outcome{
				"s string, i int, u uint, f float, b bool, d date, t time, dt datetime, ts timestamp, by bytes, an any",
				[]string{
					"1: x|7|18446744073709551615|1000|true|2024-02-29|05:06:00|2024-02-29T05:06:07.500000|2024-02-29T04:06:07Z|y|z",
					"2: |NULL|NULL|NaN|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
				},
				nil, 2, "",
			},
		},
		"formats and zones": {
			reading{
				files: one("d,ts,tz\n31.01.2024,01.07.2024 12:00,2024-01-01 12:00\n"),
				options: opts("types", dict(
					"d", (&tableMaker{}).with("date").and("format", "%d.%m.%Y").and("tz", "Europe/Berlin"),
					"ts", (&tableMaker{}).with("timestamp").and("format", "%d.%m.%Y %H:%M").and("tz", "Europe/Berlin"),
					"tz", (&tableMaker{}).with("timestamp").and("tz", "Europe/Berlin"),
				)),
			},
			outcome{"d date, ts timestamp, tz timestamp", []string{"1: 2024-01-31|2024-07-01T10:00:00Z|2024-01-01T11:00:00Z"}, nil, 1, ""},
		},
		"decimals and intervals": {
			reading{
				files:   one("d,i\n19.9,PT90M\n007.500,\n-1e1,-P1DT1S\n,PT0S\n"),
				options: opts("types", dict("d", "decimal(5,2)", "i", "interval")),
			},
			outcome{"d decimal(5,2), i interval", []string{"1: 19.9|PT1H30M", "2: 7.5|NULL", "3: -10|-PT24H1S", "4: NULL|PT0S"}, nil, 4, ""},
		},
		"decimals are never rounded": {
			reading{
				files:   one("d\n19.999\n1999.9\n1,5\n1.50000\n"),
				options: opts("delimiter", ";", "types", dict("d", "decimal(5,2)"), "on_error", "reject"),
			},
			outcome{
				"d decimal(5,2)",
				[]string{"4: 1.5"},
				[]string{
					`csv.value row 1 line 2 d="19.999" raw "19.999": "19.999" is no decimal(5,2): it loses digits: 3 stand behind the point, the type has 2`,
					`csv.value row 2 line 3 d="1999.9" raw "1999.9": "1999.9" is no decimal(5,2): it loses digits: 4 stand before the point, the type has 3`,
					`csv.value row 3 line 4 d="1,5" raw "1,5": "1,5" is no decimal(5,2): not a number`,
				},
				4, "",
			},
		},
		"nested and json": {
			reading{
				files: one("l;m;s;j\n[1, null];{\"a\":[1.50]};{\"t\":\"2013-01-31\"}; [1,  2]\n null ;\"\";null;null\n"),
				options: opts("delimiter", ";", "quote", "", "null", "-", "types",
					dict("l", "list(int)", "m", "map(list(decimal(4,2)))", "s", "struct{t: date, u: int}", "j", "json")),
				use: op.ReadOptions{AllUsed: true},
			},
			outcome{
				"l list(int), m map(list(decimal(4,2))), s struct{t: date, u: int}, j json",
				[]string{`1: [1,null]|{"a":[1.5]}|{"t":"2013-01-31","u":null}| [1,  2]`},
				nil, 2,
				"in.csv:3:8: error[csv.value]: row 2 of in.csv, column \"m\": \"\\\"\\\"\" is no map(list(decimal(4,2))): the string \"\" is no map(list(decimal(4,2)))\n" +
					"  hint: mend the value, pin another type (types = { m = \"string\" }), or set on_error = \"reject\"\n",
			},
		},
		"wrong json": {
			reading{
				files:   one("l;j\n[1.5];1\n[1;1\n[];{\n{};[]\nnull;null\n"),
				options: opts("delimiter", ";", "types", dict("l", "list(int)", "j", "json"), "on_error", "null"),
			},
			outcome{"l list(int), j json", []string{"1: NULL|1", "2: NULL|1", "3: []|NULL", "4: NULL|[]", "5: NULL|null"}, nil, 5, ""},
		},
		"leap seconds, gaps and folds": {
			reading{
				files: one("ts\n31.12.2016 23:59:60\n27.10.2024 02:30:00\n31.03.2024 02:30:00\n01.01.2017 00:59:60\n"),
				options: opts("types", dict(
					"ts", (&tableMaker{}).with("timestamp").and("format", "%d.%m.%Y %T").and("tz", "Europe/Berlin"),
				), "on_error", "reject"),
			},
			outcome{
				"ts timestamp",
				[]string{"2: 2024-10-27T00:30:00Z", "4: 2017-01-01T00:00:00Z"},
				[]string{
					`csv.value row 1 line 2 ts="31.12.2016 23:59:60" raw "31.12.2016 23:59:60": "31.12.2016 23:59:60" is no timestamp: the 60th second is a leap second, 23:59:60 in UTC`,
					`csv.value row 3 line 4 ts="31.03.2024 02:30:00" raw "31.03.2024 02:30:00": "31.03.2024 02:30:00" is no timestamp: clocks in Europe/Berlin skip this time`,
				},
				4, "",
			},
		},
		"skip and footer": {
			reading{
				files:   one("made by \"x\n\na,b\n1,2\n3,4\n5\nsum: 4\n"),
				options: opts("skip", 2, "footer", 2),
			},
			outcome{"a int, b int", []string{"1: 1|2", "2: 3|4"}, nil, 2, ""},
		},
		"more footer than lines": {
			reading{files: one("1\n"), options: opts("footer", 9, "header", false, "columns", "a")}, outcome{Schema: "a string"},
		},
		"byte order mark": {
			reading{files: one("\ufeff\"a\",b\n1,2\n"), options: opts()},
			outcome{"a int, b int", []string{"1: 1|2"}, nil, 1, ""},
		},
		"utf-16 by its mark": {
			reading{files: one("\xff\xfea\x00\n\x00\xe4\x00\n\x00"), options: opts()},
			outcome{"a string", []string{"1: ä"}, nil, 1, ""},
		},
		"utf-16, big end first": {
			reading{files: one("\xfe\xff\x00a\x00\n\x00\xe4"), options: opts("encoding", "UTF-16")},
			outcome{"a string", []string{"1: ä"}, nil, 1, ""},
		},
		"utf-16le without a mark": {
			reading{files: one("a\x00\n\x00\xe4\x00"), options: opts("encoding", "utf-16le")},
			outcome{"a string", []string{"1: ä"}, nil, 1, ""},
		},
		"latin1": {
			reading{files: one("a\n\xe4\x80\n"), options: opts("encoding", "latin1")},
			outcome{"a string", []string{"1: ä\u0080"}, nil, 1, ""},
		},
		"windows-1252": {
			reading{files: one("a\n\xe4\x80\n"), options: opts("encoding", "windows-1252")},
			outcome{"a string", []string{"1: ä€"}, nil, 1, ""},
		},
		"invalid UTF-8 passes": {
			reading{files: one("a\n\xff\xfe\n"), options: opts()},
			outcome{"a string", []string{"1: \xff\xfe"}, nil, 1, ""},
		},
		"several files": {
			reading{files: both, options: dict("path", "*.csv", "file_column", "source")},
			outcome{"x float, y int, source string", []string{"1: 1|2|a.csv", "1: 4.5|3|b.csv"}, nil, 2, ""},
		},
		"small batches": {
			reading{files: one("a\n1\n2\n3\n"), options: opts("file_column", "f"), use: op.ReadOptions{BatchRows: 2}},
			outcome{"a int, f string", []string{"1: 1|in.csv", "2: 2|in.csv", "3: 3|in.csv"}, nil, 3, ""},
		},
		"standard input": {
			reading{stdin: strings.NewReader("\ufeffa,b\n1,2\n3,4\n"), options: dict("path", "-", "sample", 1)},
			outcome{"a int, b int", []string{"1: 1|2", "2: 3|4"}, nil, 2, ""},
		},
		"rejects": {
			reading{
				files:   one("id,qty,day\n1,2,2024-01-01\n2,many,x\n3,4\n4,\"5\n5,x\"6,\n6,7,2024-02-30\n7,,\n8,9,2024-01-02\n"),
				options: opts("on_error", "reject", "types", dict("qty", "int", "day", "date")),
			},
			outcome{
				"id int, qty int, day date",
				[]string{"1: 1|2|2024-01-01", "7: 7|NULL|NULL", "8: 8|9|2024-01-02"},
				[]string{
					`csv.value row 2 line 3 qty="many" raw "2,many,x": "many" is no int: not a number`,
					`csv.fields row 3 line 4 ="" raw "3,4": 2 fields instead of 3`,
					`csv.quote row 4 line 5 ="" raw "4,\"5": text follows the closing quote of a field`,
					`csv.quote row 5 line 6 ="" raw "5,x\"6,": a quote stands inside a field that does not start with one`,
					`csv.value row 6 line 7 day="2024-02-30" raw "6,7,2024-02-30": "2024-02-30" is no date: February 2024 has 29 days`,
				},
				8, "",
			},
		},
		"rejects in used columns": {
			reading{
				stdin:   strings.NewReader("a,b\n1,1\n2,x\n3,3\n"),
				options: dict("path", "-", "on_error", "reject", "sample", 1), use: op.ReadOptions{Used: []string{"b"}},
			},
			outcome{
				"a int, b int",
				[]string{"1: 1|1", "3: 3|3"},
				[]string{`csv.value row 2 line 3 b="x" raw "2,x": "x" is no int: not a number; the type was inferred from a sample of the file, pin another one: types = { b = "string" }`},
				3, "",
			},
		},
		"rejects in one batch": {
			reading{
				files:   one("a,b\n1,x\n2,2\nx,3\ny,z\n"),
				options: opts("on_error", "reject", "types", dict("a", "int", "b", "int")),
			},
			outcome{
				"a int, b int", []string{"2: 2|2"}, []string{
					`csv.value row 1 line 2 b="x" raw "1,x": "x" is no int: not a number`,
					`csv.value row 3 line 4 a="x" raw "x,3": "x" is no int: not a number`,
					`csv.value row 4 line 5 a="y" raw "y,z": "y" is no int: not a number`,
				}, 4, "",
			},
		},
		"the first row refused": {
			reading{
				files:   one("a,b\n1\n2,3\n"),
				options: opts("on_error", "reject", "file_column", "f"),
			},
			outcome{
				"a int, b int, f string",
				[]string{"2: 2|3|in.csv"},
				[]string{`csv.fields row 1 line 2 ="" raw "1": 1 field instead of 2`},
				2, "",
			},
		},
		"quoted null words are values": {
			reading{files: one("a\n\"NA\"\n1\n"), options: opts("null", "NA")},
			outcome{"a string", []string{"1: NA", "2: 1"}, nil, 2, ""},
		},
		"all rejected": {
			reading{
				files:   one("a\nx\ny\n"),
				options: opts("on_error", "reject", "types", dict("a", "int")), use: op.ReadOptions{BatchRows: 1},
			},
			outcome{
				"a int", nil, []string{
					`csv.value row 1 line 2 a="x" raw "x": "x" is no int: not a number`,
					`csv.value row 2 line 3 a="y" raw "y": "y" is no int: not a number`,
				}, 2, "",
			},
		},
		"to null": {
			reading{
				stdin:   strings.NewReader("a,b\n1,2\nx,y\n"),
				options: dict("path", "-", "on_error", "null", "types", dict("a", "int"), "sample", 1), use: op.ReadOptions{AllUsed: true},
			},
			outcome{"a int, b int", []string{"1: 1|2", "2: NULL|NULL"}, nil, 2, ""},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tt.run(t)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reading
		rows int // before the problem
		want string
	}{
		"empty": {
			reading{files: one(""), options: opts()},
			0,
			"in.csv: error[csv.empty]: in.csv is empty: it has no header\n" +
				"  hint: name the columns, so that an empty file is zero rows: columns = { \"id\", \"name\" }\n",
		},
		"blank and double names": {
			reading{files: one("\na,,a\n1,2,3\n"), options: opts()},
			0,
			"in.csv:2:3: error[csv.header]: column 2 of in.csv has no name\n" +
				"  hint: name the columns with columns = {...}, or let header = \"unique\" change such names\n\n" +
				"in.csv:2:4: error[csv.header]: in.csv has two columns \"a\"\n" +
				"  hint: name the columns with columns = {...}, or let header = \"unique\" change such names\n",
		},
		"bad header": {
			reading{files: one("a,b\"c\n"), options: opts()},
			0,
			"in.csv:1:4: error[csv.quote]: the header of in.csv: a quote stands inside a field that does not start with one\n" +
				"  hint: put the field in quotes and double those inside it, as in \"say \"\"hi\"\"\", or read with quote = \"\" if quotes mean nothing in this file\n",
		},
		"too few names": {
			reading{files: one("a,b\n"), options: opts("columns", list("a"))},
			0,
			"in.csv:1:1: error[csv.columns]: the header of in.csv has 2 columns, and the option columns names 1\n" +
				"  hint: name all columns in their order; select chooses some of them\n",
		},
		"too few names without a header": {
			reading{files: one("a,b\n"), options: opts("columns", list("a"), "header", false)},
			0,
			"in.csv:1: error[csv.fields]: row 1 of in.csv: 2 fields instead of 1\n" +
				"  hint: mend the row (a field that holds a delimiter needs quotes), check the option delimiter, or set on_error = \"reject\"\n",
		},
		"no glob": {
			reading{options: dict("path", "*.csv")},
			0,
			"job.lua:1: error[file.glob_empty]: no file matches \"*.csv\"\n" +
				"  hint: a glob is relative to the script's folder, and ** stands for any number of folders\n",
		},
		"unknown columns": {
			reading{files: one("id,qty\n"), options: opts("types", dict("qtty", "int"), "null", dict("foo", "x"), "file_column", "id")},
			0,
			"job.lua:1: error[column.unknown]: there is no column \"qtty\" here\n  hint: did you mean \"qty\"?\n\n" +
				"job.lua:1: error[column.unknown]: there is no column \"foo\" here\n  hint: the columns are: id, qty\n\n" +
				"job.lua:1: error[column.twice]: the file has a column \"id\" already\n  hint: choose another name for file_column\n",
		},
		"files that differ": {
			reading{files: map[string]string{"a.csv": "x,y\n", "b.csv": "x,z\n", "c.csv": "x\n"}, options: dict("path", "*.csv")},
			0,
			"b.csv:1: error[csv.columns]: the columns of b.csv are not those of a.csv: it lacks \"y\" and adds \"z\"\n" +
				"  hint: read the files apart and put them together with union and fill = true\n\n" +
				"c.csv:1: error[csv.columns]: the columns of c.csv are not those of a.csv: it lacks \"y\"\n" +
				"  hint: read the files apart and put them together with union and fill = true\n",
		},
		"ragged": {
			reading{files: one("a,b\n1,2\n3\n4,5\n"), options: opts()},
			1,
			"in.csv:3: error[csv.fields]: row 2 of in.csv: 1 field instead of 2\n" +
				"  hint: mend the row (a field that holds a delimiter needs quotes), check the option delimiter, or set on_error = \"reject\"\n",
		},
		"open quote": {
			reading{files: one("a,b\n1,2\n3,\"x\n4,5\n"), options: opts()},
			1,
			"in.csv:3:3: error[csv.quote]: row 2 of in.csv: the field that this quote opens is never closed\n" +
				"  hint: close it, or read with quote = \"\" if quotes mean nothing in this file\n",
		},
		"open quote in one column": {
			reading{files: one("a\nx\n\"y\nz\n"), options: opts("on_error", "reject")},
			1,
			"in.csv:3:1: error[csv.quote]: row 2 of in.csv: the field that this quote opens is never closed\n" +
				"  hint: close it, or read with quote = \"\" if quotes mean nothing in this file\n",
		},
		"split problem with null": {
			reading{files: one("a,b\n1\n"), options: opts("on_error", "null")},
			0,
			"in.csv:2: error[csv.fields]: row 1 of in.csv: 1 field instead of 2\n" +
				"  hint: mend the row (a field that holds a delimiter needs quotes), check the option delimiter, or set on_error = \"reject\"\n",
		},
		"pinned value": {
			reading{
				files:   one("a,qty,day\n1,2,2024-01-01\n2,3,x\n3,many,2024-01-01\n"),
				options: opts("types", dict("qty", "int", "day", "date")),
			},
			1,
			"in.csv:3:5: error[csv.value]: row 2 of in.csv, column \"day\": \"x\" is no date: a date is written 2013-01-31\n" +
				"  hint: mend the value, pin another type (types = { day = \"string\" }), or set on_error = \"reject\"\n",
		},
		"pinned value that means null": {
			reading{files: one("a,the qty\n1,NA\n"), options: opts("types", dict("the qty", "int"))},
			0,
			"in.csv:2:3: error[csv.value]: row 1 of in.csv, column \"the qty\": \"NA\" is no int: not a number\n" +
				"  hint: if NA means NULL: null = { \"NA\", \"\" }\n",
		},
		"wrong encoding": {
			reading{files: one("a\nb\n\xc3\x81\n"), options: opts("encoding", "windows-1252", "types", dict("a", "string"))},
			0,
			"in.csv:3: error[text.encoding]: line 3 of in.csv holds bytes that are no text in windows-1252\n  hint: check the option encoding\n",
		},
		"no mark": {
			reading{files: one("a\x00"), options: opts("encoding", "utf-16")},
			0,
			"in.csv:1: error[text.encoding]: in.csv does not begin with a byte order mark, so that the order of its bytes is not known\n" +
				"  hint: encoding = \"utf-16le\" or \"utf-16be\"\n",
		},
		"options": {
			reading{options: opts("delimiter", "ab", "quote", "é", "comment", "\n", "encoding", "utf-9", "header", false)},
			0,
			"job.lua:1: error[option.value]: option \"delimiter\" of read_csv: \"ab\" is not one character that can stand between fields\n" +
				"  hint: delimiter = \";\" or delimiter = \"\\t\"\n\n" +
				"job.lua:1: error[option.value]: option \"quote\" of read_csv: \"é\" is not one ASCII character\n" +
				"  hint: quote = \"'\", or quote = \"\" if quotes mean nothing in this file\n\n" +
				"job.lua:1: error[option.value]: option \"comment\" of read_csv: \"\\n\" is not one character\n  hint: comment = \"#\"\n\n" +
				"job.lua:1: error[option.value]: option \"encoding\" of read_csv: \"utf-9\" is no encoding that is known; did you mean \"utf-8\"?\n\n" +
				"error[option.value]: option \"header\" of read_csv: without a header the columns have no names\n" +
				"  hint: name them: columns = { \"id\", \"name\" }\n",
		},
		"equal characters": {
			reading{options: opts("delimiter", "'", "quote", "'", "comment", "'")},
			0,
			"job.lua:1: error[option.value]: option \"quote\" of read_csv: \"'\" is the delimiter already\n\n" +
				"job.lua:1: error[option.value]: option \"comment\" of read_csv: \"'\" is the delimiter or the quote already\n",
		},
		"names": {
			reading{options: opts("columns", list("a", "", "a"), "types", dict("b", "int"))},
			0,
			"job.lua:1: error[option.value]: option \"columns\" of read_csv: a name is empty\n\n" +
				"job.lua:1: error[column.twice]: the column \"a\" is named twice\n",
		},
		"names that are known early": {
			reading{options: opts("columns", list("a", "b"), "types", dict("c", "int"))},
			0,
			"job.lua:1: error[column.unknown]: there is no column \"c\" here\n  hint: did you mean \"a\"?\n",
		},
		"option types": {
			reading{options: opts("header", "yes", "null", list(1), "types", dict(
				"a", "decimal(12,14)", "b", "integer", "c", 3,
				"d", (&tableMaker{}).with("date").and("fromat", "%Y"), "e", (&tableMaker{}).with("int").and("format", "%Y"),
				"f", (&tableMaker{}).with("timestamp").and("tz", "Europe/Berlim"), "g", (&tableMaker{}).with("time").and("tz", "UTC"),
				"h", list("date", "int"),
			))},
			0,
			"job.lua:1: error[option.value]: option \"header\" of read_csv: wants true, false or \"unique\", not the string \"yes\"\n\n" +
				"job.lua:1: error[option.value]: option \"null\": a NULL word is a string, not a number\n" +
				"  hint: null = { \"NA\", \"\" }, or by column: null = { delay = { \"NA\" } }\n\n" +
				"job.lua:1: error[type.unknown]: type \"decimal(12,14)\": the scale of a decimal is 0 to its precision\n\n" +
				"job.lua:1: error[type.unknown]: type \"integer\": \"integer\" is no type\n  hint: write \"int\"\n\n" +
				"job.lua:1: error[type.unknown]: the type of column \"c\" is a string such as \"int\", not a number\n" +
				"  hint: types = { day = \"date\" } or types = { day = { \"date\", format = \"%d.%m.%Y\" } }\n\n" +
				"job.lua:1: error[option.unknown]: the type of column \"d\" has no option \"fromat\"\n  hint: did you mean \"format\"?\n\n" +
				"job.lua:1: error[option.value]: column \"e\": type int takes no format\n\n" +
				"job.lua:1: error[option.value]: column \"f\": there is no time zone \"Europe/Berlim\"\n" +
				"  hint: zones have names such as \"Europe/Berlin\" and \"UTC\"\n\n" +
				"job.lua:1: error[option.value]: column \"g\": type time has no zone\n  hint: an instant is a timestamp\n\n" +
				"job.lua:1: error[option.value]: the type of column \"h\" wants one type, not 2\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tt.run(t)
			if diff := cmp.Diff(tt.want, got.Problem); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(got.Rows) != tt.rows {
				t.Errorf("got %d rows before the problem, want %d", len(got.Rows), tt.rows)
			}
		})
	}
}

func TestReadCompressed(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("a\n1\n2\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := reading{files: map[string]string{"in.csv.gz": packed.String()}, options: dict("path", "in.csv.gz")}
	want := outcome{"a int", []string{"1: 1", "2: 2"}, nil, 2, ""}
	if diff := cmp.Diff(want, r.run(t)); diff != "" {
		t.Error(diff)
	}
	r.files["in.csv.gz"] = packed.String()[:packed.Len()-9]
	if got := r.run(t).Problem; !strings.Contains(got, "io.corrupt") {
		t.Errorf("a cut off file gave %q", got)
	}
}

func TestReadTwice(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"in.csv", "-"} {
		r := reading{files: one("a\n1\n"), stdin: strings.NewReader("a\n1\n"), options: dict("path", path)}
		r.write(t)
		s, problems := r.build()
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		table, err := s.Resolve(t.Context(), r.env)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			reader, err := table.Open(t.Context(), op.ReadOptions{})
			if path == "-" && i == 1 {
				if got := printed(diag.ListOf(err)); !strings.Contains(got, "file.stdin") {
					t.Errorf("the second reading of standard input gave %q", got)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var out outcome
			if err := out.drain(t, reader); err != io.EOF || len(out.Rows) != 1 {
				t.Errorf("%s: got rows %v, error %v", path, out.Rows, err)
			}
			if err := reader.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestReadNoticesAnotherHeader(t *testing.T) {
	t.Parallel()
	r := reading{files: one("a,b\n1,2\n"), options: opts()}
	r.write(t)
	s, problems := r.build()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	table, err := s.Resolve(t.Context(), r.env)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.env.Dir, "in.csv"), []byte("b,a\n1,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	reader, err := table.Open(t.Context(), op.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out outcome
	err = out.drain(t, reader)
	if got := printed(diag.ListOf(err)); !strings.Contains(got, "csv.changed") {
		t.Errorf("got %q", got)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	t.Parallel()
	r := reading{files: one("a\n1\n"), options: opts()}
	r.write(t)
	s, problems := r.build()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	table, err := s.Resolve(ctx, r.env)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := table.Open(ctx, op.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cancel(stop)
	if _, err := reader.Read(ctx); !errors.Is(err, stop) {
		t.Errorf("Read gave %v, want %v", err, stop)
	}
	if _, err := s.Resolve(ctx, r.env); !errors.Is(err, stop) {
		t.Errorf("Resolve gave %v, want %v", err, stop)
	}
}

func TestStaticSchema(t *testing.T) {
	t.Parallel()
	r := reading{options: opts("types", dict("qty", "int"), "file_column", "source")}
	s, problems := r.build()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, want := s.Static().String(), "qty int, source string, ..."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := op.Names(s.Paths()); len(got) != 1 || got[0] != "in.csv" {
		t.Errorf("Paths is %v", got)
	}
}
