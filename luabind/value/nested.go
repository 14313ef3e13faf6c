package value

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// A list is a table with a metatable that marks it, so that an empty one is
// told from an empty map. What the mark holds does not matter to scripts.
const (
	arrayKey  = "etlscript.array" // of the mark in a state's registry
	arrayMark = "(array)"         // the field that makes a metatable the mark
)

// ArrayMark is the metatable that marks tables of a state as lists.
func ArrayMark(L *lua.LState) *lua.LTable {
	if mark, ok := L.G.Registry.RawGetString(arrayKey).(*lua.LTable); ok {
		return mark
	}
	mark := L.CreateTable(0, 2)
	mark.RawSetString("__metatable", lua.LFalse)
	mark.RawSetString(arrayMark, lua.LTrue)
	L.G.Registry.RawSetString(arrayKey, mark)
	return mark
}

// IsArray reports whether a table is marked as a list.
func IsArray(t *lua.LTable) bool {
	mark, ok := t.Metatable.(*lua.LTable)
	return ok && mark.RawGetString(arrayMark) == lua.LTrue
}

// Maker makes Lua values of values of records in one state, nested ones
// included. Each nested value becomes a table of its own, which the script may
// change.
type Maker struct {
	L    *lua.LState
	mark *lua.LTable
}

// NewMaker makes a Maker for a state.
func NewMaker(L *lua.LState) Maker { return Maker{L: L, mark: ArrayMark(L)} }

// Lua is a value as scripts see it. NULL is nil, and etl.null inside nested
// values. JSON texts must be decoded (see Decoded).
func (m Maker) Lua(v record.Value) lua.LValue {
	switch v.Kind() {
	case record.ListOf:
		t := m.L.CreateTable(len(v.Items()), 0)
		t.Metatable = m.mark
		for _, item := range v.Items() {
			t.Append(m.item(item))
		}
		return t
	case record.Struct, record.MapOf:
		t := m.L.CreateTable(0, len(v.Entries()))
		for _, e := range v.Entries() {
			t.RawSetString(e.Name, m.item(e.Value))
		}
		return t
	}
	return ToLua(v)
}

func (m Maker) item(v record.Value) lua.LValue {
	if v.IsNull() {
		return Null{}
	}
	return m.Lua(v)
}

// HasJSON reports whether values of a type are JSON texts, or have some inside.
func HasJSON(t record.Type) bool {
	switch t.Kind {
	case record.JSON, record.Any:
		return true
	case record.ListOf, record.MapOf:
		return HasJSON(*t.Elem)
	case record.Struct:
		for _, f := range t.Fields {
			if HasJSON(f.Type) {
				return true
			}
		}
	}
	return false
}

// Decoded is a value with what its JSON texts mean in their place. A text that
// means null becomes NULL.
func Decoded(v record.Value) (record.Value, error) {
	switch v.Kind() {
	case record.JSON:
		return jsonvalue.Decode(v.Str())
	case record.ListOf:
		items := make([]record.Value, len(v.Items()))
		for i, item := range v.Items() {
			var err error
			if items[i], err = Decoded(item); err != nil {
				return record.Value{}, err
			}
		}
		return record.ListValue(items), nil
	case record.Struct, record.MapOf:
		entries := make([]record.Entry, len(v.Entries()))
		for i, e := range v.Entries() {
			x, err := Decoded(e.Value)
			if err != nil {
				return record.Value{}, err
			}
			entries[i] = record.Entry{Name: e.Name, Value: x}
		}
		if v.Kind() == record.Struct {
			return record.StructValue(entries), nil
		}
		return record.MapValue(entries), nil
	}
	return v, nil
}

// Same reports whether a Lua value still is what Maker.Lua made of a value that
// is not NULL.
func Same(v lua.LValue, was record.Value) bool {
	switch was.Kind() {
	case record.ListOf:
		t, ok := v.(*lua.LTable)
		return ok && IsArray(t) && sameItems(t, was.Items())
	case record.Struct, record.MapOf:
		t, ok := v.(*lua.LTable)
		return ok && !IsArray(t) && sameEntries(t, was.Entries())
	}
	if n, ok := v.(lua.LNumber); ok {
		m, ok := ToLua(was).(lua.LNumber)
		return ok && math.Float64bits(float64(n)) == math.Float64bits(float64(m))
	}
	return v == ToLua(was)
}

func sameItem(v lua.LValue, was record.Value) bool {
	if was.IsNull() {
		return v == Null{}
	}
	return Same(v, was)
}

func sameItems(t *lua.LTable, was []record.Value) bool {
	for i, item := range was {
		if !sameItem(t.RawGetInt(i+1), item) {
			return false
		}
	}
	return size(t) == len(was)
}

func sameEntries(t *lua.LTable, was []record.Entry) bool {
	for _, e := range was {
		if !sameItem(t.RawGetString(e.Name), e.Value) {
			return false
		}
	}
	return size(t) == len(was)
}

// size is how many entries a table has.
func size(t *lua.LTable) int {
	n := 0
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		n++
	}
	return n
}
