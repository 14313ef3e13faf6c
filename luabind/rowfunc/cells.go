package rowfunc

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// written finds the kinds of what captured variables and globals hold while rows
// flow: what they held when the script had run, and what the functions of the
// group assign. A variable with an assignment that inference does not follow may
// hold anything.
func (inf *inference) written() map[any]kinds {
	if inf.f.group == nil {
		return nil
	}
	writers := inf.writers()
	cells := map[any]kinds{}
	for _, w := range writers {
		for _, v := range w.assigned {
			cells[keyOf(w.fn, v)] = valueKinds(inf.f.env.valueIn(w.fn)(v))
		}
	}
	for {
		before := total(cells)
		for _, w := range writers {
			w.follow(inf, cells)
		}
		if total(cells) == before {
			return cells
		}
	}
}

// total is a number that grows with every kind that is added.
func total(cells map[any]kinds) int {
	n := 0
	for _, k := range cells {
		for ; k != 0; k &= k - 1 {
			n++
		}
	}
	return n
}

// writer is a function that assigns captured variables or globals.
type writer struct {
	fn       *lua.LFunction
	scope    *syntax.Scope
	assigned map[*ast.IdentExpr]*syntax.Variable
}

// writers are the writers that the functions of the group reach.
func (inf *inference) writers() []writer {
	var out []writer
	seen := map[*lua.LFunction]bool{}
	for _, f := range inf.f.group.functions {
		for _, fn := range f.reached().functions {
			c := inf.f.env.chunkOf(fn)
			if seen[fn] || c == nil {
				continue
			}
			seen[fn] = true
			w := writer{fn: fn, scope: inf.f.scope, assigned: map[*ast.IdentExpr]*syntax.Variable{}}
			if fn != inf.f.fn {
				w.scope = scopeOf(fn, c)
			}
			w.block(w.scope.Fn.Stmts)
			if len(w.assigned) > 0 {
				out = append(out, w)
			}
		}
	}
	return out
}

// block collects the assignments of statements, and of the functions in them.
func (w *writer) block(stmts []ast.Stmt) {
	for _, st := range stmts {
		w.stmt(st)
	}
}

func (w *writer) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		for _, l := range st.Lhs {
			w.target(l)
		}
	case *ast.FuncDefStmt:
		if st.Name.Func != nil {
			w.target(st.Name.Func)
		}
	}
	syntax.EachInStmt(st, func(e *ast.Expr) { w.expr(*e) }, w.stmt)
}

func (w *writer) expr(e ast.Expr) {
	syntax.EachInExpr(e, func(x *ast.Expr) { w.expr(*x) }, w.stmt)
}

func (w *writer) target(e ast.Expr) {
	if id, ok := e.(*ast.IdentExpr); ok && w.scope.Uses[id] != nil && w.scope.Uses[id].Class != syntax.LocalVar {
		w.assigned[id] = w.scope.Uses[id]
	}
}

// follow adds what the function assigns when its arguments may be anything.
func (w *writer) follow(inf *inference, cells map[any]kinds) {
	inner := newInference(inf.f, inf.in)
	inner.cells, inner.steps = cells, inf.steps
	defer func() { inf.steps = inner.steps }()
	fr := &frame{inf: inner, scope: w.scope, fn: w.fn}
	args := make([]kinds, len(w.scope.Params))
	for i := range args {
		args[i] = kAny
	}
	if fr.top = w.fn == inf.f.fn; fr.top {
		fr.row = inf.f.row.row
	}
	fr.run(args)
	for id, v := range w.assigned {
		k, followed := inner.targets[id]
		if !followed {
			k = kAny
		}
		cells[keyOf(w.fn, v)] |= k
	}
}
