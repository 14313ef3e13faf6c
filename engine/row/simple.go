package row

import (
	"context"
	"hash/fnv"
	"io"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// project chooses and renames columns.
type project struct {
	schema *record.Schema
	places []int
}

func newProject(n *plan.Node, o *op.Project) kernel {
	return &project{schema: n.Schema, places: o.Places(n.Inputs[0])}
}

func (p *project) process(ctx context.Context, b *record.Batch, out output) error {
	columns := make([]*record.Column, len(p.places))
	for i, place := range p.places {
		columns[i] = b.Columns[place]
	}
	return out.emit(ctx, b.With(p.schema, columns))
}

func (*project) finish(context.Context, output) error { return nil }

func (*project) close() {}

// limit passes the first rows.
type limit struct {
	left int64
	book *ledger.Node
}

func newLimit(o *op.Limit, book *ledger.Node) kernel { return &limit{left: o.N, book: book} }

func (l *limit) process(ctx context.Context, b *record.Batch, out output) error {
	pass := 0
	for range b.Len() {
		if l.left == 0 {
			l.book.Add(ledger.Discarded, 1)
			continue
		}
		l.left--
		pass++
	}
	if err := out.emit(ctx, b.Slice(0, pass)); err != nil {
		return err
	}
	if l.left == 0 {
		return errEnough
	}
	return nil
}

func (*limit) finish(context.Context, output) error { return nil }

func (*limit) close() {}

// write hands rows to a sink.
type write struct {
	writer op.Writer
	book   *ledger.Node
}

func (w *write) process(ctx context.Context, b *record.Batch, _ output) error {
	rows, err := w.writer.Write(ctx, b)
	w.book.Add(ledger.Received, int64(rows))
	if err != nil && rows < b.Len() {
		return atRow(b, rows, err)
	}
	return err
}

func (*write) finish(context.Context, output) error { return nil }

// close implements kernel: the executor flushes or aborts the writer.
func (*write) close() {}

// custom is a component's own kernel.
type custom struct{ kernel op.Kernel }

// emitter lends an output to a component for one call.
type emitter struct {
	ctx context.Context
	out output
}

// Emit implements op.Emitter.
func (e emitter) Emit(b *record.Batch) error { return e.out.emit(e.ctx, b) }

// Reject implements op.Emitter.
func (e emitter) Reject(x op.Rejected) error {
	e.out.reject(x)
	return nil
}

func (c *custom) process(ctx context.Context, b *record.Batch, out output) error {
	return c.kernel.Process(ctx, 0, b, emitter{ctx, out})
}

func (c *custom) finish(ctx context.Context, out output) error {
	return c.kernel.Finish(ctx, emitter{ctx, out})
}

func (*custom) close() {}

// customMerger is a component's own kernel that blocks or has several inputs.
type customMerger struct {
	kernel op.Kernel
	inputs int
}

func (c *customMerger) take(ctx context.Context, input int, b *record.Batch, out output) error {
	return c.kernel.Process(ctx, input, b, emitter{ctx, out})
}

func (c *customMerger) end(ctx context.Context, input int, out output) error {
	if input < c.inputs-1 {
		return nil
	}
	return c.kernel.Finish(ctx, emitter{ctx, out})
}

func (*customMerger) discard(int, int) {}

func (*customMerger) abandon() {}

func (*customMerger) close() {}

// union gives the rows of its inputs one after the other, with the columns in
// the same order.
type union struct {
	schema *record.Schema
	places [][]int // for each input, the places of the output's columns; -1: it has none
	book   *ledger.Node
	salt   uint64 // of the node
}

// saltOf tells the rows that a node makes of others from those that other nodes
// make of them.
func saltOf(n *plan.Node) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, n.Name()) // a hash takes everything
	return h.Sum64()
}

func newUnion(n *plan.Node, book *ledger.Node) merger {
	u := &union{schema: n.Schema, book: book, salt: saltOf(n)}
	for _, in := range n.Inputs {
		var places []int
		for _, f := range n.Schema.Fields() {
			places = append(places, in.Index(f.Name))
		}
		u.places = append(u.places, places)
	}
	return u
}

func (u *union) take(ctx context.Context, input int, b *record.Batch, out output) error {
	columns := make([]*record.Column, u.schema.Len())
	for i, place := range u.places[input] {
		if place < 0 {
			columns[i] = record.Constant(u.schema.Field(i).Type, b.Len(), record.Value{})
		} else {
			columns[i] = b.Columns[place]
		}
	}
	// A row may come over several inputs.
	return out.emit(ctx, b.With(u.schema, columns).From(b.Lineage.Others(u.salt, uint64(input))))
}

func (u *union) end(context.Context, int, output) error { return nil }

func (u *union) discard(_, rows int) { u.book.Add(ledger.Discarded, int64(rows)) }

func (*union) abandon() {}

func (*union) close() {}
