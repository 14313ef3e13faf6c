package value

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
)

func anyString(t *rapid.T) string {
	return rapid.OneOf(rapid.StringN(0, 6, -1), rapid.SampledFrom([]string{"", "a", "1", "null"})).Draw(t, "text")
}

// anyScalar draws a value that is neither NULL nor nested. Plain ints and uints
// are one in Lua, so that only those uints are drawn that are not.
func anyScalar(t *rapid.T) record.Value {
	n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.Int64Range(1<<53-2, 1<<53+2)).Draw(t, "n")
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		return record.StringValue(anyString(t))
	case 1:
		return record.IntValue(n)
	case 2:
		return record.UintValue(1<<63 | uint64(n))
	case 3:
		return record.FloatValue(float64(n) + 0.25)
	case 4:
		return record.BoolValue(n&1 == 1)
	case 5:
		d, err := record.ParseDecimal(record.FormatValue(record.IntValue(n)) + "e-3")
		if err != nil {
			t.Fatal(err)
		}
		return record.DecimalValue(d)
	case 6:
		return record.TemporalValue(rapid.SampledFrom([]record.Kind{record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval}).Draw(t, "time"), n)
	}
	return record.FloatValue(rapid.Float64().Draw(t, "f"))
}

// anyNested draws a value, which may be nested.
func anyNested(t *rapid.T, depth int) record.Value {
	shape := rapid.IntRange(0, 4).Draw(t, "shape")
	if depth == 0 {
		shape = 0
	}
	inner := func() record.Value {
		if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
			return record.Value{}
		}
		return anyNested(t, depth-1)
	}
	switch shape {
	case 3:
		items := make([]record.Value, rapid.IntRange(0, 4).Draw(t, "items"))
		for i := range items {
			items[i] = inner()
		}
		return record.ListValue(items)
	case 4:
		var entries []record.Entry
		for _, name := range rapid.SliceOfNDistinct(rapid.StringN(0, 4, -1), 0, 4, rapid.ID[string]).Draw(t, "names") {
			entries = append(entries, record.Entry{Name: name, Value: inner()})
		}
		return record.MapValue(entries)
	}
	return anyScalar(t)
}

// equalValues reports whether two values are of one kind and the same inside.
// Whole floats come back from Lua as ints.
func equalValues(a, b record.Value) bool {
	if a.Kind() == record.Float && b.Kind() == record.Int {
		return record.Compare(record.Any, a, b) == 0
	}
	if a.Kind() != b.Kind() || len(a.Items()) != len(b.Items()) || len(a.Entries()) != len(b.Entries()) {
		return false
	}
	for i, item := range a.Items() {
		if !equalValues(item, b.Items()[i]) {
			return false
		}
	}
	for i, e := range a.Entries() {
		if f := b.Entries()[i]; e.Name != f.Name || !equalValues(e.Value, f.Value) {
			return false
		}
	}
	return a.IsNull() || record.Compare(record.Any, a, b) == 0
}

func TestValuesComeBackFromLua(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		v := anyNested(t, 4)
		made := NewMaker(L).Lua(v)
		if !Same(made, v) {
			t.Fatalf("%s is another one in Lua", record.FormatValue(v))
		}
		back, err := FromLua(made, record.Of(record.Any))
		if err != nil || !equalValues(v, back) {
			t.Fatalf("%s came back as %s (%v)", record.FormatValue(v), record.FormatValue(back), err)
		}
	})
}

// TestSameSeesEveryChange changes one entry of one table.
func TestSameSeesEveryChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		v := record.ListValue([]record.Value{anyNested(t, 3)})
		made := NewMaker(L).Lua(v)
		spot := made.(*lua.LTable)
		for rapid.Bool().Draw(t, "deeper") {
			_, inner := spot.Next(lua.LNil)
			next, ok := inner.(*lua.LTable)
			if !ok {
				break
			}
			spot = next
		}
		change(t, spot)
		if Same(made, v) {
			t.Fatalf("the change of %s was not seen", record.FormatValue(v))
		}
	})
}

func change(t *rapid.T, spot *lua.LTable) {
	key, old := spot.Next(lua.LNil)
	switch rapid.IntRange(0, 3).Draw(t, "change") {
	case 0:
		if key != lua.LNil {
			spot.RawSet(key, lua.LNil)
			return
		}
	case 1:
		if key != lua.LNil && old != (Null{}) {
			spot.RawSet(key, Null{})
			return
		}
	case 2:
		if key != lua.LNil {
			spot.RawSet(key, lua.LString("another text altogether"))
			return
		}
	}
	spot.RawSetString("one more key", lua.LTrue)
}
