package jobinfo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seconds is a clock that goes on by one second at each call.
func seconds() func() time.Time {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// fataler is what tests and properties have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// track is a run of a store.
func track(t fataler, s Store, run string) (*Tracker, Journal) {
	t.Helper()
	m := Meta{Run: run, Job: "late", Created: seconds()()}
	j, err := s.Create(m)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Track(m, j, seconds())
	if err != nil {
		t.Fatal(err)
	}
	return tr, j
}

func TestTrackerFillsInWhatItKnows(t *testing.T) {
	t.Parallel()
	s := &MemStore{}
	tr, _ := track(t, s, "01R")
	for _, to := range []State{Running, Retrying, Running, Completed} {
		if err := tr.Change(to, "because"); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := s.Load("01R")
	if err != nil {
		t.Fatal(err)
	}
	at := func(n int) time.Time { return time.Date(2026, 1, 2, 3, 4, 5+n, 0, time.UTC) }
	state := func(n, attempt int, to State, cause string) Event {
		return Event{Time: at(n), Run: "01R", Job: "late", Attempt: attempt, Kind: KindState, State: to, Cause: cause}
	}
	want := Snapshot{
		Run: "01R", Job: "late", State: Completed, Cause: "because", Step: Creation, Attempt: 2, Created: at(1), Started: at(2), Finished: at(5),
		Attempts: []Attempt{
			{Number: 1, State: Retrying, Started: at(2), Ended: at(3), Cause: "because"},
			{Number: 2, State: Completed, Started: at(4), Ended: at(5), Cause: "because"},
		},
		Events: []Event{
			state(1, 0, Pending, ""), state(2, 1, Running, "because"), state(3, 1, Retrying, "because"), state(4, 2, Running, "because"),
			state(5, 2, Completed, "because"),
		},
	}
	if diff := cmp.Diff(want, kept.Snapshot); diff != "" {
		t.Errorf("what is kept (-want +got):\n%s", diff)
	}
	want.Events = nil
	if diff := cmp.Diff(want, tr.Snapshot()); diff != "" {
		t.Errorf("what is shown (-want +got):\n%s", diff)
	}
	if tr.State() != Completed || tr.Attempt() != 2 {
		t.Errorf("state %s, attempt %d", tr.State(), tr.Attempt())
	}
}

// failingJournal refuses events from the first failure on.
type failingJournal struct {
	Journal
	err error
}

func (j *failingJournal) Append(events ...Event) error {
	if j.err != nil {
		return j.err
	}
	return j.Journal.Append(events...)
}

func TestAChangeThatCannotBeRecordedIsNotVisible(t *testing.T) {
	t.Parallel()
	s := &MemStore{}
	inner, err := s.Create(Meta{Run: "01R"})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	j := &failingJournal{Journal: inner, err: full}
	if _, err := Track(Meta{Run: "01R"}, j, seconds()); !errors.Is(err, full) {
		t.Fatalf("a run begins without a record: %v", err)
	}
	j.err = nil
	tr, err := Track(Meta{Run: "01R"}, j, seconds())
	if err != nil {
		t.Fatal(err)
	}
	before := tr.Snapshot()
	j.err = full
	begins := Event{Kind: KindState, State: Running}
	for _, events := range [][]Event{{begins}, {begins, {Kind: KindStep, Step: Execution}}, {{Kind: KindHook, Hook: "on_start"}}} {
		if err := tr.Record(events...); !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, tr.Snapshot()); diff != "" {
			t.Errorf("the change is visible:\n%s", diff)
		}
	}
}

func TestABatchIsRecordedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := &MemStore{}
	tr, _ := track(t, s, "01R")
	before := tr.Snapshot()
	var bad *TransitionError
	err := tr.Record(Event{Kind: KindState, State: Running}, Event{Kind: KindState, State: Completed}, Event{Kind: KindState, State: Running})
	if !errors.As(err, &bad) || bad.From != Completed || bad.To != Running {
		t.Errorf("got %v", err)
	}
	kept, err := s.Load("01R")
	if err != nil {
		t.Fatal(err)
	}
	kept.Snapshot.Events = nil
	if diff := cmp.Diff([]Snapshot{before, before}, []Snapshot{tr.Snapshot(), kept.Snapshot}); diff != "" {
		t.Errorf("a part of it was recorded:\n%s", diff)
	}
}

