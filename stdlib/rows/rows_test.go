package rows

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// script numbers the places of a call's values, one column each.
type script struct{ col int }

func (s *script) pos() diag.Pos {
	s.col++
	return diag.Pos{File: "job.lua", Line: 7, Col: s.col}
}

// kv is a named entry.
type kv struct {
	key   string
	value any
}

// value is x as a script's value; a []any holds list values and kvs.
func (s *script) value(x any) component.Value {
	pos := s.pos()
	parts, ok := x.([]any)
	if !ok {
		return component.Value{X: x, Pos: pos}
	}
	t := &component.Table{Pos: pos}
	for _, p := range parts {
		if e, ok := p.(kv); ok {
			key := op.Name{Text: e.key, Pos: s.pos()}
			t.Entries = append(t.Entries, component.Entry{Key: key, Value: s.value(e.value)})
		} else {
			t.List = append(t.List, s.value(p))
		}
	}
	return component.Value{X: t, Pos: pos}
}

type list = []any

func call(args ...any) (op.Source, diag.List) {
	var s script
	values := make([]component.Value, len(args))
	for i, a := range args {
		values[i] = s.value(a)
	}
	o, problems := Spec().Decode(values, diag.Pos{File: "job.lua", Line: 7})
	if len(problems) > 0 {
		return nil, problems
	}
	operator, problems := Spec().Build(o)
	if len(problems) > 0 {
		return nil, problems
	}
	return operator.(*op.Scan).Source, nil
}

