package row

import (
	"context"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// scan is the head that reads a source.
type scan struct {
	feeder
	step    *step
	node    *plan.Node
	handed  int64 // rows handed on
	refused int64
	counted int64 // rows read, as far as they are in the ledger
}

func (s *stage) newScan(n *plan.Node) *scan {
	h := &scan{feeder: feeder{stage: s}, node: n}
	h.step = s.exec.newStep(n, h, h)
	return h
}

func (h *scan) run(ctx context.Context) error {
	reader, err := h.node.Table.Open(ctx, op.ReadOptions{
		Used: h.node.Used, AllUsed: h.node.AllUsed, BatchRows: h.stage.exec.plan.Options.BatchRows,
		Node: h.node.Name(), Fixed: h.stage.exec.attempt.Fixed,
		Reject: func(x op.Rejected) error { return h.reject(ctx, x) },
	})
	if err != nil {
		return h.fail(err)
	}
	err = h.read(ctx, reader)
	if closed := reader.Close(); err == nil && closed != nil {
		err = h.fail(closed)
	}
	return err
}

func (h *scan) fail(err error) error {
	err = h.stage.exec.failed(h.node, err)
	var f *failure
	if errors.As(err, &f) {
		return f.at(place{pos: h.handed})
	}
	return err
}

func (h *scan) read(ctx context.Context, reader op.Reader) error {
	for {
		if h.stage.over.Load() {
			h.count(reader)
			h.discardAhead()
			return errEnough
		}
		if h.stage.exec.stopped(h.handed) {
			return errStopped
		}
		b, err := reader.Read(ctx)
		h.count(reader)
		if errors.Is(err, io.EOF) {
			return h.flush(ctx)
		}
		if err == nil {
			h.place = place{pos: h.handed}
			b = numbered(b, h.handed)
			h.handed += int64(b.Len())
			err = h.step.emit(ctx, b)
		}
		if err != nil && !errors.Is(err, errEnough) {
			return h.fail(err)
		}
	}
}

// count puts what the reader has read since the last time into the ledger.
func (h *scan) count(reader op.Reader) {
	read := reader.RowsRead()
	h.step.books.node.Add(ledger.Read, read-h.counted)
	h.counted = read
}

// discardAhead counts the rows that the reader had split already when it was
// stopped.
func (h *scan) discardAhead() {
	h.step.books.node.Add(ledger.Discarded, h.counted-h.handed-h.refused)
}

// reject takes a row that the reader refuses. Refused rows go with the next
// batch, so that they are stored in order; many without a batch go alone.
func (h *scan) reject(ctx context.Context, x op.Rejected) error {
	h.refused++
	h.step.reject(x)
	if len(h.pending) < h.stage.exec.plan.Options.BatchRows {
		return nil
	}
	return h.flush(ctx)
}

// drain implements head: a source has no input.
func (h *scan) drain(context.Context) error { return nil }

func (h *scan) close() {}
