package etlscript_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/enginetest"
	"github.com/etlscript/etlscript/luabind/luatest"
	"github.com/etlscript/etlscript/stdlib"
)

// call is a call of a component, with functions in Lua.
type call struct {
	args   string
	lua    string // expressions that give the functions that args call fn, or f1, f2 and so on
	inputs []enginetest.Rows
	files  map[string]string
	stdin  string

	rows    []string // that must come out; nil: any
	wrote   map[string]string
	rejects []string
}

// calls are calls of all components of the standard library.
func calls() map[string]call {
	nested := enginetest.Rows{Columns: "id:int|doc:json", Values: []string{`1|{"a":[1]}`, `2|{"a":[]}`, "3|~"}}
	people := enginetest.Rows{Columns: "id:int|name:string", Values: []string{"1|Ada", "2|Bob", "2|Bea", "9|~"}}
	few := enginetest.FewRows()
	return map[string]call{
		"read_csv":   {args: `{ path = "a*.csv", on_error = "reject", types = { n = "int" } }`, files: map[string]string{"a1.csv": "n,s\n1,x\ny,z\n", "a2.csv": "s,n\n\"q,\",3\n"}, rows: []string{"1|x", "3|q,"}, rejects: []string{`csv.value: "y" is no int: not a number`}},
		"read_json":  {args: `{ path = "-", format = "lines" }`, stdin: "{\"a\":1,\"b\":null}\n{\"a\":2,\"b\":\"x\"}\n", rows: []string{"1|~", "2|x"}},
		"read_lines": {args: `{ path = "in.txt", comment = "#" }`, files: map[string]string{"in.txt": "# no\na b\r\n\nc"}, rows: []string{"a b", "", "c"}},
		"read_fixed": {args: `{ path = "in.txt", columns = { { "id", width = 2, type = "int" }, { "s", width = 3 } } }`, files: map[string]string{"in.txt": " 1ab \n12   \n"}, rows: []string{"1|ab", "12|~"}},
		"rows":       {args: `{ { 1, "x" }, { 2 } }, { columns = { "a", "b" } }`, rows: []string{"1|x", "2|~"}},
		"source":     {args: `fn`, lua: `function(emit) for i = 1, 5 do emit { i = i, s = "x" .. i } end end`, rows: []string{"1|x1", "2|x2", "3|x3", "4|x4", "5|x5"}},
		"filter":     {args: `fn`, lua: `function(row) return row.price ~= nil and row.price > 0 end`},
		"map":        {args: `fn, { on_error = "reject" }`, lua: `function(row) row.twice = row.price * 2 end`, rejects: []string{"lua.error: session:1: attempt to perform arithmetic on a nil value (field 'price')"}},
		"flat_map":   {args: `fn`, lua: `function(row, emit) for i = 1, row.id % 3 do emit { id = row.id, i = i } end end`, rows: []string{"1|1", "2|1", "2|2", "4|1", "5|1", "5|2", "7|1"}},
		"split":      {args: `fn, { ports = { "odd", "rest" }, rest = "rest" }`, lua: `function(row) return row.id % 2 == 1 and "odd" or "even" end`},
		"transform": {
			args: `{ init = f1, each = f2, flush = f3, returns = { n = "int" } }`,
			lua:  `function() return { n = 0 } end, function(row, emit, s) s.n = s.n + 1 if s.n % 3 == 0 then emit { n = s.n } end end, function(emit, s) emit { n = -s.n } end`,
			rows: []string{"3", "6", "-7"},
		},
		"explode":     {args: `"list", { outer = true }`, inputs: []enginetest.Rows{{Columns: "id:int|list:json", Values: []string{"1|[7,8]", "2|[]", "3|~"}}}, rows: []string{"1|7", "1|8", "2|~", "3|~"}},
		"project":     {args: `{ n = "id", first = "doc.a[1]" }`, inputs: []enginetest.Rows{nested}},
		"flatten":     {args: `{ "doc" }`, inputs: []enginetest.Rows{{Columns: "id:int|doc:struct{a: int, b: string}", Values: []string{`1|{"a":1,"b":"x"}`, "2|~"}}}},
		"unflatten":   {args: ``, inputs: []enginetest.Rows{{Columns: "id:int|who.name:string|who.age:int", Values: []string{"1|Ada|36", "2|~|~"}}}},
		"select":      {args: `{ "price", "id" }`},
		"drop":        {args: `{ "price" }`},
		"rename":      {args: `{ price = "cost" }`},
		"convert":     {args: `{ name = "int" }, { on_error = "null" }`},
		"fill_null":   {args: `{ name = "nobody" }`},
		"fill_down":   {args: `{ "day" }`},
		"row_number":  {args: `{ as = "nr", by = { "name" } }`},
		"join":        {args: `{ on = "id", how = "full" }`, inputs: []enginetest.Rows{few, people}},
		"union":       {args: `{ fill = true }`, inputs: []enginetest.Rows{few, people}},
		"merge":       {args: `{ fill = true }`, inputs: []enginetest.Rows{people, few}},
		"validate":    {args: `{ name = { nullable = false, unique = true } }, { on_error = "reject" }`},
		"assert":      {args: `{ unique = { "id" }, rows = { min = 1 } }`},
		"peek":        {args: ``},
		"aggregate":   {args: `{ by = "name", n = etl.count(), total = etl.sum "price", last = etl.max "day" }`},
		"sort":        {args: `{ "name", "-id" }`},
		"limit":       {args: `3`, rows: few.Values[:3]},
		"skip":        {args: `5`},
		"distinct":    {args: `{ by = { "name" } }`},
		"write_csv":   {args: `{ path = "out.csv" }`, inputs: []enginetest.Rows{people}, wrote: map[string]string{"out.csv": "id,name\n1,Ada\n2,Bob\n2,Bea\n9,\n"}},
		"write_json":  {args: `{ path = "out.json", format = "lines" }`, inputs: []enginetest.Rows{people}},
		"write_lines": {args: `{ path = "out.txt", column = "name", null = "-" }`, inputs: []enginetest.Rows{people}, wrote: map[string]string{"out.txt": "Ada\nBob\nBea\n-\n"}},
		"write_fixed": {args: `{ path = "out.txt", columns = { { "id", width = 3 }, { "name", width = 5 } } }`, inputs: []enginetest.Rows{people}, wrote: map[string]string{"out.txt": "  1Ada  \n  2Bob  \n  2Bea  \n  9     \n"}},
		"sink":        {args: `{ write = f1, open = f2, commit = f3 }`, lua: `function(row, s) s[#s + 1] = row.id end, function() return {} end, function(s) assert(#s == 7) end`},
	}
}

