package rowfunc

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/etllib"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// effects is what a function does to variables and tables from outside, as far
// as its text tells. Where the text does not tell, it assumes the worst.
type effects struct {
	assigned map[*syntax.Variable]int // captured variables and globals that it assigns, with the line
	passed   map[*syntax.Variable]int // those that it hands to functions that are not of the library
	tables   touched                  // what it does to tables
	boxes    touched                  // what it does to sets, maps and counters
}

// touched is what a function changes, by where that comes from.
type touched struct {
	changed map[*syntax.Variable]int // by captured variables and globals, with the line
	unknown int                      // the line where it changes something of unknown origin; 0 if none
	own     bool                     // it changes what it was given
	params  bool                     // a function inside it changes what it was given
}

// change notes that something of that origin changes.
func (t *touched) change(o origin, line int) {
	for v := range o.vars {
		note(t.changed, v, line)
	}
	t.own, t.params = t.own || o.own, t.params || o.param
	if o.unknown && t.unknown == 0 {
		t.unknown = line
	}
}

func note(lines map[*syntax.Variable]int, v *syntax.Variable, line int) {
	if _, noted := lines[v]; !noted {
		lines[v] = line
	}
}

// origin is where the tables in a value may come from.
type origin struct {
	vars    map[*syntax.Variable]bool // captured variables and globals
	own     bool                      // what the function was given
	param   bool                      // what a function inside it was given
	unknown bool
}

// carried is where an expression's table comes from, and the tables inside it.
type carried struct{ self, inside origin }

func (v *carried) add(w carried) bool {
	grew := v.self.add(w.self)
	return v.inside.add(w.inside) || grew
}

// all is the value's own table and those inside it.
func (v carried) all() origin {
	var o origin
	o.add(v.self)
	o.add(v.inside)
	return o
}

func (o *origin) add(p origin) (grew bool) {
	for v := range p.vars {
		if !o.vars[v] {
			if o.vars == nil {
				o.vars = map[*syntax.Variable]bool{}
			}
			o.vars[v], grew = true, true
		}
	}
	before := [...]bool{o.own, o.param, o.unknown}
	o.own, o.param, o.unknown = o.own || p.own, o.param || p.param, o.unknown || p.unknown
	return grew || before != [...]bool{o.own, o.param, o.unknown}
}

// effectsOf analyses a function. library names a function of Lua's library or
// of the host that an expression means, "" when it means something else. ok is false
// when that takes too much.
func effectsOf(sc *syntax.Scope, library func(ast.Expr) string, effort *Effort) (found *effects, ok bool) {
	w := &effectWalk{
		scope: sc, library: library, locals: map[*syntax.Variable]*carried{},
		out: &effects{
			assigned: map[*syntax.Variable]int{}, passed: map[*syntax.Variable]int{},
			tables: touched{changed: map[*syntax.Variable]int{}}, boxes: touched{changed: map[*syntax.Variable]int{}},
		},
	}
	for w.grew = true; w.grew; {
		if !effort.spend(sc.Size) {
			return w.out, false
		}
		w.grew = false
		w.function(sc.Fn)
	}
	return w.out, true
}

// effectWalk walks the text until the origins of all locals are known.
type effectWalk struct {
	scope   *syntax.Scope
	library func(ast.Expr) string
	locals  map[*syntax.Variable]*carried
	grew    bool
	out     *effects
}

func (w *effectWalk) function(fn *ast.FunctionExpr) {
	for _, v := range w.scope.Declared[fn] {
		w.flow(v, carried{self: origin{own: fn == w.scope.Fn, param: fn != w.scope.Fn}})
	}
	w.block(fn.Stmts)
}

// flow notes that a local may hold such a value.
func (w *effectWalk) flow(v *syntax.Variable, from carried) {
	held := w.locals[v]
	if held == nil {
		held = &carried{}
		w.locals[v] = held
	}
	if held.add(from) {
		w.grew = true
	}
}

