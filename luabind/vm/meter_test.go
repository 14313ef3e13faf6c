package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if script, ok := bombs()[os.Getenv(bombVariable)]; ok {
		if err := bomb(script); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// The count of a known program: one call of Done for each instruction. A new
// gopher-lua that counts otherwise breaks budgets, and this test.
func TestInstructionCount(t *testing.T) {
	t.Parallel()
	s := openState(t)
	fn := s.Load(mustCompile(t, "local n = 0; for i = 1, 1000 do n = n + i end; return n"))
	const budget = 1_000_000
	for range 2 {
		if _, err := s.Call(context.Background(), budget, fn, 1); err != nil {
			t.Fatal(err)
		}
		// LOADK, three LOADK and FORPREP; FORLOOP at the end; two instructions a
		// turn; RETURN.
		if got := s.meter.used(); got != 2007 {
			t.Errorf("%d instructions, want 2007", got)
		}
	}
}

func TestBudgetIsExact(t *testing.T) {
	t.Parallel()
	s := openState(t)
	fn := s.Load(mustCompile(t, "local n = 0; for i = 1, 1000 do n = n + i end; return n"))
	if _, err := s.Call(context.Background(), 2007, fn, 1); err != nil {
		t.Error(err)
	}
	_, err := s.Call(context.Background(), 2006, fn, 1)
	if !errors.Is(err, errBudget) {
		t.Fatalf("got %v", err)
	}
	if d := s.Diagnose(err); d.Code != "lua.budget" || d.Pos.Line != 1 || d.Hint == "" {
		t.Errorf("got %s %v", d.Code, d)
	}
	if _, err := s.Call(context.Background(), 0, fn, 1); err != nil {
		t.Errorf("the next call has a budget of its own: %v", err)
	}
}

// No script can catch the end of its budget.
func TestBudgetIsNotCaught(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"while true do pcall(function() while true do end end) end",
		"while true do xpcall(function() while true do end end, function() end) end",
		"local function f() pcall(f) f() end while true do pcall(f) end",
		"while true do coroutine.wrap(function() while true do end end)() end",
		"while true do local co = coroutine.create(function() while true do end end) coroutine.resume(co) end",
		"while true do coroutine.create(function() end) end",
		"local t = {} for i = 1, 1e4 do t[i] = i % 7 end while true do pcall(table.sort, t) end",
		"local t = setmetatable({}, { __index = function(t, k) while true do end end }) return t.x",
		"while true do pcall(string.rep, 'x', 6e7) end",
		"local s = 'x' while true do s = s .. s pcall(error) end",
		"while true do ('x'):rep(1e4):gsub('x', function() while true do end end) end",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			s := openState(t)
			_, err := s.Call(context.Background(), 1_000_000, s.Load(mustCompile(t, script)), 0)
			if d := s.Diagnose(err); d.Code != "lua.budget" && d.Message != "the text would be longer than 64 MiB" {
				t.Errorf("got %s: %v", d.Code, d)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := openState(t)
	why := errors.New("the user pressed a key")
	ctx, cancel := context.WithCancelCause(context.Background())
	s.SetGlobal("cancel", s.Bind("cancel", func(L *lua.LState) int {
		if ctxOf(L) != ctx {
			t.Error("ctxOf is not the context of the call")
		}
		cancel(why)
		return 0
	}))
	_, err := s.Call(ctx, 1<<40, s.Load(mustCompile(t, "cancel() while true do pcall(function() while true do end end) end")), 0)
	if err != why {
		t.Fatalf("got %v, want the cause", err)
	}
	if _, err := s.Call(ctx, 0, s.Load(mustCompile(t, "return 1")), 0); err != why {
		t.Errorf("a cancelled context ran a script: %v", err)
	}
	if _, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "return 1")), 0); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

// Not parallel, since AllocsPerRun forbids it.
func TestInvoke(t *testing.T) {
	s := openState(t)
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, `
local seen = 0
return function(x) seen = seen + 1; if x == 3 then error("three") end; return x * 2 + seen end`)), 1)
	if err != nil {
		t.Fatal(err)
	}
	fn := out[0].(*lua.LFunction)
	defer s.Begin(context.Background(), 0)()
	for i := range 6 {
		v, err := s.Invoke(fn, lua.LNumber(i))
		switch {
		case i == 3 && (err == nil || s.Diagnose(err).Error() != "job.lua:3:52: three"):
			t.Errorf("row 3: %v", err)
		case i != 3 && (err != nil || v != lua.LNumber(i*3+1)):
			t.Errorf("row %d: %v, %v", i, v, err)
		}
	}
	arg := lua.LValue(lua.LNumber(7))
	allocs := testing.AllocsPerRun(1000, func() {
		if _, err := s.Invoke(fn, arg); err != nil {
			t.Error(err)
		}
	})
	if allocs >= 1 {
		t.Errorf("invoke allocates %v times a row", allocs)
	}
}

// A Go function that calls back runs under the budget of the outer call.
func TestNestedCall(t *testing.T) {
	t.Parallel()
	s := openState(t)
	s.SetGlobal("again", s.Bind("again", func(L *lua.LState) int {
		out, err := s.Call(ctxOf(L), 1<<40, L.CheckFunction(1), 1, lua.LNumber(5))
		if err != nil {
			Raise(L, err)
		}
		L.Push(out[0])
		return 1
	}))
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, `
local n = 1
local function add(x) n = n + x; return n end
return again(add) + again(add), n`)), 2)
	if err != nil || out[0] != lua.LNumber(17) || out[1] != lua.LNumber(11) {
		t.Errorf("got %v, %v", out, err)
	}
	if _, err = s.Call(context.Background(), 10_000, s.Load(mustCompile(t, `again(function() while true do end end)`)), 0); !errors.Is(err, errBudget) {
		t.Errorf("got %v", err)
	}
	_, err = s.Call(context.Background(), 0, s.Load(mustCompile(t, "again(function()\n local x; return x.y end)")), 0)
	if got := s.Diagnose(err).Error(); got != "job.lua:2:18: attempt to index a nil value (local 'x')" {
		t.Errorf("got %v", got)
	}
}
