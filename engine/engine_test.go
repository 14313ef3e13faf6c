package engine

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/jobinfo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a Source whose Resolve fails with err, or gives one column.
type source struct{ err error }

func (source) Static() *record.Schema { return record.NewOpenSchema() }
func (source) Paths() []op.Name       { return nil }

func (s source) Resolve(context.Context, op.Env) (op.Table, error) {
	if s.err != nil {
		return nil, s.err
	}
	return table{}, nil
}

type table struct{}

func (table) Schema() *record.Schema {
	return record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)})
}
func (table) Close() error { return nil }
func (table) Open(context.Context, op.ReadOptions) (op.Reader, error) {
	return nil, errors.New("not used")
}

type sink struct{}

func (sink) Target() op.Name                { return op.Name{Text: "out.csv"} }
func (sink) Check(*record.Schema) diag.List { return nil }
func (sink) Open(context.Context, op.Env, *record.Schema, op.WriteOptions) (op.Writer, error) {
	return nil, errors.New("not used")
}

// writer notes how it ended.
type writer struct {
	ended     string
	commitErr error
}

func (*writer) Write(context.Context, *record.Batch) (int, error) { return 0, nil }
func (*writer) Flush(context.Context) error                       { return nil }

func (w *writer) Commit() error {
	w.ended = "committed"
	return w.commitErr
}

func (w *writer) Abort() error {
	w.ended = "aborted"
	return nil
}

// executor is an Executor that is a function.
type executor func(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error)

func (x executor) Execute(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
	return x(ctx, p, a)
}

// definition is a job that reads and writes.
func definition(src op.Source, settings job.Settings) *job.Definition {
	read := &job.Node{Name: "read", Spec: &component.Spec{Name: "read"}, Op: &op.Scan{Source: src, OnError: op.Reject}}
	write := &job.Node{
		Name: "write", Spec: &component.Spec{Name: "write"}, Op: &op.Write{Sink: sink{}},
		Inputs: []job.Edge{{From: read, Port: job.PortOut}},
	}
	return &job.Definition{
		Name: "copy", Pos: diag.Pos{File: "job.lua", Line: 9}, Settings: settings.WithDefaults(), Nodes: []*job.Node{read, write},
	}
}

// copies plays a run that moves n rows; lost rows vanish between the nodes.
func copies(n, lost int64, w op.Writer) executor {
	return func(_ context.Context, _ *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
		read, write, edge := a.Ledger.Nodes[0], a.Ledger.Nodes[1], a.Ledger.Edges[0]
		read.Add(ledger.Read, n)
		read.Add(ledger.Out, n)
		edge.Send(n)
		edge.Receive(n - lost)
		write.Add(ledger.In, n-lost)
		write.Add(ledger.Received, n-lost)
		return []plan.Output{{Node: "write", Writer: w}}, nil
	}
}

