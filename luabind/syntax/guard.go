package syntax

import (
	"strconv"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
)

// The limits of a script's text. Deeper or larger sources would exhaust the
// stack of the parser or the compiler, which no recover can catch, or lose data.
const (
	maxSource  = 1 << 20 // bytes
	maxNesting = 200     // brackets, blocks and unary operators in one another
	maxDepth   = 1000    // levels of the syntax tree
	MaxItems   = 25_550  // items of a table constructor; gopher-lua loses further ones

	maxConstants = 10_000 // different names and literals of a function
	maxLabels    = 1_000  // labels, and as many gotos, of a function

	// maxCompares is how often the compiler may compare a name or literal with
	// another one: it compares each use with all different ones of its function.
	// This many take it about a second.
	maxCompares = 200_000_000
)

func guardSize(name, text string) *diag.Diagnostic {
	if len(text) <= maxSource {
		return nil
	}
	return diag.Errorf("lua.limit", diag.Pos{File: name}, "the script has %d bytes; at most %d are allowed", len(text), maxSource).
		WithHint("read large tables as data, for instance with etl.read_csv, or split the script with require")
}

// guardTokens bounds how deep brackets, blocks and unary operators nest, and
// refuses numbers that are malformed, which the compiler would take for NaN, or
// would lose digits.
func guardTokens(c *Chunk) *diag.Diagnostic {
	depth, unary := 0, 0
	for i, t := range c.Tokens {
		switch t.Typ {
		case parse.TNot, '-', '#':
			unary++
		case parse.TNumber:
			if c.malformed(i) {
				return malformedNumber(c.PosOf(i, i), t.Str)
			}
			if losesDigits(t.Str) {
				return inexactNumber(c.PosOf(i, i), t.Str)
			}
			unary = 0
		default:
			unary = 0
		}
		depth += nesting(t.Typ)
		if depth+unary > maxNesting {
			return tooDeep(c.PosOf(i, i), maxNesting)
		}
	}
	return nil
}

// losesDigits reports whether a literal is a whole number, written in digits
// only, that fits an int or uint but no plain number of a script.
func losesDigits(literal string) bool {
	n, err := strconv.ParseUint(literal, 10, 64)
	return err == nil && n > value.ExactLimit
}

func inexactNumber(pos diag.Pos, text string) *diag.Diagnostic {
	return diag.Errorf("lua.number", pos, "the number %s may lose digits: numbers of scripts are exact up to 2^53 only", text).
		WithHint("write tonumber(%q) for an exact integer, or use an exponent for a float, as in 1e18", text)
}

// malformed reports whether the number at token i is none, or runs into a word.
func (c *Chunk) malformed(i int) bool {
	t := c.Tokens[i]
	if _, ok := value.ParseNumber(t.Str); !ok {
		return true
	}
	if i+1 == len(c.Tokens) {
		return false
	}
	next := c.Tokens[i+1]
	return (next.Typ == parse.TIdent || next.Typ == parse.TNumber) && next.line == t.line && next.Col == t.End
}

// guardTree bounds the depth of the syntax tree, the size of its tables and the
// constants of each function. It keeps its own stack, so that the deepest tree
// cannot exhaust Go's.
func guardTree(name string, stmts []ast.Stmt) *diag.Diagnostic {
	g := &treeGuard{name: name}
	main := g.function()
	for _, s := range stmts {
		g.todo = append(g.todo, treeLevel{s, 1, main})
	}
	for len(g.todo) > 0 && g.problem == nil {
		at := g.todo[len(g.todo)-1]
		g.todo = g.todo[:len(g.todo)-1]
		g.visit(at)
	}
	if g.problem == nil {
		g.problem = g.tooManyCompares()
	}
	return g.problem
}

type treeGuard struct {
	name      string
	todo      []treeLevel
	functions []*functionSize
	problem   *diag.Diagnostic
}

type treeLevel struct {
	node  ast.PositionHolder
	depth int
	in    *functionSize // the function around the node
}

// functionSize counts what makes a function expensive to compile.
type functionSize struct {
	constants map[string]bool
	uses      int // of constants
	labels    int
	gotos     int
}

// function begins a function.
func (g *treeGuard) function() *functionSize {
	f := &functionSize{constants: map[string]bool{}}
	g.functions = append(g.functions, f)
	return f
}

// tooManyCompares adds up what the compiler does for constants.
func (g *treeGuard) tooManyCompares() *diag.Diagnostic {
	compares := 0
	for _, f := range g.functions {
		compares += f.uses * len(f.constants)
	}
	if compares <= maxCompares {
		return nil
	}
	return diag.Errorf("lua.limit", diag.Pos{File: g.name}, "the functions of the script use too many names and values").
		WithHint("read large tables as data, for instance with etl.read_csv, or split the script into functions")
}

func (g *treeGuard) visit(at treeLevel) {
	pos := diag.Pos{File: g.name, Line: at.node.Line()}
	if _, ok := at.node.(*ast.FunctionExpr); ok {
		at.in = g.function()
	}
	g.count(at)
	t, ok := at.node.(*ast.TableExpr)
	switch {
	case at.depth > maxDepth:
		g.problem = tooDeep(pos, maxDepth)
	case ok && len(t.Fields) > MaxItems:
		g.problem = tooMuch(pos, "a table is written with", len(t.Fields), "items", MaxItems)
	case len(at.in.constants) > maxConstants:
		g.problem = tooMuch(pos, "a function has", len(at.in.constants), "different names and values", maxConstants)
	case max(at.in.labels, at.in.gotos) > maxLabels:
		g.problem = diag.Errorf("lua.limit", pos, "a function has more than %d labels or gotos", maxLabels).
			WithHint("use loops and functions")
	}
	eachChild(at.node,
		func(e *ast.Expr) { g.todo = append(g.todo, treeLevel{*e, at.depth + 1, at.in}) },
		func(s ast.Stmt) { g.todo = append(g.todo, treeLevel{s, at.depth + 1, at.in}) })
}

// count adds a node to the size of its function.
func (g *treeGuard) count(at treeLevel) {
	switch at.node.(type) {
	case *ast.LabelStmt:
		at.in.labels++
	case *ast.GotoStmt:
		at.in.gotos++
	}
	if c := constantIn(at.node); c != "" {
		at.in.constants[c] = true
		at.in.uses++
	}
}

// constantIn is what a node adds to the constants of its function, "" if
// nothing. A name may be a local variable, which adds nothing either.
func constantIn(n ast.PositionHolder) string {
	switch n := n.(type) {
	case *ast.NumberExpr:
		return "number " + n.Value
	case *ast.StringExpr:
		return "string " + n.Value
	case *ast.IdentExpr:
		return "string " + n.Value
	case *ast.FuncCallExpr:
		return "string " + n.Method
	case *ast.FuncDefStmt:
		return "string " + n.Name.Method
	}
	return ""
}

func tooMuch(pos diag.Pos, what string, n int, of string, limit int) *diag.Diagnostic {
	return diag.Errorf("lua.limit", pos, "%s %d %s; at most %d are allowed", what, n, of, limit).
		WithHint("read large tables as data, for instance with etl.read_csv")
}

func tooDeep(pos diag.Pos, limit int) *diag.Diagnostic {
	return diag.Errorf("lua.limit", pos, "the script nests more than %d levels deep here", limit).
		WithHint("split the expression or the block into parts with local variables and functions")
}
