package rowfunc

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// slot is a field of the row that a function gets.
type slot struct {
	name  string
	kind  record.Kind
	in    int // column of the input, -1 for a field that the function adds
	write bool
	// nested is set for columns whose values may be tables in Lua. A function can
	// change such a value without an assignment to the field.
	nested bool

	vector *record.Vector // of the batch
	values []record.Value // of a nested column, with JSON texts decoded
	before lua.LValue     // what the field held when the function was called
	was    record.Value   // of a nested column: the value that before was made of
}

// isNested reports whether values of a kind of column may be tables in Lua.
func isNested(k record.Kind) bool {
	switch k {
	case record.ListOf, record.Struct, record.MapOf, record.JSON, record.Any:
		return true
	}
	return false
}

// rowTable makes the Lua tables that stand for the rows of batches. Where the
// row stays within the function, all rows use one table, which holds only the
// fields that the text mentions.
type rowTable struct {
	state  *vm.State
	maker  value.Maker
	slots  []slot
	reused *lua.LTable // nil: each row gets a table of its own
	meta   *lua.LTable // of the tables for single rows
	// keeps is set for functions that may keep values for later rows. Their
	// strings are copies, so that one of them does not hold a whole block of a
	// source in memory.
	keeps bool
	// watched is set when a function may change a row without an assignment in
	// its text: the row leaves its sight, or has tables in it.
	watched bool
}

func newRowTable(f *Func, s *vm.State, use expr.Use) *rowTable {
	t := &rowTable{state: s, maker: value.NewMaker(s.L), keeps: f.group != nil}
	if f.row.wholeRow() {
		for _, c := range use.In.Fields() {
			t.add(c.Name, use.In, use.Role == expr.Map)
		}
	}
	for _, a := range f.row.uses {
		t.add(a.name, use.In, a.write)
	}
	if use.Role == expr.Map && !f.builds(use) {
		for _, c := range use.Adds {
			t.add(c.Name, use.In, true)
		}
	}
	t.watched = f.row.wholeRow() || slices.ContainsFunc(t.slots, func(s slot) bool { return s.nested })
	if f.row.wholeRow() {
		t.meta = s.NewMetatable(map[string]lua.LGFunction{"__index": t.missing, "__newindex": t.addition})
	} else {
		t.reused = s.L.CreateTable(0, len(t.slots))
	}
	return t
}

// add makes a slot for a field, or widens the one that it has.
func (t *rowTable) add(name string, in *record.Schema, write bool) {
	if i := t.find(name); i >= 0 {
		t.slots[i].write = t.slots[i].write || write
		return
	}
	s := slot{name: name, in: in.Index(name), write: write, before: lua.LNil}
	if s.in >= 0 {
		s.kind = in.Field(s.in).Type.Kind
		s.nested = isNested(s.kind)
	}
	t.slots = append(t.slots, s)
}

// find is the index of a field's slot, -1 if it has none.
func (t *rowTable) find(name string) int {
	return slices.IndexFunc(t.slots, func(s slot) bool { return s.name == name })
}

// load decodes the columns in use. The error is that of decode.
func (t *rowTable) load(b *record.Batch) error {
	for i := range t.slots {
		if s := &t.slots[i]; s.in >= 0 {
			if err := s.decode(b.Columns[s.in]); err != nil {
				return err
			}
		}
	}
	return nil
}

// decode decodes the slot's column. The error is that of Column.Decode, also for
// a JSON text that is none.
func (s *slot) decode(c *record.Column) (err error) {
	if s.vector, err = c.Decode(); err != nil || !s.nested {
		return err
	}
	s.values = s.vector.Values
	if !value.HasJSON(c.Type) {
		return nil
	}
	s.values = make([]record.Value, c.Len())
	for i := range s.values {
		v := s.vector.Value(s.kind, i)
		if s.values[i], err = value.Decoded(v); err != nil {
			return &record.ValueError{Row: i, Value: record.FormatValue(v), Want: c.Type, Reason: err.Error()}
		}
	}
	return nil
}

