package plan

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Plan is a job made ready to run. It does not change once it was built.
type Plan struct {
	Job     *job.Definition
	Options Options
	Nodes   []*Node  // that reach a sink, in order of the definition
	Edges   []*Edge  // in order of the nodes that take, then of their inputs
	Stages  []*Stage // in order of their first nodes
}

// Node is one node of a plan.
type Node struct {
	Job    *job.Node
	ID     int              // its place in Plan.Nodes
	In     []*Edge          // in order of the inputs
	Out    []*Edge          // of all ports, in order of the consumers
	Schema *record.Schema   // of the main output
	Inputs []*record.Schema // of the inputs
	Stage  *Stage
	// Table is what a Scan reads; nil in a plan that only explains.
	Table op.Table
	// Used are the columns of a Scan that some node looks at by name; AllUsed
	// says that any may be looked at.
	Used    []string
	AllUsed bool
	// Groups are the state groups of the node's functions.
	Groups []string
}

// Name is the node's name.
func (n *Node) Name() string { return n.Job.Name }

// RejectSchema is the columns of the rows that the node may refuse: those of
// its first input, of a source its own.
func (n *Node) RejectSchema() *record.Schema {
	if len(n.Inputs) == 0 {
		return n.Schema
	}
	return n.Inputs[0]
}

// Port gives the edges that leave the node by a port.
func (n *Node) Port(port string) []*Edge {
	var out []*Edge
	for _, e := range n.Out {
		if e.Port == port {
			out = append(out, e)
		}
	}
	return out
}

// Edge is one connection of a plan.
type Edge struct {
	From, To *Node
	ID       int    // its place in Plan.Edges
	Port     string // of From
	Input    int    // of To
	Schema   *record.Schema
	Kind     EdgeKind
	Why      string // what made it a spool; "" for others
}

// EdgeKind is how batches come over an edge.
type EdgeKind uint8

// The kinds of edges.
const (
	Fused EdgeKind = iota // by a call within a stage
	Queue                 // through a bounded queue
	Spool                 // through a queue that overflows to a file
)

func (k EdgeKind) String() string { return [...]string{"fused", "queue", "spool"}[k] }

// Build plans a checked definition. tables are the opened sources; without
// them the plan is only good for Explain and DOT. Options without a value get
// their defaults. It reports every problem; the plan is nil if one is an error.
func Build(def *job.Definition, schemas job.Schemas, tables map[*job.Node]op.Table, o Options) (*Plan, diag.List) {
	o = o.WithDefaults()
	if err := o.Validate(); err != nil {
		return nil, diag.List{diag.Errorf("plan.options", def.Pos, "%w", err)}
	}
	p := &Plan{Job: def, Options: o}
	p.addNodes(schemas, tables)
	p.findColumns()
	p.cutStages()
	p.chooseEdges()
	problems := p.checkGroups()
	if problems.Err() != nil {
		return nil, problems
	}
	p.findSpans()
	return p, problems
}

// addNodes adds the nodes that reach a sink, and their edges.
func (p *Plan) addNodes(schemas job.Schemas, tables map[*job.Node]op.Table) {
	useful := p.Job.ReachingSinks()
	byJob := map[*job.Node]*Node{}
	for _, j := range p.Job.Nodes {
		if !useful[j] {
			continue
		}
		n := &Node{Job: j, ID: len(p.Nodes), Schema: schemas[j], Table: tables[j], Groups: groupsOf(j.Op)}
		byJob[j] = n
		p.Nodes = append(p.Nodes, n)
		for i, in := range j.Inputs {
			p.connect(byJob[in.From], n, i, in, in.Schema(schemas))
		}
	}
}

func (p *Plan) connect(from, to *Node, input int, in job.Edge, s *record.Schema) {
	e := &Edge{From: from, To: to, ID: len(p.Edges), Port: in.Port, Input: input, Schema: s}
	from.Out, to.In, to.Inputs = append(from.Out, e), append(to.In, e), append(to.Inputs, s)
	p.Edges = append(p.Edges, e)
}

// NewLedger makes the books of one attempt: nodes and edges in the plan's
// order, so that their IDs are their places there.
func (p *Plan) NewLedger() *ledger.Ledger {
	l := &ledger.Ledger{}
	for _, n := range p.Nodes {
		l.Nodes = append(l.Nodes, ledger.NewNode(n.Name(), n.Job.Op.Laws(), n.ports()))
	}
	for _, e := range p.Edges {
		l.Edges = append(l.Edges, &ledger.Edge{From: l.Nodes[e.From.ID], To: l.Nodes[e.To.ID], Port: e.From.counter(e.Port)})
	}
	return l
}

// ports are the names of the node's own ports.
func (n *Node) ports() []string {
	if s, ok := n.Job.Op.(*op.Split); ok {
		return op.Names(s.Ports)
	}
	return nil
}

// counter is what the node counts for the rows of a port.
func (n *Node) counter(port string) ledger.Counter {
	for i, name := range n.ports() {
		if job.SplitPort(name) == port {
			return ledger.Port(i)
		}
	}
	switch port {
	case job.PortRejects:
		return ledger.Rejected
	case job.PortDropped:
		return ledger.Dropped
	}
	return ledger.Out
}
