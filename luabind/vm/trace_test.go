package vm

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
)

// The calls that led to an error are known also where a protected call, a
// coroutine, a metamethod or a library stands in between.
func TestCallNotes(t *testing.T) {
	t.Parallel()
	const fail = "local function fail(x)\n  return x.y\nend\n"
	const main = "the main part of job.lua"
	for name, c := range map[string]struct{ script, want string }{
		"plain":          {fail + "local function f()\n  return 1 + fail()\nend\nf()", "2:10, 5:14 called from function 'f', 7:1 called from " + main},
		"pcall":          {fail + "local ok, e = pcall(function()\n  return 1 + fail()\nend)\nerror(e, 0)", "2:10, 5:14 called from the function of line 4, 7:1 raised again in " + main},
		"pcall in pcall": {fail + "local ok, e = pcall(function()\n  local ok, e = pcall(fail)\n  error(e, 0)\nend)\nerror(e, 0)", "2:10, 6:3 raised again in the function of line 4, 8:1 raised again in " + main},
		"xpcall":         {fail + "local ok, e = xpcall(function()\n  return 1 + fail()\nend, function(e) return e end)\nerror(e, 0)", "2:10, 5:14 called from the function of line 4, 7:1 raised again in " + main},
		"wrapped":        {fail + "local ok, e = pcall(fail)\nerror('while testing: ' .. e, 0)", "5:1, 2:10 it began here"},
		"coroutine":      {fail + "local co = coroutine.wrap(function()\n  fail()\nend)\nco()", "2:10, 5:3 called from the function of line 4, 7:1 called from " + main},
		"resume":         {fail + "local co = coroutine.create(function()\n  fail()\nend)\nlocal ok, e = coroutine.resume(co)\nerror(e, 0)", "2:10, 5:3 called from the function of line 4, 8:1 raised again in " + main},
		"metamethod":     {fail + "local t = setmetatable({}, { __index = function(t, k)\n  return 1 + fail()\nend })\nreturn t.x", "2:10, 5:14 called from function '__index', 7:10 called from " + main},
		"gsub":           {fail + "local s = ('x'):gsub('x', function()\n  fail()\nend)", "2:10, 5:3 called from the function of line 4, 4:17 called from " + main},
		"sort":           {fail + "table.sort({ 2, 1 }, function()\n  fail()\nend)", "2:10, 5:3 called from the function of line 4, 4:7 called from " + main},
		"table":          {"local function f()\n  error({ message = 'm' })\nend\nlocal ok, e = pcall(f)\nerror(e)", "2:3, 5:1 raised again in " + main},
		"same text anew": {"local function f()\n  error('m')\nend\npcall(f)\nf()", "2:3, 5:1 called from " + main},
		"level 2":        {"local function f()\n  error('m', 2)\nend\nlocal function g()\n  f()\nend\ng()", "5:3, 2:3 raised in function 'f', 7:1 called from " + main},
		"recursion":      {"local function f(n)\n  return 1 + f(n)\nend\nf(1)", "2:14, 2:14 called from function 'f' (many times), 4:1 called from " + main},
		"two in turn": {
			"local g\nlocal function f()\n  return 1 + g()\nend\nfunction g() return 1 + f() end\nf()",
			"3:14, 5:25 called from function 'g', 3:14 called from function 'f', 5:25 called from function 'g', 3:14 called from function 'f', 5:25 called from function 'g', 3:14 called from function 'f' (many times), " +
				"5:25 called from function 'g', 3:14 called from function 'f', 5:25 called from function 'g', 3:14 called from function 'f', 6:1 called from " + main,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openState(t)
			_, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, c.script)), 0)
			if err == nil {
				t.Fatal("no error")
			}
			d := s.Diagnose(err)
			got := strings.TrimPrefix(d.Pos.String(), "job.lua:")
			for _, n := range d.Notes {
				got += ", " + strings.TrimSpace(strings.TrimPrefix(n.Pos.String(), "job.lua:")+" "+n.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An error that repeats in a loop of protected calls keeps a bounded history.
func TestRaisedAgainManyTimes(t *testing.T) {
	t.Parallel()
	s := openState(t)
	_, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, `
local ok, e = pcall(error, "x", 0)
for i = 1, 1000 do ok, e = pcall(function() error(e, 0) end) end
error(e, 0)`)), 0)
	if err == nil {
		t.Fatal("no error")
	}
	depth := 0
	for e := s.last; e != nil; e = e.inner {
		depth++
	}
	if d := s.Diagnose(err); depth > maxJoined+1 || len(d.Notes) > maxCallNotes+1 {
		t.Errorf("%d errors in one another, notes %v", depth, d.Notes)
	}
}

// What is blamed is never another variable than the one that is wrong.
func TestBlame(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"local a, b = 1; return a + a * b":                      "(local 'b')",
		"local a, b = {}; return a.x.y, b.x.y":                  "(field 'x')",
		"local f = function() end; return f() + 1":              "(result of 'f')",
		"local t = { m = function() end }; return t:m() .. 'x'": "(result of 'm')",
		"local t = {}; return ('a' .. t.a .. 'b') .. t.b":       "(field 'a')",
		"local t = {}; return t[1] + t[2]":                      "",
		"local t = {}; return (t.a or t.b) + 1":                 "",
		"local x = 1; do local x; return x.y end":               "(local 'x')",
		"local t = { 1 }; return t[1] < t.n":                    "(field 'n')",
		"local a, b = {}, 2; return a < b":                      "",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			_, err := evaluate(t, script)
			d, ok := err.(*diag.Diagnostic)
			if !ok {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(d.Message, " (")
			if got != "" {
				got = "(" + got
			}
			if got != want || d.Pos.Col == 0 {
				t.Errorf("got %q in %v, want %q", got, d, want)
			}
		})
	}
}
