package vm

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// withValues evaluates an expression over values of our own types.
func withValues(t testing.TB, text string) string {
	t.Helper()
	s := openState(t)
	for name, v := range map[string]lua.LValue{
		"big": value.Int64(1<<53 + 1), "same": value.Int64(1<<53 + 1), "least": value.Int64(math.MinInt64), "most": value.Int64(math.MaxInt64),
		"huge": value.Uint64(math.MaxUint64), "alike": value.Uint64(1<<53 + 1),
		"day": value.Temporal{Kind: record.Date, N: 15736}, "later": value.Temporal{Kind: record.Date, N: 15737}, "clock": value.Temporal{Kind: record.Time, N: 18367000008},
		"at": value.Temporal{Kind: record.Timestamp, N: 15736*86400e6 + 1}, "moment": value.Temporal{Kind: record.Datetime, N: -1},
	} {
		s.SetGlobal(name, v)
	}
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "return tostring("+text+")")), 1)
	if err != nil {
		d := s.Diagnose(err)
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
