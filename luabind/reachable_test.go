package luabind

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/rowfunc"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
	"github.com/etlscript/etlscript/retry"
)

// sampleValues gives one value of each kind, by a name for it; what cannot be
// made in the phase is left out.
const sampleValues = `local etl = require "etl"
local out = { text = "", number = 0, truth = true, closure = function() end, thread = coroutine.create(function() end) }
local function try(name, fn, ...)
  local ok, v = pcall(fn, ...)
  if ok then out[name] = v end
end
out["error of Go"] = select(2, pcall(function() return etl.nothing end))
out["error of Lua"] = select(2, pcall(function() return nil + 1 end))
out["int64"], out["uint64"] = tonumber("9223372036854775807"), tonumber("18446744073709551615")
try("decimal", function() return etl.decimal("1.50") end)
try("date", function() return etl.date("2024-01-31") end)
try("timestamp", function() return etl.timestamp("2024-01-31T00:00:00Z") end)
try("interval", function() return etl.timestamp("2024-01-31T00:00:00Z") - etl.timestamp("2024-01-30T00:00:00Z") end)
try("set", function() return etl.set() end)
try("map", function() return etl.map() end)
try("counter", function() return etl.counter() end)
try("re", function() return etl.re("a") end)
try("stream", function() return etl.read_csv { path = "a.csv" } end)
try("rejects", function() return out.stream:rejects() end)
try("aggregate", function() return etl.sum "x" end)
try("backoff", function() return etl.backoff.fixed { delay = "1s" } end)
try("job", function() return etl.job { name = "j" } end)
try("iterator", function() return ("a"):gmatch(".") end)
try("module by require", function() return require "etl" end)
return out`

// bareLoading is a definition phase that has not run a script.
func bareLoading(t *testing.T) *loading {
	t.Helper()
	l := &loading{
		cfg: Config{Registry: testRegistry(t)}.WithDefaults(), ctx: t.Context(), out: &Script{Sources: diag.Texts{}}, name: "job.lua",
		graph: newGraph(), compiler: syntax.NewCompiler(), declared: map[string]declared{},
	}
	l.open()
	return l
}

func bareWorker(t *testing.T, l *loading) *vm.State {
	t.Helper()
	s, err := l.openWorker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// run gives the first result of a script in a state.
func run(t *testing.T, s *vm.State, script string) lua.LValue {
	t.Helper()
	c, d := syntax.Compile("job.lua", script)
	if d != nil {
		t.Fatal(d)
	}
	out, err := s.Call(t.Context(), 0, s.Load(c), 1)
	if err != nil {
		t.Fatal(s.Diagnose(err))
	}
	return out[0]
}

// TestReachable compares the names of all that a script can get at with a list.
// A name that is new there is a decision: may a script have it?
func TestReachable(t *testing.T) {
	t.Parallel()
	l := bareLoading(t)
	got := "# definition\n" + reachable(t, l.state) + "# worker\n" + reachable(t, bareWorker(t, l)) + "# hook\n" + reachableInHook(t, l)
	const golden = "testdata/reachable.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("what scripts reach has changed; look at each name, then run with -update (-want +got):\n%s", diff)
	}
}

// bareHook is a state of a call of a hook, with what the function gets.
func bareHook(t *testing.T, l *loading) (s *vm.State, run, attempt lua.LValue) {
	t.Helper()
	s, err := l.openHook()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	m := job.Moment{Params: map[string]string{"day": "x"}, Failure: &job.Failure{}}
	return s, newRun(s, m), newAttempt(s, retry.Attempt{})
}

// reachableInHook is what a hook has beside what a worker has: its argument.
func reachableInHook(t *testing.T, l *loading) string {
	s, run, attempt := bareHook(t, l)
	w := &reachWalk{s: s, seen: map[lua.LValue]string{}, kinds: map[string]bool{}}
	for _, v := range []lua.LValue{run, attempt} {
		w.visit("<"+v.(*lua.LUserData).Value.(*facts).label+">", v)
		w.lines = append(w.lines, known(v)...)
	}
	return strings.Join(w.lines, "\n") + "\n"
}

func reachable(t *testing.T, s *vm.State) string {
	w := &reachWalk{s: s, seen: map[lua.LValue]string{}, kinds: map[string]bool{}}
	w.table("", s.L.G.Global)
	w.visit("nil", lua.LNil)
	samples := run(t, s, sampleValues).(*lua.LTable)
	for _, key := range keysOf(samples) {
		w.visit("<"+key.String()+">", samples.RawGet(key))
	}
	return strings.Join(w.lines, "\n") + "\n"
}

// reachWalk lists what a script gets at by indexing, iterating and calling
// getmetatable. It sees more than that: members behind functions of metatables
// cannot be listed, but their metatables can.
type reachWalk struct {
	s     *vm.State
	seen  map[lua.LValue]string
	kinds map[string]bool // whose common metatable was listed
	lines []string
}

