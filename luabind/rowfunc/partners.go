package rowfunc

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// Functions that work on one state are a group of their own making: no text shows
// what they share, since it comes to them as an argument.

// stateName is the name of such a state in the name of its group.
const stateName = "a state of its own"

// partner makes functions share something written.
func partner(functions []*Func) {
	key := new(struct{ _ byte }) // no two are the same
	for _, f := range functions {
		r := f.reached()
		r.keys[key] = stateName
		r.writes[key] = cause{pos: f.pos, text: "works on a state, row by row"}
	}
	for _, f := range functions {
		if f.handsOn() {
			f.changeCaptured()
		}
	}
}

// handsOn reports whether what the function returns may be, or hold, something that
// it captures. As the state of others it changes without a trace in a text.
func (f *Func) handsOn() bool {
	found := false
	for _, st := range f.row.returns {
		syntax.Inspect(&ast.FunctionExpr{Stmts: []ast.Stmt{st}}, func(x ast.Expr) (inside bool) {
			held := constantOf(f.scope, f.env.valueIn(f.fn), x)
			id, isName := x.(*ast.IdentExpr)
			switch held.(type) {
			case nil:
				found = found || isName && f.scope.Uses[id].Class == syntax.LocalVar
				return true
			case *lua.LTable, *lua.LUserData, *lua.LFunction:
				found = found || !f.lib.has(held)
			}
			return false
		})
	}
	return found
}

// changeCaptured notes that all that the function captures may change.
func (f *Func) changeCaptured() {
	r := f.reached()
	for key, name := range r.keys {
		switch key.(type) {
		case *lua.LTable, *lua.LUserData:
			if _, known := r.writes[key]; !known {
				r.writes[key] = cause{pos: f.pos, text: fmt.Sprintf("may return the captured variable %q as a state", name)}
			}
		}
	}
}

// scriptFunc is the function of a script that a node was given, nil for none.
func scriptFunc(f expr.Func) *Func {
	for {
		switch x := f.(type) {
		case *Func:
			return x
		case interface{ Unwrap() expr.Func }:
			f = x.Unwrap()
		default:
			return nil
		}
	}
}

// partners checks the functions that work together with this one.
func (r *resolver) partners() {
	s := r.use.State
	if s == nil {
		return
	}
	for _, other := range []expr.Func{s.Begin, s.End, s.Abort} {
		f := scriptFunc(other)
		if f == nil {
			continue
		}
		x := newResolver(f.over(-1), expr.Use{Role: expr.Produce, Node: r.use.Node, Returns: r.use.Returns, State: s})
		if other == s.End && r.use.Role == expr.FlatMap {
			r.end = x // whose problems are complete later
			continue
		}
		r.problems = append(r.problems, x.problems...)
	}
}

// state is what a runner keeps of the functions that work together with its own.
type state struct {
	begin, end, abort *lua.LFunction // nil: there is none
	value             lua.LValue     // that begin returned
	begun             bool
	rows              *lua.Upvalue // holds the value for the function over rows
	ends              *lua.Upvalue // and for end, where that emits
}

var _ expr.Stateful = (*runner)(nil)

// Texts of functions that call one with further arguments.
const (
	rowStateText  = "local fn, state = ... return function(row) return fn(row, state) end"
	emitText      = "local fn, emit = ... return function(row) return fn(row, emit) end"
	emitStateText = "local fn, emit, state = ... return function(row) return fn(row, emit, state) end"
	endText       = "local fn, emit, state = ... return function() return fn(emit, state) end"
	produceText   = "local fn, emit = ... return function() return fn(emit) end"
)

// wrap makes a function that calls fn with what its text says. The variables that
// stand behind it there hold nothing yet.
func (r *runner) wrap(text string, fn *lua.LFunction) (*lua.LFunction, error) {
	loaded, err := r.state.L.LoadString(text)
	if err != nil {
		return nil, err
	}
	made, err := r.state.Call(context.Background(), 0, loaded, 1, fn)
	if err != nil {
		return nil, err
	}
	call := made[0].(*lua.LFunction)
	call.Proto.SourceName = "" // it has no place in messages
	return call, nil
}

// copyOf is the world's copy of a function that works together with the runner's.
func (r *runner) copyOf(f expr.Func) *lua.LFunction {
	if x := scriptFunc(f); x != nil {
		return r.world.function(x)
	}
	return nil
}

// keepState prepares the runner for functions that work together.
func (r *runner) keepState(s *expr.State) (err error) {
	r.shared = &state{begin: r.copyOf(s.Begin), end: r.copyOf(s.End), abort: r.copyOf(s.Abort), value: lua.LNil}
	switch {
	case r.use.Role != expr.FlatMap:
		r.fn, err = r.wrap(rowStateText, r.fn)
	case r.shared.end != nil:
		r.shared.end, err = r.wrap(endText, r.shared.end)
		r.shared.ends = upvalueOf(r.shared.end, "state")
	}
	r.shared.rows = upvalueOf(r.fn, "state")
	return err
}

// Begin implements expr.Stateful.
func (r *runner) Begin(ctx context.Context) error {
	s := r.shared
	if s == nil || s.begun {
		return nil
	}
	if s.begin != nil {
		v, err := r.invoke(ctx, s.begin, r.columns())
		if err != nil {
			return err
		}
		s.value = v
		for _, cell := range []*lua.Upvalue{s.rows, s.ends} {
			if cell != nil {
				cell.SetValue(v)
			}
		}
	}
	s.begun = true
	return nil
}

// columns are the names and types of the columns that a sink gets.
func (r *runner) columns() lua.LValue {
	if r.use.Role != expr.Consume {
		return lua.LNil
	}
	out := r.state.L.NewTable()
	for _, f := range r.use.In.Fields() {
		t := r.state.L.NewTable()
		t.RawSetString("name", lua.LString(f.Name))
		t.RawSetString("type", lua.LString(f.Type.String()))
		out.Append(t)
	}
	return out
}

// End implements expr.Stateful.
func (r *runner) End(ctx context.Context) (expr.Result, error) {
	if err := r.Begin(ctx); err != nil || r.shared == nil || r.shared.end == nil {
		return expr.Result{}, err
	}
	if r.use.Role != expr.FlatMap {
		_, err := r.invoke(ctx, r.shared.end, r.shared.value)
		return expr.Result{}, err
	}
	r.emits.begin(r.shared.end)
	result, err := r.invoke(ctx, r.shared.end, lua.LNil)
	if err == nil && result != lua.LNil {
		err = r.surplusResult(result)
	}
	if err != nil {
		return expr.Result{}, err
	}
	r.emits.end(true)
	return expr.Result{Batch: r.emits.made.Build()}, nil
}

// Abort implements expr.Stateful.
func (r *runner) Abort(ctx context.Context) error {
	if r.shared == nil || !r.shared.begun || r.shared.abort == nil {
		return nil
	}
	_, err := r.invoke(ctx, r.shared.abort, r.shared.value)
	return err
}

// invoke calls a function that gets no row.
func (r *runner) invoke(ctx context.Context, fn *lua.LFunction, arg lua.LValue) (lua.LValue, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if r.dice != nil {
		r.dice.roll(record.Lineage{}, 0)
	}
	defer r.state.Begin(ctx, r.f.env.budget)()
	v, err := r.state.Invoke(fn, arg)
	if err == nil {
		return v, nil
	}
	d := r.state.Diagnose(err)
	if context.Cause(ctx) != nil {
		return nil, err
	}
	if d.Component == "" {
		d.Component = r.use.Node
	}
	return nil, d
}
