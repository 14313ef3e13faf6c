package luabind

import (
	"fmt"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
)

// funcEnv is what row functions need of the script that defines them.
type funcEnv struct {
	// home is the state that ran the definition. Nothing runs in it any more
	// when functions are resolved and opened.
	home *state
	// open makes a state for a worker, with the modules of home.
	open func() (*state, error)
	// hosts are the values of the host that functions may capture, such as the
	// module "etl", by name; every state has them under the same names. It may
	// be nil.
	hosts func(s *state) map[string]lua.LValue
	// budget is how many instructions a call may take; 0 is the default.
	budget int64
}

// rowFunc is a Lua function over rows. groupFunctions completes it; from then
// on it never changes.
type rowFunc struct {
	env   funcEnv
	fn    *lua.LFunction
	chunk *chunk
	scope *scope
	row   *written
	pos   diag.Pos
	lib   *twins // of a state that workers start from

	once  sync.Once // makes reach
	found *reach
	group *group // nil: it shares nothing that is written
	// mutable is what the functions of the script write; it is no constant.
	mutable map[any]bool
}

var _ expr.Func = (*rowFunc)(nil)

// newRowFunc analyses a function of a script. groupFunctions must be called for
// all functions of the script before any is used.
func newRowFunc(fn *lua.LFunction, env funcEnv) (*rowFunc, *diag.Diagnostic) {
	if fn.IsG {
		return nil, diag.Errorf("function.native", diag.Pos{}, "this function is not written in Lua").
			WithHint("wrap it: function(row) return ... end")
	}
	c := env.chunkOf(fn)
	if c == nil {
		return nil, diag.Errorf("internal.error", diag.Pos{File: fn.Proto.SourceName, Line: fn.Proto.LineDefined},
			"the text of the function is not known")
	}
	sc := scopeOf(fn, c)
	return &rowFunc{env: env, fn: fn, chunk: c, scope: sc, row: rowUses(sc), pos: functionPos(c, sc.fn)}, nil
}

// chunkOf is the chunk that has the text of a function, nil if none is known.
func (e funcEnv) chunkOf(fn *lua.LFunction) *chunk {
	c := e.home.chunk(fn.Proto.SourceName)
	if c == nil || c.funcs[fn.Proto] == nil {
		return nil
	}
	return c
}

// scopeOf resolves the names of a compiled function.
func scopeOf(fn *lua.LFunction, c *chunk) *scope {
	tree := c.funcs[fn.Proto]
	method := int(fn.Proto.NumParameters) > len(tree.ParList.Names)
	return resolveScope(tree, method, func(name string) bool { return upvalueOf(fn, name) != nil })
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
func (f *rowFunc) Info() expr.Info {
	info := expr.Info{
		Pos: f.pos, Reads: f.row.names(false), Writes: f.row.names(true),
		AllColumns: f.row.wholeRow(), Rung: "reused table", Why: f.row.why(),
	}
	if f.row.wholeRow() {
		info.Rung = "fresh table"
	}
	if f.group != nil {
		info.Group = f.group.name
		info.Why = joinReasons(info.Why, f.group.why(f))
	}
	return info
}

func joinReasons(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// Open implements expr.Func.
func (f *rowFunc) Open(use expr.Use) (expr.Runner, error) {
	s, fn, done, err := f.instance(use.Scope)
	if err != nil {
		return nil, err
	}
	r := &runner{f: f, use: use, state: s, fn: fn, done: done, row: newRowTable(f, s, use)}
	if use.Role == expr.Map {
		r.out = newMapping(f, use, r.row)
	}
	return r, nil
}

// instance is the function in a state of its own, or in the one that its group
// shares in the scope. done frees what is its own.
func (f *rowFunc) instance(scope *expr.Scope) (*state, *lua.LFunction, func(), error) {
	if f.group == nil || scope == nil {
		s, fns, err := f.env.transplant([]*rowFunc{f})
		if err != nil {
			return nil, nil, nil, err
		}
		return s, fns[f.fn], s.close, nil
	}
	shared, err := scope.Shared("lua state "+f.group.name, f.group.open)
	if err != nil {
		return nil, nil, nil, err
	}
	g, ok := shared.(*groupState)
	if !ok || g.functions[f.fn] == nil {
		return nil, nil, nil, fmt.Errorf("the functions of group %q have no common state", f.group.name)
	}
	return g.state, g.functions[f.fn], func() {}, nil
}
