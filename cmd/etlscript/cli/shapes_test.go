package cli_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/row"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/luabind"
	"github.com/etlscript/etlscript/stdlib"
)

// shapes are graphs whose branches meet again or fan out.
func shapes() map[string]string {
	return map[string]string{
		"diamond": `
local s = etl.read_csv { path = "in.csv" }
s:join(s:aggregate { by = "k", total = etl.sum "v" }, { on = "k" }):write_csv { path = "out/diamond.csv" }`,

		"ordered union of branches": `
local s = etl.read_csv { path = "in.csv" }
local odd = s:filter(function(row) return row.v % 2 == 1 end)
local even = s:filter(function(row) return row.v % 2 == 0 end)
odd:union(even, s:limit(100)):write_csv { path = "out/union.csv" }`,

		"fan-out of five": `
local s = etl.read_csv { path = "in.csv" }:map(function(row) row.w = row.v * 2 end)
for i = 1, 5 do
  s:filter(function(row) return row.v % 5 == i - 1 end):write_csv { path = "out/part" .. i .. ".csv" }
end`,

		"crossing joins": `
local a = etl.read_csv { path = "in.csv" }:select { "k", "v" }
local b = etl.read_csv { path = "in.csv" }:filter(function(row) return row.v < 50 end):rename({ v = "w" }):drop { "t" }
a:join(b, { on = "k", how = "semi" }):write_csv { path = "out/ab.csv" }
b:join(a, { on = { k = "k", w = "v" }, how = "left" }):write_csv { path = "out/ba.csv" }`,

		"self join and sort": `
local s = etl.read_csv { path = "in.csv" }
s:join(s:sort { "-v" }:limit(7), { on = "v", how = "anti" }):sort { "t", "-v" }:write_json { path = "out/rest.ndjson" }`,

		"counter in branches of one stage": `
local n = 0
etl.read_csv { path = "in.csv" }
  :map(function(row) n = n + 1; row.n = n end)
  :filter(function(row) return n % 3 ~= 0 end)
  :write_csv { path = "out/counted.csv" }`,
	}
}

// TestShapes runs each graph with the shortest queues and small batches, with
// one worker and with four: the outputs are the same to the byte.
func TestShapes(t *testing.T) {
	t.Parallel()
	for name, script := range shapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := runShape(t, script, engine.Config{})
			if len(want) == 0 {
				t.Fatal("nothing was written")
			}
			for _, workers := range []int{1, 4} {
				for _, rows := range []int{1, 3, 64} {
					got := runShape(t, script, engine.Config{Workers: workers, QueueBatches: 1, BatchRows: rows})
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%d workers, batches of %d (-usual +got):\n%s", workers, rows, diff)
					}
				}
			}
		})
	}
}

// runShape runs a script over 500 rows and returns what it wrote.
func runShape(t *testing.T, script string, c engine.Config) map[string]string {
	t.Helper()
	dir := t.TempDir()
	var in strings.Builder
	in.WriteString("k,v,t\n")
	for i := range 500 {
		fmt.Fprintf(&in, "k%d,%d,text %d\n", i%17, i, i%5)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.csv"), []byte(in.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	text := "local etl = require \"etl\"\n" + script + "\nreturn etl.job { name = \"shape\" }\n"
	if err := runJob(t.Context(), dir, text, c); err != nil {
		t.Fatal(err)
	}
	return readOutputs(t, filepath.Join(dir, "out"))
}

// runJob runs the one job of a script, whose folder is dir.
func runJob(ctx context.Context, dir, text string, c engine.Config) error {
	def, err := loadJob(ctx, dir, text)
	if err != nil {
		return err
	}
	c.Executors = map[job.Strategy]engine.Executor{job.Row: &row.Executor{}}
	c.RunsDir = filepath.Join(dir, "runs")
	e, err := engine.New(c)
	if err != nil {
		return err
	}
	r, err := e.Start(ctx, def)
	if err != nil {
		return err
	}
	if result := r.Wait(); result.State != jobinfo.Completed {
		return fmt.Errorf("%s: %v", result.State, result.Problems)
	}
	return nil
}

func loadJob(ctx context.Context, dir, text string) (*job.Definition, error) {
	registry := &component.Registry{}
	if err := stdlib.Register(registry); err != nil {
		return nil, err
	}
	loader, err := luabind.NewLoader(luabind.Config{Registry: registry})
	if err != nil {
		return nil, err
	}
	script, err := loader.Load(ctx, "job.lua", text, dir)
	if err != nil {
		return nil, err
	}
	return script.Jobs[0], nil
}
