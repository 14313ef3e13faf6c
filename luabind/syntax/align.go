package syntax

import (
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// span is where a node stands in the text, as indexes of tokens.
type span struct {
	first, last int // the whole of it
	at          int // what messages point at: a name, an operator
}

// aligned is a node with its place.
type aligned struct {
	node ast.PositionHolder
	span span
}

// align finds for every expression and every for statement where it stands in
// the text, in the order of the walk. The parser keeps no columns; but the tree
// and the tokens have the same order, so that walking both side by side pairs
// them. ok is false where they do not agree.
func align(tokens []Token, stmts []ast.Stmt) (found []aligned, ok bool) {
	a := &aligner{tokens: tokens, partner: partners(tokens)}
	a.block(stmts)
	return a.out, !a.lost
}

// partners is for each bracket the index of the one that closes or opens it.
func partners(tokens []Token) []int {
	out := make([]int, len(tokens))
	var open []int
	for i, t := range tokens {
		switch t.Typ {
		case '(', '{', '[':
			open = append(open, i)
		case ')', '}', ']':
			if n := len(open); n > 0 {
				out[i], out[open[n-1]] = open[n-1], i
				open = open[:n-1]
			}
		}
	}
	return out
}

type aligner struct {
	tokens  []Token
	partner []int
	next    int // the first token that is not paired yet
	lost    bool
	out     []aligned
}

// silent reports whether a token is none of the tree.
func silent(t Token) bool { return t.Typ == '(' || t.Typ == ')' || t.Typ == ',' || t.Typ == ';' }

// peek is the next token of the tree.
func (a *aligner) peek() Token {
	for a.next < len(a.tokens) && silent(a.tokens[a.next]) {
		a.next++
	}
	return tokenAt(a.tokens, a.next)
}

// take is the index of the next token, which must fit.
func (a *aligner) take(fits bool) int {
	if a.lost = a.lost || !fits; a.lost {
		return 0
	}
	a.next++
	return a.next - 1
}

// word takes a word or symbol of the language, or a name.
func (a *aligner) word(word string) int { return a.take(a.peek().Is(word)) }

func (a *aligner) words(words []string) {
	for _, w := range words {
		a.word(w)
	}
}

// note enters a node. Parentheses of its parts belong to it.
func (a *aligner) note(n ast.PositionHolder, s span) span {
	if a.lost {
		return s
	}
	for s.first > 0 && a.tokens[s.first-1].Typ == '(' && a.partner[s.first-1] < s.last {
		s.first--
	}
	for s.last+1 < len(a.tokens) && a.tokens[s.last+1].Typ == ')' && a.partner[s.last+1] > s.first {
		s.last++
	}
	a.out = append(a.out, aligned{node: n, span: s})
	return s
}

// only is the span of a single token.
func only(i int) span { return span{first: i, last: i, at: i} }

func (a *aligner) exprs(list []ast.Expr) (s span) {
	for i, e := range list {
		at := a.expr(e)
		if i == 0 {
			s = at
		}
		s.last = at.last
	}
	return s
}

func (a *aligner) expr(e ast.Expr) span {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		return a.attr(e)
	case *ast.TableExpr:
		return a.table(e)
	case *ast.FuncCallExpr:
		return a.call(e)
	case *ast.FunctionExpr:
		at := a.word("function")
		return a.function(e, at)
	case *ast.LogicalOpExpr:
		return a.binary(e, e.Lhs, e.Operator, e.Rhs)
	case *ast.RelationalOpExpr:
		return a.binary(e, e.Lhs, e.Operator, e.Rhs)
	case *ast.StringConcatOpExpr:
		return a.binary(e, e.Lhs, "..", e.Rhs)
	case *ast.ArithmeticOpExpr:
		return a.binary(e, e.Lhs, e.Operator, e.Rhs)
	case *ast.UnaryMinusOpExpr:
		return a.unary(e, "-", e.Expr)
	case *ast.UnaryNotOpExpr:
		return a.unary(e, "not", e.Expr)
	case *ast.UnaryLenOpExpr:
		return a.unary(e, "#", e.Expr)
	}
	return a.leaf(e)
}

func (a *aligner) leaf(e ast.Expr) span {
	t := a.peek()
	fits := false
	switch e := e.(type) {
	case *ast.IdentExpr:
		fits = t.Typ == parse.TIdent && t.Str == e.Value
	case *ast.StringExpr:
		fits = t.Typ == parse.TString
	case *ast.NumberExpr:
		fits = t.Typ == parse.TNumber
	case *ast.NilExpr:
		fits = t.Typ == parse.TNil
	case *ast.TrueExpr:
		fits = t.Typ == parse.TTrue
	case *ast.FalseExpr:
		fits = t.Typ == parse.TFalse
	case *ast.Comma3Expr:
		fits = t.Typ == parse.T3Comma
	}
	return a.note(e, only(a.take(fits)))
}

func (a *aligner) binary(e, left ast.Expr, operator string, right ast.Expr) span {
	first := a.expr(left).first
	at := a.word(operator)
	return a.note(e, span{first: first, at: at, last: a.expr(right).last})
}

func (a *aligner) unary(e ast.Expr, operator string, operand ast.Expr) span {
	at := a.word(operator)
	return a.note(e, span{first: at, at: at, last: a.expr(operand).last})
}

// attr pairs x.name or x[key].
func (a *aligner) attr(e *ast.AttrGetExpr) span {
	first := a.expr(e.Object).first
	if a.peek().Is(".") {
		a.word(".")
		at := a.name(e.Key)
		return a.note(e, span{first: first, at: at, last: at})
	}
	a.word("[")
	key := a.expr(e.Key)
	return a.note(e, span{first: first, at: key.first, last: a.word("]")})
}

