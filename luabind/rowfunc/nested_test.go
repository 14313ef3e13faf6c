package rowfunc

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// nestedDecoder reads fields of nested types as JSON; NA is NULL.
type nestedDecoder struct{ fieldDecoder }

func (d nestedDecoder) Decode(raw *record.Raw, v *record.Vector) error {
	for i := range raw.Len() {
		if raw.IsNull(i) {
			v.SetNull(i, raw.Len())
			continue
		}
		x, err := readNested(raw.Text(i), d.t)
		if err != nil {
			return &record.ValueError{Row: i, Value: raw.Text(i), Want: d.t, Reason: err.Error()}
		}
		v.Set(d.t.Kind, i, raw.Len(), x)
	}
	return nil
}

func readNested(text string, t record.Type) (record.Value, error) {
	if t.Kind == record.JSON {
		return record.TextValue(record.JSON, text), nil
	}
	return jsonvalue.DecodeAs(text, t)
}

// nestedSchema has the columns id and v.
func nestedSchema(t testing.TB, of string) *record.Schema {
	t.Helper()
	typ, err := record.ParseType(of)
	if err != nil {
		t.Fatal(err)
	}
	return record.NewSchema(record.Field{Name: "id", Type: record.Of(record.Int)}, record.Field{Name: "v", Type: typ})
}

// nestedBatch has a row for each text of v, with ids from 1.
func nestedBatch(t testing.TB, schema *record.Schema, texts []string) *record.Batch {
	t.Helper()
	block := &record.Block{Columns: 2}
	for i, text := range texts {
		for _, field := range []string{string(rune('1' + i)), text} {
			start := uint32(len(block.Data))
			block.Data = append(block.Data, field...)
			block.Spans = append(block.Spans, record.Span{Start: start, End: uint32(len(block.Data))})
		}
	}
	n := len(texts)
	decoder := nestedDecoder{fieldDecoder{schema.Field(1).Type}}
	columns := []*record.Column{
		record.NewRawColumn(schema.Field(0).Type, record.NewRaw(block, 0, 0, n, fieldDecoder{schema.Field(0).Type})),
		record.NewRawColumn(schema.Field(1).Type, record.NewRaw(block, 1, 0, n, decoder)),
	}
	return record.NewBatch(schema, n, columns, record.FromSource(&record.Source{Name: "in.csv"}, 1))
}

// cells runs a function over values of a type and shows the column v, or what
// failed.
func cells(t testing.TB, script, of string, role expr.Role, texts ...string) string {
	t.Helper()
	schema := nestedSchema(t, of)
	use := expr.Use{Role: role, In: schema, Node: "f"}
	f := loadFuncs(t, script)[0]
	res, err := open(t, f, use).Run(t.Context(), nestedBatch(t, schema, texts))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	switch role {
	case expr.Map:
		for i := range res.Batch.Len() {
			out = append(out, showCell(t, res.Batch.Columns[1], i))
		}
	case expr.Value:
		for i := range res.Value.Len() {
			out = append(out, showCell(t, res.Value, i))
		}
	}
	for _, failure := range res.Failed {
		d := diagnosed(t, failure.Err)
		out = append(out, string(d.Code)+" "+d.Message)
	}
	return strings.Join(out, " | ")
}

