package syntax

import "github.com/yuin/gopher-lua/ast"

// eachChild calls expr with the place of every expression that stands directly
// in the node n, and stmt with every statement, in source order. An expression
// may be replaced through its place, but for the function of a function
// statement.
func eachChild(n ast.PositionHolder, expr func(*ast.Expr), stmt func(ast.Stmt)) {
	if s, ok := n.(ast.Stmt); ok {
		EachInStmt(s, expr, stmt)
		return
	}
	EachInExpr(n, expr, stmt)
}

// eachBlock calls f with every list of statements that stands directly in the
// node n.
func eachBlock(n ast.PositionHolder, f func([]ast.Stmt)) {
	switch n := n.(type) {
	case *ast.DoBlockStmt:
		f(n.Stmts)
	case *ast.WhileStmt:
		f(n.Stmts)
	case *ast.RepeatStmt:
		f(n.Stmts)
	case *ast.IfStmt:
		f(n.Then)
		f(n.Else)
	case *ast.NumberForStmt:
		f(n.Stmts)
	case *ast.GenericForStmt:
		f(n.Stmts)
	case *ast.FunctionExpr:
		f(n.Stmts)
	}
}

// EachInStmt is eachChild for a statement.
func EachInStmt(n ast.Stmt, expr func(*ast.Expr), stmt func(ast.Stmt)) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		eachExpr(n.Lhs, expr)
		eachExpr(n.Rhs, expr)
	case *ast.LocalAssignStmt:
		eachExpr(n.Exprs, expr)
	case *ast.FuncCallStmt:
		expr(&n.Expr)
	case *ast.DoBlockStmt:
		eachStmt(n.Stmts, stmt)
	case *ast.WhileStmt:
		expr(&n.Condition)
		eachStmt(n.Stmts, stmt)
	case *ast.RepeatStmt:
		eachStmt(n.Stmts, stmt)
		expr(&n.Condition)
	case *ast.IfStmt:
		expr(&n.Condition)
		eachStmt(n.Then, stmt)
		eachStmt(n.Else, stmt)
	case *ast.NumberForStmt:
		expr(&n.Init)
		expr(&n.Limit)
		if n.Step != nil {
			expr(&n.Step)
		}
		eachStmt(n.Stmts, stmt)
	case *ast.GenericForStmt:
		eachExpr(n.Exprs, expr)
		eachStmt(n.Stmts, stmt)
	case *ast.FuncDefStmt:
		if n.Name.Func != nil {
			expr(&n.Name.Func)
		} else {
			expr(&n.Name.Receiver)
		}
		fn := ast.Expr(n.Func)
		expr(&fn)
	case *ast.ReturnStmt:
		eachExpr(n.Exprs, expr)
	}
}

// EachInExpr is eachChild for an expression.
func EachInExpr(n ast.PositionHolder, expr func(*ast.Expr), stmt func(ast.Stmt)) {
	switch n := n.(type) {
	case *ast.AttrGetExpr:
		expr(&n.Object)
		expr(&n.Key)
	case *ast.TableExpr:
		for _, f := range n.Fields {
			if f.Key != nil {
				expr(&f.Key)
			}
			expr(&f.Value)
		}
	case *ast.FuncCallExpr:
		if n.Func != nil {
			expr(&n.Func)
		} else {
			expr(&n.Receiver)
		}
		eachExpr(n.Args, expr)
	case *ast.LogicalOpExpr:
		expr(&n.Lhs)
		expr(&n.Rhs)
	case *ast.RelationalOpExpr:
		expr(&n.Lhs)
		expr(&n.Rhs)
	case *ast.StringConcatOpExpr:
		expr(&n.Lhs)
		expr(&n.Rhs)
	case *ast.ArithmeticOpExpr:
		expr(&n.Lhs)
		expr(&n.Rhs)
	case *ast.UnaryMinusOpExpr:
		expr(&n.Expr)
	case *ast.UnaryNotOpExpr:
		expr(&n.Expr)
	case *ast.UnaryLenOpExpr:
		expr(&n.Expr)
	case *ast.FunctionExpr:
		eachStmt(n.Stmts, stmt)
	}
}

func eachExpr(list []ast.Expr, expr func(*ast.Expr)) {
	for i := range list {
		expr(&list[i])
	}
}

func eachStmt(list []ast.Stmt, stmt func(ast.Stmt)) {
	for _, s := range list {
		stmt(s)
	}
}

// Inspect calls visit with every expression inside a function, outer ones
// first; where it returns false, those inside are left out.
func Inspect(fn *ast.FunctionExpr, visit func(ast.Expr) (inside bool)) {
	var expr func(e *ast.Expr)
	var stmt func(s ast.Stmt)
	expr = func(e *ast.Expr) {
		if visit(*e) {
			eachChild(*e, expr, stmt)
		}
	}
	stmt = func(s ast.Stmt) { eachChild(s, expr, stmt) }
	eachStmt(fn.Stmts, stmt)
}
