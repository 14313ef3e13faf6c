package vm

import "testing"

// Loops whose body begins with a constant condition, a break or another loop.
func TestLoopsThatBeginWithAJump(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"local s = '' for k in pairs{1,2} do while true do break end s = s .. k end return s":                                               "12",
		"local s = '' for k in pairs{1,2} do if nil then s = s .. 'x' end s = s .. k end return s":                                          "12",
		"local s = '' for k in pairs{1,2} do if false then else s = s .. k end end return s":                                                "12",
		"local s = '' for k in pairs{1,2} do while false do s = s .. 'x' end s = s .. k end return s":                                       "12",
		"local s = '' for k in pairs{1,2} do if false and k then else s = s .. k end end return s":                                          "12",
		"local s = '' for k in pairs{1,2} do do if nil then end end s = s .. k end return s":                                                "12",
		"local s = '' for k in pairs{1,2} do repeat if false then break end until true s = s .. k end return s":                             "12",
		"local n = 0 while n < 3 do if false then n = 9 else n = n + 1 end end return n":                                                    "3",
		"local n = 0 while true do if false then n = 9 else n = n + 1 end if n > 3 then break end end return n":                             "4",
		"local n = 0 repeat if false then n = 9 else n = n + 1 end until n > 3 return n":                                                    "4",
		"local n = 0 repeat while nil do end n = n + 1 until n > 3 return n":                                                                "4",
		"for k in pairs{1} do break end return 'ok'":                                                                                        "ok",
		"local f for k in pairs{1} do if not true then else f = function() return k end end end return f()":                                 "1",
		"local n = 0 while true do while false do end n = n + 1 if n > 3 then break end end return n":                                       "4",
		"local n, v = 0, 1 for k in pairs{1,2} do if v == (false and 19 or 3) then elseif v == 2 then else n = n + 1 end end return n":      "2",
		"local n, v = 0, 1 while v == (nil or 1) do if n == (false and 1 or 3) then break end n = n + 1 end return n":                       "3",
		"local n = 0 repeat local x = false and n; n = n + 1 until n == (nil or 3) return n":                                                "3",
		"local n = 0 while n < (true and 3) do local x = (not nil) and n; n = n + 1 end return n":                                           "3",
		"local function two() return 1, 2 end return select('#', true and two()), select('#', nil or two()), select('#', (true and two()))": "1 1 1",
		"local function f(...) return true and ... end return select('#', f(1, 2)), (f(7))":                                                 "1 7",
		"return false and 1, nil and 1, 0 and 1, '' and 1, false or 2, nil or 2, 0 or 2, true or 2, not nil, not 0, not not 'x'":            "false nil 1 1 2 2 0 true true false true",
		"local n = 0 ::top:: if false then end n = n + 1 if n < 4 then goto top end return n":                                               "4",
		"local n = 0 ::a:: ::b:: do if nil then n = 9 end end n = n + 1 if n < 4 then goto a end return n":                                  "4",
	})
}

// What stands before `and` and `or` reaches a variable that has a value already.
func TestChoicesAreAssigned(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"local v = 7 v = rawequal('', nil) and 5 return v":                                              "false",
		"local v = 7 v = rawequal('', nil) and 1 == -6 return v":                                        "false",
		"local v = 7 v = rawequal('', '') or 5 return v":                                                "true",
		"local v, w = 7, 8 v, w = rawequal('', nil) and 5, 6 return v, w":                               "false 6",
		"local v, t = 7, {} v, t.x = rawequal('', nil) and 5, 6 return v, t.x":                          "false 6",
		"local v, t = 7, {} v = t.x and t.x.y return v":                                                 "nil",
		"local v = 7 local function f() v = rawequal('', nil) and 5 return v end return f()":            "false",
		"local ok = true for _, x in ipairs{1, -1, 2} do ok = math.max(x, 0) == x and ok end return ok": "false",
	})
}
