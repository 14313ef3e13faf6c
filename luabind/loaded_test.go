package luabind

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// runRows opens the function of a Map and runs it over a batch of one column
// "n" with the values 1, 2 and 3.
func runRows(t *testing.T, m *op.Map) expr.Result {
	t.Helper()
	in := record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)})
	b := record.NewBuilder(in, 3)
	for i := range int64(3) {
		b.Column(0).Append(record.IntValue(i + 1))
		b.AppendOrigin(record.Origin{Row: i + 1})
	}
	use := expr.Use{Role: expr.Map, In: in, Node: "map@1"}
	out, problems := m.Func.Resolve(use)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	use.Out = out
	runner, err := m.Func.Open(use)
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	result, err := runner.Run(t.Context(), b.Build())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func mapOf(t *testing.T, s *Script) *op.Map {
	t.Helper()
	for _, n := range s.Jobs[0].Nodes {
		if m, ok := n.Op.(*op.Map); ok {
			return m
		}
	}
	t.Fatal("the job has no map")
	return nil
}

// TestLoadedFunctionsRun runs a function that uses the module, a required
// script and a variable that gets its value behind the call, in four workers.
func TestLoadedFunctionsRun(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	cfg := Config{Log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true, Mutex: &sync.Mutex{}})}
	script := load(t, cfg, `local etl = require "etl"
local delay = require "lib.delay"
local warn, log = etl.log.warn, etl.log
local factor
etl.rows({}):map(function(row)
  if row.n == 2 then warn("two") log.info("and", row.n) etl.log.info("again") end
  row.m = factor * delay(row.n)
end):write_csv { path = "o" }
factor = 10
return etl.job { name = "x" }
`, "testdata/good")
	m := mapOf(t, script)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			result := runRows(t, m)
			var got []string
			for i := range result.Batch.Len() {
				v, err := result.Batch.Column("m").Value(i)
				if err != nil {
					t.Error(err)
				}
				got = append(got, record.FormatValue(v))
			}
			if diff := cmp.Diff([]string{"20", "40", "80"}, got); diff != "" {
				t.Errorf("m (-want +got)\n%s", diff)
			}
		})
	}
	wg.Wait()
	for _, line := range []string{"[WARN]  two\n", "[INFO]  and 2\n", "[INFO]  again\n"} {
		if n := strings.Count(log.String(), line); n != 4 {
			t.Errorf("%q was logged %d times by 4 workers", line, n)
		}
	}
}

func TestDefiningWhileRowsFlow(t *testing.T) {
	t.Parallel()
	script := load(t, Config{}, `local etl = require "etl"
etl.rows({}):map(function(row)
  row.m = etl.read_csv { path = "x" }
end):write_csv { path = "o" }
return etl.job { name = "x" }
`, "")
	result := runRows(t, mapOf(t, script))
	if len(result.Failed) == 0 {
		t.Fatal("no row failed")
	}
	if d := diag.ListOf(result.Failed[0].Err)[0]; d.Code != "phase.run" || d.Pos.Line != 3 {
		t.Errorf("the row failed with %v", d)
	}
}
