package vm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
)

func TestLimitsDefaults(t *testing.T) {
	t.Parallel()
	got := Limits{Memory: -1}.WithDefaults()
	if diff := cmp.Diff(Limits{Load: 50_000_000, Row: 10_000_000, Batch: 200_000_000, Memory: -1}, got); diff != "" {
		t.Error(diff)
	}
	if got := (Limits{Row: 300_000_000}).WithDefaults().Batch; got != 300_000_000 {
		t.Errorf("the budget of a batch is %d, below that of a row", got)
	}
	if got := (Limits{}).WithDefaults().Memory; got == 0 {
		t.Error("the limit of the memory has no default")
	}
}

func TestLimitsValidate(t *testing.T) {
	t.Parallel()
	if errs := (Limits{}).WithDefaults().Validate(); len(errs) > 0 {
		t.Errorf("the defaults: %v", errs)
	}
	errs := Limits{Load: -1, Row: 5, Batch: 4, Memory: -1}.WithDefaults().Validate()
	want := "the limit load is -1 instructions, but must be above zero\n" +
		"the limit batch (4 instructions) is below the limit row (5)"
	if got := errors.Join(errs...).Error(); got != want {
		t.Errorf("got %s", got)
	}
}

// rowFunc is the function that a script returns, ready for Invoke under limits.
func rowFunc(t *testing.T, l Limits, script string) (*State, *lua.LFunction) {
	t.Helper()
	s := New(Options{Limits: l})
	t.Cleanup(s.Close)
	out, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, script)), 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, out[0].(*lua.LFunction)
}

// Each row has the whole budget of a row, until that of the batch is used up;
// the next batch has its own.
func TestBatchBudget(t *testing.T) {
	t.Parallel()
	s, fn := rowFunc(t, Limits{Row: 1000, Batch: 2500}, "return function(n) for i = 1, n do end return n end")
	for range 2 {
		end := s.Begin(t.Context(), 0)
		var got []string
		for _, n := range []int{900, 2000, 300, 900, 1} {
			v, err := s.Invoke(fn, lua.LNumber(n))
			var failed *Error
			switch {
			case errors.As(err, &failed):
				got = append(got, fmt.Sprint(failed.EndsRun(), " ", s.Diagnose(err).Message))
			case err != nil:
				t.Fatal(err)
			default:
				got = append(got, v.String())
			}
		}
		end()
		want := []string{
			"900",
			"false the script ran out of its instruction budget: more than 1,000 for one row",
			"300",
			"true the script ran out of its instruction budget: more than 2,500 for one batch",
			"true the script ran out of its instruction budget: more than 2,500 for one batch",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	}
}

func TestBudgetDiagnostics(t *testing.T) {
	t.Parallel()
	s := New(Options{Limits: Limits{Load: 10_000}})
	t.Cleanup(s.Close)
	_, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, "local x\nwhile true do\n x = 1\nend")), 0)
	d := s.Diagnose(err)
	if d.Code != "lua.budget" || d.Pos.Line < 2 || !strings.Contains(d.Message, "more than 10,000 for one call") || !strings.Contains(d.Hint, `raise the limit "load"`) {
		t.Errorf("got %s at %v: %s; %s", d.Code, d.Pos, d.Message, d.Hint)
	}
	var failed *Error
	if !errors.As(err, &failed) || failed.EndsRun() {
		t.Errorf("got %v", err)
	}
}

// What bounds the stacks and the sizes of results. The limits hold on every
// thread: the main one, those of pcall, and coroutines.
func TestStackAndSizeLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, want string }{
		"calls":         {"local function f(n) return 1 + f(n + 1) end f(1)", "stack overflow (more than 200 nested calls)"},
		"pcalls":        {"local function f() local ok, m = pcall(f) error(m, 0) end f()", "too many protected calls in one another (180)"},
		"xpcalls":       {"local function f() local ok, m = xpcall(f, function(m) return m end) error(m, 0) end f()", "too many protected calls in one another (180)"},
		"coroutines":    {"local function f() coroutine.wrap(f)() end f()", "too many coroutines resume one another (100)"},
		"registry":      {"local function f(...) return select('#', f(1, ...)) end f()", "stack overflow"},
		"arguments":     {"local t = {} for i = 1, 7999 do t[i] = i end local function f(...) return 1 + f(1, 2, ...) end f(unpack(t))", "stack overflow"},
		"unpack":        {"return unpack({}, 1, 1e8)", "too many results to unpack"},
		"byte":          {"return ('x'):rep(1e6):byte(1, -1)", "string slice too long"},
		"rep":           {"return ('x'):rep(2^27)", "the text would be longer than 64 MiB"},
		"rep overflow":  {"return ('abc'):rep(2^62)", "the text would be longer than 64 MiB"},
		"concat":        {"local s = ('x'):rep(2^25) return s .. s .. s", "the text would be longer than 64 MiB"},
		"table.concat":  {"local s = ('x'):rep(2^20) local t = {} for i = 1, 65 do t[i] = s end return table.concat(t)", "the text would be longer than 64 MiB"},
		"gsub":          {"local s = ('x'):rep(2^20) return (('y'):rep(65):gsub('y', s))", "the text would be longer than 64 MiB"},
		"format":        {"local s = ('x'):rep(2^25) return string.format('%s%s%s', s, s, s)", "the text would be longer than 64 MiB"},
		"format width":  {"return string.format('%1000000000d', 1)", "width or precision too long"},
		"format digits": {"return string.format('%.1000000000f', 1)", "width or precision too long"},
	} {
		for place, around := range map[string]string{
			"main": "%s", "pcall": "local ok, m = pcall(function() %s end) error(m, 0)", "coroutine": "coroutine.wrap(function() %s end)()",
		} {
			t.Run(name+"/"+place, func(t *testing.T) {
				t.Parallel()
				s := openState(t)
				_, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, fmt.Sprintf(around, c.script))), 0)
				if err == nil {
					t.Fatal("it ended well")
				}
				if d := s.Diagnose(err); d.Code != "lua.error" || !strings.Contains(d.Message, c.want) || s.Broken != nil {
					t.Errorf("got %s: %v; broken: %v", d.Code, d, s.Broken)
				}
				if _, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, "return 1")), 1); err != nil {
					t.Errorf("the next call: %v", err)
				}
			})
		}
	}
}

func TestGroupedDigits(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 50_000_000: "50,000,000"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