// runEdges are the drawn edges of runs, and those that a person may go along.
func runEdges() (bySelf, byPerson map[State][]State) {
	bySelf = map[State][]State{
		Pending:   {Running, Failed, Cancelled},
		Running:   {Retrying, Completed, Failed, Cancelled},
		Retrying:  {Running, Failed, Cancelled},
		Completed: {}, Failed: {}, Cancelled: {},
	}
	byPerson = map[State][]State{
		Failed:    {Retrying, Completed},
		Cancelled: {Retrying},
	}
	return bySelf, byPerson
}

// componentEdges are those of components within an attempt.
func componentEdges() map[State][]State {
	return map[State][]State{
		"":        {Pending},
		Pending:   {Running, Skipped, Failed, Cancelled},
		Running:   {Completed, Failed, Cancelled},
		Completed: {}, Failed: {}, Cancelled: {}, Skipped: {},
	}
}

func allStates() []State {
	return []State{Pending, Running, Retrying, Completed, Failed, Cancelled, Skipped}
}

// TestTransitions walks at random and checks that exactly the drawn edges are open, that
// a final state is left by a person only, and that what was refused changes nothing.
func TestTransitions(t *testing.T) {
	t.Parallel()
	bySelf, byPerson := runEdges()
	rapid.Check(t, func(t *rapid.T) {
		s := &MemStore{}
		tr, _ := track(t, s, "r")
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			before, edges := tr.Snapshot(), bySelf
			e := Event{Kind: KindState, State: rapid.SampledFrom(allStates()).Draw(t, "to")}
			if rapid.Bool().Draw(t, "by a person") {
				e.By, edges = "ada", byPerson
			}
			legal := slices.Contains(edges[before.State], e.State)
			checkStep(t, tr, before, e, legal, func(s Snapshot) State { return s.State })
			if before.State.Final() && legal && e.By == "" {
				t.Fatalf("%s was left for %s by itself", before.State, e.State)
			}
		}
		checkFold(t, s, tr)
	})
}

// TestTransitionsOfComponents does the same for components, over several attempts: with
// a new one, each begins again with PENDING.
func TestTransitionsOfComponents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &MemStore{}
		tr, _ := track(t, s, "r")
		attempts := map[string]int{} // in which a component was last seen
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "new attempt") == 0 {
				newAttempt(t, tr)
			}
			name, before := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "component"), tr.Snapshot()
			e := Event{Kind: KindComponent, Component: name, State: rapid.SampledFrom(allStates()).Draw(t, "to")}
			legal := slices.Contains(componentEdges()[stateOf(before, name)], e.State) || e.State == Pending && attempts[name] < before.Attempt
			checkStep(t, tr, before, e, legal, func(s Snapshot) State { return stateOf(s, name) })
			if legal {
				attempts[name] = before.Attempt
			}
		}
		checkFold(t, s, tr)
	})
}

