package custom

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

type sourceOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"function(emit): calls emit with a table for each row"`
	Returns []op.Field `opt:"returns" doc:"columns of the rows; default: the keys of the tables that are written in the calls of emit"`
}

// SourceSpec declares source.
func SourceSpec() *component.Spec {
	return &component.Spec{
		Name: "source", Kind: component.Source,
		Summary: "Makes the rows that a function emits",
		Doc: "The function is called once in a run, and calls `emit { ... }` for each row; the table is copied, and columns that it lacks are NULL. " +
			"The rows go on while the function runs, which waits where they are not taken, so that it may emit any number. When no more rows are " +
			"wanted it is ended within `emit`. The columns are the keys that the calls show; where they do not show all, declare them with " +
			"`returns`, whose order counts then. If the function fails the run fails. A run that is repeated calls it again.\n\n" +
			"Variables that it shares with functions of other components must not be written by any of them.",
		Order:   "that of the calls of emit",
		Options: &sourceOptions{},
		Build:   component.Build(buildSource),
		Example: `local etl = require "etl"

-- Fibonacci numbers below a thousand.
etl.source(function(emit)
  local a, b, n = 0, 1, 0
  while a < 1000 do
    n = n + 1
    emit { n = n, value = a }
    a, b = b, a + b
  end
end)
  :filter(function(row) return row.value % 2 == 0 end)
  :write_csv { path = "out.csv" }

return etl.job { name = "fibonacci" }
`,
	}
}

func buildSource(o *sourceOptions) (op.Operator, diag.List) {
	use := expr.Use{Role: expr.Produce, Returns: op.Fields(o.Returns)}
	schema, problems := o.Func.Resolve(use)
	problems = append(problems, alone("source", o.Func)...)
	return &op.Scan{Source: &source{fn: o.Func, use: use, schema: schema}, OnError: op.Fail}, problems
}

// source is a function that gives rows: a source that is its own table, since there is
// nothing to open.
type source struct {
	fn     expr.Func
	use    expr.Use
	schema *record.Schema
}

// Static implements op.Source; the schema is complete.
func (s *source) Static() *record.Schema { return s.schema }

// Paths implements op.Source.
func (s *source) Paths() []op.Name { return nil }

// Resolve implements op.Source.
func (s *source) Resolve(_ context.Context, env op.Env) (op.Table, error) {
	out := *s
	out.use.Log = env.Log
	return &out, nil
}

// Schema implements op.Table.
func (s *source) Schema() *record.Schema { return s.schema }

// Close implements op.Table.
func (s *source) Close() error { return nil }

// Open implements op.Table.
func (s *source) Open(ctx context.Context, opts op.ReadOptions) (op.Reader, error) {
	use := s.use
	use.Out, use.Node, use.Fixed, use.Enough = s.schema, opts.Node, opts.Fixed, opts.BatchRows
	if use.Enough <= 0 {
		use.Enough = record.BatchRows
	}
	runner, err := s.fn.Open(use)
	if err != nil {
		return nil, err
	}
	r := &reader{runner: runner, origin: &record.Source{Name: opts.Node}}
	ctx, r.cancel = context.WithCancelCause(ctx)
	r.next, r.stop = iter.Pull2(r.batches(ctx))
	return r, nil
}

// reader gives the rows of a function as it makes them: both take turns.
type reader struct {
	runner expr.Runner
	origin *record.Source
	cancel context.CancelCauseFunc
	next   func() (*record.Batch, error, bool)
	stop   func()
	rows   int64
}

// errUnwanted is why a function ends whose further rows nobody wants.
var errUnwanted = errors.New("no more rows are wanted")

// batches are what the function makes, and why it ended if not well.
func (r *reader) batches(ctx context.Context) iter.Seq2[*record.Batch, error] {
	return func(yield func(*record.Batch, error) bool) {
		wanted := true
		err := r.runner.(expr.Producer).Produce(ctx, func(b *record.Batch) error {
			if wanted = wanted && yield(b, nil); !wanted {
				return errUnwanted
			}
			return nil
		})
		if err != nil && wanted {
			yield(nil, err)
		}
	}
}

// Read implements op.Reader.
func (r *reader) Read(ctx context.Context) (*record.Batch, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	b, err, ok := r.next()
	switch {
	case !ok:
		return nil, io.EOF
	case err != nil:
		return nil, err
	}
	b = b.From(record.FromSource(r.origin, r.rows+1))
	r.rows += int64(b.Len())
	return b, nil
}

// RowsRead implements op.Reader.
func (r *reader) RowsRead() int64 { return r.rows }

// Close implements op.Reader. It ends the function.
func (r *reader) Close() error {
	r.cancel(errUnwanted)
	r.stop()
	r.runner.Close()
	return nil
}

var (
	_ op.Source = (*source)(nil)
	_ op.Table  = (*source)(nil)
	_ op.Reader = (*reader)(nil)
)