func TestNestedColumns(t *testing.T) {
	t.Parallel()
	const order = "struct{item: string, prices: list(decimal(8,2)), tags: map(string)}"
	for _, c := range []struct {
		name, script, of string
		in               []string
		want             string
	}{
		{
			name: "a value that is only read keeps its source text", of: "json", in: []string{`{"a" : 1}`, `[]`, `NA`, `null`},
			script: `return function(row) local t = row.v if t and t ~= row.id then row.id = 0 end row.v = row.v end`,
			want:   `'{"a" : 1}' | '[]' | - | 'null'`,
		},
		{
			name: "a change in place is an assignment", of: "json", in: []string{`{"a" : [1, 2]}`, `{"a" : [ ]}`},
			script: `return function(row) if #row.v.a > 0 then row.v.a[1] = 10 end end`,
			want:   `{"a":[10,2]} | '{"a" : [ ]}'`,
		},
		{
			name: "a change in place of a row that is passed on", of: "list(int)", in: []string{`[1, 2]`, `[3]`},
			script: `local function add(r) r.v[#r.v + 1] = 7 end return function(row) if row.id == 1 then add(row) end end`,
			want:   `[1,2,7] | '[3]'`,
		},
		{
			name: "an equal table is another one", of: "json", in: []string{`{"a" : 1}`},
			script: `return function(row) row.v = { a = 1 } end`,
			want:   `{"a":1}`,
		},
		{
			name: "a change that is taken back", of: "json", in: []string{`{"a" : 1}`},
			script: `return function(row) row.v.a = 2 row.v.a = 1 end`,
			want:   `'{"a" : 1}'`,
		},
		{
			name: "empty lists and maps stay what they are", of: "json", in: []string{`[ [ ] , { } ]`},
			script: `return function(row) row.v[3] = 1 row.v[4] = {} end`,
			want:   `[[],{},1,{}]`,
		},
		{
			name: "null inside is etl.null", of: "json", in: []string{`[null, {"a": null}]`},
			script: `return function(row) row.v[3] = #row.v row.v[4] = tostring(row.v[1]) row.v[5] = row.v[2].a ~= nil end`,
			want:   `[null,{"a":null},2,"null",true]`,
		},
		{
			name: "scalars in json", of: "json", in: []string{`"text"`, `1.50`, `9007199254740993`, `0.12345678901234567890123`, `true`},
			script: `return function(row) row.v = { row.v } end`,
			want:   `["text"] | [1.5] | [9007199254740993] | [0.12345678901234567890123] | [true]`,
		},
		{
			name: "a text in json", of: "json", in: []string{`1`},
			script: `return function(row) row.v = "a" .. row.v end`,
			want:   `"a1"`,
		},
		{
			name: "items go through the type", of: order, in: []string{`{"item": "x", "prices": [1.5, 2], "tags": {"b": "1", "a": "2"}}`},
			script: `return function(row) row.v.prices[2] = row.v.prices[1] * 3 row.v.tags.c = "3" row.v.tags.b = nil end`,
			want:   `{"item":"x","prices":[1.5,4.5],"tags":{"a":"2","c":"3"}}`,
		},
		{
			name: "an item of another type", of: order, in: []string{`{"item": "x", "prices": [1], "tags": {}}`},
			script: `return function(row) row.v.prices = { 1, "two" } end`,
			want:   `column.type v.prices[2], in the ` + order + ` column: the string "two" is no decimal(8,2)`,
		},
		{
			name: "an item that loses digits", of: order, in: []string{`{"item": "x", "prices": [1], "tags": {}}`},
			script: `return function(row) row.v.prices[2] = row.v.prices[1] / 3 end`,
			want:   `column.type v.prices[2], in the ` + order + ` column: the decimal 0.33333333333333333333333333333333333333 is no decimal(8,2): it loses digits: 38 stand behind the point, the type has 2`,
		},
		{
			name: "an item with a fraction", of: order, in: []string{`{"item": "x", "prices": [1], "tags": {}}`},
			script: `return function(row) row.v.prices[2] = 0.5 end`,
			want:   `column.type v.prices[2], in the ` + order + ` column: the number 0.5 is not exact: write etl.decimal("0.5")`,
		},
		{
			name: "a field that the type lacks", of: order, in: []string{`{"item": "x", "prices": [], "tags": {}}`},
			script: `return function(row) row.v.prise = 1 end`,
			want:   `column.type v, in the ` + order + ` column: the map {"item":"x","prices":[],"tags":{},"prise":1} is no ` + order + `: the type has no field "prise"`,
		},
		{
			name: "a gap", of: "list(int)", in: []string{`[1, 2, 3]`},
			script: `return function(row) row.v[2] = nil end`,
			want:   `column.type v, in the list(int) column: a list has no gaps: item 2 is missing, which etl.null can fill`,
		},
		{
			name: "a name in a list", of: "json", in: []string{`[1]`},
			script: `return function(row) row.v.x = 1 end`,
			want:   `column.type v, in the json column: a list has items only, not the key "x"`,
		},
		{
			name: "a key that is no text", of: "map(int)", in: []string{`{"a": 1}`},
			script: `return function(row) row.v[true] = 1 end`,
			want:   `column.type v, in the map(int) column: the key true is no text: use tostring(key), or number the items from 1`,
		},
		{
			name: "a cycle", of: "json", in: []string{`{"a": {}}`},
			script: `return function(row) row.v.a.b = row.v end`,
			want:   `column.type v.a.b, in the json column: the table contains itself`,
		},
		{
			name: "too deep", of: "any", in: []string{`1`},
			script: `return function(row) local t = {} for i = 1, 200 do t = { t } end row.v = t end`,
			want:   `column.type v` + strings.Repeat("[1]", 100) + `, in the any column: tables nest more than 100 deep`,
		},
		{
			name: "too much of one table", of: "json", in: []string{`1`},
			script: `return function(row) local t = {} for i = 1, 40 do t = { a = t, b = t } end row.v = t end`,
			want:   `column.type v, in the json column: the tables hold one another so often that there are more than a million values`,
		},
		{
			name: "texts that are too long together", of: "json", in: []string{`1`},
			script: `return function(row) local s = ("x"):rep(2^24) row.v = { s, s, s, s, "x" } end`,
			want:   `column.type v, in the json column: the texts in the table have more than 64 MiB together`,
		},
		{
			name: "a function in a table", of: "any", in: []string{`1`},
			script: `return function(row) row.v = { f = { print } } end`,
			want:   `column.type v.f[1], in the any column: a function is no value`,
		},
		{
			name: "what JSON cannot say", of: "json", in: []string{`1`},
			script: `return function(row) row.v = { 0/0 } end`,
			want:   `column.type v, in the json column: a number that no type holds: NaN is no number in JSON`,
		},
		{
			name: "a scalar for a list", of: "list(int)", in: []string{`[1]`},
			script: `local function set(r, v) r.v = v end return function(row) set(row, "x") end`,
			want:   `column.type a string is no value for the list(int) column "v"`,
		},
		{
			name: "a JSON text that is none", of: "json", in: []string{`{"a": 1}`, `{"a": }`, `[2]`},
			script: `return function(row) local x = row.v end`,
			want:   `'{"a": 1}' | '[2]' | type.value column "v": "{\"a\": }" is no json: missing value after object name`,
		},
		{
			name: "any keeps kinds", of: "any", in: []string{`{"a": [1, 0.5, "x"]}`, `"text"`, `1`},
			script: `return function(row) if row.id == 1 then row.v.b = row.v.a[2] end end`,
			want:   `{"a":[1,0.5,"x"],"b":0.5} | '"text"' | '1'`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, cells(t, c.script, c.of, expr.Map, c.in...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func diagnosed(t testing.TB, err error) *diag.Diagnostic {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		t.Fatalf("%v is no diagnostic", err)
	}
	return d
}

// TestRowsThatMayOnlyBeRead changes rows where no assignment shows.
func TestRowsThatMayOnlyBeRead(t *testing.T) {
	t.Parallel()
	const helper = "local function fix(r) r.v = 9 end "
	for _, c := range []struct {
		name, script, of string
		role             expr.Role
		want             string
	}{
		{
			name: "a helper overwrites a column of a filter", of: "int", script: helper + `return function(row) fix(row) return row.v == 9 end`,
			want: `row.assigned the function changed the column "v", but it cannot change the row`,
		},
		{
			name: "a helper overwrites a column of a value", of: "int", role: expr.Value, script: helper + `return function(row) fix(row) return row.v end`,
			want: `- | row.assigned the function changed the column "v", but it cannot change the row`,
		},
		{
			name: "a helper that only reads", of: "int", role: expr.Value, script: `local function get(r) return r.v end return function(row) return get(row) end`,
			want: "5",
		},
		{
			name: "a list that changes in a filter", of: "json", script: `return function(row) row.v[1] = 9 return true end`,
			want: `row.assigned the function changed the column "v", but it cannot change the row`,
		},
		{
			name: "a list that is sorted as a copy", of: "json", role: expr.Value,
			script: `return function(row) local t = {} for i, x in ipairs(row.v) do t[i] = x end table.sort(t) return t[1] end`,
			want:   "1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := map[string]string{"int": "5", "json": "[3, 1, 2]"}[c.of]
			if diff := cmp.Diff(c.want, cells(t, c.script, c.of, c.role, in)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDeclaredColumnsReadAsNil reads columns that only adds has.
func TestDeclaredColumnsReadAsNil(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		`return function(row) row.n = (row.n or 0) + row.id end`,
		`local function seen(r) return r.n end return function(row) row.n = (seen(row) or 0) + row.id end`,
		`local function seen(r) return r.n end return function(row) if seen(row) == nil and row.n == nil then row.n = row.id end end`,
	} {
		use := expr.Use{
			Role: expr.Map, In: schemaOf(t, "id int"), Node: "f", StopAtFailure: true,
			Adds: []record.Field{{Name: "n", Type: record.Of(record.Int)}},
		}
		want := lines("id int, n int", "'1' | 1", "'2' | 2")
		if diff := cmp.Diff(want, apply(t, loadFuncs(t, script)[0], use, "1; 2")); diff != "" {
			t.Errorf("%s\n-want +got:\n%s", script, diff)
		}
	}
}
