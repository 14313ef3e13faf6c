package vm

import "testing"

// Where gopher-lua or an earlier library of ours differed from PUC Lua 5.1, whose
// answers these are.
func TestLibraryAsInLua51(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return ("aaa"):gsub("a", "b", -1)`:                                         "aaa 0",
		`return ("aaa"):gsub("a", "b", 0), ("aaa"):gsub("a", "b", 1.9)`:             "aaa baa 1",
		`return ("abc"):gsub("%w", "%1")`:                                           "abc 3",
		`return ("THE (quick) fox"):find("%((%a+)%)"), ("f(a(b)c)d"):match("%b()")`: "5 (a(b)c)",
		`return ("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)`:                "the (quick) fox 3",
		`return ("abc"):find("b", -1), ("abc"):find("", 10), ("abc"):find("", 4)`:   "nil 4 4 3",
		`return select("#", ("a"):gmatch("b")()), select("#", table.remove({}))`:    "0 0",
		`return pcall(string.gsub, "a", "a", true)`:                                 "false bad argument #3 to '?' (string/function/table expected)",
		`return pcall(string.gsub, "a", "a", function() return {} end)`:             "false invalid replacement value (a table)",
		`return pcall(string.find, "a", "[a")`:                                      "false malformed pattern (missing ']')",
		`return pcall(string.find, "a", "%")`:                                       "false malformed pattern (ends with '%')",
		`return pcall(string.rep)`:                                                  "false bad argument #1 to '?' (string expected, got no value)",
		`return pcall(string.rep, "x", nil)`:                                        "false bad argument #2 to '?' (number expected, got nil)",

		`return string.format("%#x %#x %+x % x %u %#o", 255, 0, 255, 255, -1, 8)`:         "0xff 0 ff ff 18446744073709551615 010",
		`return string.format("[%5.3d][%-5d][%05d][%+05d][%.0d]", 7, 7, -7, 7, 0)`:        "[  007][7    ][-0007][+0007][]",
		`return string.format("[%08.2f][%-8.1e][%#.0f][%+g][% g]", -1.5, 12345, 3, 2, 2)`: "[-0001.50][1.2e+04 ][3.][+2][ 2]",
		`return string.format("%5s|%-5s|%.2s|%c%%", "ab", "ab", "abc", 65)`:               "   ab|ab   |ab|A%",
		`return pcall(string.format, "%------d", 1)`:                                      "false invalid format (repeated flags)",
		`return pcall(string.format, "%100d", 1)`:                                         "false invalid format (width or precision too long)",
		`return pcall(string.format, "%y", 1)`:                                            "false invalid option '%y' to 'format'",
		`return pcall(string.format, "%d")`:                                               "false bad argument #2 to '?' (no value)",
		`return string.format("%d %d", tonumber("9007199254740993"), "0x10")`:             "9007199254740993 16",
		`return ("\228x\255"):upper() == "\228X\255", ("é"):upper()`:                      "true É",

		`return tonumber("+7", 8), tonumber(" 7 ", 8), tonumber("8", 8), tonumber("0xff", 16), tonumber("", 8)`: "7 7 nil 255 nil",
		`return pcall(tonumber)`:                               "false bad argument #1 to '?' (value expected)",
		`return pcall(tonumber, "1", 37)`:                      "false bad argument #2 to '?' (base out of range)",
		`return pcall(tonumber, {}, 16)`:                       "false bad argument #1 to '?' (string expected, got table)",
		`return pcall(setmetatable, {})`:                       "false bad argument #2 to '?' (nil or table expected)",
		`return pcall(rawset, {}, nil, 1)`:                     "false table index is nil",
		`return pcall(xpcall, print)`:                          "false bad argument #2 to '?' (value expected)",
		`return pcall(coroutine.wrap, 1)`:                      "false bad argument #1 to '?' (Lua function expected)",
		`return pcall(coroutine.resume, 1)`:                    "false bad argument #1 to '?' (coroutine expected)",
		`return pcall(unpack, {}, 1, 1e7)`:                     "false too many results to unpack",
		`return pcall(table.concat, { 1, nil, 3 }, ",", 1, 3)`: "false invalid value (nil) at index 2 in table for 'concat'",
		`return pcall(math.random, 1, 2, 3)`:                   "false wrong number of arguments",
		`return math.floor("3.7"), pcall(math.floor, 1, "x")`:  "3 true 1",
		`return math.modf(-1 / 0)`:                             "-Inf -0",

		`return select("#", xpcall(error, function() end)), xpcall(error, function() return 1, 2 end)`: "2 false 1",
		`return xpcall(function() error("a") end, nil)`:                                                "false error in error handling",
		`return pcall(function() return "x" .. {} end)`:                                                "false job.lua:1: attempt to concatenate a table value",
		`return pcall(function() return nil + {} end)`:                                                 "false job.lua:1: attempt to perform arithmetic on a nil value",
		`return pcall(function() return {} + "x" end)`:                                                 "false job.lua:1: attempt to perform arithmetic on a table value",
		`return pcall(function() return "x" + {} end)`:                                                 `false job.lua:1: attempt to perform arithmetic on a string value: "x" is no number`,
		`return pcall(assert, false, "why"), pcall(function() assert(nil, "why") end)`:                 "false false job.lua:1: why",

		`local t = { 1, 2, 3 }; table.insert(t, 1, 0); table.insert(t, 5, 9); return table.concat(t, ","), table.remove(t, 2), table.concat(t, ",")`:       "0,1,2,3,9 1 0,2,3,9",
		`local t = { 1, 2, 3 }; t[3] = nil; table.insert(t, 4); table.insert(t, 1, 7); return #t, table.concat(t, ",")`:                                    "4 7,1,2,4",
		`local t = { 1, 2, 3 }; t[3] = nil; t[2] = nil; return table.remove(t), #t, table.remove(t, 5)`:                                                    "1 0",
		`local t = { "b", "a", "c" }; table.sort(t); table.sort(t, function(a, b) return a > b end); return table.concat(t)`:                               "cba",
		`local a, b = tonumber("9007199254740993"), tonumber("9007199254740992"); local t = { a, 1, b }; table.sort(t); return t[1], t[2] == b, t[3] == a`: "1 true true",
	})
}