func (w *reachWalk) note(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *reachWalk) visit(path string, v lua.LValue) {
	what := v.Type().String()
	if ud, ok := v.(*lua.LUserData); ok {
		what = fmt.Sprintf("userdata %T", ud.Value)
	} else if v.Type() == lua.LTUserData {
		what = fmt.Sprintf("value %T", v)
	}
	if fn, ok := v.(*lua.LFunction); ok && fn.Env != w.s.L.G.Global {
		what += " with an environment of its own"
	}
	if first, known := w.seen[v]; known && path != first && hasIdentity(v) {
		w.note("%s: %s", path, first)
		return
	}
	w.seen[v] = path
	w.note("%s: %s", path, what)
	if t, ok := v.(*lua.LTable); ok {
		w.table(path+".", t)
	}
	if kind := fmt.Sprintf("%T", v); v.Type() != lua.LTTable && what[0] != 'u' {
		if w.kinds[kind] {
			return // its metatable is that of all values of its kind
		}
		w.kinds[kind] = true
	}
	w.meta(path, v)
}

// hasIdentity reports whether a value is more than its content.
func hasIdentity(v lua.LValue) bool {
	switch v.(type) {
	case *lua.LTable, *lua.LFunction, *lua.LUserData, *lua.LState:
		return true
	}
	return false
}

func (w *reachWalk) table(prefix string, t *lua.LTable) {
	for _, key := range keysOf(t) {
		w.visit(prefix+key.String(), t.RawGet(key))
	}
	if prefix == "" {
		w.meta("globals", t)
	}
}

// shown is what a script gets of getmetatable.
func (w *reachWalk) shown(v lua.LValue) lua.LValue {
	fn, ok := w.s.L.G.Global.RawGetString("getmetatable").(*lua.LFunction)
	if !ok {
		return w.s.L.GetMetatable(v) // a state that the test made
	}
	out, err := w.s.Call(context.Background(), 0, fn, 1, v)
	if err != nil {
		return lua.LNil
	}
	return out[0]
}

// meta lists the metamethods of a value, what stands behind a table in __index,
// and a metatable that getmetatable shows.
func (w *reachWalk) meta(path string, v lua.LValue) {
	if shown, ok := w.shown(v).(*lua.LTable); ok {
		w.visit(path+"<metatable>", shown)
	}
	var events []string
	for _, event := range []string{
		"__index", "__newindex", "__call", "__tostring", "__concat", "__len", "__pairs", "__ipairs", "__mode", "__gc",
		"__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__eq", "__lt", "__le",
	} {
		handler := w.s.L.GetMetaField(v, event)
		if handler == lua.LNil {
			continue
		}
		events = append(events, event)
		if members, ok := handler.(*lua.LTable); ok {
			w.visit(path+"<index>", members)
		}
	}
	if len(events) > 0 {
		w.note("%s answers %s", path, strings.Join(events, " "))
	}
}

