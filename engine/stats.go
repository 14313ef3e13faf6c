package engine

import (
	"cmp"
	"sync"
	"time"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// Progress is how far a run has come.
type Progress = jobinfo.Progress

// stats follows the ledger of the attempt that runs.
type stats struct {
	mu        sync.Mutex
	plan      *plan.Plan
	book      *ledger.Ledger
	committed map[string]bool
	began     time.Time // the attempt
}

func (s *stats) begin(p *plan.Plan, book *ledger.Ledger, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan, s.book, s.committed, s.began = p, book, map[string]bool{}, now
}

func (s *stats) published(node string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed[node] = true
}

func (s *stats) progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Progress{Began: s.began}
	if s.book == nil {
		return p
	}
	for _, n := range s.book.Nodes {
		p.RowsRead += n.Get(ledger.Read)
		p.RowsWritten += n.Get(ledger.Received)
		p.RowsRejected += n.Get(ledger.Rejected) + n.Get(ledger.LeftRejected) + n.Get(ledger.RightRejected)
	}
	return p
}

// report is the progress with that of each component.
func (s *stats) report() Progress {
	return withComponents(s.progress(), s.nodes())
}

func withComponents(p Progress, nodes []NodeCounts) Progress {
	p.Components = make([]jobinfo.ComponentProgress, 0, len(nodes))
	for _, n := range nodes {
		p.Components = append(p.Components, jobinfo.ComponentProgress{Name: n.Node, Counts: n.Counts})
	}
	return p
}

func (s *stats) nodes() []NodeCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book == nil {
		return nil
	}
	var out []NodeCounts
	for _, n := range s.book.Nodes {
		out = append(out, NodeCounts{Node: n.Name, Counts: n.Counts()})
	}
	return out
}

// outputs are the outputs that were published.
func (s *stats) outputs() []Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book == nil {
		return nil
	}
	var out []Output
	for i, n := range s.plan.Nodes {
		w, ok := n.Job.Op.(*op.Write)
		if ok && s.committed[n.Name()] {
			out = append(out, Output{Node: n.Name(), Target: cmp.Or(w.Sink.Target().Text, n.Name()), Rows: s.book.Nodes[i].Get(ledger.Received)})
		}
	}
	return out
}
