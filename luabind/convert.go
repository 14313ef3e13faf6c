package luabind

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// maxTableDepth is how deep tables of options may nest. A table that holds
// itself nests without end.
const maxTableDepth = 50

// scriptFunc is a function that a script handed to a component. What it does
// is looked at when the whole script has run, since the variables that it
// captures may change until then.
type scriptFunc struct {
	expr.Func // set at the end of loading
	lua       *lua.LFunction
	together  bool // it works on a state, which another use of the same function does not share
}

// Unwrap is the function as the engine uses it.
func (f *scriptFunc) Unwrap() expr.Func { return f.Func }

// converter turns the arguments of a call into values that are free of Lua.
type converter struct {
	values int // converted so far
	// function wraps a function of the script.
	function func(fn *lua.LFunction, pos diag.Pos) any
}

// maxValues is how many values the arguments of a call have at most. A table that
// holds another one many times over is small in Lua and large outside of it.
const maxValues = 1 << 20

// value converts one value, which is written at the place.
func (c *converter) value(v lua.LValue, at syntax.Place) (component.Value, error) {
	return c.nested(v, at, 0)
}

func (c *converter) nested(v lua.LValue, at syntax.Place, depth int) (component.Value, error) {
	out := component.Value{Pos: at.Pos}
	if c.values++; c.values > maxValues {
		return out, diag.Errorf("argument.size", at.Pos, "the tables hold more than a million values, or one another very often")
	}
	var err error
	switch x := v.(type) {
	case *lua.LNilType:
	case lua.LBool:
		out.X = bool(x)
	case lua.LString:
		out.X = string(x)
	case lua.LNumber:
		out.X, err = number(x, at)
	case *lua.LTable:
		out.X, err = c.table(x, at, depth)
	case *lua.LFunction:
		out.X, err = c.functionValue(x, at)
	default:
		out.X, err = hostValue(v, at)
	}
	return out, err
}

func number(x lua.LNumber, at syntax.Place) (any, error) {
	if math.IsNaN(float64(x)) {
		return nil, diag.Errorf("argument.nan", at.Pos, "the number is NaN, the result of a calculation without one")
	}
	return float64(x), nil
}

func (c *converter) functionValue(fn *lua.LFunction, at syntax.Place) (any, error) {
	if fn.IsG {
		return nil, diag.Errorf("function.native", at.Pos, "this function is not written in Lua").
			WithHint("wrap it: function(row) return ... end")
	}
	return c.function(fn, at.Pos), nil
}

// hostValue converts what scripts got from the module.
func hostValue(v lua.LValue, at syntax.Place) (any, error) {
	if v == (value.Null{}) {
		return record.Value{}, nil
	}
	if x, ok := value.Record(v); ok {
		return x, nil
	}
	if ud, ok := v.(*lua.LUserData); ok {
		switch x := ud.Value.(type) {
		case *component.Aggregate:
			return x, nil
		case *Backoff:
			return x, nil
		case *stream:
			return nil, diag.Errorf("argument.stream", at.Pos, "the stream of %s cannot stand here", x.node.def.Name).
				WithHint("streams are the receiver of a call or its first arguments, as in a:join(b, { on = \"key\" })")
		}
	}
	return nil, diag.Errorf("argument.type", at.Pos, "a %s cannot be an argument", v.Type())
}

// table converts a table in the order in which the script filled it.
func (c *converter) table(t *lua.LTable, at syntax.Place, depth int) (*component.Table, error) {
	if depth >= maxTableDepth {
		return nil, diag.Errorf("argument.depth", at.Pos, "tables nest deeper than %d levels here, or a table holds itself", maxTableDepth)
	}
	out := &component.Table{Pos: at.Pos}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		var err error
		switch key := k.(type) {
		case lua.LString:
			err = c.entry(out, string(key), v, at, depth)
		case lua.LNumber:
			err = c.item(out, float64(key), v, at, depth)
		default:
			err = diag.Errorf("argument.key", at.Pos, "a %s is a key of this table, but keys are names", k.Type())
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *converter) entry(t *component.Table, name string, v lua.LValue, at syntax.Place, depth int) error {
	f := at.Field(name)
	x, err := c.nested(v, f.Value, depth+1)
	t.Entries = append(t.Entries, component.Entry{Key: op.Name{Text: name, Pos: f.Key}, Value: x})
	return err
}

func (c *converter) item(t *component.Table, index float64, v lua.LValue, at syntax.Place, depth int) error {
	next := len(t.List) + 1
	if index != float64(next) {
		return diag.Errorf("argument.list", at.Pos, "the list has no item %d, but an item %v", next, index).
			WithHint("the items of a list are numbered 1, 2, 3 without a gap; nil leaves one")
	}
	x, err := c.nested(v, at.Item(next-1), depth+1)
	t.List = append(t.List, x)
	return err
}

// convert turns the arguments of the running function from number first on
// into values. name is what the function is called.
func (l *loading) convert(L *lua.LState, name string, at syntax.Site, first int, function func(*lua.LFunction, diag.Pos) any) ([]component.Value, error) {
	c := converter{function: function}
	if L.Get(1) == hostsOf(l.state)[moduleName] {
		return nil, diag.Errorf("call.colon", at.Pos, "etl.%s is called with a dot, not a colon", name).
			WithHint("write etl.%s", name)
	}
	written := 1 // the argument that is written first
	if at.Sep == ':' {
		written = 2
	}
	var out []component.Value
	for i := first; i <= L.GetTop(); i++ {
		v, err := c.value(L.Get(i), at.Arg(i-written))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// rowFunc keeps a function over rows; the same function is kept once.
func (l *loading) rowFunc(fn *lua.LFunction, _ diag.Pos) any {
	for _, f := range l.funcs {
		if f.lua == fn && !f.together {
			return f
		}
	}
	return l.keep(&scriptFunc{lua: fn})
}

func (l *loading) keep(f *scriptFunc) *scriptFunc {
	l.funcs = append(l.funcs, f)
	return f
}
