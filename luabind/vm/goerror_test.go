package vm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// routes are the ways on which a script may catch an error of fail and have it
// in e.
func routes() map[string]string {
	return map[string]string{
		"pcall":              `local _, e = pcall(fail)`,
		"called":             `local _, e = pcall(function() fail() end)`,
		"returned":           `local _, e = pcall(function() return fail() end)`,
		"error":              `local _, e = pcall(function() local _, e = pcall(fail); error(e) end)`,
		"error at level 0":   `local _, e = pcall(function() local _, e = pcall(fail); error(e, 0) end)`,
		"error at level 2":   `local _, e = pcall(function() local _, e = pcall(fail); error(e, 2) end)`,
		"pcall of error":     `local _, e = pcall(error, select(2, pcall(fail)))`,
		"assert":             `local _, e = pcall(function() assert(pcall(fail)) end)`,
		"nested":             `local _, _, _, e = pcall(pcall, pcall, fail)`,
		"xpcall":             `local _, e = xpcall(function() fail() end, function(e) return e end)`,
		"raised by handler":  `local _, e = pcall(function() error((select(2, xpcall(fail, function(e) return e end)))) end)`,
		"wrap":               `local _, e = pcall(coroutine.wrap(function() fail() end))`,
		"resume":             `local _, e = coroutine.resume(coroutine.create(function() fail() end))`,
		"resumed twice":      `local co = coroutine.create(function() coroutine.yield() fail() end) coroutine.resume(co) local _, e = coroutine.resume(co)`,
		"coroutine in pcall": `local _, e = pcall(function() local _, e = coroutine.resume(coroutine.create(function() fail() end)) error(e) end)`,
		"pcall in coroutine": `local e = coroutine.wrap(function() return (select(2, pcall(fail))) end)()`,
		"metamethod":         `local _, e = pcall(function() return setmetatable({}, { __index = function() fail() end }).x end)`,
		"iterator":           `local _, e = pcall(function() for _ in function() fail() end do end end)`,
		"callback":           `local _, e = pcall(function() return (("x"):gsub("x", function() fail() end)) end)`,
		"sort":               `local _, e = pcall(function() table.sort({ 2, 1 }, function() fail() end) end)`,
	}
}

// A Go error that a script catches is the same value on every route, answers
// like a text, and is the same Go error when it ends the script after all.
func TestGoErrorsKeepTheirIdentity(t *testing.T) {
	t.Parallel()
	for name, route := range routes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := failing(t)
			raised := error(optionProblem())
			s.SetGlobal("fail", s.Bind("fail", func(L *lua.LState) int { Raise(L, raised); return 0 }))
			out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, route+`
				local _, again = pcall(error, e)
				return type(e), again == e, e.code, e.message, e.hint, tostring(e), "-" .. e .. "-" .. 1, #e, e:upper(),
					e:find("unknown", 1, true), ("%s"):format(e), e`)), lua.MultRet)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, v := range out[:len(out)-1] {
				got += ToText(s.L, v) + "|"
			}
			text := "wrapped: unknown option"
			want := fmt.Sprintf("userdata|true|option.unknown|unknown option|leave it out|%s|-%s-1|%d|WRAPPED: UNKNOWN OPTION|10|%s|", text, text, len(text), text)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			_, err = s.Call(context.Background(), 0, s.Load(mustCompile(t, route+` error(e)`)), 0)
			if d := s.Diagnose(err); !errors.Is(err, raised) || d.Code != "option.unknown" || d.Hint != "leave it out" || d.Pos.Line != 1 {
				t.Errorf("the script ends with %v, %v", err, d)
			}
		})
	}
}

// The numbers that stand for lines inside the virtual machine are never shown.
func TestTextsHaveLines(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"while true do end", "pcall(function() while true do end end)", "error('x')", "local t = nil; return t.x",
		"coroutine.wrap(function() while true do end end)()", "return ('x'):rep({})",
	} {
		s := failing(t)
		_, err := s.Call(context.Background(), 10_000, s.Load(mustCompile(t, script)), 0)
		if !strings.HasPrefix(err.Error(), "job.lua:1: ") {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// Errors of Lua stay texts, and tables and other values stay what they are.
func TestLuaErrorsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for name, route := range routes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for fail, want := range map[string]string{
				`error("text", 0)`:            "string text",
				`error(12)`:                   "string job.lua:1: 12",
				`error(T)`:                    "table true",
				`error(true)`:                 "boolean true",
				`local t = nil; return t.x`:   "string job.lua:1: attempt to index a nil value (local 't')",
				`return T + 1`:                "string job.lua:1: attempt to perform arithmetic on a table value (global 'T')",
				`return ("x"):rep(T)`:         "string job.lua:1: bad argument #1 to 'rep' (number expected, got table)",
				`return tostring({}, 1) .. T`: "string job.lua:1: attempt to concatenate a table value (global 'T')",
			} {
				got, err := evaluate(t, `T = {} local function fail() `+fail+` end `+route+` return type(e), e == T or e`)
				if (name == "error" || name == "error at level 2" || name == "raised by handler" || name == "coroutine in pcall") && want[:6] == "string" {
					continue // error adds a place to a text
				}
				if name == "assert" && want[:6] == "string" {
					continue // as does assert
				}
				if got != want || err != nil {
					t.Errorf("%s: got %q, %v, want %q", fail, got, err, want)
				}
			}
		})
	}
}
