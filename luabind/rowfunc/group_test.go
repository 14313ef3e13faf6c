package rowfunc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

func TestInfo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		want         expr.Info
	}{
		{
			name:   "reads and writes",
			script: `return function(row) row.a, row["b"] = row.c, row.a if row.d then return row end end`,
			want:   expr.Info{Reads: []string{"c", "a", "d"}, Writes: []string{"a", "b"}, Rung: "reused table"},
		},
		{
			name: "a pure helper", script: "local function f(x) return x end return function(row) row.a = f(row.b) end",
			want: expr.Info{Reads: []string{"b"}, Writes: []string{"a"}, Rung: "reused table"},
		},
		{
			name: "a lookup table", script: "local names = { a = {} } local function f(x) return x end return function(row) row.a = f(names[row.b]) end",
			want: expr.Info{Reads: []string{"b"}, Writes: []string{"a"}, Rung: "reused table"},
		},
		{
			name: "a table of its own", script: "return function(row) local t = {} t[1] = row.a table.insert(t, row.b) return #t > 0 end",
			want: expr.Info{Reads: []string{"a", "b"}, Rung: "reused table"},
		},
		{
			name: "a computed name", script: "return function(row)\n  local k = row.a\n  return row[k] == 1\nend",
			want: expr.Info{Reads: []string{"a"}, AllColumns: true, Rung: "fresh table", Why: "line 3: the row is indexed by a computed name"},
		},
		{
			name: "passed on", script: "return function(row) return tostring(row) end",
			want: expr.Info{AllColumns: true, Rung: "fresh table", Why: "line 1: the row is passed to a function"},
		},
		{
			name: "an alias", script: "return function(row) local r = row return r.a end",
			want: expr.Info{AllColumns: true, Rung: "fresh table", Why: "line 1: the row escapes"},
		},
		{
			name: "captured by an inner function", script: "return function(row) local f = function() return row.a end return f() end",
			want: expr.Info{AllColumns: true, Rung: "fresh table", Why: "line 1: an inner function captures the row"},
		},
		{
			name: "a new row in its variable", script: "return function(row) row = { a = 1 } return row end",
			want: expr.Info{AllColumns: true, Rung: "fresh table", Why: "line 1: the row's variable is assigned"},
		},
		{
			name: "any number of arguments", script: "return function(...) return true end",
			want: expr.Info{AllColumns: true, Rung: "fresh table", Why: "line 1: the function takes any number of arguments"},
		},
		{
			name: "a counter", script: "local n = 0\nreturn function(row) n = n + 1 row.n = n end",
			want: expr.Info{Writes: []string{"n"}, Rung: "reused table", Members: 1, Group: "n", Why: `line 2: assigns the captured variable "n"`},
		},
		{
			name: "a counter in a helper", script: "local n = 0\nlocal function next()\n n = n + 1 return n end\nreturn function(row) row.n = next() end",
			want: expr.Info{Writes: []string{"n"}, Rung: "reused table", Members: 1, Group: "n", Why: `line 3: assigns the captured variable "n"`},
		},
		{
			name: "a global of the script", script: "total = 0\nreturn function(row) total = total + row.a return true end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "total", Why: `line 2: assigns the captured variable "total"`},
		},
		{
			name: "a captured table", script: "local seen = {}\nreturn function(row) if seen[row.a] then return false end seen[row.a] = true return true end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "seen", Why: `line 2: changes the captured table "seen"`},
		},
		{
			name: "a captured table through a local", script: "local s = { list = {} }\nreturn function(row) local l = s.list table.insert(l, row.a) return #l > 1 end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "s", Why: `line 2: changes the captured table "s"`},
		},
		{
			name: "an object with methods", script: "local acc = { n = 0 }\nfunction acc:add(x) self.n = self.n + x end\nreturn function(row) acc:add(row.a) return true end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "acc", Why: `line 3: passes the captured table "acc" to a function that may change it`},
		},
		{
			name: "a captured table through the library", script: "local insert, list = table.insert, {}\nreturn function(row) insert(list, row.a) return true end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "list", Why: `line 2: changes the captured table "list"`},
		},
		{
			name: "an element of a captured list", script: "local list = { {} }\nreturn function(row) for _, x in ipairs(list) do x.a = row.a end return true end",
			want: expr.Info{Reads: []string{"a"}, Rung: "reused table", Members: 1, Group: "list", Why: `line 2: changes the captured table "list"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := loadFuncs(t, c.script)[0].Info()
			got.Pos = diag.Pos{}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, want string }{
		{"nothing shared", `local x = 1 return function(r) return x end, function(r) return x end`, "- -"},
		{"a writer and a reader", `local n = 0 return function(r) n = n + 1 end, function(r) return n > 5 end, function(r) return true end`, "n n -"},
		{"counters of their own", `local function counter() local n = 0 return function(r) n = n + 1 return n > 1 end end return counter(), counter()`, "n n#2"},
		{"one counter", `local function counter() local n = 0 return function(r) n = n + 1 return n > 1 end end local c = counter() return function(r) return c() end, function(r) return c() end`, "n n"},
		{"two names of one table", `local a = {} local b = { inner = a } return function(r) a[1] = 1 end, function(r) return b.inner[1] end`, "a, b a, b"},
		{"a chain", `local a, b = 0, 0 return function(r) a = 1 end, function(r) b = a end, function(r) return b end, function(r) return a end`, "a, b a, b a, b a, b"},
		{"joined late", `local a, b = 0, 0 return function(r) a = 1 end, function(r) b = 1 end, function(r) return a + b end`, "a, b a, b a, b"},
		{"the same function twice", `local n = 0 local f = function(r) n = n + 1 end return f, f`, "n n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range loadFuncs(t, c.script) {
				name := f.Info().Group
				if name == "" {
					name = "-"
				}
				got = append(got, name)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCaptures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, want string }{
		{
			"a coroutine", "local co = coroutine.create(function() end)\nreturn function(row) return co == nil end",
			lines(`job.lua:2:8: error[function.capture]: the function uses the variable "co", which holds a coroutine`,
				"  hint: row functions run in workers, with copies of numbers, strings, booleans, tables and Lua functions only"),
		},
		{
			"a function of Go inside a table", "local t = { next = coroutine.wrap(function() end) }\nreturn function(row) return t.next() end",
			lines(`job.lua:2:8: error[function.capture]: the function uses the variable "t", which holds a function that is not written in Lua`,
				"  hint: row functions run in workers, with copies of numbers, strings, booleans, tables and Lua functions only"),
		},
		{"functions of the library", "local up, t = string.upper, { lib = string, f = math.floor }\nreturn function(row) return up(t.lib.lower('A')) == t.f(1) end", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := tryFuncs(t, c.script)
			if diff := cmp.Diff(c.want, showProblems(problems)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// run opens a function in a scope and runs it over rows of one column "a".
func run(t *testing.T, f *Func, scope *expr.Scope, role expr.Role, rows string) string {
	t.Helper()
	use := expr.Use{Role: role, In: schemaOf(t, "a int"), Scope: scope, Node: "f"}
	return applyTo(t, open(t, f, use), use, batchOf(t, use.In, rows))
}

func TestGroupSharesOneState(t *testing.T) {
	t.Parallel()
	fns := loadFuncs(t, `
		local seen = { n = 10 }
		local function bump() seen.n = seen.n + 1 return seen.n end
		return function(row) row.n = bump() end, function(row) return bump() > 12 end`)
	for attempt := range 2 {
		scope := &expr.Scope{}
		got := run(t, fns[0], scope, expr.Map, "1; 2") + run(t, fns[1], scope, expr.Filter, "1; 2")
		scope.Close()
		want := lines("a int, n any", "'1' | 11", "'2' | 12") + "keep [0 1] dropped 0\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attempt %d: -want +got:\n%s", attempt, diff)
		}
	}
}

func TestTransplant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, want string }{
		{"a cycle of tables", `local a = {} a.self = a return function(row) return a.self.self == a end`, "true"},
		{"a cycle of functions", `local odd local function even(n) if n == 0 then return true end return odd(n - 1) end function odd(n) if n == 0 then return false end return even(n - 1) end return function(row) return even(10) end`, "true"},
		{"a cell that two functions share", `local n = 1 local function set(x) n = x end local function get() return n end return function(row) set(7) return get() == 7 and n == 7 end`, "true"},
		{"a table as key", `local k = {} local t = { [k] = "v" } return function(row) return t[k] == "v" end`, "true"},
		{"a metatable", `local t = setmetatable({}, { __index = function(_, k) return k .. "!" end }) return function(row) return t.a == "a!" end`, "true"},
		{"a list keeps its length and order", `local l = { 3, 1, 2, x = 1 } return function(row) return #l == 3 and table.concat(l, ",") == "3,1,2" and l.x == 1 end`, "true"},
		{"integers beyond 2^53", `local big = 1 return function(row) return row.a + big == row.a + 1 end`, "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := loadFuncs(t, c.script)[0]
			want := lines("value bool", "true")
			got := run(t, f, nil, expr.Value, "9007199254740993")
			got = strings.Replace(got, "value any", "value bool", 1)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWorkersRunAtOnce(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `
		local names = { a = "Anna", b = "Bert" }
		local function name(x) return names[x] or "nobody" end
		return function(row) row.name = name(row.key) row.n = row.n * 2 end`)[0]
	use := expr.Use{Role: expr.Map, In: schemaOf(t, "key string, n int"), Node: "f"}
	out, problems := f.Resolve(use)
	if problems != nil {
		t.Fatal(problems)
	}
	use.Out = out
	in := batchOf(t, use.In, "a,1; b,2; c,3") // shared by the workers, decoded by the first
	want := lines("key string, n int, name string", "'a' | 2 | Anna", "'b' | 4 | Bert", "'c' | 6 | nobody")
	results := make([]string, 4)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			r, err := f.Open(use)
			if err != nil {
				results[i] = err.Error()
				return
			}
			defer r.Close()
			for range 50 {
				res, err := r.Run(t.Context(), in)
				if err != nil {
					results[i] = err.Error()
					return
				}
				results[i] = show(t, res.Batch)
			}
		})
	}
	wg.Wait()
	for i, got := range results {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("worker %d: -want +got:\n%s", i, diff)
		}
	}
}

