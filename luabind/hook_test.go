package luabind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/retry"
)

// settingsOf loads a job with an option of etl.job; before stands in front of it.
func settingsOf(t *testing.T, cfg Config, before, option string) job.Settings {
	t.Helper()
	text := "local etl = require \"etl\"\n" + before + "\netl.read_csv { path = \"x\" }:write_csv { path = \"o\" }\nreturn etl.job { name = \"x\",\n" + option + " }\n"
	return load(t, cfg, text, "testdata/good").Jobs[0].Settings
}

// backoffOf is the back-off that a Lua expression makes.
func backoffOf(t *testing.T, before, fn string) retry.Backoff {
	t.Helper()
	return settingsOf(t, Config{}, before, "retry = { max = 9, backoff = "+fn+" }").Retry.Policy().Backoff
}

// hookOf is the hook on_success that a Lua function makes.
func hookOf(t *testing.T, cfg Config, before, fn string) job.Hook {
	t.Helper()
	return settingsOf(t, cfg, before, "on_success = "+fn).Hooks().OnSuccess
}

// status503 is an error of a class, with a code and the name of a component.
func status503() error {
	d := diag.Errorf("http.status", diag.Pos{}, "the server said 503")
	d.Component = "read_http@3"
	return fmt.Errorf("attempt 2: %w", d)
}

// secondAttempt is an attempt that failed.
func secondAttempt() retry.Attempt {
	return retry.Attempt{Number: 2, Err: status503(), Class: retry.Network, Last: 1500 * time.Millisecond, Elapsed: time.Minute}
}

func TestBackoffFunctions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fn   string
		want time.Duration
		err  string // of the diagnostic, with its hint
	}{
		{`function(a) return a.number end`, 2 * time.Second, ""},
		{`function(a) return a.last * 2 end`, 3 * time.Second, ""},
		{`function(a) return a.elapsed / 8 end`, 7500 * time.Millisecond, ""},
		{`function() return "1m30s" end`, 90 * time.Second, ""},
		{`function() return "250ms", "ignored" end`, 250 * time.Millisecond, ""},
		{`function() return etl.interval "PT90M" end`, 90 * time.Minute, ""},
		{`function() return 0 end`, 0, ""},
		{`function() return etl.decimal "0.25" end`, 250 * time.Millisecond, ""},
		{`function() return tonumber "9007199254740993" end`, math.MaxInt64, ""},
		{`function() return etl.decimal "0.1" end`, 100 * time.Millisecond, ""},
		{`function(a) if a.class == "network" and a.code == "http.status" and a.component == "read_http@3" then return 7 end end`, 7 * time.Second, ""},
		{`function(a) return #a.error end`, 32 * time.Second, ""},
		{`etl.script "double.lua"`, 4 * time.Second, ""},
		{`function() return -1 end`, -time.Second, ""},
		{`function() return "-5s" end`, -5 * time.Second, ""},
		{`function() return -1e-300 end`, -1, ""},
		{`function() return 1e300 end`, math.MaxInt64, ""},
		{`function() return -1e300 end`, math.MinInt64, ""},
		{`function() end`, 0, `backoff: the function returned nil, which is no delay`},
		{`function() return 0/0 end`, 0, `backoff: the function returned the number NaN, which is no delay`},
		{`function() return math.huge end`, 0, `backoff: the function returned the number Inf, which is no delay`},
		{`function() return -math.huge end`, 0, `backoff: the function returned the number -Inf, which is no delay`},
		{`function() return "abc" end`, 0, `backoff: the function returned "abc", which is no duration`},
		{`function() return "5" end`, 0, `backoff: the function returned "5", which is no duration`},
		{`function() return {} end`, 0, `backoff: the function returned a table, which is no delay`},
		{`function() return true end`, 0, `backoff: the function returned the boolean true, which is no delay`},
		{`function(a) return a end`, 0, `backoff: the function returned attempt, which is no delay`},
		{`function() return etl.null end`, 0, `backoff: the function returned etl.null, which is no delay`},
		{`function() return etl.date "2024-01-31" end`, 0, `backoff: the function returned a date, which is no delay`},
		{`function(a) return a.nummer end`, 0, `backoff: attempt has no "nummer"`},
		{`function(a) a.number = 3 end`, 0, `backoff: attempt cannot be changed`},
		{`function() error("no idea") end`, 0, `backoff: no idea`},
		{`function() while true do end end`, 0, `backoff: the script ran out of its instruction budget: more than 200,000 for one call`},
		{`function() pcall(function() while true do end end) return 1 end`, 0, `backoff: the script ran out of its instruction budget: more than 200,000 for one call`},
		{`function() return etl.read_csv { path = "x" } end`, 0, `backoff: etl.read_csv cannot be called while the job runs`},
		{`function() return require "lib.delay" end`, 0, `backoff: scripts cannot be loaded while the job runs`},
		{`function() etl.reject "x" end`, 0, `backoff: etl.reject can only be called while rows flow`},
	}
	for _, test := range tests {
		t.Run(test.fn, func(t *testing.T) {
			t.Parallel()
			s := settingsOf(t, Config{Limits: Limits{Load: 200_000}}, "", "retry = { max = 9, backoff = "+test.fn+" }")
			got, err := s.Retry.Policy().Backoff.Delay(t.Context(), secondAttempt())
			if message := messageOf(err); got != test.want || message != test.err {
				t.Errorf("got %s, %q", got, message)
			}
			var d *diag.Diagnostic
			if errors.As(err, &d) && (d.Pos.File != "job.lua" || d.Pos.Line < 4) {
				t.Errorf("the place is %s", d.Pos)
			}
		})
	}
}

