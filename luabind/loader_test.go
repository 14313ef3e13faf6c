package luabind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/retry"
)

// load loads a script that must load.
func load(t *testing.T, cfg Config, text, dir string) *Script {
	t.Helper()
	cfg.Registry = testRegistry(t)
	loader, err := NewLoader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	script, err := loader.Load(t.Context(), "job.lua", text, dir)
	if err != nil {
		t.Fatalf("the script does not load:\n%s", printed(t, script, err))
	}
	return script
}

// graphOf writes the nodes of a job, one a line: name, place, inputs.
func graphOf(d *job.Definition) string {
	var b strings.Builder
	for _, n := range d.Nodes {
		fmt.Fprintf(&b, "%s %T %s", n.Name, n.Op, n.Pos)
		for _, e := range n.Inputs {
			fmt.Fprintf(&b, " <%s", e.From.Name)
			if e.Port != job.PortOut {
				fmt.Fprintf(&b, ".%s", e.Port)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

const lateFlights = `local etl = require "etl"

local flights  = etl.read_csv { path = "flights.csv", null = { "NA", "" } }
local airlines = etl.read_csv { path = "airlines.csv" }

local late = flights
  :filter(function(row) return row.arr_delay ~= nil and row.arr_delay > 60 end)
  :map(function(row)
     row.hours_late = row.arr_delay / 60
     if row.origin == "JFK" then row.airport = "Kennedy" end
  end)
  :join(airlines, { on = "carrier", how = "left" })

late:write_csv { path = "out/late.csv" }
late:aggregate { by = { "carrier", "name" }, flights = etl.count(), worst = etl.max "arr_delay" }
    :sort { "-flights" }
    :write_json { path = "out/by_carrier.json" }

return etl.job {
  name     = "late_flights",
  strategy = "row",                        -- row | bulk | bigdata | auto
  retry    = { max = 3, backoff = etl.backoff.exponential { base = "500ms", max = "30s", jitter = true } },
  timeout  = "10m",
  limits   = { memory = "512MiB", cpu = 2, rejects = "1%" },
  log      = { level = "info", console = true, file = true },
}
`

func TestTheJobOfTheDesignLoads(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, lateFlights, "testdata/good")
	if len(script.Jobs) != 1 {
		t.Fatalf("%d jobs", len(script.Jobs))
	}
	d := script.Jobs[0]
	want := `read_csv@3 *op.Scan job.lua:3:22
read_csv@4 *op.Scan job.lua:4:22
filter@7 *op.Filter job.lua:7:4 <read_csv@3
map@8 *op.Map job.lua:8:4 <filter@7
join@12 *op.Join job.lua:12:4 <map@8 <read_csv@4
write_csv@14 *op.Write job.lua:14:6 <join@12
aggregate@15 *op.Aggregate job.lua:15:6 <join@12
sort@16 *op.Sort job.lua:16:6 <aggregate@15
write_json@17 *op.Write job.lua:17:6 <sort@16
`
	if diff := cmp.Diff(want, graphOf(d)); diff != "" {
		t.Errorf("graph (-want +got)\n%s", diff)
	}
	s := d.Settings
	if d.Name != "late_flights" || d.Dir != "testdata/good" || d.Pos.Line != 19 || s.Timeout != 10*time.Minute || s.Retry.Max != 3 || s.Limits.CPU != 2 {
		t.Errorf("%s in %q at %s: %+v", d.Name, d.Dir, d.Pos, s)
	}
	backoff := &Backoff{Kind: "exponential", Backoff: retry.Exponential{Base: 500 * time.Millisecond, Max: 30 * time.Second, Factor: 2, Jitter: true}}
	if diff := cmp.Diff(backoff, s.Retry.Backoff.X); diff != "" {
		t.Errorf("back-off (-want +got)\n%s", diff)
	}
	m := d.Nodes[3].Op.(*op.Map)
	if diff := cmp.Diff([]string{"hours_late", "airport"}, m.Func.Info().Writes); diff != "" {
		t.Errorf("columns that the map writes (-want +got)\n%s", diff)
	}
	a := d.Nodes[6].Op.(*op.Aggregate)
	if len(a.Columns) != 2 || a.Columns[0].Name.Text != "flights" || a.Columns[1].Input.Text != "arr_delay" || a.Columns[1].Input.Pos.Col != 85 {
		t.Errorf("aggregates: %+v", a.Columns)
	}
	if line, ok := d.Sources.Line("job.lua", 16); !ok || !strings.Contains(line, ":sort") {
		t.Errorf("line 16 of the sources is %q", line)
	}
}

func TestNodeNames(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
local keep = require "lib.keep"
local f = function(row) return true end
local s = etl.rows({}, { name = "in" }):filter(f):filter(f)
for i = 1, 2 do s = s:filter(f) end
s = keep(s):rename({ name = "title" })
s = s:aggregate { name = etl.count() }
print(s)
s:write_csv { path = "a" }:write_json { path = "b" }
return etl.job { name = "x" }
`, "testdata/good")
	want := `in *op.Scan job.lua:4:15
filter@4 *op.Filter job.lua:4:41 <in
filter@4#2 *op.Filter job.lua:4:51 <filter@4
filter@5 *op.Filter job.lua:5:23 <filter@4#2
filter@5#2 *op.Filter job.lua:5:23 <filter@5
lib/keep.lua:filter@3 *op.Filter lib/keep.lua:3:18 <filter@5#2
rename@6 *op.Project job.lua:6:13 <lib/keep.lua:filter@3
aggregate@7 *op.Aggregate job.lua:7:7 <rename@6
write_csv@9 *op.Write job.lua:9:3 <aggregate@7
write_json@9 *op.Write job.lua:9:28 <aggregate@7
`
	if diff := cmp.Diff(want, graphOf(script.Jobs[0])); diff != "" {
		t.Errorf("graph (-want +got)\n%s", diff)
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
local s = etl.rows({})
local kept = s:filter(function(row) return row.a end)
kept:write_csv { path = "kept.csv" }
kept:rejects():union(kept:dropped(), s):write_csv { path = "bad.csv" }
return etl.job { name = "x" }
`, "")
	want := `rows@2 *op.Scan job.lua:2:15
filter@3 *op.Filter job.lua:3:16 <rows@2
write_csv@4 *op.Write job.lua:4:6 <filter@3
union@5 *op.Union job.lua:5:16 <filter@3.rejects <filter@3.dropped <rows@2
write_csv@5 *op.Write job.lua:5:41 <union@5
`
	if diff := cmp.Diff(want, graphOf(script.Jobs[0])); diff != "" {
		t.Errorf("graph (-want +got)\n%s", diff)
	}
	if f := script.Jobs[0].Nodes[1].Op.(*op.Filter); f.OnError != op.Reject {
		t.Errorf("rejects() leaves on_error at %q", f.OnError)
	}
}

func TestSeveralJobs(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
local function copy(from, to)
  return function() etl.read_csv { path = from }:write_csv { path = to } end
end
etl.rows({})
return {
  etl.job { name = "a", build = copy("1", "2") },
  etl.job { name = "b", build = copy("3", "4") },
}
`, "")
	want := "read_csv@3 *op.Scan job.lua:3:25\nwrite_csv@3 *op.Write job.lua:3:50 <read_csv@3\n"
	for i, name := range []string{"a", "b"} {
		if d := script.Jobs[i]; d.Name != name || graphOf(d) != want {
			t.Errorf("job %d is %s:\n%s", i, d.Name, graphOf(d))
		}
	}
	if len(script.Warnings) != 1 || script.Warnings[0].Code != "stream.unused" || script.Warnings[0].Pos.Line != 5 {
		t.Errorf("warnings: %v", script.Warnings)
	}
}

func TestOneJobWithBuildOwnsAll(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
local s = etl.rows({})
return etl.job { name = "a", build = function() s:write_csv { path = "1" } end }
`, "")
	if n := len(script.Jobs[0].Nodes); n != 2 {
		t.Errorf("the job has %d nodes", n)
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	script := load(t, Config{Params: map[string]string{"day": "2024-02-29", "n": "9007199254740993"}}, paramScript, "")
	want := []string{"day date NULL true the day", "n int 7 false ", "rate float 0.5 false ", "all bool false false ", "note string NULL false "}
	var got []string
	for _, p := range script.Params {
		text := "NULL"
		if !p.Default.IsNull() {
			text = record.FormatValue(p.Default)
		}
		got = append(got, fmt.Sprintf("%s %s %s %t %s", p.Name, p.Type, text, p.Required, p.Doc))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters (-want +got)\n%s", diff)
	}
}

const paramScript = `local etl = require "etl"
local day = etl.param("day", { type = "date", doc = "the day" })
local n = etl.param("n", { type = "int", default = 7 })
local rate = etl.param("rate", { type = "float", default = 0.5 })
local all = etl.param("all", { type = "bool", default = false })
local note = etl.param("note", { required = false })
assert(tostring(day) == "2024-02-29" and day.year == 2024, tostring(day))
assert(tostring(n) == "9007199254740993", tostring(n))
assert(rate == 0.5 and all == false and note == nil)
etl.rows({ { n = n, day = day, gap = etl.null } }):write_csv { path = "o" }
return etl.job { name = "x" }
`

func TestArgumentsKeepOrderAndPlace(t *testing.T) {
	t.Parallel()
	var got component.Value
	r := &component.Registry{}
	type options struct {
		Rows component.Value `arg:"rows" doc:"the rows"`
	}
	err := r.Register(&component.Spec{
		Name: "take", Kind: component.Source, Options: &options{},
		Build: component.Build(func(o *options) (op.Operator, diag.List) {
			got = o.Rows
			return &op.Scan{}, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	loader, err := NewLoader(Config{Registry: r})
	if err != nil {
		t.Fatal(err)
	}
	text := `local etl = require "etl"
etl.take({
  zeta = 1, alpha = "two",
  ["with space"] = { true, { inner = 3 } }, mid = etl.null,
})
return etl.job { name = "x" }
`
	if _, err := loader.Load(t.Context(), "job.lua", text, ""); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"zeta 3:3 = a number 3:10", "alpha 3:13 = the string \"two\" 3:21",
		"with space 4:4 = a list 4:20", "mid 4:45 = a value of type null 4:51",
	}
	var lines []string
	table := got.X.(*component.Table)
	for _, e := range table.Entries {
		k, v := e.Key.Pos, e.Value.Pos
		lines = append(lines, fmt.Sprintf("%s %d:%d = %s %d:%d", e.Key.Text, k.Line, k.Col, e.Value.Describe(), v.Line, v.Col))
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
	list := table.Entries[2].Value.X.(*component.Table).List
	if inner := list[1].X.(*component.Table).Entries[0]; list[0].Pos.Col != 22 || inner.Key.Pos.Col != 30 {
		t.Errorf("nested places: %v %v", list[0].Pos, inner.Key.Pos)
	}
}

func TestScriptsAreLoadedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	cfg := Config{Log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true, Level: hclog.Debug})}
	script := load(t, cfg, `local etl = require "etl"
local a, b = require "lib.noisy", require "lib/noisy"
assert(a == b)
local delay = etl.script "lib/delay.lua"
print("delay", delay(3))
etl.log.warn("careful:", 5)
etl.rows({}):write_csv { path = "o" }
return etl.job { name = "x", retry = { max = 1, backoff = delay } }
`, "testdata/good")
	want := "[INFO]  noisy was loaded\n[INFO]  delay\t8\n[WARN]  careful: 5\n"
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("log (-want +got)\n%s", diff)
	}
	if _, ok := script.Jobs[0].Settings.Retry.Backoff.X.(*Hook); !ok {
		t.Errorf("the back-off is %T", script.Jobs[0].Settings.Retry.Backoff.X)
	}
	if _, ok := script.Sources["lib/delay.lua"]; !ok {
		t.Error("the text of lib/delay.lua is not among the sources")
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("lib.lua", "return function(s) return s:limit(1) end\n")
	path := write("job.lua", "\ufefflocal etl = require \"etl\"\nrequire \"lib\"(etl.rows({})):write_csv { path = \"o\" }\nreturn etl.job { name = \"x\" }\n")
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	script, err := loader.LoadFile(t.Context(), path)
	if err != nil {
		t.Fatal(printed(t, script, err))
	}
	d := script.Jobs[0]
	if d.Dir != dir || d.Nodes[1].Name != "lib.lua:limit@1" || d.Nodes[1].Pos.File != filepath.ToSlash(filepath.Join(dir, "lib.lua")) {
		t.Errorf("in %s: %s at %s", d.Dir, d.Nodes[1].Name, d.Nodes[1].Pos)
	}
	missing, err := loader.LoadFile(t.Context(), filepath.Join(dir, "other.lua"))
	if missing == nil || !errors.Is(err, os.ErrNotExist) || diag.ListOf(err)[0].Code != "script.missing" {
		t.Errorf("a missing script: %v, %v", missing, err)
	}
}

func TestRequireStaysInTheFolder(t *testing.T) {
	t.Parallel()
	outside, inside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.lua"), []byte("return 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret.lua"), filepath.Join(inside, "link.lua")); err != nil {
		t.Skip("no symbolic links here")
	}
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "../secret", "/etc/passwd", "a/../../secret", `..\\secret`, "c:secret"} {
		_, err := loader.Load(t.Context(), "job.lua", `require "`+name+`"`, inside)
		if code := diag.ListOf(err)[0].Code; code.Class() != "require" {
			t.Errorf("require %q: %v", name, err)
		}
	}
}

func TestCancelledLoad(t *testing.T) {
	t.Parallel()
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the operator left")
	cancel(cause)
	if _, err := loader.Load(ctx, "job.lua", "while true do end", ""); !errors.Is(err, cause) {
		t.Errorf("a cancelled load ends with %v", err)
	}
}

func TestLoaderIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	graphs := make([]string, 8)
	var wg sync.WaitGroup
	for i := range graphs {
		wg.Go(func() {
			script, err := loader.Load(t.Context(), "job.lua", lateFlights, "")
			if err == nil {
				graphs[i] = graphOf(script.Jobs[0])
			}
		})
	}
	wg.Wait()
	for i, g := range graphs {
		if g == "" || g != graphs[0] {
			t.Errorf("load %d gives another graph:\n%s", i, g)
		}
	}
}

