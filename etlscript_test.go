package etlscript_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tagged is a component of the same name in each host that works in another way.
func tagged(n int) *etlscript.Component {
	return &etlscript.Component{
		Name: "only", Kind: component.Transform, Summary: "Takes the first rows", Options: &struct{ component.Common }{},
		Build: func(any) (op.Operator, diag.List) { return &op.Limit{N: int64(n)}, nil },
	}
}

// Hosts of one process share nothing: not components, nor modules, limits, logs,
// parameters, or what a script leaves behind.
func TestHostsShareNothing(t *testing.T) {
	t.Parallel()
	const hosts = 100
	var wg sync.WaitGroup
	for n := range hosts {
		wg.Go(func() { oneOfMany(t, n) })
	}
	wg.Wait()
}

const manyScript = `
local etl = require "etl"
local me = require "me"
print("script of " .. me.number)
local function rows(n) local out = {} for i = 1, n do out[i] = { i = i } end return etl.rows(out) end
return {
  etl.job { name = "small", build = function()
    rows(20):only():map(function(row) row.x = me.twice(row.i) end, { adds = { x = "int" } }):write_csv { path = "-" }
  end },
  etl.job { name = "heavy", build = function()
    rows(1):filter(function(row) for i = 1, 1000 do end print("row of " .. me.number) return true end):write_csv { path = "-" }
  end },
}`

// oneOfMany runs a host whose components, modules, limits, output and log tell its
// number.
func oneOfMany(t *testing.T, n int) {
	var out, log bytes.Buffer
	host, err := etlscript.New(etlscript.Config{
		Components: []*etlscript.Component{tagged(n%5 + 1)},
		Modules:    map[string]etlscript.Module{"me": {"number": n, "twice": func(x int) int { return x * 2 * n }}},
		Logger:     hclog.New(&hclog.LoggerOptions{Name: fmt.Sprint("host", n), Output: &log}),
		Limits:     etlscript.Limits{Row: []int64{100_000, 500}[n%2]},
		RunsDir:    t.TempDir(), Stdout: &out, Workers: 1 + n%3, BatchRows: 1 + n%4,
	})
	if err != nil {
		t.Error(err)
		return
	}
	script, err := host.LoadString(t.Context(), "job.lua", manyScript, etlscript.LoadOptions{})
	if err != nil {
		t.Error(err)
		return
	}
	want := "i,x\n"
	for i := 1; i <= n%5+1; i++ {
		want += fmt.Sprintf("%d,%d\n", i, 2*i*n)
	}
	if _, err := host.Run(t.Context(), script.Job("small")); err != nil || out.String() != want {
		t.Errorf("host %d: %v\n%s", n, err, cmp.Diff(want, out.String()))
	}
	_, err = host.Run(t.Context(), script.Job("heavy"))
	var bad *etlscript.Error
	if limited := errors.As(err, &bad) && bad.Problems[0].Code == "lua.budget"; limited != (n%2 == 1) {
		t.Errorf("host %d: %v", n, err)
	}
	for line := range strings.Lines(log.String()) {
		if !strings.Contains(line, fmt.Sprintf("host%d", n)) || strings.Contains(line, " of ") && !strings.Contains(line, fmt.Sprint(" of ", n)) {
			t.Errorf("the log of host %d has the line %q", n, line)
		}
	}
	if !strings.Contains(log.String(), fmt.Sprint("script of ", n)) {
		t.Errorf("host %d has no line of its script in the log:\n%s", n, &log)
	}
}

func TestConfigTellsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := etlscript.New(etlscript.Config{
		Modules: map[string]etlscript.Module{"etl": {}, "a b": {}, "m": {"x": nil, "9": 1}}, Workers: -1,
	})
	want := `luabind: "a b" cannot be the name of a module
luabind: "etl" cannot be the name of a module
luabind: module m: "9" cannot be the name of a member
luabind: module m: x: it is nil
engine: -1 workers, but a job has 1 to 1024`
	if err == nil {
		t.Fatal("no error")
	}
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Error(d)
	}
	if _, err := etlscript.New(etlscript.Config{Components: []*etlscript.Component{{Name: "filter"}}}); err == nil || !strings.Contains(err.Error(), "registered already") {
		t.Errorf("got %v", err)
	}
}

