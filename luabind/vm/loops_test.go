package vm

import "testing"

// Loops whose body begins with a constant condition, a break or another loop.
func TestLoopsThatBeginWithAJump(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"local s = '' for k in pairs{1,2} do while true do break end s = s .. k end return s":                   "12",
		"local s = '' for k in pairs{1,2} do if nil then s = s .. 'x' end s = s .. k end return s":              "12",
		"local s = '' for k in pairs{1,2} do if false then else s = s .. k end end return s":                    "12",
		"local s = '' for k in pairs{1,2} do while false do s = s .. 'x' end s = s .. k end return s":           "12",
		"local s = '' for k in pairs{1,2} do if false and k then else s = s .. k end end return s":              "12",
		"local s = '' for k in pairs{1,2} do do if nil then end end s = s .. k end return s":                    "12",
		"local s = '' for k in pairs{1,2} do repeat if false then break end until true s = s .. k end return s": "12",
		"local n = 0 while n < 3 do if false then n = 9 else n = n + 1 end end return n":                        "3",
		"local n = 0 while true do if false then n = 9 else n = n + 1 end if n > 3 then break end end return n": "4",
		"local n = 0 repeat if false then n = 9 else n = n + 1 end until n > 3 return n":                        "4",
		"local n = 0 repeat while nil do end n = n + 1 until n > 3 return n":                                    "4",
		"for k in pairs{1} do break end return 'ok'":                                                            "ok",
		"local f for k in pairs{1} do if not true then else f = function() return k end end end return f()":     "1",
		"local n = 0 while true do while false do end n = n + 1 if n > 3 then break end end return n":           "4",
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
