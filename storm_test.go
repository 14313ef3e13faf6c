package etlscript_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/etlscript/etlscript"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/retry"
)

// storm counts the cleanups of each run, and fails what is to fail.
type storm struct {
	mu       sync.Mutex
	cleanups map[string]int
	attempts map[string]int // calls of flaky, by job
}

// stormJobs are the kinds of jobs of the storm: what their scripts do, and how they end.
var stormJobs = map[string]struct {
	body  string // of the script, which makes the stream s
	job   string // settings
	state etlscript.State
	code  string // of the first problem
}{
	"success":     {`etl.rows { { a = 1 }, { a = 2 } }`, ``, etlscript.Completed, ""},
	"validation":  {`etl.rows { { a = 1 } }:map(function(row) row.b = row.c end)`, ``, etlscript.Failed, "column.unknown"},
	"preparation": {`etl.read_csv { path = "missing.csv" }`, ``, etlscript.Failed, "file.missing"},
	"execution":   {`etl.rows { { a = 1 }, { a = 2 } }:map(function(row) if row.a == 2 then error("two") end end)`, ``, etlscript.Failed, "lua.error"},
	"on_start":    {`etl.rows { { a = 1 } }`, `on_start = function() error("no") end`, etlscript.Failed, "lua.error"},
	"cleanup":     {`etl.rows { { a = 1 } }`, `cleanup = function() error("no") end`, etlscript.Completed, "lua.error"},
	"timeout":     {`etl.source(function(emit) while true do pause() emit { a = 1 } end end)`, `timeout = "200ms"`, etlscript.Failed, "run.timeout"},
	"endless":     {`etl.rows { { a = 1 } }:map(function(row) while true do end end)`, ``, etlscript.Failed, "lua.budget"},
	"cancelled":   {`etl.source(function(emit) while true do pause() emit { a = 1 } end end)`, ``, etlscript.Cancelled, "run.cancelled"},
	"flaky":       {`etl.rows { { a = 1 } }:map(function(row) flaky(JOB) end)`, `retry = { max = 3, backoff = function() return 0.001 end, on = { "network" } }`, etlscript.Completed, ""},
}

// flaky fails twice for each job.
func (s *storm) flaky(job string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attempts[job]++; s.attempts[job] <= 2 {
		return errFlaky{}
	}
	return nil
}

func (s *storm) cleanup(_ context.Context, m etlscript.Moment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleanups[m.Run]++
	return nil
}

// script is the script of the n-th job of a kind.
func (s *storm) script(kind string, n int) string {
	k := stormJobs[kind]
	return fmt.Sprintf(`local etl, host = require "etl", require "host"
local flaky, pause, JOB = host.flaky, host.pause, %[2]q
local s = %[3]s
s:write_csv { path = "out/%[2]s.csv" }
return etl.job { name = %[2]q, %[4]s }`, kind, fmt.Sprintf("%s_%d", kind, n), k.body, k.job)
}

// Five hundred jobs of every kind at once end as they must; each is cleaned up once, and
// nothing is left behind.
func TestFiveHundredJobsAtOnce(t *testing.T) {
	const each = 50
	dir := t.TempDir()
	s := &storm{cleanups: map[string]int{}, attempts: map[string]int{}}
	host, err := etlscript.New(etlscript.Config{
		RunsDir: filepath.Join(dir, "runs"), MaxConcurrent: 100, Workers: 1, Limits: etlscript.Limits{Row: 200_000},
		Hooks: etlscript.Hooks{Cleanup: etlscript.HookFunc(s.cleanup)},
		Modules: map[string]etlscript.Module{"host": {
			"flaky": s.flaky, "pause": func() { time.Sleep(time.Millisecond) },
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	kinds, runs := map[*etlscript.Run]string{}, []*etlscript.Run(nil)
	for n := range each {
		for kind := range stormJobs {
			name := fmt.Sprintf("%s_%d.lua", kind, n)
			script, err := host.LoadString(t.Context(), name, s.script(kind, n), etlscript.LoadOptions{Dir: dir})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r, err := host.Start(t.Context(), script.Jobs[0])
			if err != nil {
				t.Fatal(err)
			}
			kinds[r], runs = kind, append(runs, r)
		}
	}
	for r, kind := range kinds {
		if kind == "cancelled" {
			r.Cancel(nil)
		}
	}
	for _, r := range runs {
		s.check(t, kinds[r], r.Wait())
	}
	if err := host.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.checkLeft(t, dir, before, len(runs))
}

func (s *storm) check(t *testing.T, kind string, res etlscript.Result) {
	t.Helper()
	want := stormJobs[kind]
	code := ""
	if len(res.Problems) > 0 {
		code = string(res.Problems[0].Code)
	}
	if res.State != want.state || code != want.code {
		t.Errorf("%s: %s %q, want %s %q: %v", res.Job, res.State, code, want.state, want.code, res.Problems)
	}
	if kind == "flaky" && res.Attempts != 3 {
		t.Errorf("%s: %d attempts", res.Job, res.Attempts)
	}
}

func (s *storm) checkLeft(t *testing.T, dir string, goroutines, runs int) {
	t.Helper()
	if len(s.cleanups) != runs {
		t.Errorf("%d of %d runs were cleaned up", len(s.cleanups), runs)
	}
	for run, n := range s.cleanups {
		if n != 1 {
			t.Errorf("run %s was cleaned up %d times", run, n)
		}
	}
	store := &jobinfo.DirStore{Dir: filepath.Join(dir, "runs")}
	list, err := store.List(jobinfo.Filter{})
	if err != nil || len(list) != runs {
		t.Errorf("%d of %d runs are recorded: %v", len(list), runs, err)
	}
	for _, r := range list {
		if r.Held || r.Fault != nil || !r.Snapshot.State.Final() {
			t.Errorf("run %s: held %v, %v, %s", r.Run, r.Held, r.Fault, r.Snapshot.State)
		}
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && (d.Name() == "tmp" || strings.Contains(d.Name(), ".tmp") || strings.HasPrefix(d.Name(), ".etl")) {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > goroutines && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if now := runtime.NumGoroutine(); now > goroutines {
		t.Errorf("%d goroutines, %d before", now, goroutines)
	}
}

type errFlaky struct{}

func (errFlaky) Error() string { return "the peer went away" }

// Class says that it may go away by itself.
func (errFlaky) Class() retry.Class { return retry.Network }
