package rowfunc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

func TestInferredColumns(t *testing.T) {
	t.Parallel()
	const in = "i int, u uint, f float, s string, b bool, day date, at timestamp, raw bytes, x any, p decimal(12;2), len interval, list list(int), js json"
	for _, c := range []struct{ script, want string }{
		{`return function(row) row.n = row.i / 60 end`, "n float"},
		{`return function(row) row.n = row.i + 1 end`, "n int"},
		{`return function(row) row.n = row.i * 1.5 end`, "n float"},
		{`return function(row) row.n = -row.f end`, "n float"},
		{`return function(row) row.n = row.i % 7 end`, "n int"},
		{`return function(row) row.n = row.i ^ 2 end`, "n float"},
		{`return function(row) row.n = row.i .. "x" end`, "n string"},
		{`return function(row) row.n = #row.s end`, "n int"},
		{`return function(row) row.n = row.i > 1 and not row.b end`, "n bool"},
		{`return function(row) row.n = row.b and "yes" or "no" end`, "n string"},
		{`return function(row) row.n = row.f or 0 end`, "n float"},
		{`return function(row) row.n = row.s or 0 end`, "n any"},
		{`return function(row) row.n = math.floor(row.f) row.m = math.sqrt(row.i) row.k = math.max(row.i, 3) row.pi = math.pi end`, "n int, m float, k int, pi float"},
		{`return function(row) row.n = tostring(row.i) row.m = tonumber(row.s) row.k = tonumber(row.i) end`, "n string, m float, k int"},
		{`return function(row) row.n = row.s:upper():sub(1, 2) row.m = string.format("%d", row.i) end`, "n string, m string"},
		{`return function(row) row.n = row.day row.m = row.at row.k = row.raw row.j = row.u row.y = row.day.year end`, "n date, m timestamp, k bytes, j uint, y int"},
		{`return function(row) row.n = row.x end`, "n any"},
		{`return function(row) row.n = nil end`, "n any"},
		{`return function(row) if row.b then row.n = 1 else row.n = 2.5 end end`, "n float"},
		{`return function(row) if row.b then row.n = 1 else row.n = "a" end end`, "n any"},
		{`return function(row) local v = row.s v = #v row.n = v end`, "n int"},
		{`return function(row) local v = 0 for i = 1, row.i do v = v + i end row.n = v end`, "n int"},
		{`return function(row) local v = 0 while row.b do v = v / 2 if v < 1 then break end end row.n = v end`, "n float"},
		{`return function(row) local v repeat v = "a" until row.b row.n = v end`, "n string"},
		{`return function(row) local v = 1 local function set() v = "a" end set() row.n = v end`, "n any"},
		{`return function(row) row.n = row.i row.n = row.n / 2 end`, "n float"},
		{`return function(row) row.a = 1 row.b2 = row.a + 1 end`, "a int, b2 int"},
		{`local rate = 0.19 return function(row) row.n = row.i * rate end`, "n float"},
		{`local names = { a = "A", b = "B" } return function(row) row.n = names[row.s] end`, "n string"},
		{`local cfg = { tax = { rate = 2 } } return function(row) row.n = row.i * cfg.tax.rate end`, "n int"},
		{`local function hours(m) if m == nil then return nil end return m / 60 end return function(row) row.n = hours(row.i) end`, "n float"},
		{`local function fact(n) if n < 2 then return 1 end return n * fact(n - 1) end return function(row) row.n = fact(row.i) end`, "n float"},
		{`local n = 0 return function(row) n = n + 1 row.n = n end`, "n int"},
		{`local n = 0 return function(row) n = n + row.f row.n = n end`, "n float"},
		{`local n local function count(by) n = (n or 0) + by end return function(row) count(row.i) row.n = n end`, "n float"},
		{`local last return function(row) row.n = last last = row.s end`, "n string"},
		{`local n = 0 return function(row) pcall(function() n = "x" end) row.n = n end`, "n any"},
		{`local n = 0 return function(row) if row.b then n = n / 2 end row.n = n end`, "n float"},
		{`total = 0 return function(row) total = total + 1 row.n = total end`, "n int"},
		{`return function(row) row.n = row.p row.m = row.p * row.i row.k = row.p * row.p + 1 row.j = -row.p row.h = row.p or 0 end`, "n decimal(38,2), m decimal(38,2), k decimal(38,4), j decimal(38,2), h decimal(38,2)"},
		{`return function(row) row.n = row.p / 2 row.m = row.p ^ 2 row.k = row.p + row.x row.j = row.p % 1 end`, "n any, m any, k float, j decimal(38,2)"},
		{`return function(row) row.n = row.p.scale row.m = row.p > 1 row.k = row.p .. "" end`, "n int, m bool, k string"},
		{`return function(row) if row.b then row.n = row.p else row.n = row.f end end`, "n any"},
		{`return function(row) row.n = row.day - row.day row.m = row.at + row.len row.k = row.len * 2 row.j = row.len.seconds row.h = -row.len row.g = row.len / row.len end`, "n interval, m timestamp, k interval, j float, h interval, g float"},
		{`return function(row) row.n = row.list row.m = row.list[1] row.k = #row.list row.j = { 1 } end`, "n any, m any, k int, j any"},
		{`return function(row) row.n = row.js end`, "n any"},
		{`return function(row) if row.b then error("no") end row.n = row.i end`, "n int"},
		{`return function(row) for _, v in ipairs { 1 } do row.n = v end end`, "n any"},
		{`return function(row) goto done do row.n = 1 end ::done:: end`, "n int"},
	} {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			out, problems := loadFuncs(t, c.script)[0].Resolve(expr.Use{Role: expr.Map, In: schemaOf(t, in)})
			if diff := cmp.Diff(strings.ReplaceAll(in, ";", ",")+", "+c.want, out.String()); diff != "" || problems != nil {
				t.Errorf("-want +got:\n%s%v", diff, problems)
			}
		})
	}
}

