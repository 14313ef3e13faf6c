package luabind

import (
	"math"
	"strconv"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
)

// concatName is the global that `..` calls. No script can write it.
const concatName = "(concat)"

// maxOperands is how many operands one call of concatName takes. More are
// nested, since a function has 200 registers only.
const maxOperands = 50

// rewrite changes the AST where the virtual machine's own meaning would harm
// data: `..` formats numbers by our rule, and number literals mean what they
// say (gopher-lua reads 0010 as octal and 1e309 as NaN).
func rewrite(name string, stmts []ast.Stmt) *diag.Diagnostic {
	r := &rewriter{name: name}
	for _, s := range stmts {
		r.stmt(s)
	}
	return r.problem
}

type rewriter struct {
	name    string
	problem *diag.Diagnostic // the first
}

func (r *rewriter) stmt(s ast.Stmt) { eachChild(s, r.expr, r.stmt) }

func (r *rewriter) expr(place *ast.Expr) {
	if chain, ok := (*place).(*ast.StringConcatOpExpr); ok {
		*place = r.concat(chain)
		return
	}
	eachChild(*place, r.expr, r.stmt)
	switch e := (*place).(type) {
	case *ast.NumberExpr:
		r.number(e)
	case *ast.UnaryMinusOpExpr:
		*place = foldMinus(e)
	}
}

// number gives a literal a text that the compiler cannot mistake.
func (r *rewriter) number(e *ast.NumberExpr) {
	f, ok := parseNumber(e.Value)
	if !ok && r.problem == nil {
		r.problem = diag.Errorf("lua.syntax", diag.Pos{File: r.name, Line: e.Line()}, "malformed number near %q", e.Value)
	}
	setNumber(e, f)
}

func setNumber(e *ast.NumberExpr, f float64) { e.Value = strconv.FormatFloat(f, 'g', -1, 64) }

// foldMinus makes a negative literal of a minus and a literal. A negative zero
// becomes zero: the compiler would let it replace every other zero constant.
func foldMinus(e *ast.UnaryMinusOpExpr) ast.Expr {
	n, ok := e.Expr.(*ast.NumberExpr)
	if !ok {
		return e
	}
	f, _ := parseNumberLiteral(n)
	folded := &ast.NumberExpr{}
	setNumber(folded, 0-f)
	folded.SetLine(n.Line())
	return folded
}

// parseNumberLiteral reads a literal that number has rewritten.
func parseNumberLiteral(n *ast.NumberExpr) (float64, bool) {
	f, err := strconv.ParseFloat(n.Value, 64)
	return f, err == nil && !math.IsNaN(f)
}

// concat makes a call of a chain of `..`; neighbouring literals are joined at
// once.
func (r *rewriter) concat(chain *ast.StringConcatOpExpr) ast.Expr {
	var operands []ast.Expr
	for e := ast.Expr(chain); e != nil; {
		next, ok := e.(*ast.StringConcatOpExpr)
		operand := e
		e = nil
		if ok {
			operand, e = next.Lhs, next.Rhs
		}
		r.expr(&operand)
		operands = appendOperand(operands, operand)
	}
	if len(operands) == 1 {
		return operands[0]
	}
	return concatCall(operands, chain.Line())
}

// appendOperand adds an operand and joins it to a literal before it.
func appendOperand(operands []ast.Expr, e ast.Expr) []ast.Expr {
	text, ok := literalText(e)
	if !ok || len(operands) == 0 {
		return append(operands, e)
	}
	last := operands[len(operands)-1]
	before, ok := literalText(last)
	if !ok {
		return append(operands, e)
	}
	joined := &ast.StringExpr{Value: before + text}
	joined.SetLine(last.Line())
	operands[len(operands)-1] = joined
	return operands
}

// literalText is the text of a literal string or number as `..` sees it.
func literalText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.StringExpr:
		return e.Value, true
	case *ast.NumberExpr:
		f, ok := parseNumberLiteral(e)
		return formatNumber(f), ok
	}
	return "", false
}

// concatCall is a call with the operands, the last of which may be a call with
// the rest.
func concatCall(operands []ast.Expr, line int) ast.Expr {
	if len(operands) > maxOperands {
		rest := concatCall(operands[maxOperands-1:], operands[maxOperands-1].Line())
		operands = append(operands[:maxOperands-1:maxOperands-1], rest)
	}
	oneValue(operands[len(operands)-1])
	fn := &ast.IdentExpr{Value: concatName}
	fn.SetLine(line)
	// AdjustRet keeps `return a .. b` from becoming a tail call, which would
	// lose the line.
	call := &ast.FuncCallExpr{Func: fn, Args: operands, AdjustRet: true}
	call.SetLine(line)
	return call
}

// oneValue keeps a last operand from giving more than one value.
func oneValue(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}
