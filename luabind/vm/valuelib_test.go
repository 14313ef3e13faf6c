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
		"hour": value.Temporal{Kind: record.Interval, N: 3600e6}, "week": value.Temporal{Kind: record.Interval, N: 7 * 86400e6}, "never": value.Temporal{Kind: record.Interval, N: math.MinInt64},
		"price": decimal(t, "19.99"), "vat": decimal(t, "0.19"), "two": decimal(t, "2"), "full": decimal(t, "99999999999999999999999999999999999999"), "none": value.Null{},
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

func decimal(t testing.TB, text string) value.Decimal {
	t.Helper()
	d, err := record.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return value.Decimal(d)
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
		{"big.x", `value.field: an int has no field "x"`},
		{"day", "2013-01-31"},
		{"day < later and day <= day and day ~= later", "true"},
		{"day == at", "false"},
		{"day.year * 10000 + day.month * 100 + day.day", "20130131"},
		{"day.weekday .. ' ' .. day.yday", "4 31"},
		{"clock.hour .. ':' .. clock.minute .. ':' .. clock.second .. '.' .. clock.microsecond", "5:6:7.8"},
		{"at", "2013-01-31T00:00:00.000001Z"},
		{"moment.year .. '-' .. moment.second", "1969-59"},
		{"day < at", "value.compare: attempt to compare date with timestamp"},
		{"price", "19.99"},
		{"price * 3 .. ' ' .. 3 * price", "59.97 59.97"},
		{"price * vat", "3.7981"},
		{"price - price == two - 2", "true"},
		{"price + big", "9007199254741012.99"},
		{"price % two", "1.99"},
		{"-price % two", "0.01"},
		{"-price", "-19.99"},
		{"two / 3", "0.66666666666666666666666666666666666667"},
		{"two ^ 10 .. ' ' .. two ^ -2 .. ' ' .. 2 ^ two", "1024 0.25 4"},
		{"({ [price] = 1 })[two + vat + '17.80']", `decimal.operand: attempt to perform + between a decimal and a string`},
		{"({ [price] = 1 })[two * 10 - vat / 19]", "1"},
		{"price < two or big < two or two < most", "true"},
		{"price.precision .. ' ' .. price.scale", "4 2"},
		{"price.scal", `value.field: a decimal has no field "scal"`},
		{"price * 0.5", "decimal.float: * between a decimal and the fractional number 0.5: it is not exact"},
		{"1e300 + price", "decimal.float: + between a decimal and the number 1e+300: its digits are not certain"},
		{"price / 0", "value.zero: 19.99 / 0: division by zero"},
		{"price % (two - 2)", "value.zero: 19.99 % 0: division by zero"},
		{"full + 1", "decimal.range: 99999999999999999999999999999999999999 + 1 has more than 38 digits"},
		{"full ^ 2", "decimal.range: 99999999999999999999999999999999999999 ^ 2 has more than 38 digits"},
		{"two ^ vat", "decimal.exponent: 2 ^ 0.19: the exponent is no whole number below a million"},
		{"price < '20'", "lua.error: attempt to compare userdata with string (global 'price')"},
		{"big % 10 .. ' ' .. -big % 10 .. ' ' .. big % -10 .. ' ' .. 7 % big .. ' ' .. huge % most", "3 7 -7 7 1"},
		{"big % 0", "value.zero: 9007199254740993 % 0: division by zero"},
		{"later - day", "PT24H"},
		{"(later - day).days .. ' ' .. (later - day).hours .. ' ' .. (later - day).minutes .. ' ' .. (later - day).seconds", "1 24 1440 86400"},
		{"(hour / 7200000).seconds .. ' ' .. (hour / 7200000).microseconds", "0.0005 500"},
		{"day + week .. ' ' .. week + day .. ' ' .. day - week", "2013-02-07 2013-02-07 2013-01-24"},
		{"day + hour", "temporal.days: 2013-01-31 + PT1H: a date is moved by whole days only"},
		{"at + hour .. ' ' .. at - hour", "2013-01-31T01:00:00.000001Z 2013-01-30T23:00:00.000001Z"},
		{"at - at", "PT0S"},
		{"clock + hour", "06:06:07.000008"},
		{"clock - 6 * hour", "temporal.range: 05:06:07.000008 - PT6H is out of range"},
		{"hour * 1.5 .. ' ' .. 2 * hour .. ' ' .. hour / 4 .. ' ' .. -hour .. ' ' .. hour * vat", "PT1H30M PT2H PT15M -PT1H PT11M24S"},
		{"hour + hour - week", "-PT166H"},
		{"week / hour", "168"},
		{"hour / 0", "value.zero: PT1H / 0: division by zero"},
		{"-never", "temporal.range: -(-PT2562047788H54.775808S) is out of range"},
		{"never - hour", "temporal.range: -PT2562047788H54.775808S - PT1H is out of range"},
		{"at + never + never", "temporal.range: -290264-01-22T19:59:05.224193Z + -PT2562047788H54.775808S is out of range"},
		{"hour < week and hour <= hour", "true"},
		{"hour == week / 168", "true"},
		{"-day", "value.arithmetic: there is no - of a date"},
		{"hour * hour", "value.arithmetic: there is no * between an interval and an interval"},
		{"1 - hour", "value.arithmetic: there is no - between a number and an interval"},
		{"day + 1", "value.arithmetic: there is no + between a date and a number"},
		{"day - at", "value.arithmetic: there is no - between a date and a timestamp"},
		{"('%d %5d %s'):format(big, two, price)", "9007199254740993     2 19.99"},
		{"('%.2f|%8.1f|%08.3f|%+.0f|%.0f|%f'):format(price, price, -price, price, two / 4, huge)", "19.99|    20.0|-019.990|+20|0|18446744073709551615.000000"},
		{"('%.1f %.1f'):format(vat + two / 8 - vat, (two + 1) / 20 * 5)", "0.2 0.8"},
		{"pcall(string.format, '%d', price)", "false"},
		{"pcall(string.format, '%x', huge)", "true"},
		{"('%s %s %s'):format(day, week, none)", "2013-01-31 PT168H null"},
		{"tostring(none) .. day .. hour .. price", "null2013-01-31PT1H19.99"},
		{"table.concat { price, ' ', big, ' ', day }", "19.99 9007199254740993 2013-01-31"},
		{"none + 1", "value.null: attempt to perform + on etl.null"},
		{"price * ({}).x", "lua.error: attempt to perform arithmetic on a nil value (field 'x')"},
		{"({}).x * price", "lua.error: attempt to perform arithmetic on a nil value (field 'x')"},
		{"-none", "value.null: attempt to perform - on etl.null"},
		{"none .. 'x'", "lua.error: attempt to concatenate a null value"},
		{"none.x", `value.field: a null has no field "x"`},
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
