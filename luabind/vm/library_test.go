package vm

import (
	"testing"
	"time"
)

func TestBase(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return tonumber("1e3"), tonumber("0x10"), tonumber(" 010 "), tonumber("5."), tonumber(".5"), tonumber("-3")`:                              "1000 16 10 5 0.5 -3",
		`return tonumber("inf"), tonumber("nan"), tonumber("1_000"), tonumber("0b11"), tonumber(""), tonumber("1 2")`:                              "nil nil nil nil nil nil",
		`return tonumber("ff", 16), tonumber("0xff", 16), tonumber("zz", 36), tonumber("12", 2), tonumber("-10", 2)`:                               "255 255 1295 nil -2",
		`return tonumber("1e309"), tonumber("9007199254740993"), tonumber({}), tonumber(nil)`:                                                      "Inf 9007199254740993 nil nil",
		`return tostring(0.1 + 0.2), tostring(1e15), tostring(1e21), tostring(1 / 0), tostring(0 / 0), tostring(1234567.5)`:                        "0.30000000000000004 1000000000000000 1e+21 Inf NaN 1234567.5",
		`return tostring(nil), tostring(true), tostring("x"), tostring(12)`:                                                                        "nil true x 12",
		`return tostring(setmetatable({}, { __tostring = function() return "mine" end }))`:                                                         "mine",
		`return "010" + 0, "0x10" * 1, " 1e2 " - 1, -"5", 2 ^ "3", "7" % "4", "9" / 3`:                                                             "10 16 99 -5 8 3 3",
		`return 1 .. 2, 0.5 .. "x", 1234567.5 .. "", "a" .. "b" .. 1 .. 2`:                                                                         "12 0.5x 1234567.5 ab12",
		`local function two() return 1, 2 end; return "a" .. two(), (select("#", "a" .. two()))`:                                                   "a1 1",
		`local function f(...) return "a" .. ... end; return f(1, 2, 3)`:                                                                           "a1",
		`local t = setmetatable({}, { __concat = function(a, b) return type(a) .. type(b) end }); return t .. 1, "x" .. t, "a" .. "b" .. t .. "c"`: "tablenumber stringtable abtablestring",
		`return getmetatable(""), getmetatable(1), getmetatable(nil), getmetatable({})`:                                                            "false nil nil nil",

		`return pcall(setmetatable, "", {})`:                                                                                         "false bad argument #1 to '?' (table expected, got string)",
		`return pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {})`:                                                      "false cannot change a protected metatable",
		`return select(2, "a", "b", "c"), select(-1, "a", "b"), select("#"), (select(5, 1))`:                                         "b b 0 nil",
		`return unpack({ 1, 2, 3 }), unpack({ 1, 2, 3 }, 2), (unpack({}, 1, 2))`:                                                     "1 2 nil",
		`local out = ""; for k, v in pairs({ b = 1, a = 2, 5 }) do out = out .. k .. v end; return out`:                              "15b1a2",
		`local out = ""; for i, v in ipairs({ "x", "y", nil, "z" }) do out = out .. i .. v end; return out`:                          "1x2y",
		`local t = setmetatable({}, { __pairs = function() return next, { z = 1 } end }); for k in pairs(t) do return k end`:         "z",
		`local t = {}; rawset(t, "x", 1); return rawget(t, "x"), rawequal(t, t), rawequal("a", "a"), rawequal(1, "1")`:               "1 true true false",
		`return type(nil), type(1), type(print), _VERSION`:                                                                           "nil number function Lua 5.1",
		`return assert(1, 2), pcall(assert, false), select(2, pcall(assert, nil, "why")), select(2, pcall(assert, false, { 1 }))[1]`: "1 false why 1",
		`function helper(x) return x + 1 end; total = 5; total = total + 1; return helper(total)`:                                    "7",
	})
}

func TestStringLibrary(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return ("abc"):sub(2), ("abc"):sub(-2), ("abc"):sub(2, 2), ("abc"):sub(0), ("abc"):sub(5), ("abc"):sub(-9, 1), ("abc"):sub(2, 1) == ""`: "bc bc b abc  a true",
		`return ("abc"):byte(), ("abc"):byte(-1), ("abc"):byte(1, -1)`:                                                                           "97 99 97 98 99",
		`return string.char(72, 105), pcall(string.char, 256)`:                                                                                   "Hi false bad argument #1 to '?' (invalid value)",
		`return ("x"):rep(3), ("x"):rep(0) == "", ("x"):rep(-1) == ""`:                                                                           "xxx true true",
		`return pcall(string.rep, "x", 1e9)`:                                                                                                     "false the text would be longer than 64 MiB",
		`return ("äß"):upper(), ("ÄX"):lower(), ("abc"):reverse(), ("äb"):len(), #"äb"`:                                                          "Äß äx cba 3 3",
		`return ("hello"):find("l"), ("hello"):find("l", 4), ("hello"):find("x"), ("a.b"):find(".", 2, true)`:                                    "3 4 nil 2 2",
		`return ("hello"):find("", 3), ("hello"):find("", 10), ("hello"):find("(l)(l)")`:                                                         "3 6 3 4 l l",
		`return ("hello"):find("l", -2), ("hello"):find("h", -100), ("x"):find("x", 3, true)`:                                                    "4 1 nil",
		`return ("k=v"):match("(%w+)=(%w+)"), ("2013-01-02"):match("^(%d+)-(%d+)"), ("x"):match("y"), ("abc"):match("()b()")`:                    "k 2013 nil 2 3",
		`return ("hello"):gsub("l", "L"), ("hello"):gsub("l", "L", 1), ("abc"):gsub("%w", "%0%0")`:                                               "heLLo heLlo aabbcc 3",
		`return ("abc"):gsub("", "-"), ("abc"):gsub("x*", "-")`:                                                                                  "-a-b-c- -a-b-c- 4",
		`return ("a b"):gsub("%w", { a = 0.5, b = false }), ("a b"):gsub("(%w)", function(x) if x == "a" then return 1e6 end end)`:               "0.5 b 1000000 b 2",
		`return pcall(string.gsub, "x", "x", "%2")`:                                                                                              "false invalid capture index",
		`return pcall(string.find, "x", "(")`:                                                                                                    "false unfinished capture",
		`local out = ""; for k, v in ("a=1,b=2"):gmatch("(%w)=(%w)") do out = out .. k .. v end; return out`:                                     "a1b2",
		`return (1234567.5):len()`: "error: job.lua:1:20: attempt to index a number value with key 'len'",
		`return string.len(1234567.5), string.sub(1234567.5, 1, 3), string.format("%s", 1234567.5)`:    "9 123 1234567.5",
		`return string.format("%5d|%-5d|%05d|%+d|%x|%X|%o|%c", 42, 42, 42, 42, 255, 255, 8, 65)`:       "   42|42   |00042|+42|ff|FF|10|A",
		`return string.format("%.2f|%8.3f|%e|%g|%g|%g", 1.005, 3.14159, 12345.678, 0.1, 1e20, 100000)`: "1.00|   3.142|1.234568e+04|0.1|1e+20|100000",
		`return string.format("%d %d %s %%", "010", 3.99, "x")`:                                        "10 3 x %",
		`return string.format("%q", 'a "b"\\\n')`:                                                      "\"a \\\"b\\\"\\\\\\\n\"",
		`return string.format("%5.1s|%-4s|%f", "äbc", "é", 1 / 0)`:                                     "    ä|é   |Inf",
		`return pcall(string.format, "%s %s", 1)`:                                                      "false bad argument #3 to '?' (no value)",
		`return pcall(string.format, "%d", "x")`:                                                       "false bad argument #2 to '?' (number expected, got string)",
		`return pcall(string.format, "%s", {})`:                                                        "false bad argument #2 to '?' (string expected, got table)",
		`return pcall(string.format, "%s", nil)`:                                                       "false bad argument #2 to '?' (string expected, got nil)",
		`return pcall(string.format, "%d", 0 / 0)`:                                                     "false bad argument #2 to '?' (NaN is no integer)",
		`return pcall(string.format, "%y", 1)`:                                                         "false invalid option '%y' to 'format'",
		`return pcall(string.format, "%", 1)`:                                                          "false invalid option '%' to 'format'",
		`return pcall(string.format, "%123d", 1)`:                                                      "false invalid format (width or precision too long)",
	})
}