// messageOf is the message of a diagnostic with its component, without its place.
func messageOf(err error) string {
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return ""
	case errors.As(err, &d):
		return d.Component + ": " + d.Message
	}
	return err.Error()
}

// What a policy makes of the answers, as people read it.
func TestBackoffIsRecorded(t *testing.T) {
	t.Parallel()
	for fn, want := range map[string]string{
		`function() return 2 end`:      "retry 2 of 9 in 2s after (class network): refused",
		`function() end`:               "retry 2 of 9 in 1s after (class network): refused; the back-off failed (job.lua:5:30: backoff: the function returned nil, which is no delay), so that the delay is 1s",
		`function() return -3 end`:     "retry 2 of 9 in 1s after (class network): refused; the back-off gave -3s, so that the delay is 1s",
		`function() return 1e300 end`:  "retry 2 of 9 in 720h0m0s after (class network): refused; the back-off gave more than 720h0m0s, so that this is the delay",
		`function() error("x", 0) end`: "retry 2 of 9 in 1s after (class network): refused; the back-off failed (job.lua:5:41: backoff: x), so that the delay is 1s",
	} {
		policy := settingsOf(t, Config{}, "", "retry = { max = 9, backoff = "+fn+" }").Retry.Policy()
		failed := retry.Attempt{Number: 2, Err: errors.New("refused"), Class: retry.Network}
		if d := cmp.Diff(want, policy.Decide(t.Context(), failed).Reason); d != "" {
			t.Errorf("%s: %s", fn, d)
		}
	}
}

func TestPredicates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fn   string
		want bool
		err  string
	}{
		{`function(attempt) return attempt.class == "network" end`, true, ""},
		{`function(attempt) return attempt.number > 2 end`, false, ""},
		{`function() end`, false, `when: the function returned nil, not true or false`},
		{`function() return 1 end`, false, `when: the function returned the number 1, not true or false`},
		{`function() return "yes" end`, false, `when: the function returned a string, not true or false`},
		{`function(a) return a.clas == "x" end`, false, `when: attempt has no "clas"`},
	} {
		judge := settingsOf(t, Config{}, "", "retry = { max = 9, when = "+test.fn+" }").Retry.Policy().When
		got, err := judge.Retryable(t.Context(), secondAttempt())
		if got != test.want || messageOf(err) != test.err {
			t.Errorf("%s: %v, %v", test.fn, got, err)
		}
	}
}

// moment is what a hook gets in these tests.
func moment(dir string) job.Moment {
	return job.Moment{
		Run: "01J", Job: "x", State: "FAILED", Attempt: 2, Elapsed: 90 * time.Second, Delay: 1500 * time.Millisecond, Reason: "why",
		RowsRead: math.MaxInt64, RowsWritten: 7, RowsRejected: 0, Params: map[string]string{"day": "2024-01-31", "key": "***"},
		Failure: &job.Failure{Message: "refused", Class: "network", Code: "net.refused"},
		Env:     op.Env{Dir: dir},
	}
}

// A hook sees the whole run, with all digits, and has effects.
func TestHookSeesTheRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hook := hookOf(t, Config{}, "", `function(run)
    local out = { run.id, run.job, run.state, run.attempt, run.reason, run.elapsed, run.delay, run.rows.read, run.rows.written,
      run.rows.rejected, run.params.day, run.params.key, run.failure.message, run.failure.class, run.failure.code, tostring(run.failure.component), tostring(run) }
    for name, value in pairs(run.params) do out[#out + 1] = name .. "=" .. value end
    for i, v in ipairs(out) do out[i] = tostring(v) end
    run:write("out/seen", table.concat(out, " "))
    run:append("out/log", 1) run:append("out/log", "\n")
    out = { tostring(run:exists("out/seen")), tostring(run:exists("none")), tostring(run:remove("out/log")), tostring(run:remove("out/log")) }
    run:write("out/effects", table.concat(out, " "))
  end`)
	if err := hook.Call(t.Context(), moment(dir)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"seen":    "01J x FAILED 2 why 90 1.5 9223372036854775807 7 0 2024-01-31 *** refused network net.refused nil run day=2024-01-31 key=***",
		"effects": "true false true false",
	} {
		got, err := os.ReadFile(filepath.Join(dir, "out", name))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	if err := hookOf(t, Config{}, "", `function(run) assert(run.failure == nil and run.reason == nil) end`).Call(t.Context(), job.Moment{}); err != nil {
		t.Error(err)
	}
}

