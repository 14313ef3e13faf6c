package syntax

import (
	"fmt"
	"regexp"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// blamedName is the name in a message of ours.
var blamedName = regexp.MustCompile(`(?:\((?:local|upvalue|global|field|method) |argument #\d+ to |the variable |no variable )['"](\w+)['"]`)

// Picker tells which part of an expression would be to blame, if the
// expression is of the kind that failed.
type Picker func(e ast.Expr) (blamed ast.Expr, ok bool)

// LeftOf is the left operand.
func LeftOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Lhs }

// RightOf is the right operand.
func RightOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Rhs }

// ArithmeticIn blames one side of an arithmetic operation.
func ArithmeticIn(operator string, side func(*ast.ArithmeticOpExpr) ast.Expr) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		a, ok := e.(*ast.ArithmeticOpExpr)
		if !ok || a.Operator != operator {
			return nil, false
		}
		return side(a), true
	}
}

// NegatedIn blames the operand of a minus.
func NegatedIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryMinusOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

// MeasuredIn blames the operand of #.
func MeasuredIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryLenOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

// CalledIn blames the call itself, whose name is that of what is called.
func CalledIn(e ast.Expr) (ast.Expr, bool) {
	call, ok := e.(*ast.FuncCallExpr)
	return e, ok && LastName(call.Func) != ConcatName
}

// ConcatenatedIn blames operand i (from 1) of a `..` of n operands.
func ConcatenatedIn(i, n int) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		call, ok := e.(*ast.FuncCallExpr)
		if !ok || len(call.Args) != n || LastName(call.Func) != ConcatName {
			return nil, false
		}
		return call.Args[i-1], true
	}
}

// BlameIndexed names what was indexed with the key.
func (c *Chunk) BlameIndexed(line int, key string) string {
	name := c.Blame(line, func(e ast.Expr) (ast.Expr, bool) {
		switch e := e.(type) {
		case *ast.AttrGetExpr:
			constant, ok := e.Key.(*ast.StringExpr)
			return e.Object, !ok || constant.Value == key
		case *ast.FuncCallExpr:
			return e.Receiver, e.Method == key
		}
		return nil, false
	})
	if name == "" {
		return fmt.Sprintf(" with key '%s'", Abridged(key))
	}
	return name
}

// Blame is the name of what the picker picks on a line, as in " (field 'x')";
// "" when that has no name or several would fit.
func (c *Chunk) Blame(line int, pick Picker) string {
	found := ""
	for _, e := range c.nodes().lines[line] {
		blamed, ok := pick(e)
		if !ok || isLiteral(blamed) {
			continue
		}
		name := c.nodes().name(blamed)
		if name == "" || found != "" && found != name {
			return ""
		}
		found = name
	}
	if found == "" {
		return ""
	}
	return " (" + found + ")"
}

// isLiteral reports whether an operand is plainly not at fault.
func isLiteral(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// nodeIndex tells what stands on which line of a chunk.
type nodeIndex struct {
	lines  map[int][]ast.Expr
	inside map[*ast.IdentExpr]*ast.FunctionExpr // the innermost function around it
	scope  *Scope
}

// nodes is the index of the chunk, made at its first use.
func (c *Chunk) nodes() *nodeIndex {
	c.once.Do(func() {
		main := c.Funcs[c.Proto]
		c.index = &nodeIndex{
			lines: map[int][]ast.Expr{}, inside: map[*ast.IdentExpr]*ast.FunctionExpr{},
			scope: Resolve(main, false, func(string) bool { return false }),
		}
		c.index.add(main, main)
	})
	return c.index
}

// add enters everything below n, which stands in the function fn.
func (x *nodeIndex) add(n ast.PositionHolder, fn *ast.FunctionExpr) {
	switch e := n.(type) {
	case *ast.FunctionExpr:
		fn = e
	case *ast.IdentExpr:
		x.inside[e] = fn
	}
	if e, ok := n.(ast.Expr); ok {
		x.lines[e.Line()] = append(x.lines[e.Line()], e)
	}
	eachChild(n, func(e *ast.Expr) { x.add(*e, fn) }, func(s ast.Stmt) { x.add(s, fn) })
}

// name is how messages call an expression, "" if it has no name.
func (x *nodeIndex) name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return x.class(e) + " '" + e.Value + "'"
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return "field '" + key.Value + "'"
		}
	case *ast.FuncCallExpr:
		if e.Method != "" {
			return "method '" + e.Method + "'"
		}
		return x.name(e.Func)
	}
	return ""
}

func (x *nodeIndex) class(e *ast.IdentExpr) string {
	v, ok := x.scope.Uses[e]
	switch {
	case !ok || v.Class == GlobalVar:
		return "global"
	case v.owner != x.inside[e]:
		return "upvalue"
	}
	return "local"
}

// Pinpoint adds the column of the name that the message blames, if that stands
// once on the line.
func (c *Chunk) Pinpoint(pos diag.Pos, message string) diag.Pos {
	m := blamedName.FindStringSubmatch(message)
	if m == nil || pos.Col > 0 {
		return pos
	}
	if t, ok := c.onlyToken(pos.Line, m[1]); ok {
		pos.Col, pos.End = t.Col, t.End
	}
	return pos
}

func (c *Chunk) onlyToken(line int, name string) (found Token, ok bool) {
	for _, t := range TokensAt(c.Tokens, line) {
		if t.Typ == parse.TIdent && t.Str == name {
			if ok {
				return Token{}, false
			}
			found, ok = t, true
		}
	}
	return found, ok
}

// Calls counts the calls of a name on a line: as a method, and otherwise.
func (c *Chunk) Calls(line int, name string) (methods, others int) {
	for _, e := range c.nodes().lines[line] {
		call, ok := e.(*ast.FuncCallExpr)
		switch {
		case !ok:
		case call.Method == name:
			methods++
		case call.Method == "" && LastName(call.Func) == name:
			others++
		}
	}
	return methods, others
}

// LastName is the name by which an expression calls what it means: x, or y in
// x.y; "" if it has none.
func LastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return e.Value
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return key.Value
		}
	}
	return ""
}
