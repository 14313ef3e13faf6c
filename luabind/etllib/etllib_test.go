package etllib

import (
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// newState is a state with the global etl.
func newState(t testing.TB) *vm.State {
	t.Helper()
	s := vm.New(vm.Options{})
	t.Cleanup(s.Close)
	etl := s.L.NewTable()
	etl.RawSetString("null", value.Null{})
	for name, fn := range Members(s) {
		table, short := etl, name
		if module, inner, nested := strings.Cut(name, "."); nested {
			if etl.RawGetString(module) == lua.LNil {
				etl.RawSetString(module, s.L.NewTable())
			}
			table, short = etl.RawGetString(module).(*lua.LTable), inner
		}
		table.RawSetString(short, s.Bind(short, fn))
	}
	s.SetGlobal("etl", etl)
	return s
}

func compile(t testing.TB, script string) *syntax.Chunk {
	t.Helper()
	c, problem := syntax.Compile("test.lua", script)
	if problem != nil {
		t.Fatalf("%s: %v", script, problem)
	}
	return c
}

// do runs a script with arguments and returns its results.
func do(t testing.TB, s *vm.State, script string, args ...lua.LValue) ([]lua.LValue, error) {
	t.Helper()
	out, err := s.Call(context.Background(), 0, s.Load(compile(t, script)), lua.MultRet, args...)
	if err != nil {
		return nil, s.Diagnose(err)
	}
	return out, nil
}

// results are what a script returns, as text: "a, 2, nil".
func results(t testing.TB, s *vm.State, script string, args ...lua.LValue) string {
	t.Helper()
	out, err := do(t, s, script, args...)
	if err != nil {
		_, text, _ := strings.Cut(err.Error(), " ")
		return "error: " + text
	}
	parts := make([]string, len(out))
	for i, v := range out {
		parts[i] = v.String()
	}
	return strings.Join(parts, ", ")
}

func TestExamplesAreTrue(t *testing.T) {
	t.Parallel()
	s := newState(t)
	for _, e := range Entries() {
		if got := results(t, s, "return "+e.Example); got != "true" {
			t.Errorf("%s: %s is %s", e.Name, e.Example, got)
		}
	}
}

func TestEntriesAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range Entries() {
		if e.Doc == "" || e.Gives == "" || e.Example == "" || e.run == nil || seen[e.Name] {
			t.Errorf("%s is not described, or comes twice", e.Name)
		}
		seen[e.Name] = true
		if found, ok := Lookup("etl." + e.Name); !ok || found.Name != e.Name {
			t.Errorf("%s is not found", e.Name)
		}
	}
	for _, m := range Methods() {
		if m.Doc == "" || m.Gives == "" || m.run == nil || seen[m.Of+":"+m.Name] {
			t.Errorf("%s:%s is not described, or comes twice", m.Of, m.Name)
		}
		seen[m.Of+":"+m.Name] = true
	}
	for _, name := range []string{"etl.re.nothing", "re.match", "string.match", "etl"} {
		if _, ok := Lookup(name); ok {
			t.Errorf("%s is found", name)
		}
	}
}
