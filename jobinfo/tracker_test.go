package jobinfo

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
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

func TestTrackerKeepsEventsBeforeStates(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	store, err := OpenFileStore(path)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTracker("01R", "late", store, seconds())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []State{Running, Completed} {
		if err := tr.Change(s, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	snap := tr.Snapshot()
	if diff := cmp.Diff(readEvents(t, path), snap.Events); diff != "" {
		t.Errorf("file and snapshot differ:\n%s", diff)
	}
	if snap.State != Completed || snap.Attempt != 1 || snap.Started.IsZero() || !snap.Finished.After(snap.Started) {
		t.Errorf("snapshot is %+v", snap)
	}
}

func readEvents(t *testing.T, path string) []Event {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []Event
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var e Event
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

type failingStore struct{ err error }

func (s failingStore) Append(Event) error { return s.err }

func TestAChangeThatCannotBeRecordedIsNotVisible(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	tr := &Tracker{store: failingStore{full}, now: seconds()}
	if err := tr.Change(Pending, ""); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if s := tr.Snapshot(); s.State != "" || len(s.Events) != 0 {
		t.Errorf("the change is visible: %+v", s)
	}
}

// TestTransitions walks at random and checks that exactly the drawn edges are
// open, and that a final state is never left.
func TestTransitions(t *testing.T) {
	t.Parallel()
	drawn := map[State][]State{
		Pending:   {Running, Failed, Cancelled},
		Running:   {Retrying, Completed, Failed, Cancelled},
		Retrying:  {Running, Failed, Cancelled},
		Completed: {}, Failed: {}, Cancelled: {},
	}
	all := []State{Pending, Running, Retrying, Completed, Failed, Cancelled}
	rapid.Check(t, func(t *rapid.T) {
		tr, err := NewTracker("r", "j", nil, seconds())
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			from, to := tr.Snapshot().State, rapid.SampledFrom(all).Draw(t, "to")
			legal := false
			for _, s := range drawn[from] {
				legal = legal || s == to
			}
			err := tr.Change(to, "")
			var bad *TransitionError
			if legal != (err == nil) || !legal && !errors.As(err, &bad) {
				t.Fatalf("%s to %s: %v", from, to, err)
			}
			if want := map[bool]State{true: to, false: from}[legal]; tr.Snapshot().State != want {
				t.Fatalf("state is %s, want %s", tr.Snapshot().State, want)
			}
		}
	})
}
