package vm

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/value"
)

// relations evaluates an expression in the exact form.
func relations(t *testing.T, text string) string {
	t.Helper()
	s := New(Options{Exact: true})
	t.Cleanup(s.Close)
	for name, v := range map[string]lua.LValue{
		"big": value.Int64(1<<53 + 1), "at": value.Int64(1 << 53), "huge": value.Uint64(1 << 63), "day": value.Temporal{Kind: 7, N: 1},
	} {
		s.SetGlobal(name, v)
	}
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "return "+text)), 1)
	if err != nil {
		d := s.Diagnose(err)
		return string(d.Code) + ": " + d.Message
	}
	return out[0].String()
}

func TestRelations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1 < 2 and 2 > 1 and 1 <= 1 and 1 >= 1 and 1 ~= 2":                          "true",
		"0/0 == 0/0 or 0/0 < 1 or 0/0 >= 1":                                         "false",
		"'a' < 'b' and 'a' <= 'a' and 'b' > 'a' and 'a' == 'a'":                     "true",
		"big > 1 and 1 < big and not (big <= 1) and big ~= 1":                       "true",
		"big > 2^53 and at == 2^53 and 2^53 == at and at >= 2^53 and big ~= 2^53":   "true",
		"huge > big and big < huge and huge > 1e18 and huge < 1e300 and huge ~= at": "true",
		"big == '9007199254740993'":                                                 "false",
		"big == nil or big == {} or big == true":                                    "false",
		"big > 0/0 or big < 0/0 or big == 0/0":                                      "false",
		"big < 'x'":                                                                 "value.compare: attempt to compare int with string",
		"big < nil":                                                                 "value.compare: attempt to compare int with nil",
		"1 < 'x'":                                                                   "lua.error: attempt to compare number with string",
		"nil > 1":                                                                   "lua.error: attempt to compare number with nil",
		"day == '1970-01-02'":                                                       "value.compare: a date is compared with a text, which it never equals",
		"day ~= 5 and day ~= nil":                                                   "true",
	} {
		if got := relations(t, text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// Both forms do the same with everything that is not of our own types.
func TestExactFormAgrees(t *testing.T) {
	t.Parallel()
	operands := strings.Fields(`nil true 0 -1 1.5 1e300 "" "a" "B" "10" {} print a b c`)
	for _, x := range operands {
		for _, y := range operands {
			script := strings.NewReplacer("X", x, "Y", y).Replace(`
local mt = {}
mt.__eq = function() return true end
mt.__lt = function(x, y) return x.n < y.n end
local le = { __le = function() return 7 end, __lt = mt.__lt }
local a, b, c = setmetatable({ n = 1 }, mt), setmetatable({ n = 2 }, mt), setmetatable({ n = 3 }, le)
local trace = ""
local function t(v, name) trace = trace .. name return v end
local function try(f) local ok, v = pcall(f) trace = trace .. " " .. tostring(ok) .. " " .. tostring(v) .. "\n" end
try(function() return t(X, "x") == t(Y, "y") end)
try(function() return t(X, "x") ~= t(Y, "y") end)
try(function() return t(X, "x") < t(Y, "y") end)
try(function() return t(X, "x") <= t(Y, "y") end)
try(function() return t(X, "x") > t(Y, "y") end)
try(function() return t(X, "x") >= t(Y, "y") end)
return trace`)
			var got [2]string
			for i := range got {
				s := New(Options{Exact: i == 1})
				out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, script)), 1)
				if err != nil {
					t.Fatal(err)
				}
				got[i] = out[0].String()
				s.Close()
			}
			if diff := cmp.Diff(got[0], got[1]); diff != "" {
				t.Errorf("%s and %s: -plain +exact:\n%s", x, y, diff)
			}
		}
	}
}
