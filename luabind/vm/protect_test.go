package vm

import "testing"

// The cases of gopher-lua issue 448: an error that pcall catches must not cut
// closures off from the variables of the frames around the pcall.
func TestPcallKeepsUpvalues(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local n = 0; local function inc() n = n + 1 end
		 for i = 1, 5 do pcall(function() inc() if i == 2 then error() end end) end; return n`: "5",
		`local bad = 0; local function check(x) if x % 2 == 0 then error("even") end end
		 for i = 1, 10 do if not pcall(check, i) then bad = bad + 1 end end; return bad`: "5",
		`local bad = 0; for i = 1, 10 do
		   local ok = pcall(function() if i % 2 == 0 then bad = bad + 1; error("x") end end) end; return bad`: "5",
		`local sum = 0; for _, v in ipairs({ 1, "x", 3, "y", 5 }) do
		   pcall(function() sum = sum + v end) end; return sum`: "9",
		`local n = 0; local function get() return n end
		 pcall(error, "x"); n = 7; return get()`: "7",
		`local n = 0; local get
		 pcall(function() local inner = 3; get = function() inner = inner + 1; return inner end; error("x") end)
		 return get() + get()`: "9",
		`local n = 1; local function outer() local m = 10
		   local function f() m = m + 1; n = n + 1 end
		   pcall(function() f() error() end); f(); return m end
		 return outer(), n`: "12 3",
		`local fs = {}; for i = 1, 3 do fs[i] = function() return i end; pcall(error) end
		 return fs[1]() .. fs[2]() .. fs[3]()`: "123",
		`local n = 0; xpcall(function() n = n + 1; error("x") end, function(e) n = n + 10; return e end); return n`: "11",
		`local co = coroutine.wrap(function() local k = 0; local function up() k = k + 1 end
		   for i = 1, 4 do pcall(function() up() error("e") end); coroutine.yield(k) end end)
		 return co(), co(), co(), co()`: "1 2 3 4",
	})
}

func TestPcallResults(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return pcall(function(...) return ... end, 1, nil, "x")`:                             "true 1 nil x",
		`return pcall(function() end)`:                                                        "true",
		`return select("#", pcall(function() return nil, nil end))`:                           "3",
		`return pcall(error, "plain", 0)`:                                                     "false plain",
		`return pcall(error)`:                                                                 "false nil",
		`return pcall(error, { code = 7 }) and 1, select(2, pcall(error, { code = 7 })).code`: "false 7",
		`local e = {}; local ok, got = pcall(error, e); return got == e`:                      "true",
		`local ok, m = pcall(error, "x"); return m`:                                           "x",
		`local ok, m = pcall(function() error("x") end); return m`:                            "job.lua:1: x",
		`local function f() error("x", 2) end
		 local ok, m = pcall(function()
		   f() end) return m`: "job.lua:3: x",
		`return pcall(nil)`:                                "false attempt to call a nil value",
		`return pcall({})`:                                 "false attempt to call a table value",
		`return pcall(string.rep)`:                         "false bad argument #1 to '?' (string expected, got no value)",
		`return xpcall(function() return 1, 2 end, print)`: "true 1 2",
		`return xpcall(function() error("a", 0) end, function(m) return m .. "b", "c" end)`: "false ab",
		`return xpcall(function() error("a", 0) end, function(m) error("worse", 0) end)`:    "false error in error handling",
		`return pcall(pcall, error, "x")`:                                                   "true false x",
		`local function deep(n) if n == 0 then return "bottom" end return select(2, pcall(deep, n - 1)) end
		 return deep(150)`: "bottom",
		`local function deep(n) local ok, m = pcall(deep, n + 1); if not ok then return m end return m end
		 return deep(1)`: "job.lua:1: too many protected calls in one another (180)",
		`local ok, m = pcall(coroutine.wrap(function() pcall(coroutine.yield, 1) return "end" end)); return ok, m`: "true end",
	})
}
