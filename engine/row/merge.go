package row

import (
	"context"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// merger is the work of a node that blocks or has several inputs. It gets the
// inputs one after the other, in the plan's order of reading. One goroutine
// uses it.
type merger interface {
	// take works on a batch of the numbered input.
	take(ctx context.Context, input int, b *record.Batch, out output) error
	// end is called behind the last batch of an input.
	end(ctx context.Context, input int, out output) error
	// discard accounts for rows of an input that nobody wants any more.
	discard(input, rows int)
	// abandon accounts for the rows that the merger holds when its stream breaks
	// off or nobody wants more; then only discard is called.
	abandon()
	close()
}

// mergeHead is the head that is such a node.
type mergeHead struct {
	feeder
	step   *step
	merger merger
	holds  *share  // nil: the merger holds nothing
	inputs []*link // in the order of reading
	at     int     // of the input that is read
	late   int     // depth of the rows of this input at least
	deep   int     // greatest depth of rows so far
	given  int64   // rows given so far
	ending bool    // an input is at its end
}

func (s *stage) newMergeHead(n *plan.Node) (head, error) {
	h := &mergeHead{feeder: feeder{stage: s}}
	h.step = s.exec.newStep(n, (*mergeFeeder)(h), h)
	h.step.books.in = nil
	for _, e := range n.ReadOrder() {
		h.inputs = append(h.inputs, s.exec.links[e])
	}
	m, err := s.exec.newMerger(n, h.step.books.node)
	if err != nil {
		return nil, s.exec.diagnose(n, err)
	}
	h.merger = m
	if _, ok := m.(holder); ok {
		h.holds = s.exec.memory.share(n)
	}
	return h, nil
}

// mergeFeeder counts the rows that a merger gives: that is their place where
// they are given at the end of an input.
type mergeFeeder mergeHead

func (f *mergeFeeder) push(ctx context.Context, b *record.Batch) error {
	if f.ending {
		f.place.pos = f.given
	}
	b = numbered(b, f.given)
	f.given += int64(b.Len())
	return f.feeder.push(ctx, b)
}

// numbered is a batch whose rows have numbers, if they come from nowhere, behind
// those that were given before.
func numbered(b *record.Batch, given int64) *record.Batch {
	if b.Lineage.Known() {
		return b
	}
	return b.From(record.FromSource(nil, given+1))
}

func (h *mergeHead) run(ctx context.Context) error {
	for ; h.at < len(h.inputs); h.at++ {
		if err := h.readInput(ctx, h.inputs[h.at]); err != nil {
			h.merger.abandon()
			return h.failed(err)
		}
		h.late = h.deep + 1
	}
	return h.flush(ctx)
}

func (h *mergeHead) readInput(ctx context.Context, l *link) error {
	for {
		p, err := l.queue.pull(ctx)
		if errors.Is(err, io.EOF) {
			return h.endInput(ctx, l)
		}
		if err != nil {
			return err
		}
		h.place = h.placeOf(p.place)
		if p.fail != nil {
			return p.fail.moved(h.placeOf(p.fail.place))
		}
		h.receive(l, p.rows())
		h.stage.exec.tap.Take(h.step.node, l.edge.Input, p.batch)
		if err := h.merger.take(ctx, l.edge.Input, p.batch, h.step); err != nil {
			return err
		}
		if err := h.weigh(); err != nil {
			return err
		}
		if len(h.pending) >= h.stage.exec.plan.Options.BatchRows {
			if err := h.flush(ctx); err != nil && !errors.Is(err, errEnough) {
				return err
			}
		}
	}
}

// weigh notes what the merger holds.
func (h *mergeHead) weigh() error {
	if h.holds == nil {
		return nil
	}
	return h.holds.set(h.merger.(holder).bytes())
}

func (h *mergeHead) endInput(ctx context.Context, l *link) error {
	h.place = place{depth: max(h.deep, h.late) + 1, pos: h.given}
	h.ending = true
	defer func() { h.ending = false }()
	if err := h.merger.end(ctx, l.edge.Input, h.step); err != nil {
		return err
	}
	return h.weigh()
}

// placeOf is the place of rows that come over a later input: behind the ends of
// the inputs before it.
func (h *mergeHead) placeOf(p place) place {
	p.depth = max(p.depth, h.late)
	h.deep = max(h.deep, p.depth)
	return p
}

func (h *mergeHead) receive(l *link, rows int) {
	l.book.Receive(int64(rows))
	h.step.books.node.Add(ledger.In, int64(rows))
}

func (h *mergeHead) failed(err error) error {
	err = h.stage.exec.failed(h.step.node, err)
	var f *failure
	if errors.As(err, &f) {
		return f.at(h.place)
	}
	return err
}

// drain implements head. It reads the inputs in the same order, as the proof in
// package plan wants.
func (h *mergeHead) drain(ctx context.Context) error {
	for ; h.at < len(h.inputs); h.at++ {
		l := h.inputs[h.at]
		for {
			p, err := l.queue.pull(ctx)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			h.receive(l, p.rows())
			h.merger.discard(l.edge.Input, p.rows())
		}
	}
	return nil
}

func (h *mergeHead) close() { h.merger.close() }