func newAttempt(t fataler, tr *Tracker) {
	t.Helper()
	if tr.State() == Running {
		if err := tr.Change(Retrying, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := tr.Change(Running, ""); err != nil {
		t.Fatal(err)
	}
}

func stateOf(s Snapshot, component string) State {
	for _, c := range s.Components {
		if c.Name == component {
			return c.State
		}
	}
	return ""
}

// checkStep records an event, which is legal or a TransitionError.
func checkStep(t fataler, tr *Tracker, before Snapshot, e Event, legal bool, state func(Snapshot) State) {
	t.Helper()
	err := tr.Record(e)
	var bad *TransitionError
	if legal != (err == nil) || !legal && !errors.As(err, &bad) {
		t.Fatalf("%s to %s, by %q: %v", state(before), e.State, e.By, err)
	}
	if !legal {
		if bad.From != state(before) || bad.To != e.State || bad.Component != e.Component {
			t.Fatalf("the error is %+v", bad)
		}
		if diff := cmp.Diff(before, tr.Snapshot()); diff != "" {
			t.Fatalf("a refused change is visible:\n%s", diff)
		}
		return
	}
	if got := state(tr.Snapshot()); got != e.State {
		t.Fatalf("state is %s, want %s", got, e.State)
	}
}

// checkFold compares what was shown, what was kept, and the fold of its events.
func checkFold(t fataler, s Store, tr *Tracker) {
	t.Helper()
	shown := tr.Snapshot()
	kept, err := s.Load(shown.Run)
	if err != nil {
		t.Fatal(err)
	}
	folded, err := Fold(kept.Snapshot.Events)
	if err != nil {
		t.Fatal(err)
	}
	kept.Snapshot.Events, folded.Events = nil, nil
	if diff := cmp.Diff([]Snapshot{shown, shown}, []Snapshot{kept.Snapshot, folded}); diff != "" {
		t.Fatalf("shown, kept and folded differ:\n%s", diff)
	}
}

func TestNextAgreesWithTheDrawing(t *testing.T) {
	t.Parallel()
	bySelf, byPerson := runEdges()
	for _, s := range allStates() {
		if diff := cmp.Diff([][]State{bySelf[s], byPerson[s], componentEdges()[s]}, [][]State{s.Next(), s.NextByPerson(), s.NextOfComponent()}, empties()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s, diff)
		}
		if want := slices.Contains([]State{Completed, Failed, Cancelled, Skipped}, s); s.Final() != want {
			t.Errorf("%s.Final() is %t", s, s.Final())
		}
	}
	if State("").Final() {
		t.Error("no state is final")
	}
}

func empties() cmp.Option {
	return cmp.FilterValues(func(a, b []State) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
}

func TestFoldSaysWhatCannotFollow(t *testing.T) {
	t.Parallel()
	s, err := Fold([]Event{{Kind: KindState, State: Pending, Run: "r"}, {Kind: KindState, State: Running, Attempt: 1}, {Kind: KindState, State: Pending}})
	var bad *TransitionError
	if !errors.As(err, &bad) || bad.From != Running || s.State != Running {
		t.Errorf("got %s, %v", s.State, err)
	}
	for want, e := range map[string]*TransitionError{
		"a run cannot go from COMPLETED to RUNNING":            {From: Completed, To: Running},
		"the component read cannot go from RUNNING to SKIPPED": {Component: "read", From: Running, To: Skipped},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e, want)
		}
	}
}

// What a person does is there with who and why; all but cancelling decides.
func TestWhatPersonsDo(t *testing.T) {
	t.Parallel()
	for action, waits := range map[Action]bool{ActCancel: true, ActRetry: false, ActFresh: false, ActSkip: false, ActFallback: false, ActAbandon: false} {
		tr, _ := track(t, &MemStore{}, "01R")
		err := errors.Join(
			tr.Record(Event{Kind: KindState, State: Failed, NeedsPerson: true}),
			tr.Record(Event{Kind: KindPerson, Action: action, By: "ada", Cause: "it is late"}),
		)
		s := tr.Snapshot()
		if err != nil || s.Action != action || s.By != "ada" || s.Why != "it is late" || s.NeedsPerson != waits {
			t.Errorf("%s: %v, %+v", action, err, s)
		}
	}
}

