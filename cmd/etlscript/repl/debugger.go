package repl

import (
	"fmt"
	"sync"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// debugger stops a run at rows. The run's goroutines call it; at a stop the one
// that met it waits, and the others do as soon as something happens to a row of
// theirs. The session gets the stops, one at a time, and answers each.
type debugger struct {
	points []*breakpoint
	stops  chan *stop
	goOn   chan pace
	over   chan struct{} // closed when the run has ended or is to end

	mu    sync.Mutex
	pace  pace
	taken map[*plan.Node]*record.Batch // what each node took last
}

// pace is how a run goes on behind a stop.
type pace int

const (
	toBreakpoint pace = iota
	toNextEvent
)

// event is what happens to a row.
type event string

const (
	takes   event = "takes"
	gives   event = "gives"
	refuses event = "refuses"
)

// stop is an event at which a run stands still.
type stop struct {
	event         event
	node          *plan.Node
	before, after *record.Batch // rows; nil where there are none
	refused       *op.Rejected
	point         *breakpoint // nil for a step
	problem       error       // why the condition could not be tested
}

func newDebugger(points []*breakpoint) *debugger {
	return &debugger{
		points: points, stops: make(chan *stop), goOn: make(chan pace), over: make(chan struct{}),
		taken: map[*plan.Node]*record.Batch{},
	}
}

// Take implements row.Tap.
func (d *debugger) Take(n *plan.Node, input int, b *record.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.taken[n] = b
	point, problem := d.hit(n, n.In[input], b)
	d.meet(&stop{event: takes, node: n, before: b, point: point, problem: problem})
}

// Give implements row.Tap.
func (d *debugger) Give(n *plan.Node, b *record.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &stop{event: gives, node: n, before: d.taken[n], after: b}
	if len(n.In) == 0 { // a source takes nothing
		s.point, s.problem = d.hit(n, nil, b)
	}
	d.meet(s)
}

// Refuse implements row.Tap.
func (d *debugger) Refuse(n *plan.Node, x op.Rejected) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.meet(&stop{event: refuses, node: n, before: d.taken[n], refused: &x})
}

// hit is the first breakpoint that rows meet.
func (d *debugger) hit(n *plan.Node, e *plan.Edge, b *record.Batch) (*breakpoint, error) {
	for _, p := range d.points {
		if !p.at(n, e) {
			continue
		}
		if ok, err := p.holds(b); ok || err != nil {
			return p, err
		}
	}
	return nil, nil
}

// meet stops at an event where there is a reason to.
func (d *debugger) meet(s *stop) {
	if s.point == nil && d.pace != toNextEvent {
		return
	}
	select {
	case d.stops <- s:
	case <-d.over:
		return
	}
	select {
	case d.pace = <-d.goOn:
	case <-d.over:
	}
}

// title is what happens, in a line.
func (s *stop) title() string {
	text := fmt.Sprintf("%s %s", s.node.Name(), s.event)
	if s.event == takes && s.before.Len() == 1 {
		text += " " + originOf(s.before, 0)
	}
	if s.refused != nil {
		text += " a row: " + s.refused.Message
	}
	return text
}

// originOf says which row of a source a row is.
func originOf(b *record.Batch, row int) string {
	source, n := b.Lineage.At(row).Place()
	if source == "" {
		return "a row"
	}
	return fmt.Sprintf("row %d of %s", n, source)
}
