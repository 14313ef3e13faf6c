package rowfunc

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/luabind/vm"
)

// world is a state in which row functions run: those of one worker, or those of
// a group in all workers. One goroutine uses it at a time.
type world struct {
	state *vm.State
	t     *transplanter
}

// newWorld makes a world without functions.
func (e Env) newWorld() (*world, error) {
	s, err := e.Open()
	if err != nil {
		return nil, err
	}
	w := &world{state: s, t: &transplanter{
		env: e, to: s, twins: e.pair(s), cells: map[*lua.Upvalue]*lua.Upvalue{},
		functions: map[*lua.LFunction]*lua.LFunction{}, tables: map[*lua.LTable]*lua.LTable{},
		boxes: map[*lua.LUserData]*lua.LUserData{},
	}}
	for _, x := range w.t.twins.extras {
		v, err := w.t.value(x.value)
		if err != nil {
			s.Close()
			return nil, err
		}
		x.to.RawSet(x.key, v)
	}
	return w, nil
}

// add copies a function, with all that it captures, into the world. What it
// shares with functions that are there stays shared.
func (w *world) add(f *Func) error {
	w.t.mutable = f.mutable
	if f.reached().exact {
		w.makeExact()
	}
	for name := range f.reached().globals {
		v, err := w.t.value(f.env.Home.L.G.Global.RawGetString(name))
		if err != nil {
			return err
		}
		w.state.L.G.Global.RawSetString(name, v)
	}
	_, err := w.t.function(f.fn)
	return err
}

// function is the world's copy of a function that was added.
func (w *world) function(f *Func) *lua.LFunction { return w.t.functions[f.fn] }

// makeExact gives all functions of the world their exact form, between two
// calls. A function that might be suspended meanwhile, in a coroutine, has
// been exact from the start.
func (w *world) makeExact() {
	if w.t.exact {
		return
	}
	w.t.exact = true
	walk := &exactWalk{env: w.t.env, seen: map[any]bool{}}
	walk.visit(w.state.L.G.Global)
	for _, fn := range w.t.functions {
		walk.visit(fn)
	}
}

// exactWalk gives functions their exact form, and all that they lead to.
type exactWalk struct {
	env  Env
	seen map[any]bool
}

func (w *exactWalk) visit(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		if w.first(v) {
			w.table(v)
		}
	case *lua.LFunction:
		if !v.IsG && w.first(v) {
			w.function(v)
		}
	}
}

func (w *exactWalk) first(v any) bool {
	before := w.seen[v]
	w.seen[v] = true
	return !before
}

func (w *exactWalk) table(t *lua.LTable) {
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		w.visit(k)
		w.visit(v)
	}
	w.visit(t.Metatable)
}

func (w *exactWalk) function(fn *lua.LFunction) {
	if c := w.env.chunkOf(fn); c != nil {
		fn.Proto = c.Form(fn.Proto, true)
	}
	for _, cell := range fn.Upvalues {
		w.visit(cell.Value())
	}
}

// workerWorld is the world of the functions of one worker.
func (f *Func) workerWorld(worker *expr.Scope) (*world, func(), error) {
	if worker == nil {
		w, err := f.env.newWorld()
		if err != nil {
			return nil, nil, err
		}
		return w, w.state.Close, nil
	}
	// Functions of several scripts have several homes.
	key := fmt.Sprintf("lua state of a worker, from %p", f.env.Home)
	shared, err := worker.Shared(key, func() (any, func(), error) {
		w, err := f.env.newWorld()
		if err != nil {
			return nil, nil, err
		}
		return w, w.state.Close, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return shared.(*world), func() {}, nil
}

// groupWorld is the world that the functions of a group share.
func (g *group) world(attempt *expr.Scope) (*world, error) {
	shared, err := attempt.Shared("lua state of "+g.name, func() (any, func(), error) {
		w, err := g.open()
		if err != nil {
			return nil, nil, err
		}
		return w, w.state.Close, nil
	})
	if err != nil {
		return nil, err
	}
	return shared.(*world), nil
}

// open makes the world of a group. It starts from the values of the definition.
func (g *group) open() (*world, error) {
	w, err := g.functions[0].env.newWorld()
	if err != nil {
		return nil, err
	}
	for _, f := range g.functions {
		if err := w.add(f); err != nil {
			w.state.Close()
			return nil, err
		}
	}
	return w, nil
}