// name pairs a string that is written as a name.
func (a *aligner) name(key ast.Expr) int {
	s, ok := key.(*ast.StringExpr)
	if !ok {
		a.lost = true
		return 0
	}
	at := a.word(s.Value)
	a.note(s, only(at))
	return at
}

func (a *aligner) table(e *ast.TableExpr) span {
	open := a.word("{")
	for _, f := range e.Fields {
		switch {
		case f.Key == nil:
		case a.peek().Is("["):
			a.word("[")
			a.expr(f.Key)
			a.word("]")
			a.word("=")
		default:
			a.name(f.Key)
			a.word("=")
		}
		a.expr(f.Value)
	}
	return a.note(e, span{first: open, at: open, last: a.word("}")})
}

func (a *aligner) call(e *ast.FuncCallExpr) span {
	var s span
	if e.Method != "" {
		s.first = a.expr(e.Receiver).first
		a.word(":")
		s.at = a.word(e.Method)
	} else {
		s = a.expr(e.Func)
	}
	for tokenAt(a.tokens, a.next).Typ == ')' {
		a.next++
	}
	if tokenAt(a.tokens, a.next).Typ != '(' {
		s.last = a.exprs(e.Args).last
		return a.note(e, s)
	}
	s.last = a.partner[a.next]
	a.exprs(e.Args)
	a.next = max(a.next, s.last+1)
	return a.note(e, s)
}

// function pairs the rest of a function whose word is token i.
func (a *aligner) function(e *ast.FunctionExpr, i int) span {
	for a.next < len(a.tokens) && a.tokens[a.next].Typ != '(' {
		a.next++
	}
	if a.next < len(a.tokens) {
		a.next = a.partner[a.next] + 1
	}
	a.block(e.Stmts)
	return a.note(e, span{first: i, at: i, last: a.word("end")})
}

func (a *aligner) block(stmts []ast.Stmt) {
	for _, s := range stmts {
		if a.lost {
			return
		}
		a.stmt(s)
	}
}

func (a *aligner) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		a.exprs(s.Lhs)
		a.word("=")
		a.exprs(s.Rhs)
	case *ast.LocalAssignStmt:
		a.local(s)
	case *ast.FuncCallStmt:
		a.expr(s.Expr)
	case *ast.DoBlockStmt:
		a.word("do")
		a.body(s.Stmts)
	case *ast.WhileStmt:
		a.word("while")
		a.expr(s.Condition)
		a.word("do")
		a.body(s.Stmts)
	case *ast.RepeatStmt:
		a.word("repeat")
		a.block(s.Stmts)
		a.word("until")
		a.expr(s.Condition)
	case *ast.IfStmt:
		a.word("if")
		a.branches(s)
	case *ast.NumberForStmt:
		a.words([]string{"for", s.Name, "="})
		bounds := a.exprs(numberForBounds(s))
		a.loop(s, bounds, s.Stmts)
	case *ast.GenericForStmt:
		a.word("for")
		a.words(s.Names)
		a.word("in")
		a.loop(s, a.exprs(s.Exprs), s.Stmts)
	case *ast.FuncDefStmt:
		a.definition(s)
	case *ast.ReturnStmt:
		a.word("return")
		a.exprs(s.Exprs)
	case *ast.BreakStmt:
		a.word("break")
	case *ast.GotoStmt:
		a.words([]string{"goto", s.Label})
	case *ast.LabelStmt:
		a.words([]string{"::", s.Name, "::"})
	default:
		a.lost = true
	}
}

func (a *aligner) body(stmts []ast.Stmt) {
	a.block(stmts)
	a.word("end")
}

// numberForBounds are the two or three expressions of a numeric for.
func numberForBounds(s *ast.NumberForStmt) []ast.Expr {
	if s.Step == nil {
		return []ast.Expr{s.Init, s.Limit}
	}
	return []ast.Expr{s.Init, s.Limit, s.Step}
}

func (a *aligner) loop(s ast.Stmt, head span, stmts []ast.Stmt) {
	a.note(s, head)
	a.word("do")
	a.body(stmts)
}

func (a *aligner) local(s *ast.LocalAssignStmt) {
	a.word("local")
	if a.peek().Is("function") && len(s.Exprs) == 1 {
		at := a.word("function")
		a.words(s.Names)
		fn, ok := s.Exprs[0].(*ast.FunctionExpr)
		a.lost = a.lost || !ok
		if !a.lost {
			a.function(fn, at)
		}
		return
	}
	a.words(s.Names)
	if len(s.Exprs) > 0 {
		a.word("=")
		a.exprs(s.Exprs)
	}
}

// branches pairs an if statement behind its first word.
func (a *aligner) branches(s *ast.IfStmt) {
	a.expr(s.Condition)
	a.word("then")
	a.block(s.Then)
	if a.peek().Is("elseif") && len(s.Else) == 1 {
		a.word("elseif")
		inner, ok := s.Else[0].(*ast.IfStmt)
		a.lost = a.lost || !ok
		if !a.lost {
			a.branches(inner)
		}
		return
	}
	if a.peek().Is("else") {
		a.word("else")
		a.block(s.Else)
	}
	a.word("end")
}

// definition pairs a function statement.
func (a *aligner) definition(s *ast.FuncDefStmt) {
	at := a.word("function")
	if s.Name.Func != nil {
		a.expr(s.Name.Func)
	} else {
		a.expr(s.Name.Receiver)
		a.words([]string{":", s.Name.Method})
	}
	a.function(s.Func, at)
}
