package vm

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// slow stands for the code of a budget that is not used up in any sensible time.
const slow = "slow"

// hostileScripts are scripts that stock gopher-lua stops too late, never, or at
// the cost of the process, with the codes that may end them here when there is a
// budget, and when there is a deadline.
func hostileScripts() map[string]struct{ script, budget, deadline string } {
	type c = struct{ script, budget, deadline string }
	const spent, late, wrong, refused, fine = "lua.budget", "lua.cancelled", "lua.error", "lua.limit", ""
	return map[string]c{
		"endless loop":          {"while true do end", spent, late},
		"pcall loop":            {"while true do pcall(function() while true do end end) end", spent, late},
		"coroutine bomb":        {"while true do coroutine.wrap(function() coroutine.yield() end)() end", spent, late},
		"nested coroutines":     {"local function f() coroutine.wrap(f)() end f()", wrong, wrong},
		"string doubling":       {"local s = 'x' while true do s = s .. s end", wrong, wrong},
		"concat of 1e7":         {"local t = {} for i = 1, 1e7 do t[i] = 'x' end while true do table.concat(t) end", spent, late},
		"sort without an order": {"local t = {} for i = 1, 1e4 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end", spent, late},
		"gsub recursion":        {"local function f(s) return (s:gsub('.', f)) end return f('x')", wrong, wrong},
		"metatable recursion":   {"local t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x", wrong, wrong},
		"index loop":            {"local a = {} setmetatable(a, { __index = a }) return a.x", wrong, wrong},
		"tostring recursion":    {"local t = setmetatable({}, { __tostring = function(t) return tostring(t) end }) return tostring(t)", wrong, wrong},
		"rep overflow":          {"return ('abc'):rep(2^62)", wrong, wrong},
		"huge format width":     {"return string.format('%2000000000d', 1)", wrong, wrong},
		"unpack of 1e8":         {"return unpack({}, 1, 1e8)", wrong, wrong},
		"3e6 parentheses":       {"return " + strings.Repeat("(", 3e6) + "1" + strings.Repeat(")", 3e6), refused, refused},
		"rep of 2^30":           {"return ('x'):rep(2^30)", wrong, wrong},
		"backtracking":          {"return string.find(('a'):rep(28), ('a-'):rep(28) .. 'b')", fine, fine},
		"harder backtracking":   {"return string.find(('a'):rep(40) .. 'cb', ('a-'):rep(40) .. 'b')", spent, late},
		"a long subject":        {"local s = ('a'):rep(5e7) while true do string.find(s, '.-b') end", spent, late},
		"8e6 unary minus":       {"return " + strings.Repeat("- ", 8e6) + "1", refused, refused},
		"2e6 nested braces":     {"return " + strings.Repeat("{", 2e6) + strings.Repeat("}", 2e6), refused, refused},
		"rep of 8 GiB":          {"return ('x'):rep(2^33)", wrong, wrong},
		"values without end":    {"local function f(...) return f(1, 2, ...) end return f()", wrong, wrong},
		"quadratic gsub":        {"local s = ('a'):rep(1e6) while true do s:gsub('a-b', '') end", spent, late},
		"comparing long texts":  {"local s, r = ('x'):rep(2^26), ('x'):rep(2^26) while true do local b = s < r end", slow, late},
		"long texts as keys":    {"local s, t = ('x'):rep(2^26), {} while true do t[s] = 1 end", slow, late},
		"balanced brackets":     {"local s = ('('):rep(1e6) while true do s:find('%b()') end", spent, late},
	}
}

// stops runs a script and says which code ended it, "" when it ended well.
// Breaking the state is a failure, but for the one overflow that cannot be helped.
func stops(t *testing.T, ctx context.Context, budget int64, script string) string {
	t.Helper()
	c, d := syntax.Compile("job.lua", script)
	if d != nil {
		return string(d.Code)
	}
	s := New(Options{})
	defer s.Close()
	_, err := s.Call(ctx, budget, s.Load(c), 0)
	if err == nil {
		return ""
	}
	if s.Broken != nil && !errors.Is(s.Broken, errOverflow) {
		t.Errorf("the state broke: %v", s.Broken)
	}
	return string(s.Diagnose(err).Code)
}

// Each script ends within its budget.
func TestHostileScriptsEndByBudget(t *testing.T) {
	t.Parallel()
	for name, c := range hostileScripts() {
		if c.budget == slow {
			continue // its instructions are few, but each takes long: only a deadline ends it in time
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := stops(t, t.Context(), 5_000_000, c.script); got != c.budget {
				t.Errorf("got %q, want %q", got, c.budget)
			}
		})
	}
}

// Each script ends at a deadline, whatever its budget: the test's own timeout is
// the proof. A slow machine may reach the deadline before an error.
func TestHostileScriptsEndByDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range hostileScripts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			start := time.Now()
			got := stops(t, ctx, 1<<50, c.script)
			t.Logf("%s after %v", got, time.Since(start).Round(time.Millisecond))
			if got != c.deadline && got != "lua.cancelled" {
				t.Errorf("got %q, want %q", got, c.deadline)
			}
		})
	}
}