func keysOf(t *lua.LTable) []lua.LValue {
	var keys []lua.LValue
	for key, _ := t.Next(lua.LNil); key != lua.LNil; key, _ = t.Next(key) {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b lua.LValue) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// Two states share nothing that either could change: not the definition and a
// worker, not two workers, not two definitions, before and after functions were
// taken to workers and ran there.
func TestStatesShareNothing(t *testing.T) {
	t.Parallel()
	one, other := bareLoading(t), bareLoading(t)
	states := map[string]*vm.State{
		"definition": one.state, "another definition": other.state,
		"worker": bareWorker(t, one), "another worker": bareWorker(t, one), "worker of the other": bareWorker(t, other),
	}
	for _, s := range states {
		s.SetGlobal("samples", run(t, s, sampleValues))
	}
	for _, name := range []string{"hook", "another hook"} {
		s, run, attempt := bareHook(t, one)
		s.SetGlobal("run", run)
		s.SetGlobal("attempt", attempt)
		states[name] = s
	}
	fn := run(t, one.state, `local etl = require "etl"
local lib = { t = { 1 }, helper = function(x) return x end }
lib.self = lib
local meta = setmetatable({}, { __index = lib })
local seen = etl.set()
function util(x) return lib.helper(x) end
return function(row) seen:add(row.a) lib.t[#lib.t + 1] = row.a; return util(row.a) == meta.helper(row.a) and string.upper("a") == "A" end`).(*lua.LFunction)
	for i := range 2 {
		states[fmt.Sprintf("world %d", i)] = world(t, one, fn)
	}
	for name, s := range states {
		if n := len(mutable(s)); n < 300 {
			t.Errorf("only %d values were found in the %s", n, name)
		}
	}
	for _, problem := range shared(states) {
		t.Error(problem)
	}
}

// What two states are made to share is found.
func TestSharedValuesAreFound(t *testing.T) {
	t.Parallel()
	l := bareLoading(t)
	table, ud, fn := l.state.L.NewTable(), l.state.L.NewUserData(), run(t, l.state, "local n = 0 return function() n = n + 1 end").(*lua.LFunction)
	for name, plant := range map[string]func(s *vm.State) lua.LValue{
		"a table":    func(*vm.State) lua.LValue { return table },
		"a userdata": func(*vm.State) lua.LValue { return ud },
		"a function": func(*vm.State) lua.LValue { return fn },
		"a key":      func(s *vm.State) lua.LValue { t := s.L.NewTable(); t.RawSet(table, lua.LTrue); return t },
		"a metatable": func(s *vm.State) lua.LValue {
			t := s.L.NewTable()
			t.Metatable = table
			return t
		},
		"a variable": func(s *vm.State) lua.LValue {
			copied := s.L.NewFunctionFromProto(fn.Proto)
			copied.Upvalues[0] = fn.Upvalues[0]
			return copied
		},
		"an environment": func(s *vm.State) lua.LValue {
			copied := s.L.NewFunctionFromProto(fn.Proto)
			copied.Env, copied.Upvalues[0] = table, &lua.Upvalue{}
			copied.Upvalues[0].SetValue(lua.LNil)
			return copied
		},
	} {
		a, b := bareWorker(t, l), bareWorker(t, l)
		a.SetGlobal("planted", plant(a))
		b.SetGlobal("planted", plant(b))
		if len(shared(map[string]*vm.State{"a": a, "b": b})) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

// shared says what the states have in common.
func shared(states map[string]*vm.State) []string {
	var problems []string
	owners := map[any]string{}
	for _, name := range sortedStates(states) {
		for v, path := range mutable(states[name]) {
			if owner, taken := owners[v]; taken {
				problems = append(problems, fmt.Sprintf("the %s has %s of the %s", name, path, owner))
			}
			owners[v] = name + " (" + path + ")"
		}
	}
	return problems
}

func sortedStates(m map[string]*vm.State) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// world takes a function over rows to a state of its own, runs it there, and
// gives the state.
func world(t *testing.T, l *loading, fn *lua.LFunction) *vm.State {
	t.Helper()
	var last *vm.State
	env := rowfunc.Env{Home: l.state, Hosts: hostsOf, Open: func() (*vm.State, error) {
		s, err := l.openWorker()
		last = s
		return s, err
	}}
	f, d := rowfunc.New(fn, env)
	if d != nil {
		t.Fatal(d)
	}
	if err := rowfunc.Group([]*rowfunc.Func{f}).Err(); err != nil {
		t.Fatal(err)
	}
	schema := record.NewSchema(record.Field{Name: "a", Type: record.Of(record.Int)})
	r, err := f.Open(expr.Use{Role: expr.Filter, In: schema, Node: "f"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	rows := record.NewBuilder(schema, 1)
	rows.Column(0).Append(record.IntValue(1))
	if res, err := r.Run(t.Context(), rows.Build()); err != nil || len(res.Keep) != 1 {
		t.Fatal(res, err)
	}
	return last
}

// mutable is every table, function, variable, userdata and thread that hangs
// together with a state, by pointer, with a path that leads there, and what Go
// pointers userdata hold.
func mutable(s *vm.State) map[any]string {
	out := map[any]string{}
	var visit func(path string, v lua.LValue)
	once := func(p any, path string) bool {
		_, known := out[p]
		out[p] = path
		return !known
	}
	visit = func(path string, v lua.LValue) {
		switch v := v.(type) {
		case *lua.LTable:
			if v == nil || !once(v, path) {
				return
			}
			for k, x := v.Next(lua.LNil); k != lua.LNil; k, x = v.Next(k) {
				visit(path+".(key)", k)
				visit(path+"."+k.String(), x)
			}
			visit(path+"<metatable>", v.Metatable)
		case *lua.LFunction:
			if !once(v, path) {
				return
			}
			visit(path+"<environment>", v.Env)
			for i, cell := range v.Upvalues {
				if once(cell, fmt.Sprintf("%s<upvalue %d>", path, i)) {
					visit(fmt.Sprintf("%s<upvalue %d>", path, i), cell.Value())
				}
			}
		case *lua.LUserData:
			if !once(v, path) {
				return
			}
			visit(path+"<environment>", v.Env)
			visit(path+"<metatable>", v.Metatable)
			if x := reflect.ValueOf(v.Value); x.Kind() == reflect.Pointer || x.Kind() == reflect.Map {
				once(x.Pointer(), path+"<Go value>")
			}
		case *lua.LState:
			if once(v, path) {
				visit(path+"<environment>", v.Env)
			}
		}
	}
	visit("globals", s.L.G.Global)
	visit("registry", s.L.G.Registry)
	visit("main thread", s.L.G.MainThread)
	visit("the state", s.L)
	for name, v := range hostsOf(s) {
		visit(name, v)
	}
	for kind, v := range map[string]lua.LValue{
		"nil": lua.LNil, "boolean": lua.LTrue, "number": lua.LNumber(0), "string": lua.LString(""), "function": s.L.NewFunction(nil), "thread": s.L,
	} {
		for _, event := range []string{"__index", "__call", "__unm", "__len", "__add", "__concat"} {
			visit(kind+"<"+event+">", s.L.GetMetaField(v, event))
		}
	}
	return out
}