// row is the table for a row of the loaded batch.
func (t *rowTable) row(i int) *lua.LTable {
	out := t.reused
	if out == nil {
		out = t.state.L.CreateTable(0, len(t.slots))
		out.Metatable = t.meta
	}
	for j := range t.slots {
		s := &t.slots[j]
		v := t.value(s, i)
		if v != lua.LNil || t.reused != nil && (s.write || s.before != lua.LNil) {
			out.RawSetString(s.name, v)
		}
		s.before = v
	}
	return out
}

// value is what a field holds before the call.
func (t *rowTable) value(s *slot, i int) lua.LValue {
	switch {
	case s.in < 0:
		return lua.LNil
	case s.nested:
		return t.nestedValue(s, i)
	}
	if t.keeps && s.vector.Strings != nil && !s.vector.IsNull(i) {
		return lua.LString(strings.Clone(s.vector.Strings[i]))
	}
	return value.FromVector(s.vector, s.kind, i)
}

// nestedValue is value for a nested column: a table of its own for each row. A
// JSON text that means null is etl.null, which is not NULL.
func (t *rowTable) nestedValue(s *slot, i int) lua.LValue {
	if s.vector.IsNull(i) {
		s.was = record.Value{}
		return lua.LNil
	}
	if s.was = s.values[i]; s.was.IsNull() {
		return value.Null{}
	}
	if t.keeps {
		return t.maker.Lua(s.was.Clone())
	}
	return t.maker.Lua(s.was)
}

// assigned reports whether the function gave a field a value, or changed the
// table in it. A value that it only handed on, as in row.x = row.x, is none.
// Equal strings and booleans count as handed on.
func (s *slot) assigned(after lua.LValue) bool {
	switch after.(type) {
	case lua.LNumber, value.Int64, value.Uint64, value.Decimal, value.Temporal:
		return !value.Identical(after, s.before)
	case *lua.LTable:
		return after != s.before || !value.Same(after, s.was)
	}
	return after != s.before
}

// overwritten is the problem with a row that a function may only read, when it
// changed a column. Where its text shows that, Resolve tells.
func (t *rowTable) overwritten(table *lua.LTable) (column string, d *diag.Diagnostic) {
	if !t.watched {
		return "", nil
	}
	for i := range t.slots {
		s := &t.slots[i]
		if t.reused != nil && !s.nested || !s.assigned(table.RawGetString(s.name)) {
			continue
		}
		return s.name, diag.Errorf("row.assigned", diag.Pos{}, "the function changed the column %q, but it cannot change the row", s.name).
			WithHint("change it in a :map(...) before, or change a copy in a local variable")
	}
	return "", nil
}

// missing is the __index of a single row: the field is NULL, or no column.
func (t *rowTable) missing(L *lua.LState) int {
	name := vm.ToText(L, L.Get(2))
	if t.find(name) < 0 {
		vm.Raise(L, diag.Errorf("column.unknown", diag.Pos{}, "there is no column %q here", name).
			WithHint("%s", diag.DidYouMean(name, t.names())))
	}
	L.Push(lua.LNil)
	return 1
}

// addition is the __newindex of a single row: only fields that the result has
// may be assigned.
func (t *rowTable) addition(L *lua.LState) int {
	name := vm.ToText(L, L.Get(2))
	if t.find(name) < 0 {
		vm.Raise(L, diag.Errorf("column.undeclared", diag.Pos{}, "the row has no column %q, and nothing declares one", name).
			WithHint("%s", undeclaredHint(name, t.names())))
	}
	L.CheckTable(1).RawSetString(name, L.Get(3))
	return 0
}

func undeclaredHint(name string, known []string) string {
	if near := diag.Nearest(name, known); near != "" {
		return diag.DidYouMean(name, known)
	}
	return "declare it: adds = { " + name + " = \"string\" }"
}

func (t *rowTable) names() []string {
	out := make([]string, len(t.slots))
	for i, s := range t.slots {
		out[i] = s.name
	}
	return out
}
