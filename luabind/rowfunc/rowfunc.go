package rowfunc

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Env is what row functions need of the script that defines them.
type Env struct {
	// home is the state that ran the definition. Nothing runs in it any more
	// when functions are resolved and opened.
	Home *vm.State
	// open makes a state for a worker, with the modules of home.
	Open func() (*vm.State, error)
	// hosts are the values of the host that functions may capture, such as the
	// module "etl", by name; every state has them under the same names. It may
	// be nil.
	Hosts func(s *vm.State) map[string]lua.LValue
	// Effort bounds the analysis of all functions of the script together; nil is
	// without a bound.
	Effort *Effort
	// budget is how many instructions a call may take; 0 is the default.
	budget int64
}

// Func is a Lua function over rows. groupFunctions completes it; from then
// on it never changes.
type Func struct {
	*definition
	row   *written
	emits *emits
}

// definition is a function as the script wrote it, whatever it is used for.
type definition struct {
	env   Env
	fn    *lua.LFunction
	chunk *syntax.Chunk
	scope *syntax.Scope
	pos   diag.Pos
	lib   *twins // of a state that workers start from

	once  sync.Once // makes reach
	found *reach
	group *group // nil: it shares nothing that is written
	// mutable is what the functions of the script write; it is no constant.
	mutable map[any]bool
	alone   bool // the engine calls it by itself, on no row
}

var _ expr.Func = (*Func)(nil)

// New analyses a function of a script. groupFunctions must be called for
// all functions of the script before any is used.
func New(fn *lua.LFunction, env Env) (*Func, *diag.Diagnostic) {
	if fn.IsG {
		return nil, diag.Errorf("function.native", diag.Pos{}, "this function is not written in Lua").
			WithHint("wrap it: function(row) return ... end")
	}
	c := env.chunkOf(fn)
	if c == nil {
		return nil, diag.Errorf("internal.error", diag.Pos{File: fn.Proto.SourceName, Line: fn.Proto.LineDefined},
			"the text of the function is not known")
	}
	def := &definition{env: env, fn: fn, chunk: c, scope: scopeOf(fn, c)}
	def.pos = c.PlaceOf(def.scope.Fn)
	if !env.Effort.spend(def.scope.Size) {
		return nil, tooLarge(def.pos)
	}
	return def.over(0), nil
}

// over is the function as one whose parameter of that number, from 0, is the row, and
// the next one emit. With -1 it gets no row.
func (d *definition) over(row int) *Func {
	return &Func{definition: d, row: rowUses(d.scope, d.param(row)), emits: emitUses(d.scope, d.param(row+1))}
}

func (d *definition) param(i int) *syntax.Variable {
	if i < 0 || i >= len(d.scope.Params) {
		return nil
	}
	return d.scope.Params[i]
}

// as is the function in a role.
func (f *Func) as(role expr.Role) *Func {
	if role == expr.Produce {
		return f.over(-1)
	}
	return f
}

// chunkOf is the chunk that has the text of a function, nil if none is known.
func (e Env) chunkOf(fn *lua.LFunction) *syntax.Chunk {
	c := e.Home.Chunk(fn.Proto.SourceName)
	if c == nil || c.Funcs[fn.Proto] == nil {
		return nil
	}
	return c
}

// scopeOf is what the names in a compiled function mean.
func scopeOf(fn *lua.LFunction, c *syntax.Chunk) *syntax.Scope {
	return c.Scope(fn.Proto)
}

// upvalueOf is the cell of a captured variable, nil if there is none.
func upvalueOf(fn *lua.LFunction, name string) *lua.Upvalue {
	for i, known := range fn.Proto.DbgUpvalues {
		if known == name && i < len(fn.Upvalues) {
			return fn.Upvalues[i]
		}
	}
	return nil
}

// Info implements expr.Func.
func (f *Func) Info() expr.Info {
	info := expr.Info{
		Pos: f.pos, Reads: f.row.names(false), Writes: f.row.names(true),
		AllColumns: f.row.wholeRow(), Rung: "reused table", Why: f.row.why(), Returns: f.constants(),
	}
	if f.row.wholeRow() {
		info.Rung = "fresh table"
	}
	if f.group != nil {
		info.Group, info.Members = f.group.name, len(f.group.functions)
		info.Why = joinReasons(info.Why, f.group.why(f))
	}
	return info
}

// constants are the strings that the function returns as they are written, also as an
// operand of and and or.
func (f *Func) constants() []expr.Constant {
	var out []expr.Constant
	var add func(e ast.Expr, pos diag.Pos)
	add = func(e ast.Expr, pos diag.Pos) {
		switch e := e.(type) {
		case *ast.StringExpr:
			out = append(out, expr.Constant{Text: e.Value, Pos: pos})
		case *ast.LogicalOpExpr:
			if e.Operator == "or" {
				add(e.Lhs, pos)
			}
			add(e.Rhs, pos)
		}
	}
	for _, st := range f.row.returns {
		if len(st.Exprs) == 1 {
			add(st.Exprs[0], f.wordPos("return", st.Line()))
		}
	}
	return out
}

func joinReasons(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// Open implements expr.Func.
func (f *Func) Open(use expr.Use) (expr.Runner, error) {
	f = f.as(use.Role)
	if use.In == nil {
		use.In = record.NewSchema()
	}
	w, done, err := f.world(use)
	if err != nil {
		return nil, err
	}
	r := &runner{f: f, use: use, world: w, state: w.state, fn: w.function(f), done: done, row: newRowTable(f, w.state, use)}
	if f.reached().random {
		r.dice = newDice(w.state, use)
	}
	if !use.Fixed.Now.IsZero() {
		w.state.FixTime(use.Fixed.Now)
	}
	if err := r.prepare(); err != nil {
		done()
		return nil, err
	}
	return r, nil
}

// prepare makes ready for the role.
func (r *runner) prepare() error {
	switch r.use.Role {
	case expr.Map:
		r.out = newMapping(r.f, r.use, r.row)
	case expr.FlatMap, expr.Produce:
		if err := r.collect(); err != nil {
			return err
		}
	}
	if r.use.State != nil {
		return r.keepState(r.use.State)
	}
	return nil
}

// world is the one in which the function runs: that of its worker, or the one
// that its group shares during the attempt. done frees what nobody shares.
func (f *Func) world(use expr.Use) (w *world, done func(), err error) {
	if f.group != nil && use.Scope != nil {
		w, err = f.group.world(use.Scope)
		return w, func() {}, err
	}
	if f.group != nil && use.Worker == nil {
		if w, err = f.group.open(); err != nil {
			return nil, nil, err
		}
		return w, w.state.Close, nil
	}
	w, done, err = f.workerWorld(use.Worker)
	if err != nil {
		return nil, nil, err
	}
	if err := w.add(f); err != nil {
		done()
		return nil, nil, err
	}
	return w, done, nil
}