// A snapshot is bounded, however long a run goes on (invariant 7), and stays as it is
// when the oldest of its attempts are forgotten.
func TestSnapshotsAreBounded(t *testing.T) {
	t.Parallel()
	s := &MemStore{}
	tr, _ := track(t, s, "01R")
	for range 1100 {
		newAttempt(t, tr)
	}
	if err := tr.Change(Retrying, ""); err != nil {
		t.Fatal(err)
	}
	before := tr.Snapshot()
	for range 400 {
		newAttempt(t, tr)
	}
	kept, err := s.Load("01R")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Snapshot{"kept": kept.Snapshot, "shown": tr.Snapshot()} {
		if len(s.Attempts) != 1000 || s.Attempts[0].Number != 501 || s.Attempts[999].Number != 1500 {
			t.Errorf("%s: %d attempts, from %d", name, len(s.Attempts), s.Attempts[0].Number)
		}
	}
	if e := kept.Snapshot.Events; len(e) != 1000 || e[999].Attempt != 1500 || e[0].Attempt != 1000 {
		t.Errorf("%d events, from attempt %d to %d", len(e), e[0].Attempt, e[len(e)-1].Attempt)
	}
	if a := before.Attempts; len(a) != 1000 || a[0].Number != 101 || a[999].Number != 1100 {
		t.Errorf("an old snapshot became one of %d attempts, from %d to %d", len(a), a[0].Number, a[999].Number)
	}
}

// A snapshot does not change when the run goes on.
func TestSnapshotsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	tr, _ := track(t, &MemStore{}, "01R")
	newAttempt(t, tr)
	if err := tr.Record(Event{Kind: KindComponent, Component: "a", State: Pending}); err != nil {
		t.Fatal(err)
	}
	s := tr.Snapshot()
	before := fmt.Sprintf("%+v", s)
	err := errors.Join(tr.Record(Event{Kind: KindComponent, Component: "a", State: Running}), tr.Change(Retrying, "no"), tr.Change(Failed, "no"))
	if after := fmt.Sprintf("%+v", s); err != nil || after != before {
		t.Errorf("%v, a snapshot became\n%s\nand was\n%s", err, after, before)
	}
}

func TestProgressToTheEnd(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, tt := range map[string]struct {
		p         Progress
		percent   float64
		left      time.Duration
		known     bool
		leftKnown bool
	}{
		"nothing known": {p: Progress{Time: began, Began: began, BytesRead: 5}},
		"a quarter":     {Progress{Time: began.Add(time.Minute), Began: began, BytesRead: 25, BytesTotal: 100}, 25, 3 * time.Minute, true, true},
		"not begun":     {Progress{Time: began, BytesRead: 1, BytesTotal: 4}, 25, 0, true, false},
		"nothing read":  {Progress{Time: began, Began: began, BytesTotal: 4}, 0, 0, true, false},
		"it grew":       {Progress{Time: began.Add(time.Minute), Began: began, BytesRead: 9, BytesTotal: 4}, 100, 0, true, true},
	} {
		percent, known := tt.p.Percent()
		left, leftKnown := tt.p.ETA()
		if percent != tt.percent || known != tt.known || left != tt.left || leftKnown != tt.leftKnown {
			t.Errorf("%s: %v %v %v %v", name, percent, known, left, leftKnown)
		}
	}
}

// The keys of a MemStore are forgotten with the runs that COMPLETED under them.
func TestMemStoreForgetsTheOldest(t *testing.T) {
	t.Parallel()
	s := &MemStore{Keep: 2}
	completed := map[string]string{}
	for _, run := range []string{"1", "2", "3"} {
		_, j := track(t, s, run)
		c, err := s.Claim("key "+run, run)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Complete(), c.Release(), j.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"key 1", "key 2", "key 3"} {
		c, err := s.Claim(key, "x")
		if err != nil {
			t.Fatal(err)
		}
		completed[key] = c.Done()
	}
	if want := map[string]string{"key 1": "", "key 2": "2", "key 3": "3"}; !maps.Equal(completed, want) {
		t.Errorf("got %v", completed)
	}
	if _, err := s.Load("1"); !errors.Is(err, ErrNoRun) {
		t.Errorf("got %v", err)
	}
}