// texts reads a source to its end: the values as text, NULL as "null".
func texts(t *testing.T, s op.Source, batchRows int) (rows [][]string, batches int) {
	t.Helper()
	ctx := context.Background()
	table, err := s.Resolve(ctx, op.Env{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := table.Open(ctx, op.ReadOptions{BatchRows: batchRows})
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := r.Read(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Len() {
			if want := int64(len(rows) + 1); b.Lineage.At(i).Row != want || b.Lineage.At(i).Source.Name != "rows@7" {
				t.Errorf("row %d comes from %+v", want, b.Lineage.At(i))
			}
			rows = append(rows, rowTexts(t, b, i))
		}
		batches++
	}
	if r.RowsRead() != int64(len(rows)) {
		t.Errorf("%d rows read, %d counted", len(rows), r.RowsRead())
	}
	if err := errors.Join(r.Close(), table.Close()); err != nil {
		t.Error(err)
	}
	return rows, batches
}

func rowTexts(t *testing.T, b *record.Batch, i int) []string {
	t.Helper()
	row := make([]string, len(b.Columns))
	for c, column := range b.Columns {
		x, err := column.Value(i)
		if err != nil {
			t.Fatal(err)
		}
		row[c] = record.FormatValue(x)
		if x.IsNull() {
			row[c] = "null"
		}
	}
	return row
}

func decimal(text string) record.Value {
	d, err := record.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return record.DecimalValue(d)
}

func TestRows(t *testing.T) {
	t.Parallel()
	big := record.IntValue(math.MaxInt64)
	tests := []struct {
		name   string
		args   []any
		schema string
		rows   [][]string
	}{
		{
			"union of keys",
			[]any{list{list{kv{"a", 1.0}, kv{"b", "x"}}, list{kv{"c", true}, kv{"a", 2.0}}}},
			"a int, b string, c bool",
			[][]string{{"1", "x", "null"}, {"2", "null", "true"}},
		},
		{
			"numbers",
			[]any{list{list{kv{"a", 1.0}, kv{"b", 1.5}, kv{"c", 1e300}}, list{kv{"a", big}, kv{"b", 2.0}, kv{"c", 3.0}}}},
			"a int, b float, c float",
			[][]string{{"1", "1.5", "1e+300"}, {"9223372036854775807", "2", "3"}},
		},
		{
			"an int that no float holds",
			[]any{list{list{kv{"a", 1.5}}, list{kv{"a", big}}}},
			"a any",
			[][]string{{"1.5"}, {"9223372036854775807"}},
		},
		{
			"mixed",
			[]any{list{list{kv{"a", 1.0}, kv{"b", nil}}, list{kv{"a", "1"}}}},
			"a any, b string",
			[][]string{{"1", "null"}, {"1", "null"}},
		},
		{
			"lists",
			[]any{list{list{1.0, "x"}, list{2.0}, list{}, list{kv{"b", "y"}}}, list{kv{"columns", list{"a", "b"}}}},
			"a int, b string",
			[][]string{{"1", "x"}, {"2", "null"}, {"null", "null"}, {"null", "y"}},
		},
		{
			"no rows",
			[]any{list{}, list{kv{"columns", list{"a", "b"}}, kv{"types", list{kv{"b", "date"}}}}},
			"a string, b date", nil,
		},
		{
			"pinned",
			[]any{
				list{list{kv{"f", 1.0}, kv{"u", 2.0}, kv{"d", "2013-01-31"}, kv{"t", "2013-01-31T12:00:00+01:00"}, kv{"s", "1"}, kv{"y", "z"}, kv{"x", 1.5}}},
				list{kv{"types", list{
					kv{"f", "float"}, kv{"u", "uint"}, kv{"d", "date"}, kv{"t", "timestamp"}, kv{"s", "string"}, kv{"y", "bytes"}, kv{"x", "any"},
				}}},
			},
			"f float, u uint, d date, t timestamp, s string, y bytes, x any",
			[][]string{{"1", "2", "2013-01-31", "2013-01-31T11:00:00Z", "1", "z", "1.5"}},
		},
		{
			"decimals",
			[]any{
				list{list{kv{"a", "19.90"}, kv{"b", decimal("1.5")}, kv{"c", 19.9}}, list{kv{"a", 7.0}, kv{"b", 100.0}, kv{"c", big}}},
				list{kv{"types", list{kv{"a", "decimal(12,2)"}, kv{"c", "decimal(38,4)"}}}},
			},
			"a decimal(12,2), b decimal(4,1), c decimal(38,4)",
			[][]string{{"19.9", "1.5", "19.9"}, {"7", "100", "9223372036854775807"}},
		},
		{
			"decimals that no type holds together",
			[]any{list{list{kv{"a", decimal("1e37")}, kv{"b", decimal("1")}}, list{kv{"a", decimal("1e-37")}, kv{"b", 0.5}}}},
			"a any, b any",
			[][]string{{"1" + strings.Repeat("0", 37), "1"}, {"0." + strings.Repeat("0", 36) + "1", "0.5"}},
		},
		{
			"nested",
			[]any{list{
				list{kv{"a", list{1.0, nil, "x", list{2.5}}}, kv{"b", list{kv{"k", list{true}}}}, kv{"c", 1.0}},
				list{kv{"a", list{1.0}}, kv{"b", list{kv{"z", 1.0}, kv{"y", nil}}}, kv{"c", list{1.0}}},
			}},
			"a list(any), b map(any), c any",
			[][]string{{`[1,null,"x",[2.5]]`, `{"k":[true]}`, "1"}, {"[1]", `{"z":1,"y":null}`, "[1]"}},
		},
		{
			"nested and pinned",
			[]any{
				list{list{
					kv{"l", list{"2013-01-31", nil}},
					kv{"m", list{kv{"x", "1.50"}}},
					kv{"s", list{kv{"b", list{}}, kv{"a", 1.0}}},
					kv{"i", "P1DT1S"},
					kv{"j", list{kv{"x", list{1.0}}}},
					kv{"t", ` [1, 2]`},
				}, list{kv{"l", list{}}, kv{"m", list{}}, kv{"s", list{}}}},
				list{kv{"types", list{
					kv{"l", "list(date)"},
					kv{"m", "map(decimal(5,2))"},
					kv{"s", "struct{a: float, b: map(int)}"},
					kv{"i", "interval"},
					kv{"j", "json"},
					kv{"t", "json"},
				}}},
			},
			"l list(date), m map(decimal(5,2)), s struct{a: float, b: map(int)}, i interval, j json, t json",
			[][]string{
				{`["2013-01-31",null]`, `{"x":1.5}`, `{"a":1,"b":{}}`, "PT24H1S", `{"x":[1]}`, " [1, 2]"},
				{`[]`, `{}`, `{"a":null,"b":null}`, "null", "null", "null"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, problems := call(tt.args...)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if got := s.Static().String(); got != tt.schema {
				t.Errorf("schema %s, want %s", got, tt.schema)
			}
			rows, _ := texts(t, s, 0)
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	var all list
	for i := range 5 {
		all = append(all, list{kv{"a", float64(i)}})
	}
	s, problems := call(all)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := [][]string{{"0"}, {"1"}, {"2"}, {"3"}, {"4"}}
	for size, batches := range map[int]int{1: 5, 2: 3, 5: 1, 0: 1} {
		rows, n := texts(t, s, size)
		if diff := cmp.Diff(want, rows); diff != "" || n != batches {
			t.Errorf("%d batches of %d: %s", n, size, diff)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s, problems := call(list{list{kv{"a", 1.0}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	table, _ := s.Resolve(context.Background(), op.Env{})
	r, _ := table.Open(context.Background(), op.ReadOptions{})
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	if _, err := r.Read(ctx); err != cause {
		t.Errorf("got %v", err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	columns := list{kv{"columns", list{"a", "b"}}}
	types := func(name, typ string) list { return list{kv{"types", list{kv{name, typ}}}} }
	one := func(x any) list { return list{list{kv{"a", x}}} }
	tests := []struct {
		name string
		args []any
		want []string // place, code, message, hint
	}{
		{"no table", []any{"x"}, []string{`job.lua:7:1 argument.type rows wants a list of rows, not the string "x" (etl.rows({ { a = 1 }, { a = 2 } }))`}},
		{"no rows", nil, []string{`job.lua:7 argument.missing rows needs rows: a value (rows: a list of rows: tables by column name, or lists in the order of columns)`}},
		{"nothing", []any{list{}}, []string{`job.lua:7:1 rows.empty rows has neither rows nor columns (name the columns: etl.rows({}, { columns = { "a", "b" } }))`}},
		{
			"options among the rows",
			[]any{list{list{kv{"a", 1.0}}, kv{"types", list{}}}},
			[]string{`job.lua:7:5 rows.entry "types" stands among the rows (each row is a table of its own, and options come second: etl.rows({ { a = 1 } }, { types = { a = "int" } }))`},
		},
		{"row", []any{list{5.0}, columns}, []string{`job.lua:7:2 rows.row row 1 is a number, not a table (write it as { column = value })`}},
		{"both", []any{list{list{1.0, kv{"a", 1.0}}}, columns}, []string{`job.lua:7:2 rows.row row 1 has values with and without a column's name (name all of them, or none)`}},
		{"list without columns", []any{list{list{1.0}}}, []string{
			`job.lua:7:2 rows.columns row 1 is a list, but the columns have no names (name them: etl.rows({ { 1, "x" } }, { columns = { "a", "b" } }))`,
		}},
		{"too many", []any{list{list{1.0, 2.0, 3.0}}, columns}, []string{`job.lua:7:5 rows.row row 1 has 3 values for 2 columns (the columns are: a, b)`}},
		{"unknown key", []any{list{list{kv{"c", 1.0}}}, columns}, []string{`job.lua:7:3 column.unknown there is no column "c" here (did you mean "a"?)`}},
		{"twice", []any{list{}, list{kv{"columns", list{"a", "a"}}}}, []string{`job.lua:7:6 column.twice the column "a" is named twice ()`}},
		{"unknown type's column", []any{one(1.0), types("hours", "int")}, []string{`job.lua:7:8 column.unknown there is no column "hours" here (known: a)`}},
		{"empty table", []any{one(list{})}, []string{`job.lua:7:4 rows.value row 1, column "a": an empty table may be a list or a map; pin the type, as in "list(any)" ()`}},
		{"table of both", []any{one(list{1.0, kv{"b", 2.0}}), types("a", "any")}, []string{`job.lua:7:4 rows.value row 1, column "a": the table has values with and without names ()`}},
		{"list for map", []any{one(list{1.0}), types("a", "map(int)")}, []string{`job.lua:7:4 rows.value row 1, column "a": a list is no map(int) ()`}},
		{"table for int", []any{one(list{1.0}), types("a", "int")}, []string{`job.lua:7:4 rows.value row 1, column "a": a list is no int ()`}},
		{"string for list", []any{one("[1]"), types("a", "list(int)")}, []string{`job.lua:7:4 rows.value row 1, column "a": the string "[1]" is no list(int) ()`}},
		{"item", []any{one(list{1.0, "x"}), types("a", "list(int)")}, []string{`job.lua:7:4 rows.value row 1, column "a": [2]: the string "x" is no int ()`}},
		{"entry", []any{one(list{kv{"b", list{1.5}}}), types("a", "map(list(int))")}, []string{`job.lua:7:4 rows.value row 1, column "a": b: [1]: the number 1.5 is no int ()`}},
		{"field", []any{one(list{kv{"b", true}}), types("a", "struct{b: int}")}, []string{`job.lua:7:4 rows.value row 1, column "a": b: a boolean is no int ()`}},
		{"surplus field", []any{one(list{kv{"c", 1.0}}), types("a", "struct{b: int}")}, []string{`job.lua:7:4 rows.value row 1, column "a": struct{b: int} has no field "c" ()`}},
		{"decimal digits", []any{one(19.999), types("a", "decimal(5,2)")}, []string{
			`job.lua:7:4 rows.value row 1, column "a": the number 19.999 is no decimal(5,2): it loses digits: 3 stand behind the point, the type has 2 ()`,
		}},
		{"decimal text", []any{one("1,5"), types("a", "decimal(5,2)")}, []string{`job.lua:7:4 rows.value row 1, column "a": "1,5" is no decimal(5,2): not a number ()`}},
		{"decimal beyond", []any{one(1e20), types("a", "decimal(38,0)")}, []string{
			`job.lua:7:4 rows.value row 1, column "a": the number 100000000000000000000 may have lost digits, since Lua's numbers are exact below 2^53 only; write it in quotes and pin the type ()`,
		}},
		{"json", []any{one("{"), types("a", "json")}, []string{`job.lua:7:4 rows.value row 1, column "a": "{" is no json: it ends in the middle of a value ()`}},
		{"json of NaN", []any{one(list{math.NaN()}), types("a", "json")}, []string{
			`job.lua:7:4 rows.value row 1, column "a": it cannot be written as JSON: a number that no type holds: NaN is no number in JSON ()`,
		}},
		{"interval", []any{one("1h"), types("a", "interval")}, []string{`job.lua:7:4 rows.value row 1, column "a": "1h" is no interval: an interval is written PT1H2M3.5S or P2DT3H ()`}},
		{"no int", []any{one(1.5), types("a", "int")}, []string{`job.lua:7:4 rows.value row 1, column "a": the number 1.5 is no int ()`}},
		{"no uint", []any{one(-1.0), types("a", "uint")}, []string{`job.lua:7:4 rows.value row 1, column "a": the number -1 is no uint ()`}},
		{"no string", []any{one(1.0), types("a", "string")}, []string{`job.lua:7:4 rows.value row 1, column "a": the number 1 is no string ()`}},
		{"string for int", []any{one("1"), types("a", "int")}, []string{`job.lua:7:4 rows.value row 1, column "a": the string "1" is no int ()`}},
		{"no bool", []any{one(1.0), types("a", "bool")}, []string{`job.lua:7:4 rows.value row 1, column "a": the number 1 is no bool ()`}},
		{"bool for int", []any{one(true), types("a", "int")}, []string{`job.lua:7:4 rows.value row 1, column "a": a boolean is no int ()`}},
		{"int for date", []any{one(record.IntValue(1)), types("a", "date")}, []string{`job.lua:7:4 rows.value row 1, column "a": the int 1 is no date ()`}},
		{
			"all of them",
			[]any{list{5.0, list{kv{"a", list{}}, kv{"b", 1.5}}}, types("b", "int")},
			[]string{
				`job.lua:7:2 rows.row row 1 is a number, not a table (write it as { column = value })`,
				`job.lua:7:5 rows.value row 2, column "a": an empty table may be a list or a map; pin the type, as in "list(any)" ()`,
				`job.lua:7:7 rows.value row 2, column "b": the number 1.5 is no int ()`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := call(tt.args...)
			var got []string
			for _, p := range problems {
				got = append(got, p.Pos.String()+" "+string(p.Code)+" "+p.Message+" ("+p.Hint+")")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