func TestTableLibrary(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local t = { 1, 2.5, "x" }; return table.concat(t), table.concat(t, ", "), table.concat(t, "-", 2, 3), table.concat({})`:                              "12.5x 1, 2.5, x 2.5-x ",
		`local t = {}; for i = 1, 30000 do t[i] = i % 10 end; return #table.concat(t)`:                                                                        "30000",
		`return pcall(table.concat, { 1, {}, 3 })`:                                                                                                            "false invalid value (table) at index 2 in table for 'concat'",
		`local t = { 3, 1, 2 }; table.sort(t); return table.concat(t)`:                                                                                        "123",
		`local t = { 3, 1, 2 }; table.sort(t, function(a, b) return a > b end); return table.concat(t)`:                                                       "321",
		`local t = { 2, "x", 1 }; return pcall(table.sort, t)`:                                                                                                "false attempt to compare string with number",
		`local t = { 1, 2 }; t[#t] = nil; table.sort(t); return #t`:                                                                                           "1",
		`local t = { 2, 1 }; pcall(table.sort, t, function() error("x") end); return table.concat(t)`:                                                         "21",
		`local t = { "a" }; table.insert(t, "c"); table.insert(t, 2, "b"); return table.concat(t), table.remove(t), table.remove(t, 1), #t, table.remove({})`: "abc c a 1",
		`return pcall(table.insert, {}, 5, "x")`:                                                                                                              "false bad argument #2 to '?' (position out of bounds)",
		`return table.getn({ 1, 2 }), table.maxn({ [3] = 1, [10.5] = 1 })`:                                                                                    "2 10.5",
	})
}

