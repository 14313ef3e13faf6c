package rowfunc

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// loadFuncs runs a script and makes row functions of the functions that it
// returns.
func loadFuncs(t testing.TB, script string) []*Func {
	t.Helper()
	fns, problems := tryFuncs(t, script)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return fns
}

func tryFuncs(t testing.TB, script string) ([]*Func, diag.List) {
	t.Helper()
	return tryFuncsWith(t, script, nil)
}

func tryFuncsWith(t testing.TB, script string, effort *Effort) ([]*Func, diag.List) {
	t.Helper()
	c, problem := syntax.Compile("job.lua", script)
	if problem != nil {
		t.Fatalf("compile: %v", problem)
	}
	home := vm.New(vm.Options{})
	t.Cleanup(home.Close)
	out, err := home.Call(context.Background(), 0, home.Load(c), lua.MultRet)
	if err != nil {
		t.Fatal(home.Diagnose(err))
	}
	env := Env{Home: home, Effort: effort, Open: func() (*vm.State, error) {
		s := vm.New(vm.Options{Chunk: home.Chunk})
		return s, nil
	}}
	fns := make([]*Func, len(out))
	for i, v := range out {
		f, d := New(v.(*lua.LFunction), env)
		if d != nil {
			return nil, diag.List{d}
		}
		fns[i] = f
	}
	return fns, Group(fns)
}

// schemaOf reads "name type, name type"; "..." at the end leaves it open. Commas
// in types are written as semicolons.
func schemaOf(t testing.TB, text string) *record.Schema {
	t.Helper()
	if text == "" {
		return record.NewSchema()
	}
	var fields []record.Field
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "..." {
			return record.NewOpenSchema(fields...)
		}
		name, word, _ := strings.Cut(strings.TrimSpace(part), " ")
		typ, err := record.ParseType(strings.ReplaceAll(word, ";", ","))
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, record.Field{Name: name, Type: typ})
	}
	return record.NewSchema(fields...)
}

// fieldDecoder decodes fields of one type; NA is NULL.
type fieldDecoder struct{ t record.Type }

func (d fieldDecoder) IsNull(f record.RawField) bool { return string(f.Bytes) == "NA" }
func (d fieldDecoder) Text(f record.RawField) string { return string(f.Bytes) }
func (d fieldDecoder) Decode(raw *record.Raw, v *record.Vector) error {
	for i := range raw.Len() {
		if raw.IsNull(i) {
			v.SetNull(i, raw.Len())
			continue
		}
		x, err := record.Parse(d.t, raw.Text(i))
		if err != nil {
			return &record.ValueError{Row: i, Value: raw.Text(i), Want: d.t, Reason: err.Error()}
		}
		v.Set(d.t.Kind, i, raw.Len(), x)
	}
	return nil
}

// batchOf makes a batch of undecoded rows, written "1,x; 2,NA", which are the
// rows of in.csv.
func batchOf(t testing.TB, schema *record.Schema, text string) *record.Batch {
	t.Helper()
	block := &record.Block{Columns: schema.Len()}
	n := 0
	for row := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(row) == "" {
			continue
		}
		fields := strings.Split(strings.TrimSpace(row), ",")
		if len(fields) != schema.Len() {
			t.Fatalf("row %q has not %d fields", row, schema.Len())
		}
		for _, field := range fields {
			start := uint32(len(block.Data))
			block.Data = append(block.Data, field...)
			block.Spans = append(block.Spans, record.Span{Start: start, End: uint32(len(block.Data))})
		}
		n++
	}
	columns := make([]*record.Column, schema.Len())
	for i, f := range schema.Fields() {
		columns[i] = record.NewRawColumn(f.Type, record.NewRaw(block, i, 0, n, fieldDecoder{f.Type}))
	}
	return record.NewBatch(schema, n, columns, record.FromSource(&record.Source{Name: "in.csv"}, 1))
}

// show writes a batch: the columns, then the rows. A value with its source text
// stands in quotes, NULL is a dash.
func show(t testing.TB, b *record.Batch) string {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", b.Schema)
	for i := range b.Len() {
		cells := make([]string, len(b.Columns))
		for j, c := range b.Columns {
			cells[j] = showCell(t, c, i)
		}
		fmt.Fprintf(&out, "%s\n", strings.Join(cells, " | "))
	}
	return out.String()
}

func showCell(t testing.TB, c *record.Column, i int) string {
	t.Helper()
	if text, ok := c.SourceText(i); ok {
		return "'" + text + "'"
	}
	v, err := c.Value(i)
	if err != nil {
		t.Fatal(err)
	}
	if v.IsNull() {
		return "-"
	}
	return record.FormatValue(v)
}

