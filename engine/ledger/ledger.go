// Package ledger counts rows so that none is lost unseen (invariant 1).
//
// Every node counts what it takes, gives, drops, merges and rejects; every
// edge is counted at both ends. No count is made by subtraction from others,
// so the laws that tie them together can fail, and a law that fails fails the
// run. The package is a leaf: it imports nothing of ours.
package ledger

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// Counter is one thing that a node counts, in rows.
type Counter uint8

// The counters. Left and Right are the sides of a join.
const (
	In             Counter = iota // taken, all inputs together
	Out                           // given to the main output
	Rejected                      // refused and kept among the rejects
	Discarded                     // taken but not wanted any more, since a limit was reached
	Read                          // rows that a source found in its input
	Kept                          // let through by a filter
	Dropped                       // not let through
	Left                          // taken from a join's left side
	LeftMatched                   // that met a partner
	LeftUnmatched                 // that met none
	LeftRejected                  //
	Right                         // taken from a join's right side
	RightMatched                  //
	RightUnmatched                //
	RightRejected                 //
	Pairs                         // rows made of both sides
	KeptUnmatched                 // rows made of one side
	Merged                        // taken into a group, also of one row
	Groups                        // groups made
	Received                      // rows that a sink has written
	Skipped                       // taken, but not looked at: nobody wants the node's output any more
	Expanded                      // that gave at least one row
	Empty                         // that gave none
	Emitted                       // rows that these gave
	Unwanted                      // rows that a node made, but nobody wants any more
	counters                      // their number
)

var counterNames = [counters + 1]string{
	"in", "out", "rejected", "discarded", "read", "kept", "dropped",
	"left", "left matched", "left unmatched", "left rejected",
	"right", "right matched", "right unmatched", "right rejected",
	"pairs", "kept unmatched", "merged", "groups", "received", "skipped",
	"expanded", "empty", "emitted", "unwanted", "to a port",
}

func (c Counter) String() string { return counterNames[min(c, counters)] }

// MaxPorts is how many ports a node has at most.
const MaxPorts = 200

// Port counts the rows given to a port, from 0, of those that a node names itself.
func Port(i int) Counter { return counters + Counter(i) }

// Node counts the rows of one node. It may be used by several goroutines.
type Node struct {
	Name   string
	Laws   []Law
	counts [counters]atomic.Int64
	ports  []port
}

// port is a port that the node names itself.
type port struct {
	name string
	rows atomic.Int64
}

// NewNode makes the books of a node with ports of its own.
func NewNode(name string, laws []Law, ports []string) *Node {
	n := &Node{Name: name, Laws: laws, ports: make([]port, len(ports))}
	for i, p := range ports {
		n.ports[i].name = p
	}
	return n
}

func (n *Node) counter(c Counter) *atomic.Int64 {
	if c >= counters {
		return &n.ports[c-counters].rows
	}
	return &n.counts[c]
}

// Add adds n to a counter.
func (n *Node) Add(c Counter, rows int64) { n.counter(c).Add(rows) }

// Get is the value of a counter.
func (n *Node) Get(c Counter) int64 { return n.counter(c).Load() }

// nameOf is the name of a counter; that of a port is its own behind an arrow.
func (n *Node) nameOf(c Counter) string {
	if c >= counters {
		return "-> " + n.ports[c-counters].name
	}
	return c.String()
}

// Counts are the counters that are not zero, by name.
func (n *Node) Counts() map[string]int64 {
	out := map[string]int64{}
	for c := range counters + Counter(len(n.ports)) {
		if v := n.Get(c); v != 0 {
			out[n.nameOf(c)] = v
		}
	}
	return out
}

// Edge counts the rows of one edge at both of its ends.
type Edge struct {
	From, To *Node
	Port     Counter // what From counts for the rows of this edge: Out, Dropped, Rejected, a Port
	sent     atomic.Int64
	received atomic.Int64
}

// Send counts rows at the giving end.
func (e *Edge) Send(rows int64) { e.sent.Add(rows) }

// Receive counts rows at the taking end.
func (e *Edge) Receive(rows int64) { e.received.Add(rows) }

// Sent is the count at the giving end.
func (e *Edge) Sent() int64 { return e.sent.Load() }

// Received is the count at the taking end.
func (e *Edge) Received() int64 { return e.received.Load() }

// Name is "from -> to".
func (e *Edge) Name() string { return e.From.Name + " -> " + e.To.Name }

// Law says that two sums of counters of a node are equal.
type Law struct{ Left, Right []Counter }

func (l Law) String() string { return l.text(Counter.String) }

// text writes the law with these names: "in = out + rejected".
func (l Law) text(name func(Counter) string) string {
	return sum(l.Left, name) + " = " + sum(l.Right, name)
}

func sum(cs []Counter, name func(Counter) string) string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = name(c)
	}
	return strings.Join(names, " + ")
}

func (n *Node) total(cs []Counter) int64 {
	var t int64
	for _, c := range cs {
		t += n.Get(c)
	}
	return t
}

// numbers writes a sum as its numbers: "10 + 2".
func (n *Node) numbers(cs []Counter) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = fmt.Sprint(n.Get(c))
	}
	return strings.Join(parts, " + ")
}

// Ledger is the counts of one attempt.
type Ledger struct {
	Nodes []*Node
	Edges []*Edge
}

// Violation is a law that does not hold.
type Violation struct {
	Where   string // the node's name, or "from -> to" of an edge
	Law     string
	Numbers string
}

func (v *Violation) Error() string {
	return fmt.Sprintf("%s: the ledger does not balance: %s, but counted %s", v.Where, v.Law, v.Numbers)
}

// Check returns every law that does not hold (invariant 1): the laws of each
// node; per edge, as many rows taken as given; per node, as many rows given as
// its edges took over, and as many taken as its edges delivered.
func (l *Ledger) Check() []*Violation {
	var out []*Violation
	for _, n := range l.Nodes {
		for _, law := range n.Laws {
			if n.total(law.Left) != n.total(law.Right) {
				out = append(out, &Violation{n.Name, law.text(n.nameOf), n.numbers(law.Left) + " and " + n.numbers(law.Right)})
			}
		}
		out = append(out, l.checkInputs(n)...)
	}
	for _, e := range l.Edges {
		out = append(out, e.check()...)
	}
	return out
}

func (l *Ledger) checkInputs(n *Node) []*Violation {
	var delivered int64
	inputs := 0
	for _, e := range l.Edges {
		if e.To == n {
			delivered += e.Received()
			inputs++
		}
	}
	if inputs == 0 || delivered == n.Get(In) {
		return nil
	}
	return []*Violation{{n.Name, "in = received over its edges", fmt.Sprintf("%d and %d", n.Get(In), delivered)}}
}

func (e *Edge) check() []*Violation {
	var out []*Violation
	if e.Sent() != e.Received() {
		out = append(out, &Violation{e.Name(), "sent = received", fmt.Sprintf("%d and %d", e.Sent(), e.Received())})
	}
	if given := e.From.Get(e.Port); given != e.Sent() {
		out = append(out, &Violation{e.Name(), e.From.nameOf(e.Port) + " of " + e.From.Name + " = sent", fmt.Sprintf("%d and %d", given, e.Sent())})
	}
	return out
}
