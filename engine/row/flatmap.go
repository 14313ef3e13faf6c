package row

import (
	"context"
	"errors"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// flatMapper makes any number of rows of each row by a function.
type flatMapper struct {
	function
	salt  uint64 // of the node
	rows  int    // in a batch
	state bool   // the function works on one together with others
}

func (r *run) newFlatMapper(n *plan.Node, o *op.FlatMap, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	use := o.Use(n.Inputs[0])
	use.Enough = r.plan.Options.BatchRows
	runner, err := r.openFunc(n, o.Func, use, n.Schema, worker)
	return &flatMapper{function{runner, o.OnError, book}, saltOf(n), use.Enough, o.State != nil}, err
}

// errNoProgress is a fault of a function: it ran no row.
var errNoProgress = errors.New("the function over rows stands still")

// process hands on the new rows before it runs the rows behind them, so that it
// never holds many more than one row of the input gives.
func (m *flatMapper) process(ctx context.Context, b *record.Batch, out output) error {
	for b.Len() > 0 {
		res, err := m.runner.Run(ctx, b)
		if err != nil {
			return err
		}
		m.count(res)
		broken := m.failedRows(b, res.Failed, out)
		if broken == nil && len(res.Counts) == 0 {
			return errNoProgress
		}
		rest := b.Len() - len(res.Counts)
		if err := m.give(ctx, b, res, out); err != nil {
			if broken == nil {
				m.book.Add(ledger.Discarded, int64(rest))
			}
			return err
		}
		if broken != nil {
			return broken
		}
		b = b.Slice(b.Len()-rest, b.Len())
	}
	return nil
}

// finish implements kernel: it gives the rows behind the last one.
func (m *flatMapper) finish(ctx context.Context, out output) error {
	if !m.state {
		return nil
	}
	res, err := m.runner.(expr.Stateful).End(ctx)
	if err != nil || res.Batch == nil {
		return err
	}
	m.book.Add(ledger.Emitted, int64(res.Batch.Len()))
	origin := record.Origin{}
	lineage := m.lineage(record.FromOrigins([]record.Origin{origin}), []int32{int32(res.Batch.Len())})
	return m.emit(ctx, res.Batch.From(lineage), out)
}

// count counts what became of each row, but for those that are refused.
func (m *flatMapper) count(res expr.Result) {
	failed := res.Failed
	for i, n := range res.Counts {
		if len(failed) > 0 && failed[0].Row == i {
			if failed = failed[1:]; m.onError != op.ToNull {
				continue
			}
		}
		if n > 0 {
			m.book.Add(ledger.Expanded, 1)
		} else {
			m.book.Add(ledger.Empty, 1)
		}
		m.book.Add(ledger.Emitted, int64(n))
	}
}

// give hands on the new rows of b in batches of the usual size.
func (m *flatMapper) give(ctx context.Context, b *record.Batch, res expr.Result, out output) error {
	if res.Batch == nil {
		return nil
	}
	return m.emit(ctx, res.Batch.From(m.lineage(b.Lineage, res.Counts)), out)
}

func (m *flatMapper) emit(ctx context.Context, made *record.Batch, out output) error {
	for lo := 0; lo < made.Len(); lo += m.rows {
		hi := min(lo+m.rows, made.Len())
		if err := out.emit(ctx, made.Slice(lo, hi)); err != nil {
			m.book.Add(ledger.Unwanted, int64(made.Len()-hi))
			return err
		}
	}
	return nil
}

// lineage is where new rows come from: the first one of a row stands for it, each
// further one is another row.
func (m *flatMapper) lineage(from record.Lineage, counts []int32) record.Lineage {
	var origins []record.Origin
	for i, n := range counts {
		of := from.At(i)
		for nth := range n {
			origins = append(origins, of.Other(m.salt, uint64(nth)))
		}
	}
	return record.FromOrigins(origins)
}