func showFailures(failed []expr.Failure) string {
	var out strings.Builder
	for _, f := range failed {
		fmt.Fprintf(&out, "row %d column %q value %q\n%s", f.Row, f.Column, f.Value, showProblems(diag.ListOf(f.Err)))
	}
	return out.String()
}

func showProblems(list diag.List) string {
	var out strings.Builder
	if err := diag.Print(&out, list, nil); err != nil {
		return err.Error()
	}
	return out.String()
}

// open resolves a function and opens a runner.
func open(t testing.TB, f *Func, use expr.Use) expr.Runner {
	t.Helper()
	out, problems := f.Resolve(use)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	use.Out = out
	r, err := f.Open(use)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// apply runs a function over one batch and shows what came out.
func apply(t testing.TB, f *Func, use expr.Use, rows string) string {
	t.Helper()
	return applyTo(t, open(t, f, use), use, batchOf(t, use.In, rows))
}

func applyTo(t testing.TB, r expr.Runner, use expr.Use, in *record.Batch) string {
	t.Helper()
	res, err := r.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	switch use.Role {
	case expr.Filter:
		text = fmt.Sprintf("keep %v dropped %d\n", res.Keep, res.Dropped)
	case expr.Map:
		text = show(t, res.Batch)
	case expr.Value:
		text = show(t, record.NewBatch(record.NewSchema(record.Field{Name: "value", Type: res.Value.Type}), res.Value.Len(),
			[]*record.Column{res.Value}, record.Lineage{}))
	}
	return text + showFailures(res.Failed)
}

// lines joins the lines of an expectation.
func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

func TestFunctions(t *testing.T) {
	t.Parallel()
	const flights = "id int, delay float, origin string"
	const rows = "1,60.0,JFK; 2,NA,LGA; 03,-5,NA"
	for _, c := range []struct {
		name, script string
		use          expr.Use
		schema, rows string
		want         string
	}{
		{
			name:   "filter keeps true and drops false and nil",
			script: `return function(row) return row.delay and row.delay > 0 end`,
			want:   "keep [0] dropped 2\n",
		},
		{
			name:   "filter by a captured table and a helper",
			script: `local near = { JFK = true } local function is(x) return near[x] end return function(row) return is(row.origin) end`,
			want:   "keep [0] dropped 2\n",
		},
		{
			name:   "filter of a result that is no truth",
			script: `local t = { JFK = "yes", X = true } local function at(x) return t[x] end return function(row) return at(row.origin) end`,
			want: lines("keep [] dropped 2", `row 0 column "" value ""`,
				`job.lua:1:81: error[filter.result]: f: the function of the filter returned a string, not true or false`, `  note: row: origin = "JFK"`, "  hint: return a comparison, as in: return row.x ~= nil"),
		},
		{
			name: "map in place",
			script: `return function(row)
				row.hours = row.delay and row.delay / 60
				if row.origin == "JFK" then row.airport = "Kennedy" end
			end`,
			use: expr.Use{Role: expr.Map},
			want: lines("id int, delay float, origin string, hours float, airport string",
				"'1' | '60.0' | 'JFK' | 1 | Kennedy", "'2' | - | 'LGA' | - | -", "'03' | '-5' | - | -0.08333333333333333 | -"),
		},
		{
			name:   "a value that was only handed on keeps its source text, a computed one does not",
			script: `return function(row) row.delay = row.delay or 0 row.id = row.id + 0 return row end`,
			use:    expr.Use{Role: expr.Map},
			want:   lines("id int, delay float, origin string", "1 | '60.0' | 'JFK'", "2 | 0 | 'LGA'", "3 | '-5' | -"),
		},
		{
			name:   "nil writes NULL",
			script: `return function(row) row.origin = nil row["delay"] = nil end`,
			use:    expr.Use{Role: expr.Map},
			want:   lines("id int, delay float, origin string", "'1' | - | -", "'2' | - | -", "'03' | - | -"),
		},
		{
			name:   "a row that fails is left out and its changes are dropped",
			script: `return function(row) row.id = 0 row.next = row.delay + 1 end`,
			use:    expr.Use{Role: expr.Map},
			want: lines("id int, delay float, origin string, next float", "0 | '60.0' | 'JFK' | 61", "0 | '-5' | - | -4",
				`row 1 column "delay" value ""`,
				"job.lua:1:48: error[lua.error]: f: attempt to perform arithmetic on a nil value (field 'delay')", "  note: row: id = 2, delay = nil", "  hint: row.delay is nil (NULL reads as nil); write (row.delay or 0), or test it first: if row.delay ~= nil then"),
		},
		{
			name:   "the run stops at the first failing row",
			script: `return function(row) row.next = row.delay + 1 end`,
			use:    expr.Use{Role: expr.Map, StopAtFailure: true},
			want: lines("id int, delay float, origin string, next float", "'1' | '60.0' | 'JFK' | 61",
				`row 1 column "delay" value ""`,
				"job.lua:1:37: error[lua.error]: f: attempt to perform arithmetic on a nil value (field 'delay')", "  note: row: delay = nil", "  hint: row.delay is nil (NULL reads as nil); write (row.delay or 0), or test it first: if row.delay ~= nil then"),
		},
		{
			name:   "a returned table is a new row",
			script: `return function(row) return { key = row.id, late = row.delay ~= nil and row.delay > 0, from = row.origin } end`,
			use:    expr.Use{Role: expr.Map},
			want:   lines("key int, late bool, from string", "1 | true | JFK", "2 | false | LGA", "3 | false | -"),
		},
		{
			name:   "returned tables with declared columns",
			script: `return function(row) local t = { id = row.id } if row.delay then t.delay = row.delay * 2 end return t end`,
			use:    expr.Use{Role: expr.Map, Returns: []record.Field{{Name: "delay", Type: record.Of(record.Float)}, {Name: "id", Type: record.Of(record.Int)}}},
			want:   lines("delay float, id int", "120 | 1", "- | 2", "-10 | 3"),
		},
		{
			name:   "a returned table with a key that is no column",
			script: `return function(row) local t = { id = row.id } t[row.origin or "id"] = 1 return t end`,
			use:    expr.Use{Role: expr.Map, StopAtFailure: true, Returns: []record.Field{{Name: "id", Type: record.Of(record.Int)}}},
			want: lines("id int", `row 0 column "" value ""`,
				`job.lua:1:8: error[map.field]: f: the returned row has the field "JFK", which is not among its declared columns`, `  note: row: id = 1, origin = "JFK"`, "  hint: known: id"),
		},
		{
			name:   "a declared type retypes a column",
			script: `return function(row) if row.origin then row.id = row.id / 2 end end`,
			use:    expr.Use{Role: expr.Map, Adds: []record.Field{{Name: "id", Type: record.Of(record.Float)}}},
			want:   lines("id float, delay float, origin string", "0.5 | '60.0' | 'JFK'", "1 | - | 'LGA'", "3 | '-5' | -"),
		},
		{
			name:   "an escaping row is a table of its own",
			script: `local rows = {} return function(row) rows[#rows+1] = row row.first = rows[1].id row.seen = #rows end`,
			use:    expr.Use{Role: expr.Map, Adds: []record.Field{{Name: "first", Type: record.Of(record.Int)}}},
			want: lines("id int, delay float, origin string, first int, seen int",
				"'1' | '60.0' | 'JFK' | 1 | 1", "'2' | - | 'LGA' | 1 | 2", "'03' | '-5' | - | 1 | 3"),
		},
		{
			name:   "computed names",
			script: `return function(row) for _, c in ipairs { "delay", "id" } do row[c] = (row[c] or 0) * 2 end end`,
			use:    expr.Use{Role: expr.Map},
			want:   lines("id int, delay float, origin string", "2 | 120 | 'JFK'", "4 | 0 | 'LGA'", "6 | -10 | -"),
		},
		{
			name:   "a computed name that is no column",
			script: `return function(row) local c = "orign" row[c] = row[c] end`,
			use:    expr.Use{Role: expr.Map, StopAtFailure: true},
			want: lines("id int, delay float, origin string", `row 0 column "" value ""`,
				`job.lua:1:53: error[column.unknown]: f: there is no column "orign" here`, `  hint: did you mean "origin"?`),
		},
		{
			name:   "a column that nothing declares",
			script: `local function add(row) row.extra = 1 end return function(row) add(row) end`,
			use:    expr.Use{Role: expr.Map, StopAtFailure: true},
			want: lines("id int, delay float, origin string", `row 0 column "" value ""`,
				`job.lua:1:29: error[column.undeclared]: f: the row has no column "extra", and nothing declares one`, "  note: job.lua:1:64: called from the function of line 1", `  hint: declare it: adds = { extra = "string" }`),
		},
		{
			name:   "a field that does not decode fails its row alone",
			script: `return function(row) row.double = row.id * 2 end`,
			use:    expr.Use{Role: expr.Map},
			schema: "id int, name string", rows: "1,a; x,b; 3,c; y,d",
			want: lines("id int, name string, double int", "'1' | 'a' | 2", "'3' | 'c' | 6",
				`row 1 column "id" value "x"`,
				`job.lua:1:39: error[type.value]: f: column "id": "x" is no int: not a number`, `  hint: correct the input, or read the column as a string: types = { id = "string" }`,
				`row 3 column "id" value "y"`,
				`job.lua:1:39: error[type.value]: f: column "id": "y" is no int: not a number`, `  hint: correct the input, or read the column as a string: types = { id = "string" }`),
		},
		{
			name:   "rows before a field that does not decode",
			script: `return function(row) return row.id > 0 end`,
			use:    expr.Use{StopAtFailure: true},
			schema: "id int, name string", rows: "1,a; x,b; 3,c",
			want: lines("keep [0] dropped 0", `row 1 column "id" value "x"`,
				`job.lua:1:33: error[type.value]: f: column "id": "x" is no int: not a number`, `  hint: correct the input, or read the column as a string: types = { id = "string" }`),
		},
		{
			name:   "a column that nobody uses is not decoded",
			script: `return function(row) row.name = row.name:upper() end`,
			use:    expr.Use{Role: expr.Map},
			schema: "id int, name string", rows: "x,a",
			want: lines("id int, name string", "'x' | A"),
		},
		{
			name:   "integers beyond 2^53 stay exact",
			script: `return function(row) row.next = row.id + 1 row.same = row.id == row.id and tostring(row.id) end`,
			use:    expr.Use{Role: expr.Map},
			schema: "id int", rows: "9007199254740993; 9007199254740991; 9223372036854775807; -9007199254740993",
			want: lines("id int, next int, same any", "'9007199254740993' | 9007199254740994 | 9007199254740993",
				"'-9007199254740993' | -9007199254740992 | -9007199254740993",
				`row 1 column "next" value ""`,
				`job.lua:1:26: error[column.inexact]: f: the number 9007199254740992 may have lost digits: beyond 2^53 calculations are not exact`, "  note: row: id = 9007199254740991", `  hint: make the column "next" a float: adds = { next = "float" }`,
				`row 2 column "" value ""`,
				`job.lua:1:40: error[int64.overflow]: f: 9223372036854775807 + 1 is beyond 64 bits`, "  note: row: id = 9223372036854775807"),
		},
		{
			name:   "dates and times",
			script: `return function(row) row.year = row.day.year row.later = row.day < row.other row.text = "on " .. tostring(row.day) row.h = row.at.hour end`,
			use:    expr.Use{Role: expr.Map},
			schema: "day date, other date, at timestamp", rows: "2013-01-31,2013-02-01,2013-01-31T05:06:07Z",
			want: lines("day date, other date, at timestamp, year int, later bool, text string, h int",
				"'2013-01-31' | '2013-02-01' | '2013-01-31T05:06:07Z' | 2013 | true | on 2013-01-31 | 5"),
		},
		{
			name:   "a value",
			script: `return function(row) return row.delay and row.delay * 2 end`,
			use:    expr.Use{Role: expr.Value},
			want:   lines("value float", "120", "-", "-10"),
		},
		{
			name:   "a value that fails is NULL",
			script: `return function(row) return row.delay * 2 end`,
			use:    expr.Use{Role: expr.Value},
			want: lines("value float", "120", "-", "-10", `row 1 column "delay" value ""`,
				"job.lua:1:33: error[lua.error]: f: attempt to perform arithmetic on a nil value (field 'delay')", "  note: row: delay = nil", "  hint: row.delay is nil (NULL reads as nil); write (row.delay or 0), or test it first: if row.delay ~= nil then"),
		},
		{
			name:   "globals of the script and additions to its library",
			script: `rate = 2 function double(x) return x * rate end function string.shout(s) return s:upper() .. "!" end return function(row) row.id = double(row.id) row.origin = string.shout(row.origin or "x") end`,
			use:    expr.Use{Role: expr.Map},
			want:   lines("id int, delay float, origin string", "2 | '60.0' | JFK!", "4 | - | LGA!", "6 | '-5' | X!"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.schema == "" {
				c.schema, c.rows = flights, rows
			}
			c.use.In, c.use.Node = schemaOf(t, c.schema), "f"
			got := apply(t, loadFuncs(t, c.script)[0], c.use, c.rows)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