func newEngine(t *testing.T, x Executor) *Engine {
	t.Helper()
	e, err := New(Config{Executors: map[job.Strategy]Executor{job.Row: x}, RunsDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func start(t *testing.T, ctx context.Context, e *Engine, d *job.Definition) *Run {
	t.Helper()
	r, err := e.Start(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// states are the states that a run went through.
func states(t testing.TB, r *Run) []jobinfo.State {
	var out []jobinfo.State
	for _, e := range events(t, r) {
		if e.Kind == "state" {
			out = append(out, e.State)
		}
	}
	return out
}

func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, string(d.Code))
	}
	return out
}

func TestRunPublishesAfterTheLedger(t *testing.T) {
	t.Parallel()
	w := &writer{}
	r := start(t, t.Context(), newEngine(t, copies(5, 0, w)), definition(source{}, job.Settings{}))
	result := r.Wait()
	if result.State != jobinfo.Completed || w.ended != "committed" || len(result.Problems) > 0 {
		t.Fatalf("%s, output %s, %v", result.State, w.ended, result.Problems)
	}
	if diff := cmp.Diff([]Output{{Node: "write", Target: "out.csv", Rows: 5}}, result.Outputs); diff != "" {
		t.Error(diff)
	}
	want := []jobinfo.State{jobinfo.Pending, jobinfo.Running, jobinfo.Completed}
	if diff := cmp.Diff(want, states(t, r)); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(filepath.Join(result.Dir, "tmp")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("temporary files are still there: %v", err)
	}
	events, err := os.ReadFile(filepath.Join(result.Dir, "events.jsonl"))
	if err != nil || strings.Count(string(events), `"kind":"state"`) != 3 {
		t.Errorf("events: %s %v", events, err)
	}
}

func TestALostRowFailsTheRun(t *testing.T) {
	t.Parallel()
	w := &writer{}
	result := start(t, t.Context(), newEngine(t, copies(5, 1, w)), definition(source{}, job.Settings{})).Wait()
	if result.State != jobinfo.Failed || w.ended != "aborted" {
		t.Fatalf("%s, output %s", result.State, w.ended)
	}
	if diff := cmp.Diff([]string{"ledger.unbalanced"}, codes(result.Problems)); diff != "" {
		t.Fatal(diff)
	}
	if got := result.Problems[0].Error(); !strings.Contains(got, "read -> write: the ledger does not balance: sent = received, but counted 5 and 4") {
		t.Errorf("the message is %q", got)
	}
}

func TestRefusedBeforeItBegan(t *testing.T) {
	t.Parallel()
	never := executor(func(context.Context, *plan.Plan, plan.Attempt) ([]plan.Output, error) {
		t.Error("executed")
		return nil, nil
	})
	noSink := definition(source{}, job.Settings{})
	noSink.Nodes = noSink.Nodes[:1]
	tests := map[string]struct {
		def   *job.Definition
		code  string
		began bool
	}{
		"no sink":     {noSink, "job.no_sink", false},
		"strategy":    {definition(source{}, job.Settings{Strategy: job.BigData}), "strategy.unavailable", false},
		"no source":   {definition(source{diag.Errorf("file.missing", diag.Pos{}, "gone")}, job.Settings{}), "file.missing", true},
		"plain error": {definition(source{errors.New("odd")}, job.Settings{}), "internal.error", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := start(t, t.Context(), newEngine(t, never), tt.def).Wait()
			if result.State != jobinfo.Failed || result.Began != tt.began {
				t.Errorf("%s, began %t", result.State, result.Began)
			}
			if got := codes(result.Problems.Errors()); len(got) != 1 || got[0] != tt.code {
				t.Errorf("problems %v", result.Problems)
			}
		})
	}
}

func waits(ctx context.Context, _ *plan.Plan, _ plan.Attempt) ([]plan.Output, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := start(t, t.Context(), newEngine(t, executor(waits)), definition(source{}, job.Settings{}))
	r.Cancel(nil)
	result := r.Wait()
	if result.State != jobinfo.Cancelled || !errors.Is(result.Problems, ErrCancelled) {
		t.Errorf("%s, %v", result.State, result.Problems)
	}
	if got := r.Snapshot().Cause; !strings.Contains(got, "cancelled by the user") {
		t.Errorf("cause %q", got)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	e := newEngine(t, executor(waits))
	synctest.Test(t, func(t *testing.T) {
		r := start(t, t.Context(), e, definition(source{}, job.Settings{Timeout: time.Hour}))
		result := r.Wait()
		if result.State != jobinfo.Failed || !errors.Is(result.Problems, ErrTimeout) || result.Duration != time.Hour {
			t.Errorf("%s after %s, %v", result.State, result.Duration, result.Problems)
		}
	})
}

func TestACommitThatFailsFailsTheRun(t *testing.T) {
	t.Parallel()
	w := &writer{commitErr: errors.New("disk full")}
	result := start(t, t.Context(), newEngine(t, copies(1, 0, w)), definition(source{}, job.Settings{})).Wait()
	if result.State != jobinfo.Failed || w.ended != "aborted" || len(result.Outputs) != 0 {
		t.Errorf("%s, output %s, published %v", result.State, w.ended, result.Outputs)
	}
}

// rejecting plays a source that reads n rows and rejects all of them.
func rejecting(n int) executor {
	return func(_ context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error) {
		for i := range n {
			a.Ledger.Nodes[0].Add(ledger.Read, 1)
			err := a.Rejects.Reject("read", op.Rejected{
				Code: "csv.value", Message: "no int", Raw: "x,\"y", Line: i + 2, Origin: record.Origin{Source: &record.Source{Name: "in.csv"}, Row: int64(i + 1)},
			})
			if err != nil {
				return nil, err
			}
			a.Ledger.Nodes[0].Add(ledger.Rejected, 1)
		}
		return nil, nil
	}
}

func TestRejectsAreKept(t *testing.T) {
	t.Parallel()
	result := start(t, t.Context(), newEngine(t, rejecting(2)), definition(source{}, job.Settings{})).Wait()
	if result.State != jobinfo.Completed || len(result.Rejects) != 1 || result.Rejects[0].Rows != 2 {
		t.Fatalf("%s, %+v, %v", result.State, result.Rejects, result.Problems)
	}
	got, err := os.ReadFile(result.Rejects[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	want := "n,_component,_code,_message,_file,_row,_line,_column,_value,_raw\n" +
		",read,csv.value,no int,in.csv,1,2,,,\"x,\"\"y\"\n" +
		",read,csv.value,no int,in.csv,2,3,,,\"x,\"\"y\"\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestTheLimitOfRejects(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]job.Rejects{
		"rows":  {Set: true, Rows: 1},
		"share": {Set: true, IsShare: true, Share: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := job.Settings{Limits: job.Limits{Rejects: limit}}
			result := start(t, t.Context(), newEngine(t, rejecting(3)), definition(source{}, settings)).Wait()
			if result.State != jobinfo.Failed || !errors.Is(result.Problems, job.ErrTooManyRejects) {
				t.Errorf("%s, %v", result.State, result.Problems)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}); err == nil {
		t.Error("an engine without executors was made")
	}
	c := Config{}.WithDefaults()
	if n, err := c.Stdin.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the default input gives %d, %v", n, err)
	}
}

func TestEachNodeHasItsRejectFile(t *testing.T) {
	t.Parallel()
	r := newRejectFiles(t.TempDir())
	schema := record.NewSchema()
	for _, node := range []string{"a/b", "a:b", "A_b", strings.Repeat("x", 300)} {
		if err := r.add(node, schema, op.Rejected{Raw: node}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for _, f := range r.files() {
		if name := strings.ToLower(f.Path); seen[name] || f.Rows != 1 {
			t.Errorf("%s is taken, or has %d rows", f.Path, f.Rows)
		} else {
			seen[name] = true
		}
	}
	if err := r.close(); err != nil || len(seen) != 4 {
		t.Errorf("%d files, %v", len(seen), err)
	}
}

// events are what was recorded of a run.
func events(t testing.TB, r *Run) []jobinfo.Event {
	t.Helper()
	rec, err := r.engine.config.Store.(jobinfo.Archive).Load(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Snapshot.Events
}
