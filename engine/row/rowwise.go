package row

import (
	"context"
	"errors"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// openFunc makes a runner for a node's function, for one worker; nil when it
// shares nothing with others.
func (r *run) openFunc(n *plan.Node, f expr.Func, use expr.Use, out *record.Schema, worker *expr.Scope) (expr.Runner, error) {
	use.Out, use.Scope, use.Worker, use.Node, use.Fixed = out, &r.scope, worker, n.Name(), r.attempt.Fixed
	use.Log, use.Hold = r.attempt.Env.Log, r.memory.share(n).set
	return f.Open(use)
}

// function is what the kernels that call a function have in common.
type function struct {
	runner  expr.Runner
	onError op.OnError
	book    *ledger.Node
}

func (f *function) finish(context.Context, output) error { return nil }

func (f *function) close() { f.runner.Close() }

// failedRows deals with the rows that failed in a batch. It returns an error
// if the stream breaks off at the first of them; that and the following rows
// are then discarded.
func (f *function) failedRows(b *record.Batch, failed []expr.Failure, out output) error {
	if len(failed) == 0 {
		return nil
	}
	switch f.onError {
	case op.Reject:
		for _, x := range failed {
			out.reject(rejected(b, x))
		}
		return nil
	case op.ToNull:
		return nil
	}
	f.book.Add(ledger.Discarded, int64(b.Len()-failed[0].Row))
	return failedRow(b, failed[0])
}

// failedRow is the error of a row that failed in a function.
func failedRow(b *record.Batch, x expr.Failure) error {
	err := atRow(b, x.Row, x.Err)
	err.column, err.value = x.Column, x.Value
	return err
}

func rejected(b *record.Batch, x expr.Failure) op.Rejected {
	out := op.Rejected{
		Batch: b, Row: x.Row, Code: "function.failed", Message: x.Err.Error(),
		Origin: b.Lineage.At(x.Row), Column: x.Column, Value: x.Value,
	}
	var d *diag.Diagnostic
	if errors.As(x.Err, &d) {
		out.Code, out.Message = d.Code, placed(d)
	}
	return out
}

// placed is a message with its place in the script, if the error has it: who
// reads the rejects does not see the source.
func placed(d *diag.Diagnostic) string {
	if d.Err != nil && strings.HasSuffix(d.Err.Error(), d.Message) {
		return d.Err.Error()
	}
	return d.Message
}

// filter keeps the rows for which a function is true.
type filter struct {
	function
	port bool // somebody takes the dropped rows
}

func (r *run) newFilter(n *plan.Node, o *op.Filter, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	runner, err := r.openFunc(n, o.Func, o.Use(n.Inputs[0]), n.Inputs[0], worker)
	return &filter{function{runner, o.OnError, book}, wants(n, job.PortDropped)}, err
}

func (f *filter) process(ctx context.Context, b *record.Batch, out output) error {
	res, err := f.runner.Run(ctx, b)
	if err != nil {
		return err
	}
	f.book.Add(ledger.Kept, int64(len(res.Keep)))
	f.book.Add(ledger.Dropped, int64(res.Dropped))
	broken := f.failedRows(b, res.Failed, out)
	if f.onError == op.ToNull {
		f.book.Add(ledger.Dropped, int64(len(res.Failed)))
	}
	if f.port {
		err = out.give(ctx, job.PortDropped, b.Select(f.others(b, res)))
	}
	if given := out.emit(ctx, kept(b, res.Keep)); err == nil {
		err = given
	}
	if err != nil {
		return err
	}
	return broken
}

func kept(b *record.Batch, rows []int32) *record.Batch {
	if len(rows) == b.Len() {
		return b
	}
	return b.Select(rows)
}

// others are the rows that were neither kept nor refused.
func (f *filter) others(b *record.Batch, res expr.Result) []int32 {
	taken := record.NewBits(b.Len())
	for _, i := range res.Keep {
		taken.Set(int(i))
	}
	end := b.Len()
	if f.onError != op.ToNull {
		for _, x := range res.Failed {
			taken.Set(x.Row)
		}
		if f.onError != op.Reject && len(res.Failed) > 0 {
			end = res.Failed[0].Row
		}
	}
	var out []int32
	for i := range end {
		if !taken.Get(i) {
			out = append(out, int32(i))
		}
	}
	return out
}

// mapper changes rows by a function.
type mapper struct {
	function
	schema *record.Schema
}

func (r *run) newMapper(n *plan.Node, o *op.Map, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	runner, err := r.openFunc(n, o.Func, o.Use(n.Inputs[0]), n.Schema, worker)
	return &mapper{function{runner, o.OnError, book}, n.Schema}, err
}

func (m *mapper) process(ctx context.Context, b *record.Batch, out output) error {
	res, err := m.runner.Run(ctx, b)
	if err != nil {
		return err
	}
	broken := m.failedRows(b, res.Failed, out)
	made := res.Batch
	if m.onError == op.ToNull && len(res.Failed) > 0 {
		if made, err = m.withFailed(b, res); err != nil {
			return err
		}
	}
	if made != nil {
		if err := out.emit(ctx, made); err != nil {
			return err
		}
	}
	return broken
}

// withFailed puts the rows that failed back to their places: as they came,
// with NULL in the columns that the function adds.
func (m *mapper) withFailed(b *record.Batch, res expr.Result) (*record.Batch, error) {
	made := record.NewBuilder(m.schema, b.Len())
	failed, good := res.Failed, 0
	for i := range b.Len() {
		if len(failed) > 0 && failed[0].Row == i {
			failed = failed[1:]
			if err := m.appendFailed(made, b, i); err != nil {
				return nil, err
			}
			continue
		}
		if err := made.AppendRow(res.Batch, good); err != nil {
			return nil, err
		}
		good++
	}
	return made.Build(), nil
}

func (m *mapper) appendFailed(made *record.Builder, b *record.Batch, i int) error {
	for j, f := range m.schema.Fields() {
		from := b.Column(f.Name)
		if from == nil || !from.Type.Equal(f.Type) {
			made.Column(j).AppendNull()
			continue
		}
		if err := made.Column(j).AppendFrom(from, i); err != nil {
			return atValue(b, f.Name, err)
		}
	}
	made.AppendOrigin(b.Lineage.At(i))
	return nil
}
