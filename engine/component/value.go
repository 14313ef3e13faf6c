package component

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Value is an argument of a component as a script gave it, free of Lua: X is
// nil, bool, float64, string, *Table, expr.Func, *Aggregate, record.Value
// (int64 beyond a double, dates), or something of the script's runtime that
// the engine only keeps, such as a hook.
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

// Get is the value of the named entry, and whether there is one.
func (t *Table) Get(name string) (Value, bool) {
	for _, e := range t.Entries {
		if e.Key.Text == name {
			return e.Value, true
		}
	}
	return Value{}, false
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

// Describer is implemented by values of other packages' types, such as a
// back-off, to name themselves in messages: "a back-off".
type Describer interface{ Describe() string }

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
		return x.describe()
	case expr.Func:
		return "a function"
	case *Aggregate:
		return "an aggregate (etl." + string(x.Kind) + ")"
	case record.Value:
		return "a value of type " + x.Kind().String()
	case Describer:
		return x.Describe()
	}
	return fmt.Sprintf("a %T", v.X)
}

func (t *Table) describe() string {
	switch {
	case len(t.List) == 0 && len(t.Entries) == 0:
		return "an empty table"
	case len(t.Entries) == 0:
		return "a list"
	}
	return "a table"
}

// clip keeps a long text readable in a message.
func clip(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-3]) + "..."
	}
	return s
}
