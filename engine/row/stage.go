package row

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// stage is a stage of the plan at work.
type stage struct {
	exec   *run
	plan   *plan.Stage
	head   head
	chains []*chain // one for each worker; none without parallel nodes
	first  books    // of the first node behind the head
	tail   *tail
	over   atomic.Bool // no further rows are wanted

	order, work chan *task // nil when one goroutine does all
}

// task is a packet on its way through a stage.
type task struct {
	packet
	refused []refusal
	out     []*record.Batch // what the parallel nodes made
	aside   []aside         // and gave to other ports
	broken  error           // why the stream breaks off behind out
	skipped bool            // no worker looked at it, since the stage was over
	done    chan struct{}
	made    int           // rows of out
	next    *task         // what a worker goes on with, when it has handed over this part
	taken   chan struct{} // closed when the tail has this part; nil: nobody waits for it
}

// aside is rows for another port than the main output.
type aside struct {
	port  string
	batch *record.Batch
}

// refusal is a row that a node refused and that is not stored yet.
type refusal struct {
	node *plan.Node
	row  op.Rejected
}

// head gives a stage its packets.
type head interface {
	// run feeds the stage until the end of the input. It returns nil, errEnough
	// or the failure that the stream breaks off with.
	run(ctx context.Context) error
	// drain takes and discards what is left of the input.
	drain(ctx context.Context) error
	close()
}

func (r *run) newStage(p *plan.Stage) (*stage, error) {
	s := &stage{exec: r, plan: p}
	var err error
	s.tail, err = s.newTail()
	if err != nil {
		return s, err
	}
	for range p.Workers {
		if len(p.Parallel) == 0 {
			break
		}
		c, err := s.newChain()
		s.chains = append(s.chains, c)
		if err != nil {
			return s, err
		}
	}
	if behind := append(p.Parallel[:len(p.Parallel):len(p.Parallel)], p.Ordered...); len(behind) > 0 {
		s.first = r.newStep(behind[0], nil, nil).books
	}
	s.head, err = s.newHead()
	if r.plan.Options.Workers > 1 && len(p.Parallel)+len(p.Ordered) > 0 {
		s.order, s.work = make(chan *task, 2*p.Workers), make(chan *task, 2*p.Workers)
	}
	return s, err
}

func (s *stage) close() {
	for _, c := range s.chains {
		closeSteps(c.steps)
		c.scope.Close()
	}
	closeSteps(s.tail.steps)
	s.tail.scope.Close()
	if s.head != nil {
		s.head.close()
	}
}

func closeSteps(steps []*step) {
	for _, s := range steps {
		s.kernel.close()
	}
}

// run runs the stage to its end, and tells who watches.
func (s *stage) run(ctx context.Context) {
	s.exec.began(s.plan.Nodes())
	s.pass(ctx)
	if !s.tail.broken && !s.exec.failing() {
		s.exec.ended(s.plan.Nodes())
	}
}

