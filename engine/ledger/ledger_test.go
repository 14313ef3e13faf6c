package ledger

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// books are those of: scan -> filter -> write, with the filter's dropped rows
// going to a second sink.
type books struct {
	scan, filter, write, second *Node
	in, kept, dropped           *Edge
}

func newBooks() *books {
	b := &books{
		scan:   &Node{Name: "read_csv@1", Laws: []Law{{Left: []Counter{Read}, Right: []Counter{Out, Rejected, Discarded}}}},
		filter: &Node{Name: "filter@2", Laws: []Law{{Left: []Counter{In}, Right: []Counter{Kept, Dropped, Rejected}}, {Left: []Counter{Kept}, Right: []Counter{Out}}}},
		write:  &Node{Name: "write_csv@3", Laws: []Law{{Left: []Counter{In}, Right: []Counter{Received}}}},
		second: &Node{Name: "write_csv@4", Laws: []Law{{Left: []Counter{In}, Right: []Counter{Received}}}},
	}
	b.in = &Edge{From: b.scan, To: b.filter, Port: Out}
	b.kept = &Edge{From: b.filter, To: b.write, Port: Out}
	b.dropped = &Edge{From: b.filter, To: b.second, Port: Dropped}
	return b
}

func (b *books) ledger() *Ledger {
	return &Ledger{Nodes: []*Node{b.scan, b.filter, b.write, b.second}, Edges: []*Edge{b.in, b.kept, b.dropped}}
}

// run counts ten rows of which seven are kept.
func (b *books) run() {
	b.scan.Add(Read, 10)
	b.scan.Add(Out, 10)
	b.in.Send(10)
	b.in.Receive(10)
	b.filter.Add(In, 10)
	b.filter.Add(Kept, 7)
	b.filter.Add(Out, 7)
	b.filter.Add(Dropped, 3)
	b.kept.Send(7)
	b.kept.Receive(7)
	b.write.Add(In, 7)
	b.write.Add(Received, 7)
	b.dropped.Send(3)
	b.dropped.Receive(3)
	b.second.Add(In, 3)
	b.second.Add(Received, 3)
}

func TestBalancedBooks(t *testing.T) {
	t.Parallel()
	b := newBooks()
	if got := b.ledger().Check(); len(got) > 0 {
		t.Errorf("nothing counted: %v", got[0])
	}
	b.run()
	if got := b.ledger().Check(); len(got) > 0 {
		t.Errorf("all counted: %v", got[0])
	}
}