func (w *effectWalk) block(stmts []ast.Stmt) {
	for _, st := range stmts {
		w.stmt(st)
	}
}

func (w *effectWalk) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.LocalAssignStmt:
		from := w.all(st.Exprs)
		for _, v := range w.scope.Declared[st] {
			w.flow(v, from)
		}
	case *ast.AssignStmt:
		from := w.all(st.Rhs)
		for _, l := range st.Lhs {
			w.assign(l, from)
		}
	case *ast.GenericForStmt:
		from := w.all(st.Exprs)
		for _, v := range w.scope.Declared[st] {
			w.flow(v, from)
		}
		w.block(st.Stmts)
	case *ast.FuncDefStmt:
		w.funcDef(st)
	default:
		syntax.EachInStmt(st, func(e *ast.Expr) { w.expr(*e) }, w.stmt)
	}
}

func (w *effectWalk) funcDef(st *ast.FuncDefStmt) {
	w.function(st.Func)
	if st.Name.Func != nil {
		w.assign(st.Name.Func, carried{})
		return
	}
	w.out.tables.change(w.expr(st.Name.Receiver).self, st.Line())
}

// assign notes an assignment of such a value.
func (w *effectWalk) assign(target ast.Expr, from carried) {
	switch e := target.(type) {
	case *ast.IdentExpr:
		if v := w.scope.Uses[e]; v.Class == syntax.LocalVar {
			w.flow(v, from)
		} else {
			note(w.out.assigned, v, e.Line())
		}
	case *ast.AttrGetExpr:
		w.expr(e.Key)
		w.out.tables.change(w.expr(e.Object).self, e.Line())
		w.hold(e.Object, from.all())
	}
}

// hold notes that the table of an expression now holds tables of that origin.
func (w *effectWalk) hold(table ast.Expr, from origin) {
	for {
		get, ok := table.(*ast.AttrGetExpr)
		if !ok {
			break
		}
		table = get.Object
	}
	if id, ok := table.(*ast.IdentExpr); ok && w.scope.Uses[id].Class == syntax.LocalVar {
		w.flow(w.scope.Uses[id], carried{inside: from})
	}
}

// all joins the values of several expressions.
func (w *effectWalk) all(list []ast.Expr) carried {
	var v carried
	for _, e := range list {
		v.add(w.expr(e))
	}
	return v
}

// expr is the value that an expression may give.
func (w *effectWalk) expr(e ast.Expr) carried {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return w.ident(e)
	case *ast.AttrGetExpr:
		w.expr(e.Key)
		object := w.expr(e.Object)
		return carried{self: object.all(), inside: object.inside}
	case *ast.FuncCallExpr:
		return w.call(e)
	case *ast.FunctionExpr:
		w.function(e)
		return carried{}
	case *ast.Comma3Expr:
		return carried{self: origin{own: true, param: true}}
	case *ast.LogicalOpExpr:
		return w.operands(e)
	case *ast.TableExpr:
		return carried{inside: w.operands(e).all()}
	}
	w.operands(e)
	return carried{}
}

func (w *effectWalk) operands(e ast.Expr) carried {
	var v carried
	syntax.EachInExpr(e, func(x *ast.Expr) { v.add(w.expr(*x)) }, nil)
	return v
}

func (w *effectWalk) ident(e *ast.IdentExpr) carried {
	v := w.scope.Uses[e]
	if v.Class != syntax.LocalVar {
		return carried{self: origin{vars: map[*syntax.Variable]bool{v: true}}}
	}
	if held := w.locals[v]; held != nil {
		return *held
	}
	return carried{}
}

