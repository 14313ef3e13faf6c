package syntax

import (
	"math"
	"strconv"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/value"
)

// RelationName is the global that a relational operator calls in the exact
// form. No script can write it.
func RelationName(operator string) string { return "(" + operator + ")" }

// ConcatName is the global that `..` calls. No script can write it.
const ConcatName = "(concat)"

// maxOperands is how many operands one call of concatName takes. More are
// nested, since a function has 200 registers only; metamethods then see them in
// groups from the left.
const maxOperands = 50

// rewriter changes the AST where the virtual machine's own meaning would harm
// data: `..` formats numbers by our rule, number literals mean what they say
// (gopher-lua reads 0010 as octal and 1e309 as NaN), multiple assignments compute
// their values before they assign, generic for loops begin with nil, and loops do
// not begin with a jump. In the
// exact form, relational operators call functions.
type rewriter struct {
	exact     bool
	relations int // operators that differ in the exact form
}

// rewrite rewrites statements and returns how many operators differ in the
// exact form.
func rewrite(stmts []ast.Stmt, exact bool) (relations int) {
	r := &rewriter{exact: exact}
	sequence(stmts)
	for _, s := range stmts {
		r.stmt(s)
	}
	guardLabels(stmts)
	return r.relations
}

func (r *rewriter) stmt(s ast.Stmt) {
	if loop, ok := s.(*ast.GenericForStmt); ok {
		loop.Exprs = threeValues(loop.Exprs, loop.Line())
	}
	eachBlock(s, sequence)
	eachChild(s, r.expr, r.stmt)
	// After the conditions, which may turn out to be constants.
	eachBlock(s, guardLabels)
	guardLoop(s)
}

// threeValues adds the nils that a generic for begins with when it is written
// with less than iterator, state and first value. The compiler forgets them, so
// that the loop would begin with what the register held before.
func threeValues(exprs []ast.Expr, line int) []ast.Expr {
	if severalValues(exprs[len(exprs)-1]) {
		return exprs
	}
	for len(exprs) < 3 {
		missing := &ast.NilExpr{}
		missing.SetLine(line)
		exprs = append(exprs, missing)
	}
	return exprs
}

// severalValues reports whether an expression at the end of a list may stand
// for any number of values.
func severalValues(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

func (r *rewriter) expr(place *ast.Expr) {
	if chain, ok := (*place).(*ast.StringConcatOpExpr); ok {
		*place = r.concat(chain)
		return
	}
	eachBlock(*place, sequence)
	eachChild(*place, r.expr, r.stmt)
	eachBlock(*place, guardLabels)
	switch e := (*place).(type) {
	case *ast.NumberExpr:
		f, _ := value.ParseNumber(e.Value) // guardTokens let no other through
		setNumber(e, f)
	case *ast.UnaryMinusOpExpr:
		*place = foldMinus(e)
	case *ast.ArithmeticOpExpr:
		*place = foldArithmetic(e)
	case *ast.RelationalOpExpr:
		*place = r.relation(e)
	case *ast.LogicalOpExpr:
		*place = foldLogical(e)
	case *ast.UnaryNotOpExpr:
		*place = foldNot(e)
	}
}

// relation makes a call of a relational operator in the exact form.
func (r *rewriter) relation(e *ast.RelationalOpExpr) ast.Expr {
	if equality := e.Operator == "==" || e.Operator == "~="; equality && (isPlain(e.Lhs) || isPlain(e.Rhs)) {
		return e
	}
	r.relations++
	if !r.exact {
		return e
	}
	return hiddenCall(RelationName(e.Operator), []ast.Expr{e.Lhs, e.Rhs}, e.Line())
}

// isPlain reports whether an expression is a literal that equals nothing but
// itself in the virtual machine as well.
func isPlain(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NilExpr, *ast.TrueExpr, *ast.FalseExpr, *ast.TableExpr, *ast.FunctionExpr:
		return true
	}
	return false
}

// setNumber gives a literal a text that the compiler cannot mistake.
func setNumber(e *ast.NumberExpr, f float64) { e.Value = strconv.FormatFloat(f, 'g', -1, 64) }

// foldMinus makes a literal of a minus and a literal.
func foldMinus(e *ast.UnaryMinusOpExpr) ast.Expr {
	if x, ok := LiteralNumber(e.Expr); ok {
		return newNumber(-x, e.Line())
	}
	return e
}

// foldArithmetic makes a literal of an operation on two.
func foldArithmetic(e *ast.ArithmeticOpExpr) ast.Expr {
	a, ok := LiteralNumber(e.Lhs)
	b, ok2 := LiteralNumber(e.Rhs)
	if !ok || !ok2 {
		return e
	}
	return newNumber(OperatorFuncs()[e.Operator](a, b), e.Line())
}

// foldLogical is what a choice between a constant and something else comes to.
// The compiler would make a jump of it, and gopher-lua has wrong ideas of jumps
// where a loop begins; see guardLoop.
func foldLogical(e *ast.LogicalOpExpr) ast.Expr {
	switch {
	case !isConstant(e.Lhs):
		return e
	case isTrue(e.Lhs) == (e.Operator == "and"):
		oneValue(e.Rhs)
		return e.Rhs
	}
	return e.Lhs
}

// foldNot makes a constant of the opposite of one.
func foldNot(e *ast.UnaryNotOpExpr) ast.Expr {
	var opposite ast.Expr = &ast.TrueExpr{}
	switch {
	case !isConstant(e.Expr):
		return e
	case isTrue(e.Expr):
		opposite = &ast.FalseExpr{}
	}
	opposite.SetLine(e.Line())
	return opposite
}

// isTrue reports whether a constant counts as true.
func isTrue(constant ast.Expr) bool {
	switch constant.(type) {
	case *ast.NilExpr, *ast.FalseExpr:
		return false
	}
	return true
}

// newNumber is a literal. There is no literal of negative zero: the compiler
// would let it replace every other zero of the function.
func newNumber(f float64, line int) *ast.NumberExpr {
	n := &ast.NumberExpr{}
	setNumber(n, f+0)
	n.SetLine(line)
	return n
}

// OperatorFuncs is what the operators do.
func OperatorFuncs() map[string]func(a, b float64) float64 {
	return map[string]func(a, b float64) float64{
		"+": func(a, b float64) float64 { return a + b },
		"-": func(a, b float64) float64 { return a - b },
		"*": func(a, b float64) float64 { return a * b },
		"/": func(a, b float64) float64 { return a / b },
		"%": value.Modulo,
		"^": math.Pow,
	}
}

// LiteralNumber is the value of a literal that was rewritten.
func LiteralNumber(e ast.Expr) (float64, bool) {
	n, ok := e.(*ast.NumberExpr)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	return f, err == nil
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
		f, ok := LiteralNumber(e)
		return value.FormatNumber(f), ok
	}
	return "", false
}

// concatCall is a call with the operands, the first of which may be a call with
// those before.
func concatCall(operands []ast.Expr, line int) ast.Expr {
	for len(operands) > maxOperands {
		first := concatCall(operands[:maxOperands:maxOperands], line)
		operands = append([]ast.Expr{first}, operands[maxOperands:]...)
	}
	return hiddenCall(ConcatName, operands, line)
}

// hiddenCall is a call of a global that no script can write, for one value.
func hiddenCall(name string, operands []ast.Expr, line int) ast.Expr {
	oneValue(operands[len(operands)-1])
	fn := &ast.IdentExpr{Value: name}
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
