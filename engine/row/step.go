package row

import (
	"context"
	"errors"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// taker takes the batches that a node gives. It returns errEnough when it
// wants no more, or the failure that the stream breaks off with; in both cases
// all rows of the batch are accounted for.
type taker interface {
	push(ctx context.Context, b *record.Batch) error
}

// kernel is the work of a node on the batches of its only input. One goroutine
// uses it.
type kernel interface {
	// process works on a batch. At a row that fails it first gives what the
	// rows before it made, counts the others as discarded, and returns a
	// *rowError; an error of out ends it, with the rest accounted for.
	process(ctx context.Context, b *record.Batch, out output) error
	// finish is called behind the last batch of a stream that did not break
	// off; only for kernels in the ordered part of a stage.
	finish(ctx context.Context, out output) error
	close()
}

// output takes what a kernel makes.
type output interface {
	// emit takes rows for the main output.
	emit(ctx context.Context, b *record.Batch) error
	// give takes rows for another port than the main output and the rejects. It takes
	// them also when it returns an error.
	give(ctx context.Context, port string, b *record.Batch) error
	// reject refuses a row; it is stored, and counted then, in order.
	reject(x op.Rejected)
}

// side takes what leaves a node besides its main output.
type side interface {
	give(ctx context.Context, port string, b *record.Batch) error
	refuse(n *plan.Node, x op.Rejected)
}

// books are the counters that the harness of a node uses.
type books struct {
	node *ledger.Node
	in   *ledger.Edge // nil: the caller counts it
}

// take counts rows at the intake of the node.
func (b books) take(rows int) {
	if b.in != nil {
		b.in.Receive(int64(rows))
	}
	b.node.Add(ledger.In, int64(rows))
}

// discard counts rows that are taken and not wanted.
func (b books) discard(rows int) {
	b.take(rows)
	b.node.Add(ledger.Discarded, int64(rows))
}

// step is a node at work: its kernel, and the counting around it.
type step struct {
	run    *run
	node   *plan.Node
	books  books
	kernel kernel       // nil for a head
	holds  *share       // nil: the kernel holds nothing
	out    *ledger.Edge // to the next node of the stage; nil at its end
	next   taker
	side   side
	full   bool // next wants no more
	enough bool // the node itself wants no more
}

func (r *run) newStep(n *plan.Node, next taker, s side) *step {
	out := &step{run: r, node: n, books: books{node: r.attempt.Ledger.Nodes[n.ID]}, next: next, side: s}
	if len(n.In) == 1 {
		out.books.in = r.attempt.Ledger.Edges[n.In[0].ID]
	}
	if len(n.Out) == 1 && n.Out[0].Kind == plan.Fused {
		out.out = r.attempt.Ledger.Edges[n.Out[0].ID]
		if r.seams.fuse != nil {
			out.next = r.seams.fuse(n.Out[0], next)
		}
	}
	return out
}

// push implements taker.
func (s *step) push(ctx context.Context, b *record.Batch) error {
	s.books.take(b.Len())
	s.run.tap.Take(s.node, 0, b)
	err := s.kernel.process(ctx, b, s)
	if s.holds != nil && err == nil {
		err = s.holds.set(s.kernel.(holder).bytes())
	}
	s.enough = s.enough || errors.Is(err, errEnough) && !s.full
	return s.run.failed(s.node, err)
}

func (s *step) finish(ctx context.Context) error {
	return s.run.failed(s.node, s.kernel.finish(ctx, s))
}

// emit implements output.
func (s *step) emit(ctx context.Context, b *record.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	s.books.node.Add(ledger.Out, int64(b.Len()))
	s.run.tap.Give(s.node, b)
	if s.out != nil {
		s.out.Send(int64(b.Len()))
	}
	err := s.next.push(ctx, b)
	s.full = s.full || errors.Is(err, errEnough)
	return err
}

// give implements output.
func (s *step) give(ctx context.Context, port string, b *record.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return s.side.give(ctx, port, b)
}

// reject implements output.
func (s *step) reject(x op.Rejected) {
	s.run.tap.Refuse(s.node, x)
	s.side.refuse(s.node, x)
}

// wants reports whether somebody takes what leaves the node by a port.
func wants(n *plan.Node, port string) bool { return len(n.Port(port)) > 0 }
