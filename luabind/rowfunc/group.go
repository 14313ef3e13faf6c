package rowfunc

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// reach is everything outside of a function that it can get at: variables,
// tables, containers, and functions that it may call. The keys are *lua.Upvalue,
// *lua.LTable, *lua.LUserData and globalName; two functions that share a key see
// the same thing.
type reach struct {
	keys    map[any]string // with the name of a variable that leads there
	writes  map[any]cause
	globals map[string]bool // of the script, not of the library
	// functions are those that it may call, itself among them.
	functions []*lua.LFunction
	refused   diag.List // what cannot be taken to a worker
	// exact is set when it may meet values of our own that no row brings: it
	// captures some, or calls what makes them.
	exact  bool
	random bool // it may ask for random numbers
}

// globalName is the key of a global variable.
type globalName string

// cause is where and how something shared is written.
type cause struct {
	pos  diag.Pos
	text string
}

// before reports whether the cause stands before another one in the text.
func (c cause) before(d cause) bool {
	if c.pos.Line != d.pos.Line {
		return c.pos.Line < d.pos.Line
	}
	return c.text < d.text
}

func (c cause) String() string { return fmt.Sprintf("line %d: %s", c.pos.Line, c.text) }

// reached is what the function can get at, computed when the script has run.
func (f *Func) reached() *reach {
	f.once.Do(func() {
		w := &reachWalk{
			f: f, helpers: map[*lua.LFunction]*helper{},
			out: &reach{keys: map[any]string{}, writes: map[any]cause{}, globals: map[string]bool{}},
		}
		w.function(f.fn, "")
		for _, x := range f.lib.extras {
			w.visit(x.value, x.name)
		}
		w.conclude()
		f.found = w.out
	})
	return f.found
}

// reachWalk follows values from a function on.
type reachWalk struct {
	f       *Func
	out     *reach
	helpers map[*lua.LFunction]*helper
	// Whether some function changes tables, or containers, that it was given.
	tablesGiven, boxesGiven bool
	over                    bool // the effort is spent
}

// helper is a function on the way, with its effects.
type helper struct {
	fn    *lua.LFunction
	chunk *syntax.Chunk
	*effects
}

// visit follows a value, to which the named variable leads.
func (w *reachWalk) visit(v lua.LValue, name string) {
	if w.f.lib.has(v) {
		return
	}
	switch v := v.(type) {
	case *lua.LTable:
		w.table(v, name)
	case *lua.LFunction:
		w.function(v, name)
	case *lua.LUserData:
		w.userdata(v, name)
	case *lua.LState, lua.LChannel:
		w.refuse(v, name)
	default:
		_, own := value.Record(v)
		w.out.exact = w.out.exact || own
	}
}

// spend reports whether the analysis may go on with n steps more, and refuses the
// function if not.
func (w *reachWalk) spend(n int) bool {
	enough := w.f.env.Effort.spend(n)
	if !enough && !w.over {
		w.over = true
		w.out.refused = append(w.out.refused, tooLarge(w.f.pos))
	}
	return enough
}

func (w *reachWalk) refuse(v lua.LValue, name string) {
	d := diag.Errorf("function.capture", w.f.pos, "the function uses the variable %q, which holds %s", name, describeCaptured(v))
	where := "row functions run in workers"
	if w.f.alone {
		where = "the engine calls the function in a state of its own"
	}
	w.out.refused = append(w.out.refused,
		d.WithHint("%s, with copies of numbers, strings, booleans, tables and Lua functions only", where))
}

func describeCaptured(v lua.LValue) string {
	switch x := v.(type) {
	case *lua.LUserData:
		if named, ok := x.Value.(interface{ Describe() string }); ok {
			return named.Describe()
		}
		return "a value of the host"
	case *lua.LFunction:
		return "a function that is not written in Lua"
	case *lua.LState:
		return "a coroutine"
	}
	return "a " + v.Type().String()
}

func (w *reachWalk) table(t *lua.LTable, name string) {
	if _, seen := w.out.keys[t]; seen {
		return
	}
	w.out.keys[t] = name
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if !w.spend(1) {
			return
		}
		w.visit(k, name)
		w.visit(v, name)
	}
	w.visit(t.Metatable, name)
}

