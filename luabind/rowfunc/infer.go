package rowfunc

import (
	"maps"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// maxInferDepth is how deep inference follows calls of Lua functions.
const maxInferDepth = 5

// inference is what the types of the columns tell about a function.
type inference struct {
	f  *Func
	in *record.Schema

	assigned map[*ast.AttrGetExpr]kinds // assignments of fields of the row
	order    []*ast.AttrGetExpr         // the same in the order of the text
	returned map[*ast.ReturnStmt]kinds  // the first value of each return
	built    map[ast.Expr]kinds         // values in returned constructors
	ends     bool                       // it may end without a return
	cells    map[any]kinds              // captured variables and globals that the script's functions write
	targets  map[*ast.IdentExpr]kinds   // what is assigned to those, by target
	mixed    map[ast.Expr]*diag.Diagnostic

	steps  int  // that it has followed
	blind  bool // after too many steps: a variable may hold anything, and no call is followed
	called map[helperCall]kinds
}

// helperCall is a call of a Lua function with arguments of certain kinds. How deep it
// is decides how far inference follows.
type helperCall struct {
	fn    *lua.LFunction
	depth int
	args  string
}

// infer follows the kinds of values through the function. rest is what its parameters
// besides the row hold.
func infer(f *Func, in *record.Schema, rest kinds) *inference {
	inf := newInference(f, in)
	if inf.follow(rest); inf.steps <= maxInferSteps {
		return inf
	}
	inf = newInference(f, in)
	inf.blind = true
	inf.follow(rest)
	return inf
}

func newInference(f *Func, in *record.Schema) *inference {
	return &inference{
		f: f, in: in, assigned: map[*ast.AttrGetExpr]kinds{}, returned: map[*ast.ReturnStmt]kinds{},
		built: map[ast.Expr]kinds{}, targets: map[*ast.IdentExpr]kinds{}, called: map[helperCall]kinds{},
	}
}

func (inf *inference) follow(rest kinds) {
	if !inf.blind {
		inf.cells = inf.written()
	}
	top := &frame{inf: inf, scope: inf.f.scope, fn: inf.f.fn, row: inf.f.row.row, top: true}
	args := make([]kinds, len(inf.f.scope.Params))
	for i := range args {
		args[i] = rest
	}
	inf.ends = !top.run(args)
}

// step counts a step and reports whether inference goes on.
func (inf *inference) step() bool {
	inf.steps++
	return inf.blind || inf.steps <= maxInferSteps
}

// results are the kinds of all returned values, nil included where the
// function may end without a return.
func (inf *inference) results() kinds {
	out := kinds(0)
	for _, k := range inf.returned {
		out |= k
	}
	if inf.ends {
		out |= kNil
	}
	return out
}

// writtenAs joins the kinds of everything that is assigned to a field.
func (inf *inference) writtenAs(name string) kinds {
	out := kinds(0)
	for e, k := range inf.assigned {
		if e.Key.(*ast.StringExpr).Value == name {
			out |= k
		}
	}
	return out
}

// frame follows one call of a function.
type frame struct {
	inf    *inference
	scope  *syntax.Scope
	fn     *lua.LFunction
	top    bool             // it is the row function itself, not one that it calls
	row    *syntax.Variable // of the row function itself
	depth  int
	jumps  bool  // has a goto: the order of statements tells nothing
	breaks []env // of the loops around the statement, innermost last
	result kinds // of a helper
}

// env is what is known at a place of the text.
type env struct {
	vars   map[*syntax.Variable]kinds
	fields map[string]kinds
	dead   bool // the place is never reached
}

func (e env) clone() env {
	return env{vars: maps.Clone(e.vars), fields: maps.Clone(e.fields), dead: e.dead}
}

// join is what is known where two ways meet.
func join(a, b env) env {
	if a.dead {
		return b
	}
	if b.dead {
		return a
	}
	out := a.clone()
	for v, k := range b.vars {
		out.vars[v] |= k
	}
	for name, k := range b.fields {
		out.fields[name] |= k
	}
	return out
}

func (e env) equal(f env) bool {
	return e.dead == f.dead && maps.Equal(e.vars, f.vars) && maps.Equal(e.fields, f.fields)
}

// run follows the function with arguments of the given kinds and reports
// whether all its ways end in a return or an error.
func (fr *frame) run(args []kinds) bool {
	fr.jumps = fr.inf.blind || hasGoto(fr.scope.Fn.Stmts)
	e := env{vars: map[*syntax.Variable]kinds{}, fields: map[string]kinds{}}
	for i, p := range fr.scope.Params {
		e.vars[p] = kNil
		if i < len(args) {
			e.vars[p] = args[i]
		}
	}
	if fr.row != nil {
		e.vars[fr.row] = kTable
		fr.columns(e)
	}
	return fr.block(fr.scope.Fn.Stmts, e).dead
}

// columns sets the fields of the row to the kinds of the columns.
func (fr *frame) columns(e env) {
	for _, a := range fr.inf.f.row.uses {
		e.fields[a.name] = kNil
		if i := fr.inf.in.Index(a.name); i >= 0 {
			e.fields[a.name] = kindsOf(fr.inf.in.Field(i).Type)
		} else if fr.inf.in.Open() {
			e.fields[a.name] = kAny
		}
	}
}

func hasGoto(stmts []ast.Stmt) bool {
	found := false
	for _, st := range stmts {
		if _, ok := st.(*ast.GotoStmt); ok {
			return true
		}
		syntax.EachInStmt(st, func(*ast.Expr) {}, func(inner ast.Stmt) { found = found || hasGoto([]ast.Stmt{inner}) })
	}
	return found
}

func (fr *frame) block(stmts []ast.Stmt, e env) env {
	for _, st := range stmts {
		if e.dead && !fr.jumps {
			return e
		}
		e = fr.stmt(st, e)
	}
	return e
}

func (fr *frame) stmt(st ast.Stmt, e env) env {
	if !fr.inf.step() {
		return e
	}
	switch st := st.(type) {
	case *ast.LocalAssignStmt:
		fr.localAssign(st, e)
	case *ast.AssignStmt:
		for i, k := range fr.values(st.Rhs, len(st.Lhs), e) {
			fr.assign(st.Lhs[i], k, e)
		}
	case *ast.FuncDefStmt:
		if st.Name.Func != nil {
			fr.assign(st.Name.Func, kFunction, e)
		}
	case *ast.FuncCallStmt:
		fr.eval(st.Expr, e)
		fr.emitted(st.Expr, e)
		e.dead = e.dead || fr.raises(st.Expr)
	case *ast.DoBlockStmt:
		return fr.block(st.Stmts, e)
	case *ast.IfStmt:
		fr.eval(st.Condition, e)
		return join(fr.block(st.Then, e.clone()), fr.block(st.Else, e.clone()))
	case *ast.WhileStmt, *ast.RepeatStmt, *ast.NumberForStmt, *ast.GenericForStmt:
		return fr.loop(st, e)
	case *ast.ReturnStmt:
		fr.returns(st, e)
		e.dead = true
	case *ast.BreakStmt:
		top := len(fr.breaks) - 1
		fr.breaks[top] = join(fr.breaks[top], e.clone())
		e.dead = true
	case *ast.GotoStmt:
		e.dead = true
	case *ast.LabelStmt:
		e.dead = false
	}
	return e
}

// raises reports whether a call never comes back.
func (fr *frame) raises(e ast.Expr) bool {
	call, ok := e.(*ast.FuncCallExpr)
	if !ok || call.Func == nil {
		return false
	}
	name := fr.name(call.Func)
	return name == "error" || name == "etl.reject"
}

func (fr *frame) localAssign(st *ast.LocalAssignStmt, e env) {
	declared := fr.scope.Declared[st]
	for i, k := range fr.values(st.Exprs, len(declared), e) {
		e.vars[declared[i]] = k
	}
}

// values are the kinds of n values that a list of expressions gives.
func (fr *frame) values(list []ast.Expr, n int, e env) []kinds {
	out := make([]kinds, n)
	for i, x := range list {
		k := fr.eval(x, e)
		if i < n {
			out[i] = k
		}
	}
	for i := len(list); i < n; i++ {
		out[i] = kNil
		if len(list) > 0 && givesMany(list[len(list)-1]) {
			out[i] = kAny
		}
	}
	return out
}

// givesMany reports whether an expression at the end of a list may give more
// than one value.
func givesMany(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

func (fr *frame) assign(target ast.Expr, k kinds, e env) {
	switch t := target.(type) {
	case *ast.IdentExpr:
		e.vars[fr.scope.Uses[t]] = k
		fr.inf.targets[t] |= k
	case *ast.AttrGetExpr:
		fr.eval(t.Object, e)
		fr.eval(t.Key, e)
		if name, ok := fr.field(t); ok {
			e.fields[name] = k
			fr.inf.note(t, k)
		}
	}
}

// note keeps what is assigned to a field of the row.
func (inf *inference) note(t *ast.AttrGetExpr, k kinds) {
	if _, known := inf.assigned[t]; !known {
		inf.order = append(inf.order, t)
	}
	inf.assigned[t] |= k
}

// field is the constant name by which an expression takes a field of the row.
func (fr *frame) field(e *ast.AttrGetExpr) (string, bool) {
	key, constant := e.Key.(*ast.StringExpr)
	id, ok := e.Object.(*ast.IdentExpr)
	if !constant || !ok || fr.row == nil || fr.scope.Uses[id] != fr.row {
		return "", false
	}
	return key.Value, true
}

// loop follows a loop until nothing new is learnt.
func (fr *frame) loop(st ast.Stmt, e env) env {
	fr.breaks = append(fr.breaks, env{dead: true})
	for {
		next := join(e.clone(), fr.turn(st, e.clone()))
		if fr.inf.blind || fr.inf.steps > maxInferSteps || next.equal(e) {
			break
		}
		e = next
	}
	top := len(fr.breaks) - 1
	e = join(e, fr.breaks[top])
	fr.breaks = fr.breaks[:top]
	return e
}

// turn follows one turn of a loop.
func (fr *frame) turn(st ast.Stmt, e env) env {
	switch st := st.(type) {
	case *ast.WhileStmt:
		fr.eval(st.Condition, e)
		return fr.block(st.Stmts, e)
	case *ast.RepeatStmt:
		e = fr.block(st.Stmts, e)
		fr.eval(st.Condition, e)
	case *ast.NumberForStmt:
		k := arithmeticKinds("+", fr.eval(st.Init, e), fr.step(st, e))
		fr.eval(st.Limit, e)
		e.vars[fr.scope.Declared[st][0]] = k
		return fr.block(st.Stmts, e)
	case *ast.GenericForStmt:
		for _, x := range st.Exprs {
			fr.eval(x, e)
		}
		for _, v := range fr.scope.Declared[st] {
			e.vars[v] = kAny
		}
		return fr.block(st.Stmts, e)
	}
	return e
}

func (fr *frame) step(st *ast.NumberForStmt, e env) kinds {
	if st.Step == nil {
		return kInt
	}
	return fr.eval(st.Step, e)
}

// returns notes the first value of a return.
func (fr *frame) returns(st *ast.ReturnStmt, e env) {
	k := kNil
	for i, x := range st.Exprs {
		v := fr.eval(x, e)
		fr.emitted(x, e)
		if i == 0 {
			k = v
		}
	}
	if !fr.top {
		fr.result |= k
		return
	}
	fr.inf.returned[st] |= k
	if len(st.Exprs) == 1 {
		fr.constructor(st.Exprs[0], e)
	}
}

// constructor notes the values in a returned constructor.
func (fr *frame) constructor(x ast.Expr, e env) {
	if t, ok := x.(*ast.TableExpr); ok {
		for _, f := range t.Fields {
			fr.inf.built[f.Value] |= fr.eval(f.Value, e)
		}
	}
}