func TestConfigNeedsARegistry(t *testing.T) {
	t.Parallel()
	if _, err := NewLoader(Config{}); err == nil {
		t.Error("a loader without a registry was made")
	}
}

// TestModuleWhileRowsFlow calls the module in a state as workers have it.
func TestModuleWhileRowsFlow(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	l := &loading{
		cfg: Config{Registry: testRegistry(t), Log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})},
		out: &Script{Sources: diag.Texts{}}, graph: newGraph(), compiler: syntax.NewCompiler(),
	}
	l.open()
	s, err := l.openWorker()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := func(text string) error {
		c, d := syntax.Compile("job.lua", text)
		if d != nil {
			t.Fatal(d)
		}
		_, err := s.Call(t.Context(), 0, s.Load(c), 0)
		return err
	}
	if err := run(`require("etl").log.info("row", 1)`); err != nil || log.String() != "[INFO]  row 1\n" {
		t.Errorf("the log says %q, %v", log.String(), err)
	}
	for text, code := range map[string]diag.Code{
		`require("etl").read_csv { path = "x" }`: "phase.run",
		`require "lib"`:                          "phase.run",
		`require("etl").red_csv { path = "x" }`:  "member.unknown",
	} {
		if d := s.Diagnose(run(text)); d.Code != code || d.Pos.Line != 1 {
			t.Errorf("%s: %v", text, d)
		}
	}
}