// Each fault is found, and named where it happened.
func TestEachFaultIsFound(t *testing.T) {
	t.Parallel()
	const gap = ": the ledger does not balance: "
	tests := map[string]struct {
		fault func(b *books)
		want  []string
	}{
		"a source loses a row": {
			func(b *books) { b.scan.Add(Read, 1) },
			[]string{"read_csv@1" + gap + "read = out + rejected + discarded, but counted 11 and 10 + 0 + 0"},
		},
		"a filter loses a row": {
			func(b *books) {
				b.filter.Add(Dropped, -1)
				b.dropped.Send(-1)
				b.dropped.Receive(-1)
				b.second.Add(In, -1)
				b.second.Add(Received, -1)
			},
			[]string{"filter@2" + gap + "in = kept + dropped + rejected, but counted 10 and 7 + 2 + 0"},
		},
		"a filter doubles a row": {
			func(b *books) {
				b.filter.Add(Out, 1)
				b.kept.Send(1)
				b.kept.Receive(1)
				b.write.Add(In, 1)
				b.write.Add(Received, 1)
			},
			[]string{"filter@2" + gap + "kept = out, but counted 7 and 8"},
		},
		"a queue loses a batch": {
			func(b *books) {
				b.in.Receive(-4)
				b.filter.Add(In, -4)
				b.filter.Add(Kept, -4)
				b.filter.Add(Out, -4)
				b.kept.Send(-4)
				b.kept.Receive(-4)
				b.write.Add(In, -4)
				b.write.Add(Received, -4)
			},
			[]string{"read_csv@1 -> filter@2" + gap + "sent = received, but counted 10 and 6"},
		},
		"a queue doubles a batch": {
			func(b *books) { b.kept.Receive(7); b.write.Add(In, 7); b.write.Add(Received, 7) },
			[]string{"filter@2 -> write_csv@3" + gap + "sent = received, but counted 7 and 14"},
		},
		"a node loses what its edge brought": {
			func(b *books) { b.write.Add(In, -2); b.write.Add(Received, -2) },
			[]string{"write_csv@3" + gap + "in = received over its edges, but counted 5 and 7"},
		},
		"rows are made but never sent": {
			func(b *books) { b.kept.Send(-7); b.kept.Receive(-7); b.write.Add(In, -7); b.write.Add(Received, -7) },
			[]string{"filter@2 -> write_csv@3" + gap + "out of filter@2 = sent, but counted 7 and 0"},
		},
		"a second port sends the wrong rows": {
			func(b *books) {
				b.dropped.Send(1)
				b.dropped.Receive(1)
				b.second.Add(In, 1)
				b.second.Add(Received, 1)
			},
			[]string{"filter@2 -> write_csv@4" + gap + "dropped of filter@2 = sent, but counted 3 and 4"},
		},
		"a sink writes a row less": {
			func(b *books) { b.second.Add(Received, -1) },
			[]string{"write_csv@4" + gap + "in = received, but counted 3 and 2"},
		},
		"two faults": {
			func(b *books) { b.scan.Add(Read, 1); b.write.Add(Received, 1) },
			[]string{
				"read_csv@1" + gap + "read = out + rejected + discarded, but counted 11 and 10 + 0 + 0",
				"write_csv@3" + gap + "in = received, but counted 7 and 8",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBooks()
			b.run()
			tt.fault(b)
			var got []string
			for _, v := range b.ledger().Check() {
				got = append(got, v.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Any single count that is off by any number breaks a law.
func TestNoCountGoesUnchecked(t *testing.T) {
	t.Parallel()
	counts := map[string]func(b *books, n int64){
		"read":             func(b *books, n int64) { b.scan.Add(Read, n) },
		"out of scan":      func(b *books, n int64) { b.scan.Add(Out, n) },
		"rejected":         func(b *books, n int64) { b.scan.Add(Rejected, n) },
		"sent to filter":   func(b *books, n int64) { b.in.Send(n) },
		"filter received":  func(b *books, n int64) { b.in.Receive(n) },
		"in of filter":     func(b *books, n int64) { b.filter.Add(In, n) },
		"kept":             func(b *books, n int64) { b.filter.Add(Kept, n) },
		"dropped":          func(b *books, n int64) { b.filter.Add(Dropped, n) },
		"out of filter":    func(b *books, n int64) { b.filter.Add(Out, n) },
		"sent to sink":     func(b *books, n int64) { b.kept.Send(n) },
		"sink received":    func(b *books, n int64) { b.kept.Receive(n) },
		"in of sink":       func(b *books, n int64) { b.write.Add(In, n) },
		"receipts of sink": func(b *books, n int64) { b.write.Add(Received, n) },
	}
	for name, add := range counts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				b := newBooks()
				b.run()
				n := rapid.Int64Range(-1000, 1000).Filter(func(n int64) bool { return n != 0 }).Draw(t, "n")
				add(b, n)
				if len(b.ledger().Check()) == 0 {
					t.Fatalf("%d rows too many went unseen", n)
				}
			})
		})
	}
}

// A node with several inputs takes what all of them bring, and one with
// several consumers gives to each.
func TestSeveralEdges(t *testing.T) {
	t.Parallel()
	left, right := &Node{Name: "left"}, &Node{Name: "right"}
	union := &Node{Name: "union@3", Laws: []Law{{Left: []Counter{In}, Right: []Counter{Out}}}}
	edges := []*Edge{{From: left, To: union}, {From: right, To: union}, {From: left, To: right}}
	for i, e := range edges {
		e.Port = Out
		rows := []int64{5, 6, 5}[i]
		e.Send(rows)
		e.Receive(rows)
	}
	left.Add(Out, 5)
	right.Add(In, 5)
	right.Add(Out, 6)
	union.Add(In, 11)
	union.Add(Out, 11)
	l := &Ledger{Nodes: []*Node{left, right, union}, Edges: edges}
	if got := l.Check(); len(got) > 0 {
		t.Errorf("balanced: %v", got[0])
	}
	union.Add(In, 1)
	union.Add(Out, 1)
	got := l.Check()
	if len(got) != 1 || got[0].Where != "union@3" || got[0].Numbers != "12 and 11" {
		t.Errorf("got %v, want a violation at union@3", got)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	n := &Node{Name: "join@5"}
	n.Add(LeftMatched, 3)
	n.Add(KeptUnmatched, 2)
	n.Add(In, 1)
	n.Add(In, -1)
	if diff := cmp.Diff(map[string]int64{"left matched": 3, "kept unmatched": 2}, n.Counts()); diff != "" {
		t.Error(diff)
	}
	names := map[string]bool{}
	for c := range counters {
		names[c.String()] = true
	}
	if len(names) != int(counters) || names[""] {
		t.Errorf("%d counters have %d names", counters, len(names))
	}
}

func TestCountersAreSharedByGoroutines(t *testing.T) {
	t.Parallel()
	n := &Node{Name: "map@2"}
	e := &Edge{From: n, To: n, Port: Out}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				n.Add(In, 1)
				e.Send(2)
				e.Receive(3)
			}
		})
	}
	wg.Wait()
	if n.Get(In) != 8000 || e.Sent() != 16000 || e.Received() != 24000 {
		t.Errorf("got %d, %d and %d", n.Get(In), e.Sent(), e.Received())
	}
}

func ExampleLedger_Check() {
	source, sink := &Node{Name: "read_csv@1"}, &Node{Name: "write_csv@2"}
	edge := &Edge{From: source, To: sink, Port: Out}
	source.Add(Out, 100)
	edge.Send(100)
	edge.Receive(99)
	sink.Add(In, 99)
	l := &Ledger{Nodes: []*Node{source, sink}, Edges: []*Edge{edge}}
	for _, v := range l.Check() {
		fmt.Println(v)
	}
	// Output: read_csv@1 -> write_csv@2: the ledger does not balance: sent = received, but counted 100 and 99
}
