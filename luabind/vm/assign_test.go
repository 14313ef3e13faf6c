package vm

import "testing"

// gopher-lua assigns to locals while it still computes the other values.
func TestMultipleAssignment(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local a, b = 1, 2; a, b = b, a; return a, b`:                                        "2 1",
		`local a, b, c = 1, 2, 3; a, b, c = c, a, b; return a, b, c`:                         "3 1 2",
		`local a, b = 1, 2; a, b = b, a + b; return a, b`:                                    "2 3",
		`local a, b = 1, 2; a, b = b, (a); return a, b`:                                      "2 1",
		`local a, b, c = 1, 2; a, b, c = b, a; return a, b, c`:                               "2 1 nil",
		`local a, b = 1, 2; a, b = b, a, error; return a, b`:                                 "2 1",
		`local a, t = 1, { 5 }; a, t[1] = t[1], a; return a, t[1]`:                           "5 1",
		`local t = { n = 1 }; local old = t; t, t.n = {}, 2; return t.n, old.n`:              "nil 2",
		`local i, t = 1, {}; i, t[i] = i + 1, 20; return i, t[1], t[2]`:                      "2 20 nil",
		`local i, t = 1, {}; i, t[i + 1] = i + 1, 20; return i, t[2], t[3]`:                  "2 20 nil",
		`local t = { { 1 } }; local i = 1; i, t[i][i] = 2, 3; return i, t[1][1]`:             "2 3",
		`local a, b = 1, 2; local function f() return a end; a, b = 7, f(); return a, b`:     "7 1",
		`local a, b = 1, 2; pcall(function() a, b = 7, nil + 1 end); return a, b`:            "1 2",
		`local a; a, a = 1, 2; return a`:                                                     "1",
		`local a, b = 1, 2; local function two() return b, a end; a, b = two(); return a, b`: "2 1",
		`local t = { 1, 2 }; t[1], t[2] = t[2], t[1]; return t[1], t[2]`:                     "2 1",
		`x, y = 1, 2; x, y = y, x; return x, y`:                                              "2 1",
		`local a, b = 1, 2; local function swap() a, b = b, a end; swap(); return a, b`:      "2 1",
		`local a, b = 1, 2; for i = 1, 3 do a, b = b, a end; return a, b`:                    "2 1",
		`local a, b = 1, 2; if a then a, b = b, a else a, b = 0, b end; return a, b`:         "2 1",
		`local a, b, n = 1, 2, 0; repeat a, b = b, a; n = n + 1 until n == 3; return a, b`:   "2 1",
		`local a, b = 1, 2; a, b = function() return b end, a; return a(), b`:                "1 1",
		`local a, b = 0, 1; for i = 1, 10 do a, b = b, a + b end; return a`:                  "55",
		`local log = ""; local t = setmetatable({}, { __newindex = function(_, k) log = log .. k end })
		 local x; t.a, x, t.b = 1, 2, 3; return log`: "ba",
		"local a, b = 1, 2\na, b =\n b, a.x.y\nreturn a": "error: job.lua:3:5: attempt to index a number value (local 'a')",
	})
}

// gopher-lua lets a generic for with less than three values begin with what a
// register held before.
func TestGenericForBeginsWithNil(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local out = ""; for k, v in next, { 1, 2 } do out = out .. k .. v end; return out`:                     "1122",
		`local t = { 1, 2 }; local out = ""; for k, v in next, { unpack(t) } do out = out .. k end; return out`: "12",
		`local n = 0; local function f(s, c) return select("#", s, c) == 2 and s == nil and c == nil and n < 1 or nil end
		 do local a, b, c = 1, 2, 3 end; for x in f do n = n + 1 end; return n`: "1",
		`local out = ""; for k in next, { 7 }, nil do out = out .. k end; return out`:      "1",
		`local out = ""; for k in (pairs({ 7 })), { 8 } do out = out .. k end; return out`: "1",
		`local function f(...) for k, v in ... do return v end end; return f(next, { 9 })`: "9",
	})
}
