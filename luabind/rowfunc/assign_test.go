package rowfunc

import (
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

func table(items ...lua.LValue) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	for _, item := range items {
		t.Append(item)
	}
	return t
}

func dec(text string) value.Decimal {
	d, err := record.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return value.Decimal(d)
}

func TestToColumn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value lua.LValue
		kind  record.Kind
		want  string
	}{
		{lua.LNil, record.Int, "null "},
		{lua.LNumber(7), record.Int, "int 7"},
		{lua.LNumber(-7), record.Int, "int -7"},
		{lua.LNumber(7), record.Float, "float 7"},
		{lua.LNumber(7), record.Any, "float 7"},
		{lua.LNumber(7), record.Uint, "uint 7"},
		{value.Int64(math.MinInt64), record.Int, "int -9223372036854775808"},
		{value.Uint64(1 << 60), record.Int, "int 1152921504606846976"},
		{value.Uint64(math.MaxUint64), record.Uint, "uint 18446744073709551615"},
		{value.Int64(1 << 60), record.Float, "float 1152921504606847000"},
		{value.Int64(1 << 60), record.Any, "int 1152921504606846976"},
		{lua.LString("x"), record.String, "string x"},
		{lua.LString("x"), record.Bytes, "bytes x"},
		{lua.LTrue, record.Bool, "bool true"},
		{value.Temporal{Kind: record.Date, N: 0}, record.Date, "date 1970-01-01"},
		{lua.LNumber(1.5), record.Int, "column.fraction"},
		{lua.LNumber(math.NaN()), record.Int, "column.fraction"},
		{lua.LNumber(math.Inf(1)), record.Int, "column.fraction"},
		{lua.LNumber(1 << 53), record.Int, "column.inexact"},
		{value.Int64(1<<60 + 1), record.Float, "column.inexact"},
		{lua.LNumber(-1), record.Uint, "column.range"},
		{value.Uint64(math.MaxUint64), record.Int, "column.range"},
		{lua.LNumber(1), record.String, "column.type"},
		{lua.LString("1"), record.Int, "column.type"},
		{value.Temporal{Kind: record.Date, N: 0}, record.Timestamp, "column.type"},
		{table(), record.Any, "map {}"},
		{table(lua.LNumber(1), value.Null{}), record.Any, "list [1,null]"},
		{table(lua.LNumber(1)), record.String, "column.type"},
		{value.Null{}, record.Int, "null "},
		{value.Int64(1 << 60), record.DecimalOf, "column.range"},
		{dec("12.34"), record.DecimalOf, "decimal 12.34"},
		{dec("12.345"), record.DecimalOf, "column.range"},
		{lua.LNumber(12), record.DecimalOf, "decimal 12"},
		{lua.LNumber(12.5), record.DecimalOf, "decimal.float"},
		{lua.LNumber(1 << 60), record.DecimalOf, "decimal.float"},
		{lua.LString("12.5"), record.DecimalOf, "column.type"},
		{dec("12"), record.Int, "int 12"},
		{dec("12"), record.Uint, "uint 12"},
		{dec("-12"), record.Uint, "column.range"},
		{dec("0.5"), record.Int, "column.range"},
		{dec("0.5"), record.Float, "column.type"},
		{dec("0.50"), record.Any, "decimal 0.5"},
		{dec("0.5"), record.String, "column.type"},
		{value.Temporal{Kind: record.Interval, N: 1e6}, record.Interval, "interval PT1S"},
		{value.Temporal{Kind: record.Interval, N: 1e6}, record.Time, "column.type"},
		{lua.LString("x"), record.JSON, `json "x"`},
		{lua.LNumber(1.5), record.JSON, "json 1.5"},
		{value.Int64(1<<60 + 1), record.JSON, "json 1152921504606846977"},
		{dec("0.1000000000000000000001"), record.JSON, "json 0.1000000000000000000001"},
		{value.Temporal{Kind: record.Date, N: 0}, record.JSON, `json "1970-01-01"`},
		{lua.LString("\xff"), record.JSON, "column.type"},
		{lua.LTrue, record.JSON, "json true"},
	} {
		typ := record.Of(c.kind)
		if c.kind == record.DecimalOf {
			typ.Precision, typ.Scale = 10, 2
		}
		v, d := toColumn(c.value, typ, "c")
		got := v.Kind().String() + " " + record.FormatValue(v)
		if d != nil {
			got = string(d.Code)
		}
		if got != c.want {
			t.Errorf("%s to %s: got %q, want %q", value.Describe(c.value), c.kind, got, c.want)
		}
	}
}

func TestLuaAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range []record.Value{
			record.IntValue(rapid.Int64().Draw(t, "int")), record.UintValue(rapid.Uint64().Draw(t, "uint")),
			record.StringValue(rapid.String().Draw(t, "string")), record.BoolValue(rapid.Bool().Draw(t, "bool")),
			record.TemporalValue(record.Timestamp, rapid.Int64().Draw(t, "timestamp")),
		} {
			back, d := toColumn(value.ToLua(v), record.Of(v.Kind()), "c")
			if d != nil || back != v {
				t.Fatalf("%v came back as %v (%v)", v, back, d)
			}
		}
	})
}