// numbers is a batch of decoded floats.
func numbers(n int) *record.Batch {
	v := record.NewVector(record.Float, n)
	for i := range n {
		v.Floats[i] = float64(i) + 0.5
	}
	schema := record.NewSchema(record.Field{Name: "a", Type: record.Of(record.Float)})
	return record.NewBatch(schema, n, []*record.Column{record.NewColumn(record.Of(record.Float), n, v)}, record.Lineage{})
}

func TestReusedTableAllocatesNumbersOnly(t *testing.T) {
	f := loadFuncs(t, `return function(row) return row.a > 100 end`)[0]
	in := numbers(2000)
	r := open(t, f, expr.Use{In: in.Schema})
	perBatch := testing.AllocsPerRun(5, func() {
		if _, err := r.Run(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	})
	if perRow := perBatch / 2000; perRow > 1.05 {
		t.Errorf("%.2f allocations a row, want 1: the number", perRow)
	}
}

func BenchmarkRows(b *testing.B) {
	for _, c := range []struct{ name, script string }{
		{"reused", `return function(row) row.b = row.a * 2 if row.a > 5 then row.c = row.b + 1 end end`},
		{"fresh", `local function id(r) return r end return function(row) id(row) row.b = row.a * 2 if row.a > 5 then row.c = row.b + 1 end end`},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := loadFuncs(b, c.script)[0]
			in := numbers(record.BatchRows)
			r := open(b, f, expr.Use{Role: expr.Map, In: in.Schema})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Run(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/record.BatchRows, "ns/row")
		})
	}
}

