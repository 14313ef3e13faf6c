package rowfunc

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// twins are the values that a state has from us, its library and the modules of
// the host, each with the value of another state that means the same.
type twins struct {
	values  map[lua.LValue]lua.LValue
	names   map[lua.LValue]string // "string.format"; of the host "etl"
	modules map[string]bool       // names of the host's tables
	extras  []extra
}

// HostModule stands before the names of modules that the host gives, in Env.Hosts.
const HostModule = "host:"

// extra is what a script added to a table of the library.
type extra struct {
	to         *lua.LTable // the table's twin
	name       string
	key, value lua.LValue
}

// pair finds the twins of the home state's values in another state.
func (e Env) pair(to *vm.State) *twins {
	t := &twins{values: map[lua.LValue]lua.LValue{}, names: map[lua.LValue]string{}, modules: map[string]bool{}}
	if e.Hosts != nil {
		there := e.Hosts(to)
		for name, v := range e.Hosts(e.Home) {
			if twin, ok := there[name]; ok {
				t.values[v], t.names[v] = twin, name
				t.modules[name] = v.Type() == lua.LTTable
			}
		}
	}
	t.tables("", e.Home.L.G.Global, to.L.G.Global)
	return t
}

// tables pairs what two tables have under the same keys.
func (t *twins) tables(prefix string, a, b *lua.LTable) {
	for k, v := a.Next(lua.LNil); k != lua.LNil; k, v = a.Next(k) {
		name, twin := prefix+k.String(), b.RawGet(k)
		inner, isTable := v.(*lua.LTable)
		other, both := twin.(*lua.LTable)
		switch {
		case t.has(v):
		case isTable && both:
			t.values[v], t.names[v] = twin, name
			t.tables(name+".", inner, other)
		case isNative(v) && isNative(twin):
			t.values[v], t.names[v] = twin, name
		case prefix != "" && v != twin:
			t.extras = append(t.extras, extra{to: b, name: name, key: k, value: v})
		}
	}
}

// isNative reports whether a value is a function of the library. Those that are
// written in Lua have no source.
func isNative(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	return ok && (fn.IsG || fn.Proto.SourceName == "")
}

// has reports whether a value is one of the library's or the host's.
func (t *twins) has(v lua.LValue) bool {
	_, ok := t.values[v]
	return ok
}

// namer tells which function of the library an expression means.
func (t *twins) namer(sc *syntax.Scope, value func(*syntax.Variable) lua.LValue) func(ast.Expr) string {
	var name func(e ast.Expr) string
	name = func(e ast.Expr) string {
		if v := constantOf(sc, value, e); v != nil && t.has(v) {
			return t.names[v]
		}
		get, ok := e.(*ast.AttrGetExpr)
		if !ok {
			return ""
		}
		// What a module of the host holds stands behind its metatable.
		if module := name(get.Object); t.modules[module] {
			return module + "." + keyText(get)
		}
		return ""
	}
	return name
}

func keyText(e *ast.AttrGetExpr) string {
	if key, ok := e.Key.(*ast.StringExpr); ok {
		return key.Value
	}
	return "?"
}

// library is the home state's library, for analysis only.
func (e Env) library() (*twins, error) {
	s, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return e.pair(s), nil
}

// transplanter copies values from one state into another. It only reads the
// first, so that several may work on it at once.
type transplanter struct {
	env       Env
	to        *vm.State
	exact     bool // the form of the functions
	twins     *twins
	cells     map[*lua.Upvalue]*lua.Upvalue
	functions map[*lua.LFunction]*lua.LFunction
	tables    map[*lua.LTable]*lua.LTable
	boxes     map[*lua.LUserData]*lua.LUserData
	mutable   map[any]bool // see Func
	depth     int          // values that hold one another, down to the one at hand
}

// maxCaptureDepth is how many values may hold one another: copying them takes the
// stack of Go, which ends the process when it overflows.
const maxCaptureDepth = 10_000

func (t *transplanter) value(v lua.LValue) (lua.LValue, error) {
	if t.depth++; t.depth > maxCaptureDepth {
		return nil, fmt.Errorf("what the function captures is nested more than %d deep", maxCaptureDepth)
	}
	defer func() { t.depth-- }()
	if twin, ok := t.twins.values[v]; ok {
		return twin, nil
	}
	switch v := v.(type) {
	case *lua.LTable:
		return t.table(v)
	case *lua.LFunction:
		return t.function(v)
	case *lua.LUserData:
		if box, ok := t.box(v); ok {
			return box, nil
		}
		return nil, fmt.Errorf("%s cannot be taken to a worker", describeCaptured(v))
	case *lua.LState, lua.LChannel:
		return nil, fmt.Errorf("%s cannot be taken to a worker", describeCaptured(v))
	}
	return v, nil
}

func (t *transplanter) table(from *lua.LTable) (lua.LValue, error) {
	if made, ok := t.tables[from]; ok {
		return made, nil
	}
	out := t.to.L.CreateTable(from.Len(), 0)
	t.tables[from] = out
	for k, v := from.Next(lua.LNil); k != lua.LNil; k, v = from.Next(k) {
		key, err := t.value(k)
		if err != nil {
			return nil, err
		}
		value, err := t.value(v)
		if err != nil {
			return nil, err
		}
		out.RawSet(key, value)
	}
	meta, err := t.value(from.Metatable)
	out.Metatable = meta
	return out, err
}

func (t *transplanter) function(from *lua.LFunction) (*lua.LFunction, error) {
	if made, ok := t.functions[from]; ok {
		return made, nil
	}
	if from.IsG {
		return nil, fmt.Errorf("%s cannot be taken to a worker", describeCaptured(from))
	}
	chunk := t.env.chunkOf(from)
	if chunk == nil {
		return nil, fmt.Errorf("the text of the function at %s:%d is not known", from.Proto.SourceName, from.Proto.LineDefined)
	}
	out := t.to.L.NewFunctionFromProto(chunk.Form(from.Proto, t.exact))
	t.functions[from] = out
	for i, cell := range from.Upvalues {
		made, err := t.cell(cell)
		if err != nil {
			return nil, err
		}
		out.Upvalues[i] = made
	}
	return out, nil
}

func (t *transplanter) cell(from *lua.Upvalue) (*lua.Upvalue, error) {
	if made, ok := t.cells[from]; ok {
		return made, nil
	}
	out := &lua.Upvalue{} // closed: it has no stack
	t.cells[from] = out
	v, err := t.value(from.Value())
	if err != nil {
		return nil, err
	}
	out.SetValue(v)
	return out, nil
}
