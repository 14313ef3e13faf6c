package row

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// newHead makes the head of a stage.
func (s *stage) newHead() (head, error) {
	n := s.plan.Head
	if n == nil {
		return &pullHead{stage: s, from: s.exec.links[s.plan.First().In[0]]}, nil
	}
	if _, ok := n.Job.Op.(*op.Scan); ok {
		return s.newScan(n), nil
	}
	return s.newMergeHead(n)
}

// streams reports whether the head hands rows on as they come, so that it
// needs none when nobody wants them.
func (s *stage) streams() bool {
	if s.plan.Head == nil {
		return true
	}
	_, union := s.plan.Head.Job.Op.(*op.Union)
	return union
}

// pullHead feeds a stage with what comes over a queue.
type pullHead struct {
	stage *stage
	from  *link
	ended bool
}

func (h *pullHead) run(ctx context.Context) error {
	for {
		p, err := h.from.queue.pull(ctx)
		if errors.Is(err, io.EOF) {
			h.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		if p.fail != nil {
			return p.fail
		}
		if err := h.stage.feed(ctx, &task{packet: p}); err != nil {
			return err
		}
	}
}

func (h *pullHead) drain(ctx context.Context) error {
	for !h.ended {
		p, err := h.from.queue.pull(ctx)
		if h.ended = errors.Is(err, io.EOF); h.ended {
			break
		}
		if err != nil {
			return err
		}
		h.stage.first.discard(p.rows())
	}
	return nil
}

func (*pullHead) close() {}

// feeder is the end of a head that is a node: it feeds the stage with what the
// node gives, and with its refused rows.
type feeder struct {
	stage   *stage
	place   place
	pending []refusal
}

// push implements taker.
func (f *feeder) push(ctx context.Context, b *record.Batch) error {
	if f.stage.exec.cut(f.place) {
		return errStopped
	}
	return f.send(ctx, b)
}

func (f *feeder) send(ctx context.Context, b *record.Batch) error {
	refused := f.pending
	f.pending = nil
	return f.stage.feed(ctx, &task{packet: packet{batch: b, place: f.place}, refused: refused})
}

// flush sends the refused rows that no batch took along.
func (f *feeder) flush(ctx context.Context) error {
	if len(f.pending) == 0 {
		return nil
	}
	return f.send(ctx, nil)
}

// give implements side; no head has such ports.
func (f *feeder) give(_ context.Context, port string, _ *record.Batch) error {
	return fmt.Errorf("a head has no port %q", port)
}

// refuse implements side.
func (f *feeder) refuse(n *plan.Node, x op.Rejected) { f.pending = append(f.pending, refusal{n, x}) }
