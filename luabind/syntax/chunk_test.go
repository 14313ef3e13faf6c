package syntax

import (
	"fmt"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Every function of the script is named by a string that it returns; the pair
// of a proto must be the function with the same string.
func TestPairing(t *testing.T) {
	t.Parallel()
	c := compiled(t, `
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
	for proto, fn := range c.Funcs {
		if proto == c.Proto {
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

func TestCompilerCaches(t *testing.T) {
	t.Parallel()
	c := NewCompiler()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 20 {
				if _, d := c.Compile("job.lua", fmt.Sprint("return ", i)); d != nil {
					t.Error(d)
				}
			}
		})
	}
	wg.Wait()
	a, _ := c.Compile("job.lua", "return 1")
	b, _ := c.Compile("job.lua", "return 1")
	other, _ := c.Compile("lib.lua", "return 1")
	if a != b || a == other {
		t.Error("chunks are kept by name and text")
	}
	if _, d := c.Compile("job.lua", "return ="); d == nil {
		t.Error("a wrong script compiled")
	}
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

// compiled is a script that is right.
func compiled(t testing.TB, text string) *Chunk {
	t.Helper()
	c, d := Compile("job.lua", text)
	if d != nil {
		t.Fatalf("compile: %s: %v", d.Code, d)
	}
	return c
}
