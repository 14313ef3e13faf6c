package repl

import (
	"context"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind"
)

// headRows is how many rows of a stream are shown.
const headRows = 10

// head shows the first rows of a stream.
func (s *Session) head(ctx context.Context, v *luabind.View, n int) error {
	seen, result, err := s.look(ctx, v, n+1)
	if err != nil || result == nil {
		return err
	}
	if len(result.Problems.Errors()) > 0 {
		return s.show(result.Problems, v.Def.Sources)
	}
	if seen.table == nil {
		s.sayf("(no rows)\n")
		return nil
	}
	more := len(seen.table.rows) > n
	seen.table.rows = seen.table.rows[:min(n, len(seen.table.rows))]
	seen.table.write(s.config.Out)
	if more {
		s.sayf("(the first %s)\n", rowCount(n))
	} else {
		s.sayf("(%s)\n", rowCount(len(seen.table.rows)))
	}
	return nil
}

// look runs what leads to a stream until it has given n rows.
func (s *Session) look(ctx context.Context, v *luabind.View, n int) (*collector, *engine.Result, error) {
	seen := &collector{}
	first := &job.Node{Name: "first rows", Op: &op.Limit{N: int64(n)}, Inputs: []job.Edge{{From: v.Node, Port: v.Port}}, Pos: v.Node.Pos}
	shown := &job.Node{Name: "shown", Op: &op.Write{Sink: seen, OnError: op.Fail}, Inputs: []job.Edge{{From: first, Port: job.PortOut}}, Pos: v.Node.Pos}
	def := *v.Def
	def.Nodes = append(slices.Clone(v.Def.Nodes), first, shown)
	c := s.config.Engine
	c.RunsDir = s.scratch
	result, err := s.carryOut(ctx, c, &def)
	return seen, result, err
}

// carryOut runs a job. Ctrl-C cancels it. There is no result if the run could not
// begin, which was shown then.
func (s *Session) carryOut(ctx context.Context, c engine.Config, def *job.Definition) (*engine.Result, error) {
	defer s.edit.away()()
	ctx, done := interruptible(ctx)
	defer done()
	run, err := s.start(ctx, c, def)
	if run == nil || err != nil {
		return nil, err
	}
	result := run.Wait()
	return &result, nil
}

// start begins a run, or shows why it cannot.
func (s *Session) start(ctx context.Context, c engine.Config, def *job.Definition) (*engine.Run, error) {
	e, err := engine.New(c)
	if err != nil {
		return nil, fmt.Errorf("repl: %w", err)
	}
	run, err := e.Start(ctx, def)
	if err != nil {
		return nil, s.show(diag.ListOf(err), def.Sources)
	}
	return run, nil
}

// collector is a sink that keeps rows for a table.
type collector struct{ table *table }

func (*collector) Target() op.Name                { return op.Name{Text: "the session"} }
func (*collector) Check(*record.Schema) diag.List { return nil }

// Open implements op.Sink.
func (c *collector) Open(_ context.Context, _ op.Env, in *record.Schema, _ op.WriteOptions) (op.Writer, error) {
	c.table = newTable(in)
	return c, nil
}

// Write implements op.Writer.
func (c *collector) Write(_ context.Context, b *record.Batch) (int, error) {
	c.table.add(b)
	return b.Len(), nil
}

func (*collector) Flush(context.Context) error { return nil }
func (*collector) Commit() error               { return nil }
func (*collector) Abort() error                { return nil }

// schema shows the columns of a stream.
func (s *Session) schema(ctx context.Context, v *luabind.View) error {
	seen, result, err := s.look(ctx, v, 0)
	if err != nil || result == nil {
		return err
	}
	if seen.table == nil {
		return s.show(result.Problems, v.Def.Sources)
	}
	width := 0
	for _, name := range seen.table.heads {
		width = max(width, len(name))
	}
	for i, name := range seen.table.heads {
		s.sayf("  %-*s  %s\n", width, name, seen.table.types[i])
	}
	return nil
}
