package syntax

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// markBase is above every line of a text. A line number beyond it is a mark:
// mark i is markBase+i.
const markBase = maxSource + 2

// mark is an expression or a for statement with its place in the text.
//
// The virtual machine keeps a line for each instruction and shows nothing else
// of the one that failed. While the chunk is compiled, the nodes of the tree
// therefore have a mark instead of their line; the instructions keep it, and a
// message tells the very expression that failed, and not just its line.
type mark struct {
	span  span
	nodes []ast.PositionHolder // that the rewrites made of it, in the plain form
}

// setMarks gives the nodes of the tree the line of their name or operator, which
// the parser does not know for the later parts of a chain, and then their mark.
func (c *Chunk) setMarks(stmts []ast.Stmt) {
	found, ok := align(c.Tokens, stmts)
	if !ok {
		return // messages then have the parser's lines, without columns
	}
	first := c.marks == nil
	for i, a := range found {
		if first {
			c.marks = append(c.marks, mark{span: a.span})
		}
		if _, ok := a.node.(*ast.FunctionExpr); ok {
			a.node.SetLine(c.Tokens[a.span.at].line)
			if first {
				c.marks[i].nodes = []ast.PositionHolder{a.node}
			}
			continue
		}
		a.node.SetLine(markBase + i)
	}
}

// unmark gives the nodes of the tree their lines back and keeps which were made
// of what the marks stand for.
func (c *Chunk) unmark(stmts []ast.Stmt) {
	var visit func(n ast.PositionHolder)
	visit = func(n ast.PositionHolder) {
		if m := c.marked(n.Line()); m != nil {
			m.nodes = append(m.nodes, n)
			n.SetLine(c.Tokens[m.span.at].line)
		}
		eachChild(n, func(e *ast.Expr) { visit(*e) }, func(s ast.Stmt) { visit(s) })
	}
	for _, s := range stmts {
		visit(s)
	}
}

// marked is what a mark stands for, nil for a plain line.
func (c *Chunk) marked(line int) *mark {
	if i := line - markBase; i >= 0 && i < len(c.marks) {
		return &c.marks[i]
	}
	return nil
}

// At is the place that a line of the virtual machine stands for: the name or
// operator of the expression that runs, where that is known.
func (c *Chunk) At(line int) diag.Pos {
	if m := c.marked(line); m != nil {
		return c.PosOf(m.span.at, m.span.at)
	}
	return diag.Pos{File: c.Name, Line: line}
}

// placeOfSpan is where messages point for an expression: its name; the whole of
// it where it has none.
func (c *Chunk) placeOfSpan(s span) diag.Pos {
	if c.Tokens[s.at].Typ == parse.TIdent && tokenAt(c.Tokens, s.at-1).Typ != '[' {
		return c.PosOf(s.at, s.at)
	}
	return c.PosOf(s.first, s.last)
}

// longestQuote is how long an expression may be that a message repeats.
const longestQuote = 40

// quote is the text of an expression, "" if it is long or spans lines.
func (c *Chunk) quote(s span) string {
	first, last := c.Tokens[s.first], c.Tokens[s.last]
	line := c.lineText(first.line)
	if last.line != first.line || last.End > len(line)+1 || last.End-first.Col > longestQuote {
		return ""
	}
	return line[first.Col-1 : last.End-1]
}

func (c *Chunk) lineText(n int) string {
	rest := c.text
	for ; n > 1; n-- {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
