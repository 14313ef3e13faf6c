package vm

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// contest is a piece of Lua that is run by our state and by stock gopher-lua.
type contest struct {
	name  string
	setup string // once
	body  string // in a loop; i counts
	// atLeast is how many times as fast as stock ours must be.
	atLeast float64
}

// The bounds of the contests: patterns have a matcher of their own; everything
// else may cost 1.2 times what it costs in stock.
const (
	pattern5 = 5
	noSlower = 1 / 1.2
)

func contests() []contest {
	return []contest{
		{"gsub short", `local s = "hello world, hello moon"`, `local x = s:gsub("o", "0")`, pattern5},
		{"match date", `local s = "2024-03-17"`, `local y, m, d = s:match("(%d+)-(%d+)-(%d+)")`, pattern5},
		{"trim", `local s = "   some text in blanks   "`, `local x = s:match("^%s*(.-)%s*$")`, pattern5},
		{"gsub 20 KB", `local s = ("the quick brown fox, "):rep(1000)`, `if i % 100 == 1 then local x = s:gsub("%w+", "<%0>") end`, pattern5},

		{"upper", `local s = "Hello World"`, `local x = s:upper()`, noSlower},
		{"lower", `local s = "Hello World"`, `local x = s:lower()`, noSlower},
		{"sub", `local s = "hello world"`, `local x = s:sub(2, -3)`, noSlower},
		{"format int", ``, `local x = string.format("%05d", i)`, noSlower},
		{"format float", ``, `local x = string.format("%.2f", i / 3)`, noSlower},
		{"format text", `local s = "abc"`, `local x = string.format("%s=%s", s, i)`, noSlower},
		{"rep", ``, `local x = ("ab"):rep(20)`, noSlower},
		{"byte", `local s = "hello"`, `local a, b = s:byte(1, 2)`, noSlower},
		{"char", ``, `local x = string.char(72, 105)`, noSlower},
		{"len", `local s = "hello"`, `local x = s:len()`, noSlower},
		{"reverse", `local s = "hello world"`, `local x = s:reverse()`, noSlower},
		{"find plain", `local s = ("x"):rep(100) .. "needle"`, `local x = s:find("needle", 1, true)`, noSlower},

		{"insert", `local t = {}`, `table.insert(t, i) if #t > 50 then t = {} end`, noSlower},
		{"insert first", `local t = {}`, `table.insert(t, 1, i) if #t > 20 then t = {} end`, noSlower},
		{"remove", `local t = {}`, `t[#t + 1] = i; t[#t + 1] = i; table.remove(t, 1); table.remove(t)`, noSlower},
		{"concat", `local t = { "a", "b", "c", "d", "e", "f", "g", "h" }`, `local x = table.concat(t, ",")`, noSlower},
		{"concat numbers", `local t = { 1, 2, 3, 4.5, 6 }`, `local x = table.concat(t, ",")`, noSlower},
		{"sort numbers", ``, `local t = { 5, 3, 9, 1, 7, 2, 8, 6, 4, i } table.sort(t)`, noSlower},
		{"sort texts", ``, `local t = { "e", "c", "i", "a", "g", "b", "h", "f", "d" } table.sort(t)`, noSlower},
		{"sort by function", `local function more(a, b) return a > b end`, `local t = { 5, 3, 9, 1, 7, 2, 8, 6, 4, i } table.sort(t, more)`, noSlower},
		{"unpack", `local t = { 1, 2, 3 }`, `local a, b, c = unpack(t)`, noSlower},
		{"ipairs", `local t = { 1, 2, 3, 4, 5 }`, `for _, v in ipairs(t) do end`, noSlower},
		{"pairs", `local t = { a = 1, b = 2, c = 3 }`, `for k, v in pairs(t) do end`, noSlower},

		{"pcall", `local function f(x) return x end`, `local ok, x = pcall(f, i)`, noSlower},
		{"tostring", ``, `local x = tostring(i)`, noSlower},
		{"tostring float", ``, `local x = tostring(i + 0.25)`, noSlower},
		{"tonumber", ``, `local x = tonumber("12345")`, noSlower},
		{"tonumber float", ``, `local x = tonumber("123.45")`, noSlower},
		{"type", ``, `local x = type(i)`, noSlower},
		{"select", ``, `local x = select(2, 1, i)`, noSlower},
		{"concat operator", `local s = "abc"`, `local x = s .. "-" .. s`, noSlower},
		{"concat number", `local s = "abc"`, `local x = s .. i`, noSlower},
		{"integers in texts", `local s = "12"`, `local x = s + i`, noSlower},
		{"fractions in texts", `local s = "12.5"`, `local x = s + i`, noSlower},
		{"math.floor", ``, `local x = math.floor(i / 3)`, noSlower},
		{"math.max", ``, `local x = math.max(i, 7, 3)`, noSlower},
	}
}