// Every component of the standard library goes through all that the kit expects.
func TestComponents(t *testing.T) {
	t.Parallel()
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	all := calls()
	for _, spec := range registry.Specs() {
		c, ok := all[spec.Name]
		if !ok {
			t.Errorf("there is no call of %s: add one", spec.Name)
			continue
		}
		t.Run(spec.Name, func(t *testing.T) {
			t.Parallel()
			c.exercise(t, spec)
		})
	}
}

func (c call) exercise(t *testing.T, spec *component.Spec) {
	vars := map[string]any{}
	if c.lua != "" {
		functions := luatest.Funcs(t, c.lua)
		vars["fn"] = functions[0]
		for i, f := range functions {
			vars["f"+string(rune('1'+i))] = f
		}
	}
	got := enginetest.Exercise(t, enginetest.Case{
		Spec: spec, Args: c.args, Vars: vars, Inputs: c.inputs, Files: c.files, Stdin: c.stdin,
	})
	if d := cmp.Diff(c.rows, got.Rows); c.rows != nil && d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(c.wrote, got.Files); c.wrote != nil && d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(c.rejects, got.Rejects); c.rejects != nil && d != "" {
		t.Error(d)
	}
	if spec.Kind != component.Sink && len(got.Rows) == 0 {
		t.Error("no row came out, so that nothing was tested")
	}
}
