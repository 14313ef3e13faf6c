package syntax

import "github.com/yuin/gopher-lua/ast"

// The compiler of gopher-lua shortens jumps to jumps, and misreads one that it
// has shortened before: a loop whose body begins with a jump, as in
//
//	for k in pairs(t) do if false then f() end g(k) end
//
// goes anywhere. So such a body gets a first statement that is no jump. What
// stands behind a label, to which goto jumps back, needs the same.

// guardLoop mends the body of a loop.
func guardLoop(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.WhileStmt:
		s.Stmts = guarded(s.Stmts)
	case *ast.RepeatStmt:
		s.Stmts = guarded(s.Stmts)
	case *ast.GenericForStmt:
		s.Stmts = guarded(s.Stmts)
	}
}

// guardLabels mends the statements behind the labels of a block.
func guardLabels(block []ast.Stmt) {
	for i, s := range block {
		_, isLabel := s.(*ast.LabelStmt)
		if i == 0 || isLabel || !mayJump(s) {
			continue
		}
		if _, behindLabel := block[i-1].(*ast.LabelStmt); behindLabel {
			inner := &ast.DoBlockStmt{Stmts: guarded([]ast.Stmt{s})}
			inner.SetLine(s.Line())
			inner.SetLastLine(s.LastLine())
			block[i] = inner
		}
	}
}

func guarded(body []ast.Stmt) []ast.Stmt {
	if len(body) == 0 || !mayJump(body[0]) {
		return body
	}
	null := &ast.NilExpr{}
	null.SetLine(body[0].Line())
	first := &ast.LocalAssignStmt{Names: []string{"(no jump)"}, Exprs: []ast.Expr{null}}
	first.SetLine(body[0].Line())
	first.SetLastLine(body[0].Line())
	return append([]ast.Stmt{first}, body...)
}

// mayJump reports whether the first instruction of a statement may be a jump.
func mayJump(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.IfStmt:
		return isConstant(s.Condition)
	case *ast.WhileStmt:
		return isConstant(s.Condition)
	case *ast.AssignStmt, *ast.LocalAssignStmt, *ast.FuncCallStmt, *ast.FuncDefStmt, *ast.NumberForStmt, *ast.GenericForStmt, *ast.ReturnStmt:
		return false
	}
	return true
}
