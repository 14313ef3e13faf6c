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

	vector *record.Vector // of the batch
	before lua.LValue     // what the field held when the function was called
}

// rowTable makes the Lua tables that stand for the rows of batches. Where the
// row stays within the function, all rows use one table, which holds only the
// fields that the text mentions.
type rowTable struct {
	state  *vm.State
	slots  []slot
	reused *lua.LTable // nil: each row gets a table of its own
	meta   *lua.LTable // of the tables for single rows
	// keeps is set for functions that may keep values for later rows. Their
	// strings are copies, so that one of them does not hold a whole block of a
	// source in memory.
	keeps bool
}

func newRowTable(f *Func, s *vm.State, use expr.Use) *rowTable {
	t := &rowTable{state: s, keeps: f.group != nil}
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
	}
	t.slots = append(t.slots, s)
}

// find is the index of a field's slot, -1 if it has none.
func (t *rowTable) find(name string) int {
	return slices.IndexFunc(t.slots, func(s slot) bool { return s.name == name })
}

// load decodes the columns in use. The error is that of Column.Decode, with
// the slot of the column.
func (t *rowTable) load(b *record.Batch) (*slot, error) {
	for i := range t.slots {
		s := &t.slots[i]
		if s.in < 0 {
			continue
		}
		v, err := b.Columns[s.in].Decode()
		if err != nil {
			return s, err
		}
		s.vector = v
	}
	return nil, nil
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
	if s.in < 0 {
		return lua.LNil
	}
	if t.keeps && s.vector.Strings != nil && !s.vector.IsNull(i) {
		return lua.LString(strings.Clone(s.vector.Strings[i]))
	}
	return value.FromVector(s.vector, s.kind, i)
}

// assigned reports whether the function gave a field a value. A value that it
// only handed on, as in row.x = row.x, is none. Equal strings and booleans count
// as handed on.
func (s *slot) assigned(after lua.LValue) bool {
	switch after.(type) {
	case lua.LNumber, value.Int64, value.Uint64, value.Temporal:
		return !value.Identical(after, s.before)
	}
	return after != s.before
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
