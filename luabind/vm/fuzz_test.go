package vm

import (
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// FuzzScript compiles and runs any text: each ends with a result, or with a
// diagnostic in the script. Nothing panics, hangs or breaks the state.
func FuzzScript(f *testing.F) {
	for _, seed := range []string{
		"return 1 .. 2", "local t = {}; t.x.y = 1", "for i = 1, 10 do pcall(error, i) end", "return ('x'):rep(9):gsub('%w', '%0')",
		"coroutine.wrap(function() coroutine.yield() end)()", "x += 1", "if a then else if b then end", "goto a ::a::",
		"#!lua\nreturn 0x", "\ufeffreturn [==[a]==]", "function f:m() end", "return -nil", "local s = 'a", "return string.format('%5.2f', 'x')",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		c, d := syntax.Compile("job.lua", script)
		if d != nil {
			if d.Pos.File != "job.lua" || d.Message == "" || !strings.HasPrefix(string(d.Code), "lua.") {
				t.Fatalf("%s: %+v", d.Code, d)
			}
			return
		}
		s := New(Options{})
		defer s.Close()
		if _, err := s.Call(context.Background(), 20_000, s.Load(c), lua.MultRet); err != nil {
			if d := s.Diagnose(err); d.Code == "internal.panic" || d.Message == "" {
				t.Fatalf("%s: %v", d.Code, d)
			}
		}
		if s.Broken != nil {
			t.Fatal(s.Broken)
		}
	})
}

func BenchmarkInvoke(b *testing.B) {
	for name, script := range map[string]string{
		"empty":  "return function(x) end",
		"concat": "return function(x) return 'a' .. x .. 'b' end",
		"pcall":  "local function f(x) return x end return function(x) return pcall(f, x) end",
		"caught": "local function f(x) error(x) end return function(x) return pcall(f, x) end",
	} {
		b.Run(name, func(b *testing.B) {
			s := New(Options{})
			defer s.Close()
			out, err := s.Call(context.Background(), 0, s.Load(mustCompile(b, script)), 1)
			if err != nil {
				b.Fatal(err)
			}
			fn := out[0].(*lua.LFunction)
			defer s.Begin(context.Background(), 0)()
			arg := lua.LValue(lua.LString("text"))
			for b.Loop() {
				if _, err := s.Invoke(fn, arg); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
		})
	}
}

func BenchmarkNewState(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(Options{}).Close()
	}
}
