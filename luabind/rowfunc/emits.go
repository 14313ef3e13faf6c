package rowfunc

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// emits is what the text of a function says about its second parameter, with which
// the function of a flat_map gives rows.
type emits struct {
	param  *syntax.Variable // nil when the function takes no second parameter
	calls  []*ast.FuncCallExpr
	escape *ast.IdentExpr // the first use that is no call; nil if there is none
}

// emitUses analyses what a function does with its second parameter.
func emitUses(sc *syntax.Scope) *emits {
	m := &emits{}
	if len(sc.Params) < 2 {
		return m
	}
	m.param = sc.Params[1]
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

// emitted is the schema of the rows that the function of a flat_map gives.
func (r *resolver) emitted() *record.Schema {
	r.returnsNothing()
	m := r.f.emits
	if len(m.calls) == 0 && m.escape == nil && !r.f.scope.Fn.ParList.HasVargs {
		r.report("flat_map.no_emit", r.f.pos, "the function of the flat_map emits nothing, so that it would give no row").
			WithHint("take a second parameter and call it for each new row: function(row, emit) emit { id = row.id } end")
		return record.NewSchema(r.use.Returns...)
	}
	var made []*ast.TableExpr
	for _, call := range m.calls {
		if t := emittedTable(call); t != nil {
			made = append(made, t)
			r.unfollowed(t)
		} else if len(r.use.Returns) == 0 {
			r.unknownEmitted(r.f.chunk.Place(call.Func))
		}
	}
	if len(r.use.Returns) == 0 && m.escape != nil {
		r.unknownEmitted(r.f.chunk.Place(m.escape))
	} else if len(r.use.Returns) == 0 && len(m.calls) == 0 {
		r.unknownEmitted(r.f.pos)
	}
	out := r.constructed(made)
	if out.Len() == 0 && r.problems.Err() == nil {
		r.unknownEmitted(r.f.pos)
	}
	return out
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
			r.report("flat_map.result", r.returnPos(st), "the function of the flat_map returns %s, but rows are given with its second parameter", k).
				WithHint("function(row, emit) emit { id = row.id } end")
		}
	}
}

func (r *resolver) unknownEmitted(pos diag.Pos) {
	r.report("flat_map.returns", pos, "the columns of the emitted rows are not known").
		WithHint(`write their fields in the call, as in emit { id = row.id }, or declare them: :flat_map(fn, { returns = { id = "int" } })`)
}
