package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// aggregate is what etl.sum "x" and its like do. Count needs no column, and
// then counts rows.
func (l *loading) aggregate(kind op.AggregateKind) lua.LGFunction {
	return func(L *lua.LState) int {
		at := callSite(L, string(kind))
		args, err := l.convert(L, string(kind), at, 1, l.rowFunc)
		if err == nil {
			var a *component.Aggregate
			if a, err = newAggregate(kind, args, at); err == nil {
				L.Push(l.userdata(a))
				return 1
			}
		}
		vm.Raise(L, err)
		return 0
	}
}

func newAggregate(kind op.AggregateKind, args []component.Value, at syntax.Site) (*component.Aggregate, error) {
	a := &component.Aggregate{Kind: kind}
	if len(args) > 1 {
		return nil, diag.Errorf("argument.surplus", args[1].Pos, "etl.%s takes one column or function, not %d arguments", kind, len(args))
	}
	if len(args) == 0 {
		if kind == op.Count {
			return a, nil
		}
		return nil, diag.Errorf("argument.missing", at.Pos, "etl.%s needs a column or a function", kind).
			WithHint("write etl.%s \"column\"", kind)
	}
	switch x := args[0].X.(type) {
	case string:
		a.Input = op.Name{Text: x, Pos: args[0].Pos}
	case expr.Func:
		a.Func = x
	default:
		return nil, diag.Errorf("argument.type", args[0].Pos, "etl.%s takes a column or a function, not %s", kind, args[0].Describe()).
			WithHint("write etl.%s \"column\"", kind)
	}
	return a, nil
}
