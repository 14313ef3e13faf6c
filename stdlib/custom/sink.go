package custom

import (
	"context"
	"errors"
	"fmt"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

type sinkOptions struct {
	component.Common
	Write   expr.Func  `opt:"write" required:"true" doc:"function(row, state): writes a row; it refuses one with error(...)"`
	Open    expr.Func  `opt:"open" doc:"function(columns): begins, and returns the state; columns is a list of { name =, type = }"`
	Commit  expr.Func  `opt:"commit" doc:"function(state): is called once behind the last row, when all sinks of the job have theirs"`
	Abort   expr.Func  `opt:"abort" doc:"function(state): is called instead of commit when the run fails, and after a commit that failed"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject" doc:"what becomes of a row on which write fails"`
}

// SinkSpec declares sink.
func SinkSpec() *component.Spec {
	return &component.Spec{
		Name: "sink", Kind: component.Sink, Together: true,
		Summary: "Writes rows with functions",
		Doc: "`open` is called once in a run, also when no row comes; what it returns is the state that the other functions get. " +
			"`write` is called with each row, in order. When all rows of the job are written, `commit` is called; if anything fails " +
			"before that, `abort`. Scripts have no access to files and networks: the functions use the modules that a host gives, the log, " +
			"and memory.\n\n" +
			"`etl.sink { ... }` returns such a table, to give it a name: `local audit = etl.sink { ... }`, then `stream:sink(audit)`. " +
			"Variables that the functions share with those of other components must not be written by any of them.",
		Order: "rows are written in order",
		Guarantee: "That of the functions: commit is called at most once in a run that went well, and abort when it failed. After a kill neither is. " +
			"A run that is repeated writes all rows again.",
		Options: &sinkOptions{OnError: op.Fail},
		Build:   component.Build(buildSink),
		Example: `local etl = require "etl"

-- Adds up what it is given, and tells the sum when all went well.
local tally = etl.sink {
  open   = function(columns) return { rows = 0, sum = 0, columns = #columns } end,
  write  = function(row, state) state.rows, state.sum = state.rows + 1, state.sum + row.price end,
  commit = function(state) print(state.rows .. " rows of " .. state.columns .. " columns: " .. state.sum) end,
  abort  = function(state) print("given up after " .. state.rows .. " rows") end,
}

etl.rows({ { item = "tea", price = 2.5 }, { item = "jam", price = 4.25 } })
  :sink(tally)
  :write_csv { path = "items.csv" }

return etl.job { name = "tally" }
`,
	}
}

func buildSink(o *sinkOptions) (op.Operator, diag.List) {
	s := &sink{
		fn: o.Write, onError: o.OnError,
		state: &expr.State{Begin: o.Open, End: o.Commit, Abort: o.Abort},
	}
	return &op.Write{Sink: s, OnError: o.OnError}, alone("sink", o.Write, o.Open, o.Commit, o.Abort)
}

// sink is functions that write rows.
type sink struct {
	fn      expr.Func
	state   *expr.State
	onError op.OnError
}

func (s *sink) use(in *record.Schema) expr.Use {
	return expr.Use{Role: expr.Consume, In: in, State: s.state, StopAtFailure: s.onError == op.Fail}
}

// Target implements op.Sink.
func (s *sink) Target() op.Name { return op.Name{} }

// Check implements op.Sink.
func (s *sink) Check(in *record.Schema) diag.List {
	_, problems := s.fn.Resolve(s.use(in))
	return problems
}

// Open implements op.Sink.
func (s *sink) Open(ctx context.Context, env op.Env, in *record.Schema, opts op.WriteOptions) (op.Writer, error) {
	use := s.use(in)
	use.Out, use.Node, use.Fixed, use.Log = in, opts.Node, opts.Fixed, env.Log
	runner, err := s.fn.Open(use)
	if err != nil {
		return nil, err
	}
	if err := runner.(expr.Stateful).Begin(ctx); err != nil {
		runner.Close()
		return nil, err
	}
	return &writer{ctx: ctx, runner: runner, opts: opts}, nil
}

// writer is a sink that is open.
type writer struct {
	ctx    context.Context // of the run, for what has none of its own
	runner expr.Runner
	opts   op.WriteOptions
}

// Write implements op.Writer.
func (w *writer) Write(ctx context.Context, b *record.Batch) (int, error) {
	res, err := w.runner.Run(ctx, b)
	if err != nil {
		return 0, err
	}
	for _, x := range res.Failed {
		if w.opts.Reject == nil {
			return x.Row, refused(b, x)
		}
		if err := w.opts.Reject(rejected(b, x)); err != nil {
			return b.Len() - len(res.Failed), err
		}
	}
	return b.Len() - len(res.Failed), nil
}

// refused is the error for a row that write refused.
func refused(b *record.Batch, x expr.Failure) error {
	source, row := b.Lineage.At(x.Row).Place()
	var d *diag.Diagnostic
	if source == "" || !errors.As(x.Err, &d) {
		return x.Err
	}
	out := *d
	out.Notes = append([]diag.Note{{Text: fmt.Sprintf("row %d of %s", row, source)}}, d.Notes...)
	return &out
}

func rejected(b *record.Batch, x expr.Failure) op.Rejected {
	out := op.Rejected{
		Batch: b, Row: x.Row, Code: "function.failed", Message: x.Err.Error(),
		Origin: b.Lineage.At(x.Row), Column: x.Column, Value: x.Value,
	}
	var d *diag.Diagnostic
	if errors.As(x.Err, &d) {
		out.Code = d.Code
	}
	return out
}

// Flush implements op.Writer: the functions have written what they were given.
func (w *writer) Flush(ctx context.Context) error { return context.Cause(ctx) }

// Commit implements op.Writer.
func (w *writer) Commit() error {
	_, err := w.runner.(expr.Stateful).End(context.WithoutCancel(w.ctx))
	if err == nil {
		w.runner.Close()
	}
	return err
}

// Abort implements op.Writer.
func (w *writer) Abort() error {
	err := w.runner.(expr.Stateful).Abort(context.WithoutCancel(w.ctx))
	w.runner.Close()
	return err
}

var (
	_ op.Sink   = (*sink)(nil)
	_ op.Writer = (*writer)(nil)
)