// Objects stay where the script is loaded; a function over rows that needs one says so.
func TestObjectsAreNotForRows(t *testing.T) {
	t.Parallel()
	host, err := etlscript.New(etlscript.Config{RunsDir: t.TempDir(), Modules: map[string]etlscript.Module{"m": {"stock": &stock{}}}})
	if err != nil {
		t.Fatal(err)
	}
	for script, code := range map[string]string{
		`local s = require "m".stock return etl.rows({ { a = 1 } }):filter(function(row) return s.last_id == 0 end)`: "function.capture",
		`local m = require "m" return etl.rows({ { a = 1 } }):filter(function(row) return m.stock.last_id == 0 end)`: "member.unknown",
	} {
		text := "local etl = require \"etl\" local s = (function() " + script + " end)() s:write_csv { path = \"-\" } return etl.job { name = \"j\" }"
		loaded, err := host.LoadString(t.Context(), "job.lua", text, etlscript.LoadOptions{})
		if err == nil {
			_, err = host.Run(t.Context(), loaded.Jobs[0])
		}
		var bad *etlscript.Error
		if !errors.As(err, &bad) || string(bad.Problems[0].Code) != code {
			t.Errorf("%s\ngot %v", script, err)
		}
	}
}

func TestRunIsObserved(t *testing.T) {
	t.Parallel()
	began, goOn := make(chan bool), make(chan bool)
	stop := errors.New("stopped by the host")
	host, err := etlscript.New(etlscript.Config{RunsDir: t.TempDir(), BatchRows: 1, Workers: 1, Modules: map[string]etlscript.Module{"m": {
		"wait": func(ctx context.Context) error {
			began <- true
			select {
			case <-goOn:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	script, err := host.LoadString(t.Context(), "job.lua", `
local etl, m = require "etl", require "m"
etl.rows({ { a = 1 }, { a = 2 } }):filter(function(row) m.wait() return true end):write_csv { path = "-" }
return etl.job { name = "j" }`, etlscript.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := host.Start(t.Context(), script.Jobs[0])
	if err != nil {
		t.Fatal(err)
	}
	<-began
	goOn <- true
	<-began
	if p := r.Progress(); p.RowsRead < 1 || r.Snapshot().State != "RUNNING" {
		t.Errorf("progress %+v, state %s", p, r.Snapshot().State)
	}
	r.Cancel(stop)
	<-r.Done()
	if err := etlscript.Failure(script.Jobs[0], r.Wait()); !errors.Is(err, stop) || r.Wait().State != "CANCELLED" {
		t.Errorf("got %v, %s", err, r.Wait().State)
	}
}

// The facade brings no heavy engine along.
func TestFewDependencies(t *testing.T) {
	t.Parallel()
	const most = 150
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(string(out))); n >= most {
		t.Errorf("%d packages outside of the standard library, at most %d are allowed", n, most)
	}
}

// A module elsewhere builds and runs the plugin host, with nothing but a line for this
// one.
func TestOutsideModule(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds a program")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/pluginhost")); err != nil {
		t.Fatal(err)
	}
	goMod(t, here, dir)
	cmd := exec.Command("go", "run", "-mod=mod", ".", "plugins")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	got, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/pluginhost/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Error(d)
	}
}

// goMod writes a go.mod that replaces our module by the folder here, and takes the sums
// of what that needs, so that nothing is looked up.
func goMod(t *testing.T, here, dir string) {
	t.Helper()
	ours, err := os.ReadFile(filepath.Join(here, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(ours), "\n")
	text := "module example.com/pluginhost\n" + rest +
		"\nrequire github.com/etlscript/etlscript v0.0.0\n\nreplace github.com/etlscript/etlscript => " + here + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(here, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
}
