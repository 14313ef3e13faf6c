package luabind

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
)

// withValues evaluates an expression over values of our own types.
func withValues(t testing.TB, text string) string {
	t.Helper()
	s := openState(t)
	installValues(s)
	for name, v := range map[string]lua.LValue{
		"big": Int64(1<<53 + 1), "same": Int64(1<<53 + 1), "least": Int64(math.MinInt64), "most": Int64(math.MaxInt64),
		"huge": Uint64(math.MaxUint64), "alike": Uint64(1<<53 + 1),
		"day": Temporal{record.Date, 15736}, "later": Temporal{record.Date, 15737}, "clock": Temporal{record.Time, 18367000008},
		"at": Temporal{record.Timestamp, 15736*86400e6 + 1}, "moment": Temporal{record.Datetime, -1},
	} {
		s.setGlobal(name, v)
	}
	out, err := s.call(context.Background(), 0, s.load(mustCompile(t, "return tostring("+text+")")), 1)
	if err != nil {
		d := s.diagnose(err)
		return string(d.Code) + ": " + d.Message
	}
	return out[0].String()
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{"big", "9007199254740993"},
		{"big == same", "true"},
		{"big == alike", "true"},
		{"big < most and least < big and big <= same", "true"},
		{"big < huge", "true"},
		{"({ [big] = 1 })[same]", "1"},
		{"big + 1", "9007199254740994"},
		{"1 + big", "9007199254740994"},
		{"big - same", "0"},
		{"type(big - same)", "number"},
		{"type(big - 2)", "number"},
		{"big * -2", "-18014398509481986"},
		{"-big", "-9007199254740993"},
		{"least + most", "-1"},
		{"huge - most", "9223372036854775808"},
		{"big .. 'x' .. big", "9007199254740993x9007199254740993"},
		{"most + 1", "int64.overflow: 9223372036854775807 + 1 is beyond 64 bits"},
		{"-least", "int64.overflow: 0 - -9223372036854775808 is beyond 64 bits"},
		{"huge * 2", "int64.overflow: 18446744073709551615 * 2 is beyond 64 bits"},
		{"huge * -1", "int64.overflow: 18446744073709551615 * -1 is beyond 64 bits"},
		{"big + 0.5", "int64.inexact: + between an integer beyond 2^53 and 0.5 would lose digits"},
		{"big / 2", "int64.inexact: / on an integer beyond 2^53 would lose digits"},
		{"big + {}", "int64.operand: attempt to perform + between an integer beyond 2^53 and a table"},
		{"big.x", `value.field: an integer has no field "x"`},
		{"day", "2013-01-31"},
		{"day < later and day <= day and day ~= later", "true"},
		{"day == at", "false"},
		{"day.year * 10000 + day.month * 100 + day.day", "20130131"},
		{"day.weekday .. ' ' .. day.yday", "4 31"},
		{"clock.hour .. ':' .. clock.minute .. ':' .. clock.second .. '.' .. clock.microsecond", "5:6:7.8"},
		{"at", "2013-01-31T00:00:00.000001Z"},
		{"moment.year .. '-' .. moment.second", "1969-59"},
		{"day < at", "value.compare: attempt to compare date with timestamp"},
		{"day + 1", "value.arithmetic: there is no + between date and number yet"},
		{"day.hour", `value.field: a date has no field "hour"`},
		{"pcall(function() day.year = 1 end)", "false"},
		{"getmetatable(day)", "false"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, withValues(t, c.expr)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestWideArithmetic compares with arithmetic of any size.
func TestWideArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		for name, op := range map[string]struct {
			ours  func(a, b wide) (wide, bool)
			exact *big.Int
		}{
			"+": {wide.add, new(big.Int).Add(x, y)},
			"-": {wide.sub, new(big.Int).Sub(x, y)},
			"*": {wide.mul, new(big.Int).Mul(x, y)},
		} {
			w, fits := op.ours(makeWide(a), makeWide(b))
			n, isInt := w.int64()
			if op.exact.IsInt64() != (fits && isInt) || fits && isInt && n != op.exact.Int64() {
				t.Fatalf("%d %s %d = %d (%v), want %s", a, name, b, n, fits && isInt, op.exact)
			}
		}
	})
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
		{Int64(math.MinInt64), record.Int, "int -9223372036854775808"},
		{Uint64(1 << 60), record.Int, "int 1152921504606846976"},
		{Uint64(math.MaxUint64), record.Uint, "uint 18446744073709551615"},
		{Int64(1 << 60), record.Float, "float 1152921504606847000"},
		{Int64(1 << 60), record.Any, "int 1152921504606846976"},
		{lua.LString("x"), record.String, "string x"},
		{lua.LString("x"), record.Bytes, "bytes x"},
		{lua.LTrue, record.Bool, "bool true"},
		{Temporal{record.Date, 0}, record.Date, "date 1970-01-01"},
		{lua.LNumber(1.5), record.Int, "column.fraction"},
		{lua.LNumber(math.NaN()), record.Int, "column.fraction"},
		{lua.LNumber(math.Inf(1)), record.Int, "column.fraction"},
		{lua.LNumber(1 << 53), record.Int, "column.inexact"},
		{Int64(1<<60 + 1), record.Float, "column.inexact"},
		{lua.LNumber(-1), record.Uint, "column.range"},
		{Uint64(math.MaxUint64), record.Int, "column.range"},
		{lua.LNumber(1), record.String, "column.type"},
		{lua.LString("1"), record.Int, "column.type"},
		{Temporal{record.Date, 0}, record.Timestamp, "column.type"},
		{&lua.LTable{}, record.Any, "column.type"},
	} {
		v, d := toColumn(c.value, record.Of(c.kind), "c")
		got := v.Kind().String() + " " + record.FormatValue(v)
		if d != nil {
			got = string(d.Code)
		}
		if got != c.want {
			t.Errorf("%s to %s: got %q, want %q", describeLua(c.value), c.kind, got, c.want)
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
			back, d := toColumn(toLua(v), record.Of(v.Kind()), "c")
			if d != nil || back != v {
				t.Fatalf("%v came back as %v (%v)", v, back, d)
			}
		}
	})
}
