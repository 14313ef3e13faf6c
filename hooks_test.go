package etlscript_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript"
)

// loadIn loads a script whose job works in a folder.
func loadIn(t *testing.T, dir, text string) (*etlscript.Host, *etlscript.Script) {
	t.Helper()
	host, err := etlscript.New(etlscript.Config{RunsDir: filepath.Join(dir, "runs"), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	script, err := host.LoadString(t.Context(), "job.lua", text, etlscript.LoadOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return host, script
}

// trailScript is a job whose hooks leave a trail. The options of the case stand behind it.
const trailScript = `local etl = require "etl"
local function note(name)
  return function(run)
    local why = run.failure and " (" .. run.failure.class .. ")" or ""
    run:append("trail", name .. " " .. run.state .. " " .. run.attempt .. why .. "\n")
  end
end
etl.read_csv { path = "in.csv" }:write_csv { path = "out.csv" }
local options = {
  name = "x", on_start = note "start", on_retry = note "retry", on_success = note "success",
  on_failure = note "failure", on_cancel = note "cancel", cleanup = note "cleanup",
}
for name, value in pairs {
%s
} do options[name] = value end
return etl.job(options)
`

// Which hooks are called, in which order and how often, however a run ends.
func TestLuaHooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, options, input, want string }{
		{"success", ``, "id\n1\n", "start RUNNING 1\nsuccess COMPLETED 1\ncleanup COMPLETED 1\n"},
		{"failure", ``, "", "start RUNNING 1\nfailure FAILED 1 (system)\ncleanup FAILED 1 (system)\n"},
		{
			"retries", `retry = { max = 2, backoff = function(a) return a.number / 1000 end }`, "",
			"start RUNNING 1\nretry RETRYING 1 (system)\nretry RETRYING 2 (system)\nfailure FAILED 3 (system)\ncleanup FAILED 3 (system)\n",
		},
		{
			"the predicate says no", `retry = { max = 2, when = function(a) return a.number > 1 end }`, "",
			"start RUNNING 1\nfailure FAILED 1 (system)\ncleanup FAILED 1 (system)\n",
		},
		{
			"a retry that helps", `retry = { max = 2, backoff = function() return 0 end }, on_retry = function(run) run:write("in.csv", "id\n1\n") end`, "",
			"start RUNNING 1\nsuccess COMPLETED 2\ncleanup COMPLETED 2\n",
		},
		{"on_start fails", `on_start = function() error("no") end`, "id\n1\n", "failure FAILED 1 (data)\ncleanup FAILED 1 (data)\n"},
		{"on_success fails", `on_success = function(run) run:append("trail", "oops\n") error("no") end`, "id\n1\n", "start RUNNING 1\noops\ncleanup COMPLETED 1\n"},
		{"cleanup fails", `cleanup = function(run) run:append("trail", "oops\n") local x = nil + 1 end`, "id\n1\n", "start RUNNING 1\nsuccess COMPLETED 1\noops\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.input != "" {
				if err := os.WriteFile(filepath.Join(dir, "in.csv"), []byte(c.input), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			host, script := loadIn(t, dir, fmt.Sprintf(trailScript, c.options))
			_, _ = host.Run(t.Context(), script.Jobs[0])
			trail, err := os.ReadFile(filepath.Join(dir, "trail"))
			if d := cmp.Diff(c.want, string(trail)); err != nil || d != "" {
				t.Errorf("%v (-want +got)\n%s", err, d)
			}
		})
	}
}

// A run that is cancelled while it waits calls on_cancel and cleanup, although its context
// has ended.
func TestLuaHooksOfACancelledRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	host, script := loadIn(t, dir, fmt.Sprintf(trailScript, `retry = { max = 2, backoff = function() return 3600 end }`))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if text, _ := os.ReadFile(filepath.Join(dir, "trail")); strings.Contains(string(text), "retry") {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if _, err := host.Run(ctx, script.Jobs[0]); err == nil {
		t.Error("the run completed")
	}
	trail, err := os.ReadFile(filepath.Join(dir, "trail"))
	want := "start RUNNING 1\nretry RETRYING 1 (system)\ncancel CANCELLED 1 (cancelled)\ncleanup CANCELLED 1 (cancelled)\n"
	if d := cmp.Diff(want, string(trail)); err != nil || d != "" {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
}

// Two days of a back-off in Lua pass at once.
func TestLuaBackoffOverDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		host, script := loadIn(t, dir, fmt.Sprintf(trailScript, `retry = { max = 48, backoff = function(attempt)
    assert(attempt.last == (attempt.number == 1 and 0 or 3600))
    assert(attempt.elapsed >= (attempt.number - 1) * 3600)
    return "1h"
  end }`))
		began := time.Now()
		result, err := host.Run(t.Context(), script.Jobs[0])
		if err == nil || result.State != etlscript.Failed {
			t.Errorf("the run is %s, %v", result.State, err)
		}
		if took := time.Since(began).Round(time.Minute); took != 48*time.Hour {
			t.Errorf("it took %s", took)
		}
		trail, _ := os.ReadFile(filepath.Join(dir, "trail"))
		if n := strings.Count(string(trail), "retry"); n != 48 || !strings.HasSuffix(string(trail), "cleanup FAILED 49 (system)\n") {
			t.Errorf("%d retries:\n%s", n, trail)
		}
	})
}

// Every example of docs/jobs.md loads, and without a warning.
func TestExamplesOfTheJobsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```lua\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(examples) < 7 {
		t.Errorf("the page has %d examples", len(examples))
	}
	for i, e := range examples {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			_, script := loadIn(t, "scripts", e[1])
			warnings := script.Warnings
			for _, j := range script.Jobs {
				_, problems := j.Check()
				warnings = append(warnings, problems...)
			}
			if len(warnings) > 0 {
				t.Errorf("%s\n%v", e[1], warnings)
			}
		})
	}
}

// A file whose jobs read what others of them write is told to say which comes first.
func TestOrderOfJobs(t *testing.T) {
	t.Parallel()
	_, script := loadIn(t, t.TempDir(), `local etl = require "etl"
local function copy(from, to) return function() etl.read_csv { path = from }:write_csv { path = to } end end
return {
  etl.job { name = "a", build = copy("in.csv", "x/1.csv") },
  etl.job { name = "b", build = copy("x/*.csv", "y.csv") },
  etl.job { name = "c", after = { "b" }, build = copy("y.csv", "z.csv") },
}`)
	if len(script.Warnings) != 1 || script.Warnings[0].Error() != `job.lua:2:71: read_csv@2: job "b" reads "x/*.csv", which job "a" writes, and does not come after it` ||
		script.Warnings[0].Hint != `write after = { "a" } in job "b"` {
		t.Errorf("%v", script.Warnings)
	}
}
