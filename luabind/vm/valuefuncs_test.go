package vm

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
)

// withFunctions evaluates an expression in which the functions of values are
// globals.
func withFunctions(t testing.TB, text string) string {
	t.Helper()
	s := openState(t)
	etl := s.L.NewTable()
	for name, fn := range ValueFunctions() {
		etl.RawSetString(name, s.Bind(name, fn))
	}
	s.SetGlobal("etl", etl)
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "return tostring("+text+")")), 1)
	if err != nil {
		d := s.Diagnose(err)
		return string(d.Code) + ": " + d.Message
	}
	return out[0].String()
}

func TestValueFunctions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{`etl.decimal "19.90" * 3`, "59.7"},
		{`etl.decimal(0.5)`, "decimal.float: no decimal is made of the fractional number 0.5: it is not exact"},
		{`etl.round(2.5)`, "3"},
		{`etl.round(etl.decimal "2.345", 2, "half_even")`, "2.34"},
		{`etl.round(1, 0, "up")`, `lua.error: bad argument #3 to 'round' (the ways to round are "half_up" and "half_even")`},
		{`etl.round(1, 1e9)`, "lua.error: bad argument #2 to 'round' (places are -400 to 400)"},
		{`etl.int "9007199254740993" % 10`, "3"},
		{`etl.idiv(etl.int "9007199254740993", 10)`, "900719925474099"},
		{`etl.float "1.50"`, "1.5"},
		{`etl.is_null(nil)`, "true"},
		{`etl.date { year = 2024, month = 2, day = 29 } + etl.interval "P1D"`, "2024-03-01"},
		{`etl.date "2024-02-29" == etl.date { year = 2024, month = 2, day = 29 }`, "true"},
		{`etl.timestamp("2024-07-01T12:00:00", "Europe/Berlin")`, "2024-07-01T10:00:00Z"},
		{`etl.timestamp("2024-07-01T12:00:00", "Local")`, `value.zone: there is no zone "Local"`},
		{`etl.timestamp("2024-07-01T12:00:00", "../x")`, `value.zone: there is no zone "../x"`},
		{`etl.parse_date("1.7.24", "%d.%m.%y")`, "2024-07-01"},
		{`etl.parse_date("1.7.24", "%Q")`, `value.format: format "%Q": %Q is not known`},
		{`etl.format_date(etl.timestamp "2024-07-01T10:00:00Z", "%a %H:%M %z", "Europe/Berlin")`, "Mon 12:00 +0200"},
		{`({ [etl.date "2024-07-01"] = "found" })[etl.parse_date("1.7.2024", "%d.%m.%Y")]`, "found"},
		{`#etl.array { 1, 2 }`, "2"},
		{`getmetatable(etl.array())`, "false"},
		{`etl.array(setmetatable({}, {}))`, "lua.error: bad argument #1 to 'array' (a table with a metatable is no array)"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, withFunctions(t, c.expr)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestArraysOfOneTable marks a table twice.
func TestArraysOfOneTable(t *testing.T) {
	t.Parallel()
	s := openState(t)
	made := s.L.NewTable()
	for range 2 {
		s.L.Push(made)
		if n := ValueFunctions()["array"](s.L); n != 1 || s.L.Get(-1) != lua.LValue(made) {
			t.Fatalf("%d results, %v", n, s.L.Get(-1))
		}
		s.L.SetTop(0)
	}
}