func TestMathLibrary(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return math.floor(-1.5), math.ceil("010.5"), math.huge, -math.huge, math.max(1, "010"), math.min(2, 1)`: "-2 11 Inf -Inf 10 1",
		`return pcall(math.floor, "0b1")`: "false bad argument #1 to '?' (number expected, got string)",
		`return math.modf(math.huge)`:     "Inf 0",
		`return math.modf(-1.5), math.fmod(7, 3), math.pow(2, 3), math.abs(-1), math.sqrt(9), math.ldexp(1, 3)`: "-1 1 8 1 3 8",
		`return pcall(math.random, 0)`: "false bad argument #1 to '?' (interval is empty)",
		`math.randomseed(5); local a = math.random(1000); math.randomseed(5); return a == math.random(1000), math.random() < 1, math.random(3, 3)`: "true true 3",
	})
}

func TestOsLibrary(t *testing.T) {
	t.Parallel()
	at := time.Date(2013, 1, 31, 5, 6, 7, 0, time.FixedZone("other", 7200))
	s := New(Options{Now: func() time.Time { return at }})
	defer s.Close()
	for script, want := range map[string]string{
		`return os.time()`:                                    "1359601567",
		`return os.date("%Y-%m-%d %H:%M:%S")`:                 "2013-01-31 03:06:07",
		`return os.date("!%a %j %%", 0)`:                      "Thu 001 %",
		`return os.time { year = 2013, month = 1, day = 31 }`: "1359633600",
		`return os.date("*t", 86400).day`:                     "2",
		`return os.difftime(5, 3)`:                            "2",
		`return os.clock()`:                                   "0",
		`return select(2, pcall(os.date, ("%c"):rep(2^22)))`:  "the text would be longer than 64 MiB",
		`return select(2, pcall(os.date, "%Q"))`:              "bad argument #1 to '?' (invalid conversion '%Q')",
		`return select(2, pcall(os.time, {}))`:                "field 'year' missing in date table",
		`return rawget(os, "exit")`:                           "nil",
	} {
		out, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, script)), 1)
		if err != nil || ToText(s.L, out[0]) != want {
			t.Errorf("%s: got %v, %v, want %s", script, out, err, want)
		}
	}
}

func TestCoroutines(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`local co = coroutine.create(function(a) local b = coroutine.yield(a + 1); return b * 2 end)
		 local _, x = coroutine.resume(co, 1); local s = coroutine.status(co); local _, y = coroutine.resume(co, 5)
		 return x, s, y, coroutine.status(co), coroutine.resume(co)`: "2 suspended 10 dead false cannot resume dead coroutine",
		`local out = ""; for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do out = out .. v end; return out`: "123",
		`local co; co = coroutine.create(function() return coroutine.resume(co) end); return coroutine.resume(co)`:                         "true false cannot resume running coroutine",
		`local a; a = coroutine.create(function() local b = coroutine.create(function() return coroutine.status(a), coroutine.resume(a) end)
		   return coroutine.resume(b) end); return coroutine.resume(a)`: "true true normal false cannot resume normal coroutine",
		`return coroutine.running(), pcall(coroutine.running)`:                      "nil true nil",
		`return coroutine.wrap(function() return coroutine.running() ~= nil end)()`: "true",
		`local n = 0; local function inc() n = n + 1 end
		 for i = 1, 5 do pcall(coroutine.wrap(function() inc() if i == 2 then error() end end)) end; inc() return n`: "6",
		`local function deep(n) return coroutine.wrap(function() return deep(n + 1) end)() end; return select(2, pcall(deep, 1))`: "job.lua:1: too many coroutines resume one another (100)",
		`local t = setmetatable({}, { __index = function() return coroutine.yield(1) end })
		 return coroutine.resume(coroutine.create(function() local x = t.y; return "after" end))`: "false attempt to yield across a metamethod, an iterator or a callback",
		`return coroutine.resume(coroutine.create(function() table.sort({ 2, 1 }, function() coroutine.yield() end) end))`:             "false attempt to yield across a metamethod, an iterator or a callback",
		`return coroutine.resume(coroutine.create(function() for x in function() return coroutine.yield(1) end do end end))`:           "false attempt to yield across a metamethod, an iterator or a callback",
		`return coroutine.resume(coroutine.create(function() return ("x"):gsub("x", function() return coroutine.yield(1) end) end))`:   "false attempt to yield across a metamethod, an iterator or a callback",
		`local w = coroutine.wrap(function() error({ code = 3 }) end); local ok, e = pcall(w); return e.code`:                          "3",
		`return coroutine.resume(coroutine.create(function() return pcall(coroutine.yield, 1) end))`:                                   "true false attempt to yield across a metamethod, an iterator or a callback",
		`return coroutine.wrap(function() for x in coroutine.wrap(function() coroutine.yield(7) end) do coroutine.yield(x) end end)()`: "7",
		`local w = coroutine.wrap(function() end); w(); return pcall(w)`:                                                               "false cannot resume dead coroutine",
	})
}