func TestHooksLog(t *testing.T) {
	t.Parallel()
	var log, own bytes.Buffer
	to := func(b *bytes.Buffer) hclog.Logger {
		return hclog.New(&hclog.LoggerOptions{Output: b, DisableTime: true})
	}
	hook := hookOf(t, Config{Log: to(&log)}, "", `function(run)
    print("printed", run.attempt) etl.log.warn("warned")
    run:log("loaded", { rows = run.rows.read, day = run.params.day }) run:log("plain")
  end`)
	m := moment("")
	for _, m.Env.Log = range []hclog.Logger{nil, to(&own)} {
		if err := hook.Call(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	const spoken = "[INFO]  printed\t2\n[WARN]  warned\n"
	const logged = "[INFO]  loaded: rows=9223372036854775807 day=2024-01-31\n[INFO]  plain\n"
	if d := cmp.Diff(spoken+logged+spoken, log.String()) + cmp.Diff(logged, own.String()); d != "" {
		t.Error(d)
	}
}

// refuser allows nothing.
type refuser struct{}

func (refuser) MayRead(string) bool  { return false }
func (refuser) MayWrite(string) bool { return false }

// The errors of hooks as people see them are in testdata/hook_errors.golden.
func TestHookErrors(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, fn := range []string{
		`function(run) return 5 end`,
		`function(run) return run.rowz end`,
		`function(run) run.rows.read = 5 end`,
		`function(run) run:log(run.params.dya) end`,
		`function(run) run:wrte("x", "y") end`,
		`function(run) run.write("x", "y") end`,
		`function(run) run:write("x", {}) end`,
		`function(run) run:exists() end`,
		`function(run) run:remove("a", "b") end`,
		`function(run) run:log("a", "b") end`,
		`function(run) run:write("/etc/x", "y") end`,
		`function(run) local t = nil; return t.x end`,
	} {
		text := "local etl = require \"etl\"\n\netl.read_csv { path = \"x\" }:write_csv { path = \"o\" }\nreturn etl.job { name = \"x\",\non_success = " + fn + " }\n"
		script := load(t, Config{}, text, "")
		m := moment("")
		m.Env.Access = refuser{}
		err := script.Jobs[0].Settings.Hooks().OnSuccess.Call(t.Context(), m)
		b.WriteString(printed(t, script, err) + "\n")
	}
	golden(t, "testdata/hook_errors.golden", b.String())
}

// Every call starts from the values of the definition, whatever other calls wrote and
// however many go on at once; none sees what the build left behind it.
func TestHookCallsShareNothing(t *testing.T) {
	t.Parallel()
	const before = `local n, seen, bag, words = 1, { 1 }, etl.set { "a" }, etl.map { x = 1 }
counted = 5
local function bump() n = n + 1; seen[#seen + 1] = n; bag:add(n); words:set(n, n); counted = counted + 1 end`
	backoff := backoffOf(t, before, `function(a)
    for _ = 1, a.number do bump() end
    return n * 1000 + #seen * 100 + #bag * 10 + counted
  end`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				got, err := backoff.Delay(t.Context(), retry.Attempt{Number: 2, Err: errors.New("x")})
				if want := 3337 * time.Second; got != want || err != nil {
					t.Errorf("got %s, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// A hook and a function over rows capture the same things: each has them as the definition
// left them.
func TestHooksAndRowsShareNothing(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
local n, list, set = 0, {}, etl.set()
local function bump() n = n + 1; list[n] = n; set:add(n) end
etl.rows({}):map(function(row) bump() row.m = n end):write_csv { path = "o" }
return etl.job { name = "x", retry = { backoff = function() bump() return n * 100 + #list * 10 + #set end } }
`, "")
	backoff := script.Jobs[0].Settings.Retry.Policy().Backoff
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			last, err := runRows(t, mapOf(t, script)).Batch.Column("m").Value(2)
			if err != nil || record.FormatValue(last) != "3" {
				t.Errorf("the third row gives %v, %v", last, err)
			}
		})
		wg.Go(func() {
			if d, err := backoff.Delay(t.Context(), secondAttempt()); d != 111*time.Second || err != nil {
				t.Errorf("the delay is %s, %v", d, err)
			}
		})
	}
	wg.Wait()
}

// Each call has random numbers of its own.
func TestHookRandom(t *testing.T) {
	t.Parallel()
	backoff := backoffOf(t, "", `function() return math.random() end`)
	seen := map[time.Duration]bool{}
	for range 20 {
		d, err := backoff.Delay(t.Context(), secondAttempt())
		if err != nil {
			t.Fatal(err)
		}
		seen[d] = true
	}
	if len(seen) < 19 {
		t.Errorf("20 calls gave %d delays", len(seen))
	}
}

// A cancelled context ends a call that would go on for minutes, and its cause is told.
func TestHookIsCancelled(t *testing.T) {
	t.Parallel()
	s := settingsOf(t, Config{Limits: Limits{Load: math.MaxInt64 / 2}}, "", `retry = { backoff = function() while true do end end },
  cleanup = function() while true do pcall(error) end end`)
	why := errors.New("that is enough")
	for name, call := range map[string]func(context.Context) error{
		"backoff": func(ctx context.Context) error {
			_, err := s.Retry.Policy().Backoff.Delay(ctx, secondAttempt())
			return err
		},
		"cleanup": func(ctx context.Context) error { return s.Hooks().Cleanup.Call(ctx, job.Moment{}) },
	} {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, why)
		err := call(ctx)
		cancel()
		if !errors.Is(err, why) || err.Error() != name+": that is enough" {
			t.Errorf("%s: %v", name, err)
		}
		if err := call(ctx); !errors.Is(err, why) {
			t.Errorf("%s, already cancelled: %v", name, err)
		}
	}
}

// Neither a call that went well nor one that failed leaves anything running.
func TestHooksLeakNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := settingsOf(t, Config{}, "", `retry = { backoff = function() return 1 end, when = function() error("x") end }, on_start = function() end`)
	for range 3 {
		_, _ = s.Retry.Policy().Backoff.Delay(t.Context(), secondAttempt())
		_, _ = s.Retry.Policy().When.Retryable(t.Context(), secondAttempt())
		_ = s.Hooks().OnStart.Call(t.Context(), job.Moment{})
	}
}

func BenchmarkHook(b *testing.B) {
	loader, err := NewLoader(Config{Registry: testRegistry(b)})
	if err != nil {
		b.Fatal(err)
	}
	script, err := loader.Load(b.Context(), "job.lua", `local etl = require "etl"
etl.read_csv { path = "x" }:write_csv { path = "o" }
return etl.job { name = "x", retry = { backoff = function(a) return math.min(60, 2 ^ a.number) end } }`, "")
	if err != nil {
		b.Fatal(err)
	}
	backoff := script.Jobs[0].Settings.Retry.Policy().Backoff
	for b.Loop() {
		if _, err := backoff.Delay(b.Context(), secondAttempt()); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a hook does with what it gets ends in an error of the script, if in any, and
// never in one of ours.
func TestHostileHooks(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`setmetatable(run, {})`, `rawset(run, "id", 1)`, `rawget(run, "id")`, `getmetatable(run).__index = nil`, `run.write(run.rows, "x", "y")`,
		`run.write(nil)`, `run.write()`, `run()`, `return run + 1`, `return #run`, `return run .. "x"`, `return run < run`, `for _ in ipairs(run) do end`, `next(run)`,
		`run[nil] = 1`, `return run[nil]`, `return run[run]`, `run[run] = run`, `run:write(("x"):rep(5000), "x")`, `run:write("a\0b", "x")`, `run:write("../" .. ("d/"):rep(3000), "x")`,
		`run:log()`, `run:log(nil, nil)`, `run:log(run, { run })`, `run:log("x", { [run] = run, [1] = {} })`, `error(run)`, `error(run.rows)`, `error(setmetatable({}, { __tostring = function() return run end }))`,
		`etl.json.encode(run)`, `coroutine.wrap(function() run.rows.x = 1 end)()`, `coroutine.yield(run)`, `table.sort { run, run, run }`, `string.format("%d", run)`,
		`local t = {} t[run] = 1 t.self = t run:log("x", t)`, `pcall(run.write, run, "", "")`, `pairs(run)(run, run)`, `local f = pairs(run) for _ = 1, 100 do f() end`,
		`run:append("f", ("x"):rep(1e6))`, `for _ = 1, 1e9 do run:exists("x") end`, `while true do run:log(("x"):rep(1e5)) end`,
	} {
		t.Run(body[:min(len(body), 40)], func(t *testing.T) {
			t.Parallel()
			hook := hookOf(t, Config{Limits: Limits{Load: 300_000}}, "", "function(run) "+body+" end")
			err := hook.Call(t.Context(), moment(t.TempDir()))
			var d *diag.Diagnostic
			if err != nil && !errors.As(err, &d) || d != nil && (d.Code == "internal.panic" || d.Code == "internal.error") {
				t.Errorf("%v", err)
			}
		})
	}
}
