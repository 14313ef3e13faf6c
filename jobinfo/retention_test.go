package jobinfo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// old makes runs for retention: A, B, C and D ended at hours 1 to 4; of those between them, one
// goes on, one needs a person, one is lost and one is damaged. Each takes 1000 bytes.
func old(t *testing.T) *DirStore {
	t.Helper()
	s := &DirStore{Dir: t.TempDir()}
	for run, hour := range map[string]int{"A": 1, "A-held": 1, "A-person": 1, "A-lost": 1, "A-damaged": 1, "B": 2, "C": 3, "D": 4} {
		j, err := s.Create(Meta{Run: run})
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Track(Meta{Run: run}, j, func() time.Time { return hours(hour) })
		if err == nil && run != "A-lost" {
			err = tr.Record(Event{Kind: KindState, State: Failed, NeedsPerson: run == "A-person"})
		}
		if run != "A-held" {
			err = errors.Join(err, j.Close())
		} else {
			t.Cleanup(func() { _ = j.Close() })
		}
		if run == "A-damaged" {
			add(t, filepath.Join(s.Dir, run, eventsFile), "{\n")
		}
		fill := make([]byte, 1000-sizeOf(filepath.Join(s.Dir, run)))
		if err := errors.Join(err, os.WriteFile(filepath.Join(s.Dir, run, "run.log"), fill, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func hours(n int) time.Time { return time.Date(2026, 1, 2, n, 0, 0, 0, time.UTC) }

func TestSweep(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		r    Retention
		want []string
	}{
		"nothing bounds":         {Retention{}, nil},
		"age":                    {Retention{Age: 2 * time.Hour}, []string{"A", "B"}},
		"a great age":            {Retention{Age: 100 * time.Hour}, nil},
		"all are too old":        {Retention{Age: 1}, []string{"A", "B", "C", "D"}},
		"count":                  {Retention{Count: 1}, []string{"A", "B", "C"}},
		"more than there are":    {Retention{Count: 4}, nil},
		"bytes":                  {Retention{Bytes: 6000}, []string{"A", "B"}},
		"bytes nobody can reach": {Retention{Bytes: 1}, []string{"A", "B", "C", "D"}},
		"enough bytes":           {Retention{Bytes: 8000}, nil},
		"the strictest decides":  {Retention{Age: 2 * time.Hour, Count: 1, Bytes: 7000}, []string{"A", "B", "C"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := old(t)
			got, err := Sweep(s, tt.r, hours(5))
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("removed: %v (-want +got):\n%s", err, diff)
			}
			left, err := s.List(Filter{})
			if err != nil || len(left) != 8-len(tt.want) {
				t.Errorf("%v, %d runs are left", err, len(left))
			}
		})
	}
}

// refusing is an archive that cannot remove some runs.
type refusing struct {
	Archive
	errs map[string]error
}

func (r refusing) Remove(run string) error {
	if err := r.errs[run]; err != nil {
		return err
	}
	return r.Archive.Remove(run)
}

// A run that cannot be removed keeps nobody from removing the others; one that somebody
// took up meanwhile, or removed, is no fault.
func TestSweepGoesOn(t *testing.T) {
	t.Parallel()
	denied := errors.New("permission denied")
	a := refusing{old(t), map[string]error{"A": denied, "B": ErrHeld, "C": ErrNoRun}}
	got, err := Sweep(a, Retention{Age: 1}, hours(5))
	if diff := cmp.Diff([]string{"D"}, got); !errors.Is(err, denied) || errors.Is(err, ErrHeld) || errors.Is(err, ErrNoRun) || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRetentionValidate(t *testing.T) {
	t.Parallel()
	bad := Retention{Age: -1, Count: -1, Bytes: -1}
	if errs := bad.Validate(); len(errs) != 3 {
		t.Errorf("got %v", errs)
	}
	if _, err := Sweep(&MemStore{}, bad, hours(1)); err == nil || !strings.HasPrefix(err.Error(), "retention: an age of -1ns") {
		t.Errorf("got %v", err)
	}
	if r := (Retention{}).WithDefaults(); r.Age != DefaultAge || r.Count != DefaultCount || len(r.Validate()) != 0 {
		t.Errorf("the defaults are %+v", r)
	}
	if r := (Retention{Count: 1}); r.WithDefaults() != r {
		t.Errorf("got %+v", r.WithDefaults())
	}
}
