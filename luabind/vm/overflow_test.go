package vm

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// full calls a function where the stack has next to no room left, so that its
// results do not fit.
const full = `local t = {} for i = 1, 8000 do t[i] = i end
local function fill(n, m, f, ...) if n == 0 then local a = f() return 1 end local x = fill(n - 1, m, f, unpack(t, 1, m)) return x end
local function one() return 1 end
`

// Results that do not fit leave nothing behind: neither in the next protected call,
// nor in the count of coroutines, nor in the calls after them.
func TestResultsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]string{
		"pcall":     "function() return pcall(unpack, t) end",
		"coroutine": "function() return coroutine.wrap(function() return unpack(t) end)() end",
	} {
		s := openState(t)
		script := full + "local f = " + f + ` return function()
			local fits = true
			for m = 7300, 7500, 20 do for i = 1, 15 do fits = pcall(fill, 8, m, f) and fits end end
			return fits, select("#", pcall(one)), coroutine.running() == nil, pcall(coroutine.wrap(one))
		end`
		out, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, script)), 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, err := s.Call(t.Context(), 1<<40, out[0].(*lua.LFunction), lua.MultRet)
			if err != nil {
				t.Fatal(name, err)
			}
			if got[0] != lua.LFalse {
				t.Fatalf("%s: the results do fit", name)
			}
			if len(got) != 5 || got[1] != lua.LNumber(2) || got[2] != lua.LTrue || got[3] != lua.LTrue || got[4] != lua.LNumber(1) {
				t.Errorf("%s: %v", name, got)
			}
			if s.resumed != 0 || len(s.outer) != 0 || s.L.G.CurrentThread != s.L {
				t.Errorf("%s: %d coroutines and %d protected calls are left", name, s.resumed, len(s.outer))
			}
		}
	}
}

// A tail call with ever more values in a protected call ends the state, and with
// it the run: nothing goes on with a thread that is of no use.
func TestExplodingTailCallIsNotCaught(t *testing.T) {
	t.Parallel()
	s := openState(t)
	const script = "local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...) end pcall(pcall, f) return 1"
	if _, err := s.Call(t.Context(), 1<<40, s.Load(mustCompile(t, script)), 1); err == nil || s.Broken == nil {
		t.Errorf("it goes on: %v", err)
	}
}
