package row

import (
	"context"
	"errors"
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// Executor runs plans row by row. The zero Executor is ready to use, by
// several goroutines.
type Executor struct {
	// Tap watches the rows. Defaults to nobody.
	Tap   Tap
	seams seams
}

// seams let tests plant faults: each wraps a part of the machine that rows pass.
// nil leaves the part as it is.
type seams struct {
	kernel func(n *plan.Node, k kernel) kernel
	merger func(n *plan.Node, m merger) merger
	fuse   func(e *plan.Edge, t taker) taker
	queue  func(e *plan.Edge, q queue) queue
}

// Execute runs a plan and returns its outputs in order of the plan, flushed but
// not committed. After an error there are none: all were aborted. Every
// goroutine that was started has ended when it returns.
func (x *Executor) Execute(ctx context.Context, p *plan.Plan, a plan.Attempt) (outputs []plan.Output, err error) {
	r := newRun(ctx, p, a, x.seams)
	if x.Tap != nil {
		r.tap = x.Tap
	}
	defer func() {
		err = errors.Join(err, r.close())
		if err != nil {
			outputs, err = nil, errors.Join(err, r.abortWriters())
		}
	}()
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	if err := r.wait(); err != nil {
		return nil, err
	}
	return r.flush()
}

// open makes everything ready before a single row is read: outputs, queues,
// kernels.
func (r *run) open(ctx context.Context) error {
	for _, n := range r.plan.Nodes {
		if w, ok := n.Job.Op.(*op.Write); ok {
			if err := r.openWriter(ctx, n, w); err != nil {
				return r.diagnose(n, err)
			}
		}
	}
	for _, e := range r.plan.Edges {
		if e.Kind != plan.Fused {
			r.links[e] = r.newLink(e)
		}
	}
	for _, s := range r.plan.Stages {
		opened, err := r.newStage(s)
		r.stages = append(r.stages, opened)
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) openWriter(ctx context.Context, n *plan.Node, w *op.Write) error {
	opts := op.WriteOptions{Node: n.Name(), Fixed: r.attempt.Fixed}
	if w.OnError == op.Reject {
		opts.Reject = func(x op.Rejected) error {
			r.stages[n.Stage.ID-1].tail.refuse(n, x)
			return nil
		}
	}
	// The writer outlives the run: it is committed later.
	out, err := w.Sink.Open(ctx, r.attempt.Env, n.Inputs[0], opts)
	if err != nil {
		return err
	}
	r.writers[n] = out
	return nil
}

func (r *run) newLink(e *plan.Edge) *link {
	var q queue = make(channel, r.plan.Options.QueueBatches)
	if e.Kind == plan.Spool {
		q = newSpool(r.attempt.Env.Temp, e.Schema, r.plan.Options.QueueBatches)
	}
	if r.seams.queue != nil {
		q = r.seams.queue(e, q)
	}
	return &link{edge: e, book: r.attempt.Ledger.Edges[e.ID], queue: q}
}

// flush makes all outputs durable.
func (r *run) flush() ([]plan.Output, error) {
	var outputs []plan.Output
	for _, n := range r.plan.Nodes {
		w, ok := r.writers[n]
		if !ok {
			continue
		}
		if err := w.Flush(r.ctx); err != nil {
			return nil, r.diagnose(n, fmt.Errorf("flush: %w", err))
		}
		outputs = append(outputs, plan.Output{Node: n.Name(), Writer: w})
	}
	return outputs, nil
}

// unsupported is the error for an operator that has no kernel here.
func unsupported(n *plan.Node) error {
	return diag.Errorf("node.unsupported", n.Job.Pos, "the row strategy cannot run a %T", n.Job.Op)
}
