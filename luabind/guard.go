package luabind

import (
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// The limits of a script's text. Deeper or larger sources would exhaust the
// stack of the parser or the compiler, which no recover can catch, or lose data.
const (
	maxSource  = 1 << 20 // bytes
	maxNesting = 200     // brackets, blocks and unary operators in one another
	maxDepth   = 1000    // levels of the syntax tree
	maxItems   = 25_550  // items of a table constructor; gopher-lua loses further ones
)

func guardSize(name, text string) *diag.Diagnostic {
	if len(text) <= maxSource {
		return nil
	}
	return diag.Errorf("lua.limit", diag.Pos{File: name}, "the script has %d bytes; at most %d are allowed", len(text), maxSource).
		WithHint("read large tables as data, for instance with etl.read_csv, or split the script with require")
}

// guardTokens bounds how deep brackets, blocks and unary operators nest, and
// refuses malformed numbers, which the compiler would take for NaN.
func guardTokens(c *chunk) *diag.Diagnostic {
	depth, unary := 0, 0
	for i, t := range c.tokens {
		switch t.typ {
		case parse.TNot, '-', '#':
			unary++
		case parse.TNumber:
			if c.malformed(i) {
				return malformedNumber(c.posOf(i, i), t.str)
			}
			unary = 0
		default:
			unary = 0
		}
		depth += nesting(t.typ)
		if depth+unary > maxNesting {
			return tooDeep(c.posOf(i, i), maxNesting)
		}
	}
	return nil
}

// malformed reports whether the number at token i is none, or runs into a word.
func (c *chunk) malformed(i int) bool {
	t := c.tokens[i]
	if _, ok := parseNumber(t.str); !ok {
		return true
	}
	if i+1 == len(c.tokens) {
		return false
	}
	next := c.tokens[i+1]
	return (next.typ == parse.TIdent || next.typ == parse.TNumber) && next.line == t.line && next.col == t.end
}

// guardTree bounds the depth of the syntax tree and the size of its tables. It
// keeps its own stack, so that the deepest tree cannot exhaust Go's.
func guardTree(name string, stmts []ast.Stmt) *diag.Diagnostic {
	type level struct {
		node  ast.PositionHolder
		depth int
	}
	var todo []level
	for _, s := range stmts {
		todo = append(todo, level{s, 1})
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at.depth > maxDepth {
			return tooDeep(diag.Pos{File: name, Line: at.node.Line()}, maxDepth)
		}
		if t, ok := at.node.(*ast.TableExpr); ok && len(t.Fields) > maxItems {
			return diag.Errorf("lua.limit", diag.Pos{File: name, Line: t.Line()}, "a table is written with %d items; at most %d are allowed", len(t.Fields), maxItems).
				WithHint("read large tables as data, for instance with etl.read_csv")
		}
		eachChild(at.node,
			func(e *ast.Expr) { todo = append(todo, level{*e, at.depth + 1}) },
			func(s ast.Stmt) { todo = append(todo, level{s, at.depth + 1}) })
	}
	return nil
}

func tooDeep(pos diag.Pos, limit int) *diag.Diagnostic {
	return diag.Errorf("lua.limit", pos, "the script nests more than %d levels deep here", limit).
		WithHint("split the expression or the block into parts with local variables and functions")
}