func TestRunEnds(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `return function(row) while row.a > 0 do end return true end`)[0]
	f.env.budget = 10_000
	use := expr.Use{In: schemaOf(t, "a int"), Node: "f"}
	got := applyTo(t, open(t, f, use), use, batchOf(t, use.In, "0; 1; 0"))
	want := lines("keep [0 2] dropped 0", `row 1 column "" value ""`,
		"job.lua:1: error[lua.budget]: f: the script ran out of its instruction budget: more than 10,000 for one row", "  note: row: a = 1",
		"  hint: look for a loop that does not end; a large part of the work belongs into components; who runs the script may raise the limit \"row\"")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCancelledRun(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `return function(row) print("on") while row.a > 0 do end return true end`)[0]
	stop := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	home := f.env.Home
	f.env.Open = func() (*vm.State, error) {
		return vm.New(vm.Options{Chunk: home.Chunk, Print: func(string) { cancel(stop) }}), nil
	}
	use := expr.Use{In: schemaOf(t, "a int")}
	r := open(t, f, use)
	if _, err := r.Run(ctx, batchOf(t, use.In, "1")); !errors.Is(err, stop) {
		t.Errorf("got %v, want the cause", err)
	}
	if _, err := r.Run(ctx, batchOf(t, use.In, "0")); !errors.Is(err, stop) {
		t.Errorf("got %v for the next batch, want the cause", err)
	}
}

func ExampleTemporal() {
	fmt.Println(value.Temporal{Kind: record.Date, N: 15736})
	// Output: 2013-01-31
}

func TestAMetamethodThatChangesItsTableIsState(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `
		local t = setmetatable({}, { __index = function(t, k) rawset(t, k, 1) return 1 end })
		return function(row) return t[row.a] end`)[0]
	if i := f.Info(); i.Group == "" || !strings.Contains(i.Why, `uses the captured table "t", whose metatable may change it`) {
		t.Errorf("group %q, %s", i.Group, i.Why)
	}
}

func TestLibrariesCannotBeChanged(t *testing.T) {
	t.Parallel()
	_, problems := tryFuncs(t, `return function(row) string.count = 1 return true end`)
	if len(problems) != 1 || problems[0].Code != "function.library" || problems[0].Pos.Line != 1 {
		t.Errorf("%v", problems)
	}
}