// turns is how often a contest's body runs in one call.
const turns = 1000

func (c contest) text() string {
	return fmt.Sprintf("%s\nreturn function() for i = 1, %d do %s end end", c.setup, turns, c.body)
}

// ours returns a function that runs the contest in our state.
func (c contest) ours(t testing.TB) func() {
	s := openState(t)
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, c.text())), 1)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := s.Call(context.Background(), math.MaxInt32, out[0].(*lua.LFunction), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// stock returns a function that runs the contest in stock gopher-lua. It has a
// context, as every state has that can be interrupted: without, its virtual
// machine runs another loop, which is up to 1.2 times as fast.
func (c contest) stock(t testing.TB) func() {
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.SetContext(context.Background())
	if err := L.DoString(c.text()); err != nil {
		t.Fatal(err)
	}
	fn := L.Get(-1)
	return func() {
		if err := L.CallByParam(lua.P{Fn: fn, Protect: true}); err != nil {
			t.Fatal(err)
		}
	}
}

// speedup is the time of stock divided by ours: both run in turns, and the best
// of each counts.
func (c contest) speedup(t testing.TB) float64 {
	ours, stock := c.ours(t), c.stock(t)
	best := [2]time.Duration{math.MaxInt64, math.MaxInt64}
	for round := range 40 {
		for i, run := range []func(){ours, stock} {
			began := time.Now()
			run()
			best[i] = min(best[i], time.Since(began))
		}
		if round >= 8 && best[0]+best[1] > 10*time.Millisecond {
			break
		}
	}
	return float64(best[1]) / float64(best[0])
}

// contestVariable names the contest that a process of its own measures.
const contestVariable = "ETLSCRIPT_CONTEST"

// TestContest measures one contest for TestLibraryIsAsFastAsStock.
func TestContest(t *testing.T) {
	name, ok := os.LookupEnv(contestVariable)
	if !ok {
		t.Skip("it is a part of TestLibraryIsAsFastAsStock")
	}
	for _, c := range contests() {
		if c.name == name {
			fmt.Printf("speedup %f\n", max(c.speedup(t), c.speedup(t), c.speedup(t)))
		}
	}
}

// elsewhere is the speedup in another process, where other things lie at other places in
// memory: that alone makes a difference of several per cent.
func (c contest) elsewhere(t testing.TB) (speedup float64) {
	cmd := exec.Command(os.Args[0], "-test.run", "^TestContest$")
	cmd.Env = append(os.Environ(), contestVariable+"="+c.name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := fmt.Sscanf(string(out), "speedup %f", &speedup); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return speedup
}

// Our library keeps up with stock gopher-lua's, and patterns are much faster. A
// bad ratio is measured again, so that a busy machine does not matter, also in other
// processes.
func TestLibraryIsAsFastAsStock(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("speed is not measured under the race detector or with -short")
	}
	var table strings.Builder
	for _, c := range contests() {
		speedup := c.speedup(t)
		for range 15 {
			if speedup < c.atLeast {
				speedup = max(speedup, c.speedup(t))
			}
		}
		for range 5 {
			if speedup < c.atLeast {
				speedup = max(speedup, c.elsewhere(t))
			}
		}
		fmt.Fprintf(&table, "%-20s %7.2f\n", c.name, speedup)
		if speedup < c.atLeast {
			t.Errorf("%s: %.2f times as fast as stock, want %.2f", c.name, speedup, c.atLeast)
		}
	}
	t.Logf("times as fast as stock gopher-lua:\n%s", &table)
}

func BenchmarkLibrary(b *testing.B) {
	for _, c := range contests() {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			for name, run := range map[string]func(){"ours": c.ours(b), "stock": c.stock(b)} {
				b.Run(name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						run()
					}
				})
			}
		})
	}
}
