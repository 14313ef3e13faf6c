package syntax

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/internal/luagen"
)

// The places that align finds are those at which the text says what the node
// means.
func TestAlign(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"",
		"local x <const>"[:7],
		"local a, b = 1, (2); ; a = -b ^ 2, not (a == b)",
		`local t = { 1, x = 2, ["y"] = 3, [(4)] = 5; f(6) }; t.a.b["c"].d = t:m():n "x" { }`,
		"local function f(a, ...) return ... end; function t.a.b:c(x) end; function t.d() end; f = function(...) end",
		"for i = (1), (f(2)) do break end for i = 3, 1, -1 do end for k, v in pairs(t), nil do goto on ::on:: end",
		"if a then elseif (b) then elseif c then else end if d then else if e then else end end",
		"while (a) do end repeat local x = 1 until x == (1) do f((g)((h()))) end",
		"return (a .. (b .. c)) .. 'd' .. 1, ((f))((x)), (function() end)(), #{...}, - - x",
		"local x = x local i = i; x.x = x.x(x, { x = x })",
		"#!/usr/bin/lua\nreturn [[\nlong\n]] .. x",
	} {
		expectAligned(t, script)
	}
}

// Every script of the repository is aligned.
func TestAlignOfAllScripts(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) != ".lua" || err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if _, d := Compile(path, string(text)); d == nil {
			seen++
			expectAligned(t, string(text))
		}
		return err
	})
	if err != nil || seen < 30 {
		t.Errorf("%d scripts: %v", seen, err)
	}
}

// FuzzAlign aligns generated programs.
func FuzzAlign(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { expectAligned(t, luagen.New(seed).String()) })
}

func expectAligned(t *testing.T, script string) {
	t.Helper()
	if _, d := Compile("job.lua", script); d != nil {
		t.Skip(d)
	}
	c := &Chunk{Name: "job.lua", text: script}
	var err error
	if c.Tokens, err = scan("job.lua", c.source()); err != nil {
		t.Fatal(err)
	}
	stmts, err := parseText("job.lua", c.source())
	if err != nil {
		t.Fatal(err)
	}
	found, ok := align(c.Tokens, stmts)
	if !ok {
		t.Fatalf("not aligned: %s", script)
	}
	for _, a := range found {
		at := c.Tokens[a.span.at].Str
		if want := anchor(a.node); want != "" && want != at || a.span.at < a.span.first || a.span.last < a.span.at {
			t.Errorf("%T %q stands at %q, %+v: %s", a.node, want, at, a.span, script)
		}
	}
}

// anchor is the token that stands where a node is, as far as it tells.
func anchor(n ast.PositionHolder) string {
	switch n := n.(type) {
	case *ast.IdentExpr:
		return n.Value
	case *ast.StringExpr:
		return n.Value
	case *ast.NumberExpr:
		return n.Value
	case *ast.ArithmeticOpExpr:
		return n.Operator
	case *ast.RelationalOpExpr:
		return n.Operator
	case *ast.FuncCallExpr:
		if n.Method != "" {
			return n.Method
		}
		return LastName(n.Func)
	case *ast.AttrGetExpr:
		return LastName(n)
	}
	return ""
}
