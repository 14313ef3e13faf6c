package rowfunc

import (
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// emits is what the text of a function says about the parameter with which it gives
// rows.
type emits struct {
	param  *syntax.Variable // nil when the function does not take it
	calls  []*ast.FuncCallExpr
	escape *ast.IdentExpr // the first use that is no call; nil if there is none
}

// emitUses analyses what a function does with such a parameter.
func emitUses(sc *syntax.Scope, param *syntax.Variable) *emits {
	m := &emits{param: param}
	if param == nil {
		return m
	}
	called := map[ast.Expr]bool{}
	syntax.Inspect(sc.Fn, func(e ast.Expr) (inside bool) {
		switch e := e.(type) {
		case *ast.FuncCallExpr:
			if m.means(sc, e.Func) {
				m.calls, called[e.Func] = append(m.calls, e), true
			}
		case *ast.IdentExpr:
			if m.means(sc, e) && !called[e] && m.escape == nil {
				m.escape = e
			}
		}
		return true
	})
	return m
}

// means reports whether an expression is the parameter.
func (m *emits) means(sc *syntax.Scope, e ast.Expr) bool {
	id, ok := e.(*ast.IdentExpr)
	return ok && m.param != nil && sc.Uses[id] == m.param
}

// emittedTable is the table that a call of emit builds on the spot, if it does.
func emittedTable(call *ast.FuncCallExpr) *ast.TableExpr {
	if len(call.Args) != 1 {
		return nil
	}
	t, _ := call.Args[0].(*ast.TableExpr)
	return t
}

// emitted notes the values in a constructor that is given to emit.
func (fr *frame) emitted(x ast.Expr, e env) {
	call, ok := x.(*ast.FuncCallExpr)
	if !ok || !fr.top || !fr.inf.f.emits.means(fr.scope, call.Func) {
		return
	}
	if t := emittedTable(call); t != nil {
		fr.constructor(t, e)
	}
}

// emitted is the schema of the rows that the function gives, together with the one
// that gives rows behind the last.
func (r *resolver) emitted() *record.Schema {
	r.returnsNothing()
	all := []*resolver{r}
	if r.end != nil {
		r.end.returnsNothing()
		all = append(all, r.end)
	}
	if !slices.ContainsFunc(all, (*resolver).mayEmit) {
		r.report(diag.Code(r.component()+".no_emit"), r.f.pos, "the function of the %s emits nothing, so that it would give no row", r.component()).
			WithHint("%s", r.emitHint())
		return record.NewSchema(r.use.Returns...)
	}
	var made []builtRow
	for _, x := range all {
		made = append(made, x.emittedTables()...)
	}
	if r.end != nil {
		r.problems = append(r.problems, r.end.problems...)
	}
	out := r.constructed(made)
	if out.Len() == 0 && r.problems.Err() == nil {
		r.unknownEmitted(r.f.pos)
	}
	return out
}

// mayEmit reports whether the function may give a row.
func (r *resolver) mayEmit() bool {
	m := r.f.emits
	return len(m.calls) > 0 || m.escape != nil || r.f.scope.Fn.ParList.HasVargs
}

// emittedTables are the tables that the function builds for emit. What it emits
// besides is a problem where nobody declared the columns.
func (r *resolver) emittedTables() []builtRow {
	var made []builtRow
	m, known := r.f.emits, len(r.use.Returns) > 0
	for _, call := range m.calls {
		if t := emittedTable(call); t != nil {
			made = append(made, builtRow{t, r})
			r.unfollowed(t)
		} else if !known {
			r.unknownEmitted(r.f.chunk.Place(call.Func))
		}
	}
	if !known && m.escape != nil {
		r.unknownEmitted(r.f.chunk.Place(m.escape))
	} else if !known && len(m.calls) == 0 && r.mayEmit() {
		r.unknownEmitted(r.f.pos)
	}
	return made
}

// component is what the component is called whose function emits.
func (r *resolver) component() string {
	if r.use.State != nil {
		return "transform"
	}
	return r.use.Role.String()
}

// emitHint says how a function emits.
func (r *resolver) emitHint() string {
	if r.use.Role == expr.Produce {
		return "take a parameter and call it for each row: function(emit) emit { id = 1 } end"
	}
	return "take a second parameter and call it for each new row: function(row, emit) emit { id = row.id } end"
}

// unfollowed says that nothing is known about the values in a constructor that
// inference did not come by, in a function inside the function for instance.
func (r *resolver) unfollowed(t *ast.TableExpr) {
	for _, field := range t.Fields {
		if _, known := r.inf.built[field.Value]; !known {
			r.inf.built[field.Value] = kAny
		}
	}
}

// returnsNothing reports returns of values, which nobody takes.
func (r *resolver) returnsNothing() {
	for _, st := range r.f.row.returns {
		if k := r.inf.returned[st]; k.known() && k&^kNil != 0 {
			r.report(diag.Code(r.component()+".result"), r.returnPos(st), "the function of the %s returns %s, but rows are given with its %s", r.component(), k, r.emitPlace()).
				WithHint("%s", r.emitExample())
		}
	}
}

// emitPlace is the parameter with which the function gives rows.
func (r *resolver) emitPlace() string {
	if r.use.Role == expr.Produce {
		return "parameter"
	}
	return "second parameter"
}

func (r *resolver) emitExample() string {
	if r.use.Role == expr.Produce {
		return "function(emit) emit { id = 1 } end"
	}
	return "function(row, emit) emit { id = row.id } end"
}

func (r *resolver) unknownEmitted(pos diag.Pos) {
	how := map[string]string{
		"flat_map": ":flat_map(fn, { returns = ", "source": "etl.source(fn, { returns = ", "transform": ":transform({ each = fn, returns = ",
	}[r.component()]
	r.report(diag.Code(r.component()+".returns"), pos, "the columns of the emitted rows are not known").
		WithHint(`write their fields in the call, as in emit { id = row.id }, or declare them: %s{ id = "int" } })`, how)
}
