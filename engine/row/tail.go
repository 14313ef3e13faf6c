package row

import (
	"context"
	"errors"
	"slices"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// tail is the end of a stage: it takes the tasks in order, runs the ordered
// nodes and hands the rows to the queues behind the stage. One goroutine uses
// it.
type tail struct {
	stage   *stage
	steps   []*step
	spans   map[int]*span // by the place of their last node in steps
	first   taker         // of the ordered nodes, or the tail itself
	refused []refusal     // of the ordered nodes, not stored yet
	place   place         // of the task that it works on
	broken  bool          // the stream broke off
	scope   expr.Scope    // what the functions of the ordered nodes share

	main, rejects, links []*link            // behind the last node; links are all of them
	ports                map[string][]*link // those that are neither of the main output nor of the rejects
}

func (s *stage) newTail() (*tail, error) {
	t := &tail{stage: s, spans: map[int]*span{}, ports: map[string][]*link{}}
	for _, e := range s.plan.Last().Out {
		l := s.exec.links[e]
		switch {
		case l == nil:
			continue
		case e.Port == job.PortOut:
			t.main = append(t.main, l)
		case e.Port == job.PortRejects:
			t.rejects = append(t.rejects, l)
		default:
			t.ports[e.Port] = append(t.ports[e.Port], l)
		}
		t.links = append(t.links, l)
	}
	return t, t.newSteps()
}

// newSteps connects the ordered nodes, with spans where single rows go
// through.
func (t *tail) newSteps() error {
	nodes, r := t.stage.plan.Ordered, t.stage.exec
	t.first = t
	for end := len(nodes); end > 0; {
		begin, spans := end-1, t.spanEnding(end)
		if spans != nil {
			begin = spans.From
			t.spans[end-1] = newSpan(nodes[end-1], t.first)
			t.first = t.spans[end-1].rows()
		}
		steps, first, err := r.newSteps(nodes[begin:end], t.first, t, &t.scope)
		if err != nil {
			return err
		}
		t.steps = append(steps, t.steps...)
		if t.first = first; spans != nil {
			t.spans[end-1].first = steps[0]
			t.first = t.spans[end-1]
		}
		end = begin
	}
	return nil
}

func (t *tail) spanEnding(end int) *plan.Span {
	for _, s := range t.stage.plan.Spans {
		if s.To == end {
			return &s
		}
	}
	return nil
}

// accept takes a task that the workers are done with.
func (t *tail) accept(ctx context.Context, j *task) {
	if t.stage.over.Load() {
		t.discard(ctx, j)
		return
	}
	t.place = j.place
	if err := t.pass(ctx, j); err != nil {
		t.end(ctx, err)
	}
}

// pass hands on all that a task brings.
func (t *tail) pass(ctx context.Context, j *task) error {
	err := t.store(ctx, j.refused)
	for _, a := range j.aside {
		if given := t.give(ctx, a.port, a.batch); err == nil {
			err = given
		}
	}
	for _, b := range j.out {
		if err != nil {
			t.discardRows(ctx, b)
			continue
		}
		err = t.first.push(ctx, b)
	}
	if stored := t.storeOwn(ctx); err == nil {
		err = stored
	}
	if err == nil {
		err = j.broken
	}
	return err
}

// begin ends the stage at once if a limit wants no row at all.
func (t *tail) begin() {
	for _, s := range t.steps {
		if l, ok := s.node.Job.Op.(*op.Limit); ok && l.N == 0 {
			s.enough = true
			t.over()
		}
	}
}

// over says that no further rows are wanted.
func (t *tail) over() {
	t.stage.over.Store(true)
	if t.stage.streams() {
		t.stage.leave()
	}
}

// finish ends a stream that did not break off, for the nodes that saw its end.
func (t *tail) finish(ctx context.Context) {
	ended := t.sawEnd()
	if t.broken || ctx.Err() != nil {
		return
	}
	err := t.finishSteps(ctx, ended)
	if stored := t.storeOwn(ctx); err == nil {
		err = stored
	}
	if err != nil {
		t.end(ctx, err)
	}
}

// sawEnd tells which of the nodes saw the end of their stream: all, but for those
// before a limit that was reached, and that limit itself. Assertions let nobody
// before them know of a limit.
func (t *tail) sawEnd() []bool {
	out := make([]bool, len(t.steps))
	cutOff := t.stage.over.Load() && !slices.ContainsFunc(t.steps, func(s *step) bool { return s.enough })
	for i, s := range slices.Backward(t.steps) {
		_, watches := s.node.Job.Op.(*op.Assert)
		cutOff = (cutOff || s.enough) && !watches
		out[i] = !cutOff
	}
	return out
}

func (t *tail) finishSteps(ctx context.Context, ended []bool) error {
	for i, s := range t.steps {
		if !ended[i] {
			continue
		}
		if err := s.finish(ctx); err != nil {
			return err
		}
		if span := t.spans[i]; span != nil {
			if err := span.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// end stops the stage: nothing more is wanted, or its stream broke off.
func (t *tail) end(ctx context.Context, err error) {
	t.over()
	var f *failure
	if !errors.As(err, &f) {
		return
	}
	t.broken = true
	f = f.at(t.place)
	if t.endsRun(f) {
		t.stage.exec.report(f)
	}
	for _, l := range t.links {
		t.send(ctx, l, packet{fail: f, place: t.place})
	}
}

// endsRun reports whether a failure fails the run, whoever stands behind the stage: it
// has reached a sink, or an assertion, which cannot hold for a stream that broke off.
func (t *tail) endsRun(f *failure) bool {
	if _, sink := t.stage.plan.Last().Job.Op.(*op.Write); sink {
		return true
	}
	return slices.ContainsFunc(t.stage.plan.Ordered, func(n *plan.Node) bool {
		_, asserts := n.Job.Op.(*op.Assert)
		return asserts && f.node <= n.ID
	})
}

// send gives a packet to a link. A queue that takes none is a fault of the
// executor.
func (t *tail) send(ctx context.Context, l *link, p packet) {
	if err := l.send(ctx, p); err != nil {
		t.stage.exec.abort(err)
	}
}

// close says to those behind the stage that nothing follows.
func (t *tail) close() {
	for _, l := range t.links {
		l.queue.close()
	}
}

// discard accounts for a task that is not wanted.
func (t *tail) discard(ctx context.Context, j *task) {
	for _, x := range j.refused {
		t.stage.exec.attempt.Ledger.Nodes[x.node.ID].Add(unwanted(x.node), 1)
	}
	for _, a := range j.aside {
		_ = t.give(ctx, a.port, a.batch) // it is known that nobody wants more
	}
	if j.skipped {
		t.stage.first.discard(j.batch.Len())
	}
	for _, b := range j.out {
		t.discardRows(ctx, b)
	}
}

// unwanted is what a node counts for rows that it refused when nobody wanted
// its rows any more.
func unwanted(n *plan.Node) ledger.Counter {
	if _, ok := n.Job.Op.(*op.Aggregate); ok {
		return ledger.Skipped
	}
	return ledger.Discarded
}

func (t *tail) discardRows(ctx context.Context, b *record.Batch) {
	if len(t.steps) > 0 {
		t.steps[0].books.discard(b.Len())
		return
	}
	_ = t.push(ctx, b) // those behind take and discard
}

// push implements taker for the last node of the stage.
func (t *tail) push(ctx context.Context, b *record.Batch) error { return t.sendAll(ctx, t.main, b) }

// give implements side.
func (t *tail) give(ctx context.Context, port string, b *record.Batch) error {
	return t.sendAll(ctx, t.ports[port], b)
}

// refuse implements side.
func (t *tail) refuse(n *plan.Node, x op.Rejected) { t.refused = append(t.refused, refusal{n, x}) }

// sendAll sends rows over links, and says whether anybody wants more.
func (t *tail) sendAll(ctx context.Context, to []*link, b *record.Batch) error {
	for _, l := range to {
		t.send(ctx, l, packet{batch: b, place: t.place})
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, l := range t.links {
		if !l.left.Load() {
			return nil
		}
	}
	if len(t.links) == 0 {
		return nil
	}
	return errEnough
}

func (t *tail) storeOwn(ctx context.Context) error {
	refused := t.refused
	t.refused = nil
	return t.store(ctx, refused)
}

// store keeps refused rows, and gives them to those who take the rejects of
// the last node.
func (t *tail) store(ctx context.Context, refused []refusal) error {
	var rows *rejectRows
	for _, x := range refused {
		r := t.stage.exec
		if err := r.attempt.Rejects.Reject(x.node.Name(), x.row); err != nil {
			// It counts for the whole run, whatever a limit behind wants.
			f := &failure{err: r.diagnose(x.node, err), node: x.node.ID}
			r.report(f.at(t.place))
			return errStopped
		}
		r.attempt.Ledger.Nodes[x.node.ID].Add(ledger.Rejected, 1)
		if len(t.rejects) == 0 || x.node != t.stage.plan.Last() {
			continue
		}
		if rows == nil {
			rows = newRejectRows(t.rejects[0].edge.Schema)
		}
		rows.add(x)
	}
	if rows == nil {
		return nil
	}
	return t.sendAll(ctx, t.rejects, rows.batch())
}
