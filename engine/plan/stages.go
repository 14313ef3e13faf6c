package plan

import (
	"slices"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

// Stage is a piece of a plan that runs without queues inside.
type Stage struct {
	ID int // from 1, for people
	// Head is the source or the blocking or merging node that the stage starts
	// with; nil when its first node takes batches from a queue as they come.
	Head *Node
	// Parallel are the nodes behind the head that Workers workers run on
	// different batches; Ordered are the nodes behind these, which one
	// goroutine runs in the order of the input.
	Parallel []*Node
	Ordered  []*Node
	Workers  int
	// Spans are the parts of Ordered that single rows go through.
	Spans []Span
}

// Span is a part of Stage.Ordered from one place up to another, exclusive.
type Span struct{ From, To int }

// Nodes are all nodes of the stage in order.
func (s *Stage) Nodes() []*Node {
	var out []*Node
	if s.Head != nil {
		out = append(out, s.Head)
	}
	return append(append(out, s.Parallel...), s.Ordered...)
}

// First is the node that takes the stage's input.
func (s *Stage) First() *Node { return s.Nodes()[0] }

// Last is the node that gives the stage's output.
func (s *Stage) Last() *Node {
	nodes := s.Nodes()
	return nodes[len(nodes)-1]
}

// cutStages gives every node its stage.
func (p *Plan) cutStages() {
	for _, n := range p.Nodes {
		switch {
		case isHead(n.Job.Op, len(n.In)):
			n.Stage = p.newStage()
			n.Stage.Head = n
			continue
		case fusable(n.In[0]):
			n.Stage = n.In[0].From.Stage
		default:
			n.Stage = p.newStage()
		}
		n.Stage.append(n)
	}
	for _, s := range p.Stages {
		if len(s.Parallel) > 0 {
			s.Workers = p.Options.Workers
		}
	}
}

func (p *Plan) newStage() *Stage {
	s := &Stage{ID: len(p.Stages) + 1, Workers: 1}
	p.Stages = append(p.Stages, s)
	return s
}

func (s *Stage) append(n *Node) {
	_, custom := n.Job.Op.(*op.Custom) // its kernel may keep what it likes from batch to batch
	if custom || n.Job.Op.Traits().Ordered || len(s.Ordered) > 0 {
		s.Ordered = append(s.Ordered, n)
	} else {
		s.Parallel = append(s.Parallel, n)
	}
}

// isHead reports whether a node starts a stage whatever stands before it.
func isHead(o op.Operator, inputs int) bool {
	return inputs != 1 || o.Traits().Blocking || isUnion(o)
}

func isUnion(o op.Operator) bool {
	_, ok := o.(*op.Union)
	return ok
}

// fusable reports whether an edge needs no queue: its giver has no other
// consumer.
func fusable(e *Edge) bool { return e.Port == job.PortOut && len(e.From.Out) == 1 }

// ReadOrder is the inputs of the node in the order in which it reads them: a
// join builds its right side first.
func (n *Node) ReadOrder() []*Edge {
	order := slices.Clone(n.In)
	if _, ok := n.Job.Op.(*op.Join); ok {
		slices.Reverse(order)
	}
	return order
}

// chooseEdges decides between queue and spool; the package comment has the
// rule and its proof.
func (p *Plan) chooseEdges() {
	for _, n := range p.Nodes {
		for i, e := range n.ReadOrder() {
			switch {
			case n.Stage.First() != n:
				e.Kind = Fused
			case i > 0 && !p.isBridge(e):
				e.Kind, e.Why = Spool, whySpool(n, e)
			default:
				e.Kind = Queue
			}
		}
	}
}

func whySpool(n *Node, e *Edge) string {
	first := n.ReadOrder()[0]
	return n.Name() + " reads the rows of " + first.From.Name() + " first; both inputs are connected elsewhere too, so a full queue could stop the job"
}

// isBridge reports whether the graph falls apart without the edge.
func (p *Plan) isBridge(without *Edge) bool {
	seen := map[*Node]bool{without.From: true}
	for todo := []*Node{without.From}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, e := range slices.Concat(n.In, n.Out) {
			if e == without {
				continue
			}
			for _, next := range []*Node{e.From, e.To} {
				if !seen[next] {
					seen[next] = true
					todo = append(todo, next)
				}
			}
		}
	}
	return !seen[without.To]
}
