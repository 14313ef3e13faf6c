package rowfunc

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/etllib"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// giveModule declares the global etl with the functions of etllib.
func giveModule(s *vm.State) {
	module := s.L.NewTable()
	for name, fn := range etllib.Members(s) {
		table, short := module, name
		if inner, rest, nested := strings.Cut(name, "."); nested {
			if module.RawGetString(inner) == lua.LNil {
				module.RawSetString(inner, s.L.NewTable())
			}
			table, short = module.RawGetString(inner).(*lua.LTable), rest
		}
		table.RawSetString(short, s.Bind(short, fn))
	}
	s.SetGlobal("etl", module)
}

// loadWithModule is loadFuncs for scripts that use the module.
func loadWithModule(t testing.TB, script string) []*Func {
	t.Helper()
	c, problem := syntax.Compile("job.lua", script)
	if problem != nil {
		t.Fatal(problem)
	}
	home := vm.New(vm.Options{})
	t.Cleanup(home.Close)
	giveModule(home)
	out, err := home.Call(context.Background(), 0, home.Load(c), lua.MultRet)
	if err != nil {
		t.Fatal(home.Diagnose(err))
	}
	env := Env{Home: home, Open: func() (*vm.State, error) {
		s := vm.New(vm.Options{Chunk: home.Chunk})
		giveModule(s)
		return s, nil
	}}
	fns := make([]*Func, len(out))
	for i, v := range out {
		f, d := New(v.(*lua.LFunction), env)
		if d != nil {
			t.Fatal(d)
		}
		fns[i] = f
	}
	if err := Group(fns).Err(); err != nil {
		t.Fatal(err)
	}
	return fns
}

func TestContainersMakeGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, group, why string }{
		{"filled in the definition", `local s = etl.set({ 1 }) return function(r) return s:has(r.a) end`, "", ""},
		{"added to", `local s = etl.set() return function(r) return s:add(r.a) end`, "s", `line 1: changes the captured set "s"`},
		{"by another name", `local s = etl.set() return function(r) local x = s x:add(r.a) end`, "s", `line 1: changes the captured set "s"`},
		{"inside a table", `local t = { m = etl.map() } return function(r) t.m:set(r.a, 1) end`, "t", `line 1: changes the captured table "t"`},
		{
			"by a helper", `local c = etl.counter() local function count(x, k) x:add(k) end return function(r) count(c, r.a) end`,
			"c", `line 1: passes the captured counter "c" to a function that may change it`,
		},
		{
			"given by a helper", `local c = etl.counter() local function get() return c end return function(r) get():add(r.a) end`,
			"c", "line 1: changes a container that may be a captured one",
		},
		{"read by a helper", `local s = etl.set() local function has(x, k) return x:has(k) end return function(r) return has(s, r.a) end`, "", ""},
		{"read inside a table", `local t = { s = etl.set({ 1 }) } return function(r) return t.s:has(r.a) end`, "", ""},
		{"of its own", `return function(r) local s = etl.set() return s:add(r.a) end`, "", ""},
		{"a table's own method", `local t = { add = function(self, x) return x end } return function(r) return t:add(r.a) end`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			info := loadWithModule(t, c.script)[0].Info()
			if info.Group != c.group || info.Why != c.why {
				t.Errorf("group %q since %q, want %q since %q", info.Group, info.Why, c.group, c.why)
			}
		})
	}
}

func TestContainersAreSharedInGroups(t *testing.T) {
	t.Parallel()
	fns := loadWithModule(t, `
		local seen = etl.set({ 2 })
		local function same() return seen end
		return function(row) return seen:add(row.a) end, function(row) row.n = #seen end, function(row) return true end`)
	if fns[0].Info().Group == "" || fns[0].Info().Group != fns[1].Info().Group || fns[2].Info().Group != "" {
		t.Fatalf("groups %q %q %q", fns[0].Info().Group, fns[1].Info().Group, fns[2].Info().Group)
	}
	for attempt := range 2 { // each starts from the values of the definition
		scope := &expr.Scope{}
		got := run(t, fns[0], scope, expr.Filter, "1; 2; 1; 3") + run(t, fns[1], scope, expr.Map, "1")
		scope.Close()
		want := "keep [0 3] dropped 2\n" + lines("a int, n int", "'1' | 3")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attempt %d: -want +got:\n%s", attempt, diff)
		}
	}
}

func TestFixedContainersRefuseToChange(t *testing.T) {
	t.Parallel()
	f := loadWithModule(t, `local s = etl.set() return function(row) local add = s.add return add(s, row.a) end`)[0]
	use := expr.Use{In: schemaOf(t, "a int"), Node: "f"}
	got := applyTo(t, open(t, f, use), use, batchOf(t, use.In, "1"))
	if !strings.Contains(got, "error[container.fixed]: f: the set cannot change here") {
		t.Errorf("got %s", got)
	}
}

func TestConstantContainersAreReadByWorkers(t *testing.T) {
	t.Parallel()
	f := loadWithModule(t, `
		local names = etl.map({ "Anna", "Bert" })
		return function(row) row.name = names:get(row.a, "nobody") row.known = names:has(row.a) end`)[0]
	var wg sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wg.Go(func() { results[i] = run(t, f, nil, expr.Map, "1; 2; 3") })
	}
	wg.Wait()
	want := lines("a int, name any, known bool", "'1' | Anna | true", "'2' | Bert | true", "'3' | nobody | false")
	for i, got := range results {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("worker %d: -want +got:\n%s", i, diff)
		}
	}
}

func TestKindsOfTheModule(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]record.Kind{
		`etl.hash.md5(row.s)`:          record.String,
		`etl.text.len(row.s)`:          record.Int,
		`etl.re.test(row.s, "x")`:      record.Bool,
		`etl.re.match(row.s, "x")`:     record.String,
		`re.match(row.s, "x")`:         record.String,
		`seen:has(row.s)`:              record.Bool,
		`#seen`:                        record.Int,
		`count:get(row.s) + 1`:         record.Int,
		`etl.url.parse(row.s).host`:    record.Any,
		`etl.map({ a = 1 }):get("a")`:  record.Any,
		`etl.text.lpad(row.s, 3) .. 1`: record.String,
	} {
		f := loadWithModule(t, `local re, seen, count = etl.re, etl.set(), etl.counter() return function(row) return `+call+` end`)[0]
		out, problems := f.Resolve(expr.Use{Role: expr.Value, In: schemaOf(t, "s string"), Node: "f"})
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		if got := out.Field(0).Type.Kind; got != want {
			t.Errorf("%s is %v, want %v", call, got, want)
		}
	}
}
