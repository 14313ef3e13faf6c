package component

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Value is an argument of a component as a script gave it, free of Lua: X is
// nil, bool, float64, string, *Table, expr.Func, *Aggregate or record.Value
// (int64 beyond a double, dates).
type Value struct {
	X   any
	Pos diag.Pos
}

// Table is a table of arguments: a list part and named entries in the order
// in which the script wrote them.
type Table struct {
	Pos     diag.Pos
	List    []Value
	Entries []Entry
}

// Entry is a named entry of a table.
type Entry struct {
	Key   op.Name
	Value Value
}

// Aggregate is what etl.sum "x" and its like give: an aggregate that has no
// name yet.
type Aggregate struct {
	Kind  op.AggregateKind
	Input op.Name
	Func  expr.Func
}

// Describe names a value's type as a script's author knows it.
func (v Value) Describe() string {
	switch x := v.X.(type) {
	case nil:
		return "nil"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		return fmt.Sprintf("the string %q", clip(x))
	case *Table:
		return "a table"
	case expr.Func:
		return "a function"
	case *Aggregate:
		return "an aggregate (etl." + string(x.Kind) + ")"
	case record.Value:
		return "a value of type " + x.Kind().String()
	}
	return fmt.Sprintf("a %T", v.X)
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:37] + "..."
	}
	return s
}
