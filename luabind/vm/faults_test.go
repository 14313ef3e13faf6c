package vm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What people see of errors in scripts. Each script is one line, so that the
// column shows what is blamed.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, want string }{
		{`local row = {}; return row.dep_delay + 1`, "job.lua:1:28: attempt to perform arithmetic on a nil value (field 'dep_delay')"},
		{`local row = {}; return 1 + row.x`, "job.lua:1:32: attempt to perform arithmetic on a nil value (field 'x')"},
		{`local a; return a * 2`, "job.lua:1:17: attempt to perform arithmetic on a nil value (local 'a')"},
		{`local a; return (function() return a * 2 end)()`, "job.lua:1:36: attempt to perform arithmetic on a nil value (upvalue 'a')"},
		{`a = {} return a - 2`, "job.lua:1:15: attempt to perform arithmetic on a table value (global 'a')"},
		{`local a, b; return a + 1, b + 1`, "job.lua:1:20: attempt to perform arithmetic on a nil value (local 'a')"},
		{`local a, b; return a / b`, "job.lua:1:20: attempt to perform arithmetic on a nil value (local 'a')"},
		{`return -{}`, "job.lua:1:9: attempt to perform arithmetic on a table value"},
		{`local r = {}; return -r.qty`, "job.lua:1:25: attempt to perform arithmetic on a nil value (field 'qty')"},
		{`return #nil`, "job.lua:1:9: attempt to get length of a nil value"},
		{`local r = {}; return #r.items`, "job.lua:1:25: attempt to get length of a nil value (field 'items')"},
		{`local r = {}; return r.a.b`, "job.lua:1:24: attempt to index a nil value (field 'a')"},
		{`local t; t.x = 1`, "job.lua:1:10: attempt to index a nil value (local 't')"},
		{`local t; return t:go()`, "job.lua:1:17: attempt to index a nil value (local 't')"},
		{`local t = 5; return t[1]`, "job.lua:1:21: attempt to index a number value (local 't')"},
		{`local t; local k = "z"; return t[k], ({}).x.z`, "job.lua:1:32: attempt to index a nil value (local 't')"},
		{`local r = {}; r.run()`, "job.lua:1:17: attempt to call a nil value (field 'run')"},
		{`local r = {}; r:run()`, "job.lua:1:17: attempt to call a nil value (method 'run')"},
		{`local f = "text"; f(print(1))`, "job.lua:1:19: attempt to call a value that is no function (local 'f')"},
		{`local f = {}; f()`, "job.lua:1:15: attempt to call a value that is no function (local 'f')"},
		{`local r = {}; return 5 < r.x`, "job.lua:1:28: attempt to compare number with nil (field 'x')"},
		{`local r = {}; return r.x > 60`, "job.lua:1:24: attempt to compare number with nil (field 'x')"},
		{`local r = {}; return r.x <= "a"`, "job.lua:1:24: attempt to compare nil with string (field 'x')"},
		{`return {} < {}`, "job.lua:1:11: attempt to compare two table values"},
		{`return 1 < "2"`, "job.lua:1:10: attempt to compare number with string"},
		{`local x; return "a" .. x`, "job.lua:1:24: attempt to concatenate a nil value (local 'x')"},
		{`local r = {}; return "a" .. 1 .. r.name .. "b"`, "job.lua:1:36: attempt to concatenate a nil value (field 'name')"},
		{`return "a" .. {}`, "job.lua:1:15: attempt to concatenate a table value"},
		{`return "0b11" + 0`, `job.lua:1:15: attempt to perform arithmetic on a string value: "0b11" is no number`},
		{`local r = { ["q"] = "1_000" }; return r.q * 2`, `job.lua:1:41: attempt to perform arithmetic on a string value (field 'q'): "1_000" is no number`},
		{`local r = { q = "1" }; return r.q * r.z`, `job.lua:1:39: attempt to perform arithmetic on a nil value (field 'z')`},
		{`for i = "a", 2 do end`, "job.lua:1:9: 'for' initial value must be a number"},
		{`for i = 1, nil do end`, "job.lua:1:12: 'for' limit must be a number"},
		{`for i = 1, 2, {} do end`, "job.lua:1:15: 'for' step must be a number"},
		{`local t = {}; t[nil] = 1`, "job.lua:1:17: table index is nil"},
		{`local t = {}; t[0 / 0] = 1`, "job.lua:1:17: table index is NaN"},
		{`return ("x"):rep()`, "job.lua:1:14: bad argument #1 to 'rep' (number expected, got no value)"},
		{`return string.rep("x")`, "job.lua:1:15: bad argument #2 to 'rep' (number expected, got no value)"},
		{`return string.format("%d", "x")`, "job.lua:1:15: bad argument #2 to 'format' (number expected, got string)"},
		{`local function f() return 1 + f() end; return f()`, "job.lua:1:31: stack overflow (more than 200 nested calls)"},
		{`coroutine.yield(1)`, "job.lua:1:11: attempt to yield from outside a coroutine"},
		{`error("plain")`, "job.lua:1:1: plain"},
		{`error({ message = "from a table" })`, "job.lua:1:1: from a table"},
		{`error({})`, "job.lua:1:1: the error object is a table value"},
		{`error()`, "job.lua:1:1: the error object is a nil value"},
		{`error("")`, "job.lua:1:1: the error has an empty text"},
		{`assert(false, "")`, "job.lua:1:1: the error has an empty text"},
		{`error({ message = "" })`, "job.lua:1:1: the error has an empty text"},
		{`local total = 1; return totl`, `job.lua:1:25: there is no variable "totl" here`},
		{`local function f() counter = 1 end; f()`, `job.lua:1:20: the function assigns the variable "counter", which nobody declared`},
	} {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			_, err := evaluate(t, c.script)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// pcall shows the same text.
func TestMessagesInPcall(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local r = {}; return select(2, pcall(function() return r.a.b end))`:                                "job.lua:1: attempt to index a nil value (field 'a')",
		`local r = {}; return select(2, coroutine.resume(coroutine.create(function() return r.a + 1 end)))`: "job.lua:1: attempt to perform arithmetic on a nil value (field 'a')",
		`local r = {}; return select(2, pcall(coroutine.wrap(function() return r.a + 1 end)))`:              "job.lua:1: attempt to perform arithmetic on a nil value (field 'a')",
	})
}