// pass passes the rows of the input through the stage.
func (s *stage) pass(ctx context.Context) {
	defer s.tail.close()
	s.tail.begin()
	if s.order == nil {
		s.runHead(ctx)
		s.tail.finish(ctx)
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	s.exec.start(&wg, func() {
		defer close(s.order)
		defer close(s.work)
		s.runHead(ctx)
	})
	for _, c := range s.chains {
		s.exec.start(&wg, func() { c.work(ctx) })
	}
	s.exec.protect(func() { s.runTail(ctx) })
}

// runTail takes the tasks in order, each when a worker is done with it.
func (s *stage) runTail(ctx context.Context) {
	for j := range s.order {
		for j != nil {
			j = s.takePart(ctx, j)
		}
	}
	s.tail.finish(ctx)
}

// takePart takes a task, or the part of it that a worker handed over. It returns
// the part behind it, nil if there is none.
func (s *stage) takePart(ctx context.Context, j *task) *task {
	select {
	case <-j.done:
		s.tail.accept(ctx, j)
		if j.taken != nil {
			close(j.taken)
		}
		return j.next
	case <-ctx.Done():
		return nil
	}
}

// runHead feeds the stage, and discards what it does not want.
func (s *stage) runHead(ctx context.Context) {
	err := s.head.run(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	var f *failure
	if errors.As(err, &f) {
		// Whether more is wanted behind a failure is no question.
		_ = s.feed(ctx, &task{packet: packet{fail: f, place: f.place}})
	} else if !errors.Is(err, errEnough) {
		s.exec.abort(err)
		return
	}
	s.leave()
	if err := s.head.drain(ctx); err != nil {
		s.exec.abort(err)
	}
}

// feed sends a task through the stage. It returns errEnough when no further one
// is wanted.
func (s *stage) feed(ctx context.Context, j *task) error {
	if s.order == nil {
		s.tail.accept(ctx, s.process(ctx, j))
		return s.wanted(ctx)
	}
	j.done = make(chan struct{})
	if err := give(ctx, s.order, j); err != nil {
		return err
	}
	if len(s.chains) == 0 {
		j.pass()
		close(j.done)
	} else if err := give(ctx, s.work, j); err != nil {
		return err
	}
	return s.wanted(ctx)
}

func give(ctx context.Context, to chan<- *task, j *task) error {
	select {
	case to <- j:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *stage) wanted(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s.over.Load() {
		return errEnough
	}
	return nil
}

// process runs the parallel nodes on a task, if there are any, and returns it, or
// its last part.
func (s *stage) process(ctx context.Context, j *task) *task {
	if len(s.chains) > 0 {
		return s.chains[0].process(ctx, j)
	}
	j.pass()
	return j
}

// pass makes the task's rows its result.
func (j *task) pass() {
	if j.batch != nil {
		j.out = []*record.Batch{j.batch}
	}
	if j.fail != nil {
		j.broken = j.fail
	}
}

// leave tells those who give rows to the stage that it wants no more.
func (s *stage) leave() {
	for _, e := range s.plan.First().In {
		s.exec.links[e].left.Store(true)
	}
}

// chain is the parallel nodes of a stage as one worker runs them.
type chain struct {
	stage *stage
	steps []*step
	task  *task           // that it works on, or its last part
	waits <-chan struct{} // for the tail to take the part before that; nil: for nothing
	scope expr.Scope      // what the functions of the worker share
}

func (s *stage) newChain() (*chain, error) {
	c := &chain{stage: s}
	steps, _, err := s.exec.newSteps(s.plan.Parallel, c, c, &c.scope)
	c.steps = steps
	return c, err
}

// newSteps connects nodes into a chain that ends in next, for one worker.
func (r *run) newSteps(nodes []*plan.Node, next taker, side side, worker *expr.Scope) ([]*step, taker, error) {
	steps := make([]*step, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		steps[i] = r.newStep(nodes[i], next, side)
		k, err := r.newKernel(nodes[i], steps[i].books.node, worker)
		if err != nil {
			closeSteps(steps[i+1:])
			return nil, nil, r.diagnose(nodes[i], err)
		}
		steps[i].kernel = k
		if _, ok := k.(holder); ok {
			steps[i].holds = r.memory.share(nodes[i])
		}
		next = steps[i]
	}
	return steps, next, nil
}

func (c *chain) work(ctx context.Context) {
	for j := range c.stage.work {
		close(c.process(ctx, j).done)
	}
}

// process runs the nodes on a task and returns it, or its last part.
func (c *chain) process(ctx context.Context, j *task) *task {
	if j.batch != nil {
		if c.stage.over.Load() {
			j.skipped = true
			return j
		}
		c.task, c.waits = j, nil
		err := c.steps[0].push(ctx, j.batch)
		j = c.task
		j.broken = err
	}
	if j.broken == nil && j.fail != nil {
		j.broken = j.fail
	}
	return j
}

// partBatches is how many full batches a worker makes of a task before it hands
// them over. Only a node that makes several rows of one comes so far.
const partBatches = 8

// push implements taker.
func (c *chain) push(ctx context.Context, b *record.Batch) error {
	c.task.out = append(c.task.out, b)
	if c.task.made += b.Len(); c.task.made < partBatches*c.stage.exec.plan.Options.BatchRows {
		return nil
	}
	return c.handOver(ctx)
}

// handOver gives the tail what was made of the task so far, when it has the part
// before that, so that the memory for both is bounded (invariant 7). The tail takes
// tasks in the order in which workers begin them, so that it comes to this one.
func (c *chain) handOver(ctx context.Context) error {
	part := c.task
	c.task = &task{packet: packet{place: part.place}}
	if c.stage.order == nil {
		c.stage.tail.accept(ctx, part)
		return c.stage.wanted(ctx)
	}
	c.task.done, part.taken = make(chan struct{}), make(chan struct{})
	part.next = c.task
	close(part.done)
	if c.waits != nil {
		select {
		case <-c.waits:
		case <-ctx.Done():
		}
	}
	c.waits = part.taken
	return c.stage.wanted(ctx)
}

// give implements side.
func (c *chain) give(_ context.Context, port string, b *record.Batch) error {
	c.task.aside = append(c.task.aside, aside{port, b})
	return nil
}

// refuse implements side.
func (c *chain) refuse(n *plan.Node, x op.Rejected) {
	c.task.refused = append(c.task.refused, refusal{n, x})
}
