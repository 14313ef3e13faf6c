package rowfunc

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// mapping makes a map's output columns of what the function did to each row.
type mapping struct {
	builds  bool // the function returns new rows
	schema  *record.Schema
	columns []outColumn
}

// outColumn is one column of the output.
type outColumn struct {
	name string
	t    record.Type
	in   int // column of the input that it keeps or changes, -1 for none
	slot int // of the row table, -1 when the function does not touch it

	next    record.Value // for the row at hand
	pending bool         // the function assigned next
	rows    []int32      // whose value was assigned
	values  []record.Value
	vector  *record.Vector // of a column that is not in the input
}

func newMapping(f *Func, use expr.Use, row *rowTable) *mapping {
	m := &mapping{builds: f.builds(use), schema: use.Out, columns: make([]outColumn, use.Out.Len())}
	for i, field := range use.Out.Fields() {
		c := &m.columns[i]
		*c = outColumn{name: field.Name, t: field.Type, in: -1, slot: -1}
		if m.builds {
			continue
		}
		if j := row.find(c.name); j >= 0 && (row.slots[j].write || row.slots[j].nested) {
			c.slot = j
		}
		if j := use.In.Index(c.name); j >= 0 && use.In.Field(j).Type.Equal(c.t) {
			c.in = j
		}
	}
	return m
}

// begin prepares for a batch.
func (m *mapping) begin(n int) {
	for i := range m.columns {
		c := &m.columns[i]
		c.rows, c.values = c.rows[:0], c.values[:0]
		if c.in < 0 {
			c.vector = record.NewVector(c.t.Kind, n)
		}
	}
}

// take notes row i of n: nothing of it when there is a problem. column is the
// one to blame.
func (m *mapping) take(i, n int, row *rowTable, table *lua.LTable, result lua.LValue) (column string, d *diag.Diagnostic) {
	source, d := m.source(table, result)
	if d != nil {
		return "", d
	}
	for j := range m.columns {
		if d := m.columns[j].propose(row, source); d != nil {
			return m.columns[j].name, d
		}
	}
	for j := range m.columns {
		m.columns[j].commit(i, n)
	}
	return "", nil
}

// source is the table with the new values of the row.
func (m *mapping) source(table *lua.LTable, result lua.LValue) (*lua.LTable, *diag.Diagnostic) {
	returned, isTable := result.(*lua.LTable)
	switch {
	case m.builds && isTable:
		return returned, surplus(returned, m.schema, "returned")
	case m.builds:
		return nil, diag.Errorf("map.result", diag.Pos{}, "the function returned %s instead of a row", value.Describe(result)).
			WithHint("return a table on every way; rows are dropped by :filter(...)")
	case result == lua.LNil || returned == table:
		return table, nil
	case isTable:
		return nil, diag.Errorf("map.result", diag.Pos{}, "the function returned a table that is not its row").
			WithHint(`declare the columns of new rows: :map(fn, { returns = { id = "int" } })`)
	}
	return nil, diag.Errorf("map.result", diag.Pos{}, "the function returned %s instead of a row", value.Describe(result)).
		WithHint("assign to a field of the row, as in row.x = ..., and return nothing")
}

// surplus reports a key of a new row, which was returned or emitted, that is no
// column.
func surplus(t *lua.LTable, schema *record.Schema, made string) *diag.Diagnostic {
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			return diag.Errorf("map.field", diag.Pos{}, "the %s row has the key %s, but keys are names of columns", made, k)
		}
		if !schema.Has(string(name)) {
			return diag.Errorf("map.field", diag.Pos{}, "the %s row has the field %q, which is not among its declared columns", made, string(name)).
				WithHint("%s", diag.DidYouMean(string(name), schema.Names()))
		}
	}
	return nil
}

// propose finds the column's next value.
func (c *outColumn) propose(row *rowTable, source *lua.LTable) *diag.Diagnostic {
	c.pending = false
	if c.slot < 0 && c.in >= 0 {
		return nil
	}
	v := source.RawGetString(c.name)
	if c.in >= 0 && !row.slots[c.slot].assigned(v) {
		return nil
	}
	next, d := toColumn(v, c.t, c.name)
	c.next, c.pending = next, true
	if d != nil && c.slot < 0 {
		return asReturned(d)
	}
	return d
}

// asReturned makes the hint of a problem with a column speak of the option that
// declares the columns of new rows.
func asReturned(d *diag.Diagnostic) *diag.Diagnostic {
	d.Hint = strings.Replace(d.Hint, "adds = {", "returns = {", 1)
	return d
}

// commit makes the proposal count for row i of n.
func (c *outColumn) commit(i, n int) {
	switch {
	case !c.pending:
	case c.in >= 0:
		c.rows, c.values = append(c.rows, int32(i)), append(c.values, c.next)
	default:
		c.vector.Set(c.t.Kind, i, n, c.next)
	}
}

// finish is the batch that the function made of b.
func (m *mapping) finish(b *record.Batch) (*record.Batch, error) {
	out := make([]*record.Column, len(m.columns))
	for i := range m.columns {
		c := &m.columns[i]
		if c.in < 0 {
			out[i] = record.NewColumn(c.t, b.Len(), c.vector)
			c.vector = nil // the batch owns it
			continue
		}
		out[i] = b.Columns[c.in]
		if len(c.rows) == 0 {
			continue
		}
		changed, err := out[i].Assign(c.rows, c.values)
		if err != nil {
			return nil, err
		}
		out[i] = changed
	}
	return b.With(m.schema, out), nil
}
