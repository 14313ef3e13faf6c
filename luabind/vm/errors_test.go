package vm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// failing is a state with Go functions that fail in several ways.
func failing(t testing.TB) *State {
	s := openState(t)
	for name, fn := range map[string]lua.LGFunction{
		"plain":  func(L *lua.LState) int { Raise(L, errPlain); return 0 },
		"option": func(L *lua.LState) int { Raise(L, optionProblem()); return 0 },
		"placed": func(L *lua.LState) int {
			Raise(L, diag.Errorf("csv.quote", diag.Pos{File: "data.csv", Line: 7}, "a quote is missing"))
			return 0
		},
		"broken": func(L *lua.LState) int { var list []int; return list[L.GetTop()] },
	} {
		s.SetGlobal(name, s.Bind(name, fn))
	}
	return s
}

var errPlain = errors.New("the disk is full")

func optionProblem() error {
	return fmt.Errorf("wrapped: %w", diag.Errorf("option.unknown", diag.Pos{}, "unknown option").WithHint("leave it out"))
}

func TestGoErrors(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		`local _, e = pcall(plain); return tostring(e), e.message, e.code, type(e)`:                          "the disk is full|the disk is full|nil|userdata",
		`local _, e = pcall(option); return e.code, e.message, e.hint, tostring(e)`:                          "option.unknown|unknown option|leave it out|wrapped: unknown option",
		`local _, e = pcall(plain); return "why: " .. e, e .. "!", #e`:                                       "why: the disk is full|the disk is full!|16",
		`local _, e = pcall(plain); return e:find("disk"), e:upper(), e:match("%w+$")`:                       "5|THE DISK IS FULL|full",
		`local _, e = pcall(plain); string.upper = function(t, x) return t .. "?", x end; return e:upper(7)`: "the disk is full?|7",
		`local _, e = pcall(plain); local a = e:upper(); string.upper = string.lower; return a, e:upper()`:   "THE DISK IS FULL|the disk is full",
		`local _, e = pcall(plain); return e.nothing, getmetatable(e)`:                                       "nil|false",
		`local _, e = pcall(plain); local _, f = pcall(error, e); return e == f`:                             "true",
		`local _, e = pcall(plain); local _, f = pcall(function() error(e, 0) end); return rawequal(e, f)`:   "true",
		`local _, e = pcall(coroutine.wrap(function() plain() end)); return e.message`:                       "the disk is full",
		`local _, e = pcall(broken); return e.message`:                                                       "internal error in broken: runtime error: index out of range [0] with length 0",
		`return pcall(function() local _, e = pcall(plain); e.message = "x" end)`:                            "false|job.lua:1: attempt to index a userdata value (local 'e')",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			s := failing(t)
			out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, script)), lua.MultRet)
			var got []string
			for _, v := range out {
				got = append(got, ToText(s.L, v))
			}
			if diff := cmp.Diff(want, strings.Join(got, "|")); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, want string }{
		{"\nplain()", "lua.error job.lua:2:1: the disk is full"},
		{"\n\noption()", "option.unknown job.lua:3:1: unknown option, hint leave it out"},
		{"placed()", "csv.quote data.csv:7: a quote is missing"},
		{"broken()", "internal.panic job.lua:1:1: internal error in broken: runtime error: index out of range [0] with length 0, hint this is a fault of etlscript; please report it with the log"},
		{"local _, e = pcall(plain)\nerror(e)", "lua.error job.lua:1:14: the disk is full, job.lua:2:1 raised again in the main part of job.lua"},
		{"local _, e = pcall(function()\nplain() end)\nerror(e)", "lua.error job.lua:2:1: the disk is full, job.lua:3:1 raised again in the main part of job.lua"},
		{"pcall(print)\npcall(pcall, error)\nlocal t = nil\nreturn t.x", "lua.error job.lua:4:8: attempt to index a nil value (local 't'), hint t is nil; test it first: t ~= nil and t.x"},
		{"local function f()\n  error('deep')\nend\nlocal function g()\n  f()\nend\ng()", "lua.error job.lua:2:3: deep, job.lua:5:3 called from function 'g', job.lua:7:1 called from the main part of job.lua"},
		{"return ture", `lua.global job.lua:1:8: there is no variable "ture" here, hint declare it with local ture = ... above, or write it in quotes if it is text`},
		{"return tosting(1)", `lua.global job.lua:1:8: there is no variable "tosting" here, hint did you mean "tostring"?`},
		{"io.open('x')", `lua.global job.lua:1:1: there is no variable "io" here, hint io is not part of the job language; files are read and written by components`},
		{"error('12:30: late', 0)", "lua.error job.lua:1:1: 12:30: late"},
		{"error('other.lua:3: x', 0)", "lua.error job.lua:1:1: other.lua:3: x"},
	} {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			s := failing(t)
			_, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, c.script)), 0)
			if err == nil {
				t.Fatal("no error")
			}
			d := s.Diagnose(err)
			got := string(d.Code) + " " + d.Error()
			for _, n := range d.Notes {
				got += ", " + n.Pos.String() + " " + n.Text
			}
			if d.Hint != "" {
				got += ", hint " + d.Hint
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDiagnoseKeepsCauses(t *testing.T) {
	t.Parallel()
	s := failing(t)
	_, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "plain()")), 0)
	if d := s.Diagnose(err); !errors.Is(err, errPlain) || !errors.Is(d, errPlain) {
		t.Errorf("the Go error got lost: %v", d)
	}
	_, err = s.Call(context.Background(), 0, s.Load(mustCompile(t, "broken()")), 0)
	var crash *goPanic
	if !errors.As(s.Diagnose(err), &crash) || !strings.Contains(string(crash.stack), "luabind") {
		t.Error("the stack of a panic got lost")
	}
	if d := s.Diagnose(context.Canceled); d.Code != "lua.cancelled" {
		t.Errorf("got %s", d.Code)
	}
}

// A file name may hold colons.
func TestFileNames(t *testing.T) {
	t.Parallel()
	c, d := syntax.Compile(`C:\jobs:1: x\job.lua`, "local t\nreturn t.x")
	if d != nil {
		t.Fatal(d)
	}
	s := openState(t)
	_, err := s.Call(context.Background(), 0, s.Load(c), 0)
	if got := s.Diagnose(err); got.Pos.File != c.Name || got.Pos.Line != 2 {
		t.Errorf("got %v", got)
	}
}

// Only main chunks declare globals.
func TestStrictGlobals(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`x = 1; function f() x = x + 1; return x end; return f()`: "2",
		`return pcall(function() y = 1 end)`:                      "false the function assigns the variable \"y\", which nobody declared",
		`do z = 3 end; return z`:                                  "3",
		`return rawget(string, "nothing"), ("x").nothing`:         "nil nil",
		`return pcall(function() return _G end)`:                  "false there is no variable \"_G\" here",
	})
}