func (w *reachWalk) function(fn *lua.LFunction, name string) {
	if h, seen := w.helpers[fn]; seen {
		w.tablesGiven, w.boxesGiven = w.tablesGiven || h.tables.own, w.boxesGiven || h.boxes.own // the row function calls itself
		return
	}
	if fn.IsG || w.f.env.chunkOf(fn) == nil {
		w.refuse(fn, name)
		return
	}
	c := w.f.env.chunkOf(fn)
	sc := scopeOf(fn, c)
	library := w.f.lib.namer(sc, w.f.env.valueIn(fn))
	if !w.spend(sc.Size) {
		return
	}
	found, ok := effectsOf(sc, library, w.f.env.Effort)
	if !ok {
		w.spend(0)
		return
	}
	h := &helper{fn: fn, chunk: c, effects: found}
	for _, name := range mentioned(sc, library) {
		w.out.exact = w.out.exact || !makesNone(name)
		w.out.random = w.out.random || isRandom(name)
	}
	w.helpers[fn] = h
	w.out.functions = append(w.out.functions, fn)
	w.tablesGiven = w.tablesGiven || h.tables.params || h.tables.own && fn != w.f.fn
	w.boxesGiven = w.boxesGiven || h.boxes.params || h.boxes.own && fn != w.f.fn
	for _, v := range sc.Outsiders(syntax.UpvalueVar) {
		cell := upvalueOf(fn, v.Name)
		w.out.keys[cell] = v.Name
		w.visit(cell.Value(), v.Name)
	}
	for _, v := range sc.Outsiders(syntax.GlobalVar) {
		w.global(v.Name)
	}
}

// global follows a global variable of the script.
func (w *reachWalk) global(name string) {
	v := w.f.env.Home.L.G.Global.RawGetString(name)
	if v == lua.LNil || w.f.lib.has(v) {
		return
	}
	w.out.globals[name] = true
	w.out.keys[globalName(name)] = name
	w.visit(v, name)
}

// valueIn gives the values that captured variables and globals of a function
// have now.
func (e Env) valueIn(fn *lua.LFunction) func(*syntax.Variable) lua.LValue {
	return func(v *syntax.Variable) lua.LValue {
		if v.Class == syntax.GlobalVar {
			return e.Home.L.G.Global.RawGetString(v.Name)
		}
		return upvalueOf(fn, v.Name).Value()
	}
}

// conclude turns the effects of all functions into what they write.
func (w *reachWalk) conclude() {
	for fn, h := range w.helpers {
		for v, line := range h.assigned {
			w.write(keyOf(fn, v), h.cause(line, "assigns the captured variable %q", v.Name))
		}
		w.concludeTables(fn, h)
		w.concludeBoxes(fn, h)
	}
	w.metamethods()
}

func (w *reachWalk) concludeTables(fn *lua.LFunction, h *helper) {
	held := w.f.env.valueIn(fn)
	for v, line := range h.tables.changed {
		if w.f.lib.has(held(v)) {
			w.refuseLibrary(v.Name, h.cause(line, ""))
		}
		w.change(held(v), h.cause(line, "changes the captured table %q", v.Name))
	}
	for v, line := range h.passed {
		if w.tablesGiven {
			w.change(held(v), h.cause(line, "passes the captured table %q to a function that may change it", v.Name))
		}
	}
	if h.tables.unknown > 0 {
		w.changeAll(h.cause(h.tables.unknown, "changes a table that may be a captured one"))
	}
}

// metamethods notes that captured tables may change where a metamethod changes
// what it is given: no call shows there.
func (w *reachWalk) metamethods() {
	if !w.tablesGiven {
		return
	}
	for key, name := range w.out.keys {
		if t, ok := key.(*lua.LTable); ok && t.Metatable != lua.LNil {
			w.change(t, cause{pos: w.f.pos, text: fmt.Sprintf("uses the captured table %q, whose metatable may change it", name)})
		}
	}
}

// refuseLibrary refuses to change a library: each worker has its own.
func (w *reachWalk) refuseLibrary(name string, at cause) {
	w.out.refused = append(w.out.refused, diag.Errorf("function.library", at.pos, "the function changes the library %q", name).
		WithHint("keep the value in a local variable of the script"))
}

