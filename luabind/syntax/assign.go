package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// The compiler of gopher-lua writes the values of a multiple assignment to
// local variables one by one, while it still computes the others: `a, b = b, a`
// makes both the same. Such an assignment becomes
//
//	do local v1, v2 = b, a; b = v2; a = v1 end
//
// And `a = f() and x` leaves a as it was where f returns false: what stands
// before `and` and `or` is never written to the variable. The same block mends it.

// sequence mends the assignments of a block.
func sequence(block []ast.Stmt) {
	for i, s := range block {
		if assignment, ok := s.(*ast.AssignStmt); ok && interferes(assignment) {
			block[i] = sequenced(assignment)
		}
	}
}

// interferes reports whether a value of an assignment may be computed after a
// variable was assigned that it depends on.
func interferes(s *ast.AssignStmt) bool {
	targets := assignedNames(s)
	if choosesForName(s) {
		return true
	}
	if len(s.Lhs) < 2 || len(targets) == 0 {
		return false
	}
	for _, target := range s.Lhs {
		if get, ok := target.(*ast.AttrGetExpr); ok && isName(get.Object, targets) {
			return true
		}
	}
	if len(s.Rhs) == 1 {
		return false // it is computed before anything is assigned
	}
	if len(targets) < namesIn(s.Lhs) {
		return true
	}
	for _, value := range s.Rhs {
		if !isConstant(value) && !isOtherName(value, targets) {
			return true
		}
	}
	return false
}

// choosesForName reports whether a variable gets the value of `and` or `or`.
func choosesForName(s *ast.AssignStmt) bool {
	for i, value := range s.Rhs {
		_, chosen := value.(*ast.LogicalOpExpr)
		if chosen && i < len(s.Lhs) {
			if _, named := s.Lhs[i].(*ast.IdentExpr); named {
				return true
			}
		}
	}
	return false
}

// assignedNames are the variables that an assignment assigns.
func assignedNames(s *ast.AssignStmt) map[string]bool {
	names := map[string]bool{}
	for _, target := range s.Lhs {
		if name, ok := target.(*ast.IdentExpr); ok {
			names[name.Value] = true
		}
	}
	return names
}

func namesIn(list []ast.Expr) int {
	n := 0
	for _, e := range list {
		if _, ok := e.(*ast.IdentExpr); ok {
			n++
		}
	}
	return n
}

// isName reports whether an expression is one of the variables.
func isName(e ast.Expr, names map[string]bool) bool {
	name, ok := e.(*ast.IdentExpr)
	return ok && names[name.Value]
}

// isOtherName reports whether an expression is a variable, but none of these.
func isOtherName(e ast.Expr, names map[string]bool) bool {
	name, ok := e.(*ast.IdentExpr)
	return ok && !names[name.Value]
}

func isConstant(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NilExpr, *ast.TrueExpr, *ast.FalseExpr, *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// sequenced is an assignment that computes everything before it assigns. As in
// Lua, the last target is assigned first.
func sequenced(s *ast.AssignStmt) ast.Stmt {
	q := &sequencer{line: s.Line(), assigned: assignedNames(s)}
	for i, target := range s.Lhs {
		if get, ok := target.(*ast.AttrGetExpr); ok {
			q.keep(&get.Object, fmt.Sprintf("(object %d)", i))
			q.keep(&get.Key, fmt.Sprintf("(key %d)", i))
		}
	}
	values := make([]string, len(s.Lhs))
	for i := range values {
		values[i] = fmt.Sprintf("(value %d)", i)
	}
	q.declare(values, s.Rhs)
	for i := len(values) - 1; i >= 0; i-- {
		q.add(&ast.AssignStmt{Lhs: s.Lhs[i : i+1], Rhs: []ast.Expr{q.name(values[i])}})
	}
	block := &ast.DoBlockStmt{Stmts: q.out}
	block.SetLine(q.line)
	block.SetLastLine(s.LastLine())
	return block
}

// sequencer makes the statements of an assignment in order.
type sequencer struct {
	line     int
	assigned map[string]bool
	out      []ast.Stmt
}

// keep computes a part of a target beforehand, where the assignment may change
// it.
func (q *sequencer) keep(place *ast.Expr, name string) {
	if isConstant(*place) || isOtherName(*place, q.assigned) {
		return
	}
	q.declare([]string{name}, []ast.Expr{*place})
	*place = q.name(name)
}

func (q *sequencer) declare(names []string, values []ast.Expr) {
	q.add(&ast.LocalAssignStmt{Names: names, Exprs: values})
}

func (q *sequencer) add(s ast.Stmt) {
	s.SetLine(q.line)
	s.SetLastLine(q.line)
	q.out = append(q.out, s)
}

func (q *sequencer) name(name string) ast.Expr {
	e := &ast.IdentExpr{Value: name}
	e.SetLine(q.line)
	return e
}