func TestResolvedSchemas(t *testing.T) {
	t.Parallel()
	fields := func(t *testing.T, text string) []record.Field {
		if text == "" {
			return nil
		}
		return schemaOf(t, text).Fields()
	}
	for _, c := range []struct {
		name, script, in, adds, returns string
		role                            expr.Role
		want                            string
	}{
		{name: "a filter keeps the columns", script: `return function(row) return row.a == 1 end`, in: "a int, b string", want: "a int, b string"},
		{name: "a value has one column", script: `return function(row) return row.a end`, in: "a date", role: expr.Value, want: "value date"},
		{name: "a value of differing kinds", script: `return function(row) if row.a then return 1 end return "x" end`, in: "a int", role: expr.Value, want: "value any"},
		{name: "no parameter", script: `return function() return 1 end`, in: "a int", role: expr.Value, want: "value int"},
		{name: "declared types win", script: `return function(row) row.n = 1 end`, in: "a int", adds: "n float, m string", role: expr.Map, want: "a int, n float, m string"},
		{name: "an open schema stays open", script: `return function(row) row.n = row.q end`, in: "a int, ...", role: expr.Map, want: "a int, n any, ..."},
		{
			name: "constructors give their keys in order", role: expr.Map, in: "a int, b string", want: "y string, x float, z bool",
			script: `return function(row) if row.a then return { y = row.b, x = 1 } end return { x = 0.5, z = true } end`,
		},
		{name: "declared rows", script: `return function(row) return { x = row.a } end`, in: "a int", returns: "y string, x float", role: expr.Map, want: "y string, x float"},
		{name: "a function that ends in an error", script: `return function(row) if row.a then return { x = 1 } end error("none") end`, in: "a int", role: expr.Map, want: "x int"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			use := expr.Use{Role: c.role, In: schemaOf(t, c.in), Adds: fields(t, c.adds), Returns: fields(t, c.returns)}
			out, problems := loadFuncs(t, c.script)[0].Resolve(use)
			if diff := cmp.Diff(c.want, out.String()); diff != "" || problems != nil {
				t.Errorf("-want +got:\n%s%v", diff, problems)
			}
		})
	}
}

func TestResolveProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		role         expr.Role
		returns      []record.Field
		want         string
	}{
		{
			name: "an unknown column", script: "return function(row)\n  return row.dep_dely > 3 or row[\"orign\"] == 1\nend",
			want: lines(`job.lua:2:14: error[column.unknown]: f: there is no column "dep_dely" here`, `  hint: did you mean "dep_delay"?`, "",
				`job.lua:2:34: error[column.unknown]: f: there is no column "orign" here`, `  hint: did you mean "origin"?`),
		},
		{
			name: "a new column read before it is assigned", role: expr.Map, script: "return function(row) row.total = row.total + 1 end",
			want: lines(`job.lua:1:38: error[column.unknown]: f: there is no column "total" here`, "  hint: the columns are: dep_delay, origin, air_time, price, rate, day"),
		},
		{
			name: "a filter without a return", script: "return function(row) local x = row.origin end",
			want: lines("job.lua:1:8: error[filter.no_return]: f: the function of the filter returns nothing, so that no row would be kept",
				"  hint: return true for the rows to keep: return row.x ~= nil"),
		},
		{
			name: "a filter that returns a number", script: "return function(row) return row.dep_delay end",
			want: lines("job.lua:1:22: error[filter.result]: f: the function of the filter returns an int, not true or false",
				"  hint: return a comparison, as in: return row.x ~= nil"),
		},
		{
			name: "a filter that changes the row", script: "return function(row) row.n = 1 return true end",
			want: lines("job.lua:1:26: error[row.assigned]: f: this function cannot change the row",
				`  hint: use a local variable; a :map(...) before it can add the column "n"`),
		},
		{
			name: "a value without a return", role: expr.Value, script: "return function(row) end",
			want: lines("job.lua:1:8: error[value.no_return]: f: the function returns nothing, but its value is wanted",
				"  hint: return the value: return row.x * 2"),
		},
		{
			name: "a float for an int column", role: expr.Map, script: "return function(row) row.dep_delay = row.dep_delay / 60 end",
			want: lines(`job.lua:1:26: error[lua.float_to_int]: f: a float is assigned to the int column "dep_delay"`,
				`  hint: round it with math.floor(...), or make the column a float: adds = { dep_delay = "float" }`),
		},
		{
			name: "a string for an int column", role: expr.Map, script: `return function(row) row.dep_delay = "late" end`,
			want: lines(`job.lua:1:26: error[column.type]: f: a string is assigned to the int column "dep_delay"`,
				`  hint: convert it with tostring(...) or tonumber(...), or declare another type: adds = { dep_delay = "..." }`),
		},
		{
			name: "a function for a column", role: expr.Map, script: `return function(row) row.n = function() end end`,
			want: lines(`job.lua:1:26: error[column.type]: f: the column "n" cannot hold a function`),
		},
		{
			name: "a decimal and a float", role: expr.Map, script: "return function(row)\n  row.gross = row.price * 1.19\n  row.net = row.price / row.rate\nend",
			want: lines(`job.lua:2: error[decimal.float]: f: a decimal and a float do not mix: * of them is not exact`, `  hint: write the number as text: etl.decimal("1.19")`, "",
				`job.lua:3: error[decimal.float]: f: a decimal and a float do not mix: / of them is not exact`, "  hint: calculate with floats, etl.float(x), or keep to decimals, as in etl.decimal(row.text)"),
		},
		{
			name: "a decimal compared with what a float is not", script: "return function(row) return row.price > 9.99 or 0.5 <= row.price end",
			want: lines(`job.lua:1: error[decimal.float]: f: a decimal is compared with a float, which is not exactly 9.99`, `  hint: write the number as text: etl.decimal("9.99")`),
		},
		{
			name: "a float for a decimal column", role: expr.Map, script: "return function(row) row.price = row.rate end",
			want: lines(`job.lua:1:26: error[column.type]: f: a float is assigned to the decimal(12,2) column "price"`,
				`  hint: convert it with etl.decimal(...), or declare another type: adds = { price = "..." }`),
		},
		{
			name: "a decimal for an int column that may fit", role: expr.Map, script: "return function(row) row.dep_delay = row.price end",
			want: "",
		},
		{
			name: "a decimal for a date", role: expr.Map, script: "return function(row) row.day = row.price end",
			want: lines(`job.lua:1:26: error[column.type]: f: a decimal is assigned to the date column "day"`,
				`  hint: convert it with etl.date(...), or declare another type: adds = { day = "..." }`),
		},
		{
			name: "both styles of a map", role: expr.Map, script: "return function(row)\n  row.n = 1\n  if row.origin then return { n = 2 } end\nend",
			want: lines("job.lua:2:7: error[map.mixed]: f: the function changes the row that it was given, and also returns new ones",
				"  note: job.lua:3:22: a new row",
				"  hint: either assign to the row's fields and return nothing, or return a new table on every way; rows are dropped by :filter(...)",
				"", "job.lua:1:8: error[map.mixed]: f: the function returns new rows, but may also end without a return",
				"  note: job.lua:3:22: a new row",
				"  hint: either assign to the row's fields and return nothing, or return a new table on every way; rows are dropped by :filter(...)"),
		},
		{
			name: "a map that returns a number", role: expr.Map, script: "return function(row) return row.dep_delay + 1 end",
			want: lines("job.lua:1:22: error[map.result]: f: the function of the map returns an int, not a row",
				"  hint: assign to a field of the row, as in row.x = ..., and return nothing"),
		},
		{
			name: "a map that returns some table", role: expr.Map, script: "return function(row) local t = { a = 1 } return t end",
			want: lines("job.lua:1:42: error[map.returns]: f: the columns of the returned table are not known",
				`  hint: write its fields in the return, as in return { id = row.id }, or declare them: :map(fn, { returns = { id = "int" } })`),
		},
		{
			name: "a constructor with a computed key", role: expr.Map, script: "return function(row) return { [row.origin] = 1 } end",
			want: lines("job.lua:1: error[map.returns]: f: the columns of the returned table are not known",
				`  hint: write its fields in the return, as in return { id = row.id }, or declare them: :map(fn, { returns = { id = "int" } })`),
		},
		{
			name: "a field that is not declared", role: expr.Map, script: "return function(row) return { idd = 1 } end",
			returns: []record.Field{{Name: "id", Type: record.Of(record.Int)}},
			want: lines(`job.lua:1:31: error[map.field]: f: the field "idd" is not among the declared columns of the returned rows`,
				`  hint: did you mean "id"?`),
		},
		{
			name: "an unknown variable", script: "return function(row) return row.origin == orign end",
			want: lines(`job.lua:1:43: error[lua.global]: f: there is no variable "orign" here`,
				"  hint: declare it with local orign = ... above, or write it in quotes if it is text"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			use := expr.Use{Role: c.role, In: schemaOf(t, "dep_delay int, origin string, air_time int, price decimal(12;2), rate float, day date"), Returns: c.returns, Node: "f"}
			_, problems := loadFuncs(t, c.script)[0].Resolve(use)
			if diff := cmp.Diff(c.want, showProblems(problems)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