func (h *helper) cause(line int, format string, args ...any) cause {
	return cause{pos: diag.Pos{File: h.chunk.Name, Line: line}, text: fmt.Sprintf(format, args...)}
}

// keyOf is the key of a captured variable or global.
func keyOf(fn *lua.LFunction, v *syntax.Variable) any {
	if v.Class == syntax.GlobalVar {
		return globalName(v.Name)
	}
	return upvalueOf(fn, v.Name)
}

// write notes a write; of several, the one that stands first counts.
func (w *reachWalk) write(key any, c cause) {
	if old, known := w.out.writes[key]; !known || c.before(old) {
		w.out.writes[key] = c
	}
}

// change notes that a table may change, or one inside it.
func (w *reachWalk) change(v lua.LValue, c cause) {
	t, ok := v.(*lua.LTable)
	if _, mine := w.out.keys[t]; !ok || !mine {
		return
	}
	if old, known := w.out.writes[t]; known && !c.before(old) {
		return // and what is inside it was noted then
	}
	w.out.writes[t] = c
	for k, inner := t.Next(lua.LNil); k != lua.LNil; k, inner = t.Next(k) {
		w.change(k, c)
		w.change(inner, c)
	}
	w.change(t.Metatable, c)
}

func (w *reachWalk) changeAll(c cause) {
	for key := range w.out.keys {
		if t, ok := key.(*lua.LTable); ok {
			w.write(t, c)
		}
	}
}

// group is functions that share something written: they run in one state.
type group struct {
	name      string
	functions []*Func
}

// why is what makes a function a member of its group.
func (g *group) why(f *Func) string {
	best := cause{}
	for _, c := range f.reached().writes {
		if best.text == "" || c.before(best) {
			best = c
		}
	}
	if best.text != "" {
		return best.String()
	}
	return "it reads what another function writes: " + g.name
}

// Group finds out which functions of a script share what they write; those of a set in
// together share a state of their own besides.
// It is called once, when the script has run, and reports what the functions
// capture and workers cannot have.
func Group(fns []*Func, together ...[]*Func) diag.List {
	if len(fns) == 0 {
		return nil
	}
	lib, err := fns[0].env.library()
	if err != nil {
		return diag.ListOf(err)
	}
	var problems diag.List
	mutable := map[any]bool{}
	for _, f := range fns {
		f.lib, f.mutable = lib, mutable
		f.reached()
	}
	for _, functions := range together {
		partner(functions)
	}
	for _, f := range fns {
		for key := range f.reached().writes {
			mutable[key] = true
		}
		problems = append(problems, f.reached().refused...)
	}
	taken := map[string]int{}
	for _, members := range sharing(fns, mutable) {
		g := &group{functions: members, name: sharedName(members, mutable)}
		if taken[g.name]++; taken[g.name] > 1 {
			g.name = fmt.Sprintf("%s#%d", g.name, taken[g.name])
		}
		for _, f := range members {
			f.group = g
		}
	}
	return problems
}

// sharing splits the functions that touch something written into sets that
// have nothing written in common, in the order of their first members.
func sharing(fns []*Func, mutable map[any]bool) [][]*Func {
	var sets [][]*Func
	for _, f := range fns {
		if !f.touches(mutable) {
			continue
		}
		own := []*Func{f}
		var rest [][]*Func
		for _, set := range sets {
			if slices.ContainsFunc(set, func(g *Func) bool { return f.shares(g, mutable) }) {
				own = append(set, own...)
			} else {
				rest = append(rest, set)
			}
		}
		sets = append(rest, own)
	}
	return sets
}

func (f *Func) touches(mutable map[any]bool) bool {
	for key := range f.reached().keys {
		if mutable[key] {
			return true
		}
	}
	return false
}

func (f *Func) shares(g *Func, mutable map[any]bool) bool {
	for key := range f.reached().keys {
		if _, both := g.reached().keys[key]; both && mutable[key] {
			return true
		}
	}
	return false
}

// sharedName names a group after what its functions write.
func sharedName(members []*Func, mutable map[any]bool) string {
	var names []string
	for _, f := range members {
		for key, name := range f.reached().keys {
			if mutable[key] && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
