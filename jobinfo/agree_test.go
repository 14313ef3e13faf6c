package jobinfo

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestStoresAgree does the same at random with a DirStore and a MemStore: what they
// answer must be the same, to what they are told and to every question.
func TestStoresAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "runs")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		p := &pair{a: side{store: &DirStore{Dir: dir}}, b: side{store: &MemStore{}}}
		defer p.close()
		t.Repeat(map[string]func(*rapid.T){
			"": p.compare, "create": p.create, "reopen": p.reopen, "append": p.append, "change": p.change, "report": p.report,
			"close": p.closeOne,
			"ask":   p.ask, "asked": p.asked, "remove": p.remove, "claim": p.claim, "complete": p.complete, "release": p.release,
		})
	})
}

// side is one of two stores, with all journals and claims that it gave, also those that
// were given up.
type side struct {
	store    Store
	journals []Journal
	claims   []Claim
}

// pair is two stores of which the same is asked.
type pair struct {
	a, b side
	runs []string // of the journals
	n    int      // of components
}

// both does the same with both; their errors must be of one kind.
func (p *pair) both(t *rapid.T, f func(*side) (answer any, err error)) {
	a, errA := f(&p.a)
	b, errB := f(&p.b)
	if kindOf(errA) != kindOf(errB) {
		t.Fatalf("the errors differ: %v; %v", errA, errB)
	}
	if diff := cmp.Diff(a, b, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Record{}, "Size", "Dir")); diff != "" {
		t.Fatalf("the answers differ:\n%s", diff)
	}
}

func kindOf(err error) string {
	var by *HeldError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &by):
		return "held by " + by.Run
	case errors.Is(err, ErrNoRun):
		return "no run"
	}
	return "another"
}

func drawRun(t *rapid.T) string { return rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "run") }

func drawKey(t *rapid.T) string { return rapid.SampledFrom([]string{"k", "l"}).Draw(t, "key") }

func (p *pair) create(t *rapid.T) {
	m := Meta{Run: drawRun(t), Job: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "job"), Created: seconds()(), Seed: rapid.Uint64().Draw(t, "seed")}
	p.open(t, m.Run, func(s *side) (Journal, any, error) {
		j, err := s.store.Create(m)
		return j, nil, err
	})
}

// open asks both for a journal, and keeps it.
func (p *pair) open(t *rapid.T, run string, f func(*side) (Journal, any, error)) {
	p.both(t, func(s *side) (any, error) {
		j, answer, err := f(s)
		if err == nil {
			s.journals = append(s.journals, j)
		}
		return answer, err
	})
	if len(p.a.journals) > len(p.runs) {
		p.runs = append(p.runs, run)
	}
}

func (p *pair) reopen(t *rapid.T) {
	run := drawRun(t)
	p.open(t, run, func(s *side) (Journal, any, error) {
		j, r, err := s.store.Reopen(run)
		return j, r, err
	})
}

// draw is the number of one of so many.
func draw(t *rapid.T, many int, what string) int {
	if many == 0 {
		t.Skip("there is none")
	}
	return rapid.IntRange(0, many-1).Draw(t, what)
}

// journal draws one of the journals.
func (p *pair) journal(t *rapid.T, f func(Journal) (any, error)) {
	n := draw(t, len(p.runs), "journal")
	p.both(t, func(s *side) (any, error) { return f(s.journals[n]) })
}

// change appends a state that may follow.
func (p *pair) change(t *rapid.T) {
	n := draw(t, len(p.runs), "journal")
	r, err := p.b.store.Load(p.runs[n])
	if err != nil || r.Snapshot.State.Final() {
		t.Skip("nothing may follow")
	}
	e := Event{Kind: KindState, State: rapid.SampledFrom(r.Snapshot.State.Next()).Draw(t, "to"), NeedsPerson: rapid.Bool().Draw(t, "needs a person")}
	p.both(t, func(s *side) (any, error) { return nil, s.journals[n].Append(e) })
}

// append adds events that may follow each other: stores do not judge, but a DirStore
// cannot read what does not fold.
func (p *pair) append(t *rapid.T) {
	kinds := []Kind{KindStep, KindHook, KindPerson, KindFallback}
	var events []Event
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		events = append(events, Event{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Cause: rapid.String().Draw(t, "cause"), Step: Execution,
			Action: rapid.SampledFrom([]Action{ActCancel, ActRetry}).Draw(t, "action"), Time: seconds()(),
		})
	}
	p.n++
	events = append(events, Event{Kind: KindComponent, Component: fmt.Sprint(p.n), State: Pending, Time: seconds()()})
	p.journal(t, func(j Journal) (any, error) { return nil, j.Append(events...) })
}

func (p *pair) report(t *rapid.T) {
	at := Progress{RowsRead: rapid.Int64().Draw(t, "rows"), Components: []ComponentProgress{{Name: "a", Counts: map[string]int64{"read": 1}}}}
	p.journal(t, func(j Journal) (any, error) { return nil, j.Report(at) })
}

func (p *pair) closeOne(t *rapid.T) {
	p.journal(t, func(j Journal) (any, error) { return nil, j.Close() })
}

func (p *pair) ask(t *rapid.T) {
	run, q := drawRun(t), Request{Action: ActCancel, By: rapid.String().Draw(t, "by")}
	p.both(t, func(s *side) (any, error) { return nil, s.store.Ask(run, q) })
}

func (p *pair) asked(t *rapid.T) {
	p.journal(t, func(j Journal) (any, error) {
		q, asked, err := j.Asked()
		return []any{q, asked}, err
	})
}

func (p *pair) remove(t *rapid.T) {
	run := drawRun(t)
	p.both(t, func(s *side) (any, error) { return nil, s.store.Remove(run) })
}

func (p *pair) claim(t *rapid.T) {
	key, run := drawKey(t), drawRun(t)
	p.both(t, func(s *side) (any, error) {
		c, err := s.store.Claim(key, run)
		if err != nil {
			return nil, err
		}
		s.claims = append(s.claims, c)
		return c.Done(), nil
	})
}

func (p *pair) drawClaim(t *rapid.T, f func(Claim) error) {
	n := draw(t, len(p.a.claims), "claim")
	p.both(t, func(s *side) (any, error) { return nil, f(s.claims[n]) })
}

func (p *pair) complete(t *rapid.T) { p.drawClaim(t, Claim.Complete) }
func (p *pair) release(t *rapid.T)  { p.drawClaim(t, Claim.Release) }

// compare asks about a run and for a list.
func (p *pair) compare(t *rapid.T) {
	run := drawRun(t)
	p.both(t, func(s *side) (any, error) { return s.store.Load(run) })
	f := rapid.SampledFrom([]Filter{{}, {Limit: 1}, {Job: "x"}, {NeedsPerson: true}, {States: []State{"", Failed}}}).Draw(t, "filter")
	p.both(t, func(s *side) (any, error) { return s.store.List(f) })
}

func (p *pair) close() {
	for _, s := range []side{p.a, p.b} {
		for _, j := range s.journals {
			_ = j.Close()
		}
		for _, c := range s.claims {
			_ = c.Release()
		}
	}
}
