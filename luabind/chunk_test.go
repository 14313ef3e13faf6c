package luabind

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Every function of the script is named by a string that it returns; the pair
// of a proto must be the function with the same string.
func TestPairing(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, `
local function one() return "one" end
local t = { a = function() return "t.a" end, [(function() return "key" end)()] = function() return "t.key" end, function() return "t.1" end }
function t.field() return "t.field", function() return "t.field.inner" end end
function t:method(x) return "t:method" end
local a, b = function() return "a" end, function() return "b" end
t.x, t[one(function() return "index" end)] = function() return "assigned" end, 1
for i = (function() return "from" end)(), 2 do local f = function() return "loop" end end
for k in (function() return "iterator" end)() do end
while (function() return "while" end)() do break end
repeat local r = function() return "repeat" end until (function() return "until" end)()
if (function() return "if" end)() then local _ = function() return "then" end
elseif (function() return "elseif" end)() then else local _ = function() return "else" end end
one(function() return "arg 1" end, function() return "arg 2", (function() return "nested" end)() end):chain(function() return "arg 3" end)
local s = (function() return "left" end)() .. "x" .. (function() return "right" end)()
local n = -(function() return "minus" end)() + #(function() return "length" end)()
local l = (function() return "and" end)() and false or not (function() return "not" end)()
return function(...) return "last" end, function() return "extra" end
`)
	protos := 0
	for proto, fn := range c.funcs {
		if proto == c.proto {
			continue
		}
		protos++
		want := firstString(fn.Stmts)
		if got := proto.Constants[0]; got != lua.LString(want) {
			t.Errorf("line %d: proto of %v is paired with %q", proto.LineDefined, got, want)
		}
	}
	if protos != 34 {
		t.Errorf("%d functions, want 34", protos)
	}
}

func TestCallLines(t *testing.T) {
	t.Parallel()
	s := openState(t)
	var lines []string
	note := s.bind("note", func(L *lua.LState) int {
		frame, _ := L.GetStack(1)
		_, _ = L.GetInfo("l", frame, lua.LNil)
		lines = append(lines, fmt.Sprintf("%s%d", L.Where(1), frame.CurrentLine))
		L.Push(L.Get(1))
		return 1
	})
	stream := s.L.NewTable()
	stream.RawSetString("filter", note)
	stream.RawSetString("map", note)
	s.setGlobal("stream", stream)
	s.setGlobal("note", note)
	c := mustCompile(t, `function stream:own(x) return x end
local a = stream
  :filter(function(row)
    return row:has "x" end)
  :map { f = stream:filter() }
  :filter(
    1)
stream
  .map(
  stream) note(1)
`)
	if _, err := s.call(context.Background(), 0, s.load(c), 0); err != nil {
		t.Fatal(err)
	}
	want := "job.lua:3:3 job.lua:5:5 job.lua:5:5 job.lua:6:6 job.lua:9:9 job.lua:10:10"
	if diff := cmp.Diff(want, strings.Join(lines, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestCompileStripsMarks(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"\ufeffreturn 1":                     "1",
		"#!/usr/bin/env etlscript\nreturn 2": "2",
		"\ufeff#!x\nlocal ok, m = pcall(error, 'e') return select(2, pcall(function() error('here') end))": "job.lua:2: here",
		"#\nreturn 3": "3",
		"":            "",
		"return 0010, 1e309, -1e309, 0xff, 0xffffffffffffffff, .5, 3., 1e2":     "10 Inf -Inf 255 18446744073709552000 0.5 3 100",
		"local x = -0; local y = 0; return y, x, 0 * -1, 1 / 0, 2 ^ 10, -5 % 3": "0 0 0 Inf 1024 1",
	})
}

func TestCompilerCaches(t *testing.T) {
	t.Parallel()
	c := newCompiler()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 20 {
				if _, d := c.compile("job.lua", fmt.Sprint("return ", i)); d != nil {
					t.Error(d)
				}
			}
		})
	}
	wg.Wait()
	a, _ := c.compile("job.lua", "return 1")
	b, _ := c.compile("job.lua", "return 1")
	other, _ := c.compile("lib.lua", "return 1")
	if a != b || a == other {
		t.Error("chunks are kept by name and text")
	}
	if _, d := c.compile("job.lua", "return ="); d == nil {
		t.Error("a wrong script compiled")
	}
}

// Several states run one chunk at the same time.
func TestChunkIsShared(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, `
local counts, log = {}, ""
local function count(word) counts[word] = (counts[word] or 0) + 1 end
for i = 1, 200 do
  local ok, err = pcall(function() count("k" .. i % 7); if i % 5 == 0 then error("x" .. i) end; return nil + i end)
  log = log .. #err
end
return counts.k1, #log, select(2, pcall(function() local t; return t.x end))`)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s := newState(stateOptions{})
			defer s.close()
			for range 5 {
				out, err := s.call(context.Background(), 0, s.load(c), 3)
				if err != nil {
					t.Error(err)
					return
				}
				if got := fmt.Sprint(out); got != "[29 400 job.lua:8: attempt to index a nil value (local 't')]" {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
}

// firstString is the first string that the statements return.
func firstString(stmts []ast.Stmt) string {
	for _, s := range stmts {
		if r, ok := s.(*ast.ReturnStmt); ok {
			return r.Exprs[0].(*ast.StringExpr).Value
		}
	}
	return ""
}