func (w *effectWalk) call(e *ast.FuncCallExpr) carried {
	if e.Func == nil {
		receiver := w.expr(e.Receiver)
		if etllib.Changes(e.Method) {
			w.out.boxes.change(receiver.self, e.Line())
		}
		return w.foreign(e, receiver)
	}
	name := w.library(e.Func)
	if name == "" {
		w.expr(e.Func)
		return w.foreign(e, carried{})
	}
	if changesFirst(name) && len(e.Args) > 0 {
		w.out.tables.change(w.expr(e.Args[0]).self, e.Line())
		w.hold(e.Args[0], w.all(e.Args[1:]).all())
	}
	given := w.all(e.Args)
	switch {
	case callsArguments(name):
		return w.hand(given, e.Line())
	case givesArguments(name): // or what is inside them
		return carried{self: given.all(), inside: given.inside}
	}
	return carried{}
}

// foreign is a call of a function that the library does not know.
func (w *effectWalk) foreign(e *ast.FuncCallExpr, receiver carried) carried {
	given := w.all(e.Args)
	given.add(receiver)
	if o := given.all(); e.Func == nil && len(o.vars) == 0 && !o.unknown {
		return given // a method of a string or of a table of its own
	}
	return w.hand(given, e.Line())
}

// hand notes that values are given to a function that may do anything.
func (w *effectWalk) hand(given carried, line int) carried {
	o := given.all()
	for v := range o.vars {
		note(w.out.passed, v, line)
	}
	o.add(origin{unknown: true})
	return carried{self: o, inside: o}
}

// mentioned are the names of all that a function mentions of the library.
func mentioned(sc *syntax.Scope, library func(ast.Expr) string) []string {
	var names []string
	syntax.Inspect(sc.Fn, func(e ast.Expr) (inside bool) {
		name := library(e)
		if name != "" {
			names = append(names, name)
		}
		return name == ""
	})
	return names
}

// isRandom reports whether a name of the library means one of random numbers,
// or everything of a library that has them.
func isRandom(name string) bool {
	return name == "math" || name == "etl" || strings.HasPrefix(name, "math.random") || strings.HasPrefix(name, "etl.uuid")
}

// makesNone reports whether what a name of the library means makes plain values
// only.
func makesNone(name string) bool {
	if strings.HasPrefix(name, HostModule) {
		return false
	}
	host := name == "etl" || strings.HasPrefix(name, "etl.")
	e, known := etllib.Lookup(name)
	plain := strings.HasPrefix(name, "etl.log") || name == "etl.reject" || known && !e.MakesOwn
	return name != "tonumber" && !strings.HasPrefix(name, "coroutine") && (!host || plain)
}

// changesFirst reports whether a library function changes its first argument.
func changesFirst(name string) bool {
	switch name {
	case "table.insert", "table.remove", "table.sort", "rawset", "setmetatable", "etl.array":
		return true
	}
	return false
}

// callsArguments reports whether a library function calls what it is given.
func callsArguments(name string) bool {
	switch name {
	case "pcall", "xpcall", "table.sort", "string.gsub":
		return true
	}
	e, known := etllib.Lookup(name)
	return known && e.Calls || strings.HasPrefix(name, "coroutine.")
}

// givesArguments reports whether a library function may give back tables that
// it was given.
func givesArguments(name string) bool {
	switch name {
	case "assert", "etl.array", "ipairs", "next", "pairs", "rawget", "rawset", "select", "setmetatable", "table.remove", "unpack":
		return true
	}
	return false
}

// constantOf is the value that an expression made of captured variables,
// globals and constant names has now; nil when the text alone does not tell.
func constantOf(sc *syntax.Scope, value func(*syntax.Variable) lua.LValue, e ast.Expr) lua.LValue {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if v := sc.Uses[e]; v.Class != syntax.LocalVar {
			return value(v)
		}
	case *ast.AttrGetExpr:
		key, ok := e.Key.(*ast.StringExpr)
		if !ok {
			return nil
		}
		if t, ok := constantOf(sc, value, e.Object).(*lua.LTable); ok {
			return t.RawGetString(key.Value)
		}
	}
	return nil
}
