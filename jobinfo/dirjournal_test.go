package jobinfo

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Events that cannot be written, or not wholly, are not kept; those behind them are.
func TestAFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	s := &DirStore{Dir: t.TempDir()}
	tr, j := track(t, s, "01R")
	defer j.Close()
	mine := j.(*dirJournal)
	works := mine.events
	path := filepath.Join(s.Dir, "01R", eventsFile)
	refuses, err := os.Open(path) // for reading
	if err != nil {
		t.Fatal(err)
	}
	defer refuses.Close()
	before := tr.Snapshot()
	mine.events = refuses
	if err := tr.Change(Running, ""); err == nil {
		t.Fatal("an event was kept that could not be written")
	}
	add(t, path, `{"time":"20`) // as if the disk had been full in the middle
	mine.events = works
	if diff := cmp.Diff(before, tr.Snapshot()); diff != "" {
		t.Errorf("it is visible:\n%s", diff)
	}
	if err := errors.Join(tr.Change(Running, ""), tr.Change(Completed, "")); err != nil {
		t.Fatal(err)
	}
	checkFold(t, s, tr)
}

// Of what is appended by a process that dies, nothing is half there: each batch is one
// write of the system.
func TestABatchIsOneWrite(t *testing.T) {
	t.Parallel()
	lines, err := encode([]Event{{Kind: KindHook, Cause: "a\nb\r\u2028<"}, {Kind: KindStep}})
	want := `{"time":"0001-01-01T00:00:00Z","run":"","job":"","kind":"hook","cause":"a\nb\r\u2028<"}` + "\n" +
		`{"time":"0001-01-01T00:00:00Z","run":"","job":"","kind":"step"}` + "\n"
	if diff := cmp.Diff(want, string(lines)); err != nil || diff != "" {
		t.Errorf("%v:\n%s", err, diff)
	}
}

func BenchmarkCreate(b *testing.B) {
	s := &DirStore{Dir: b.TempDir()}
	n := 0
	for b.Loop() {
		n++
		_, j := track(b, s, "01R"+string(rune('A'+n%26))+string(rune('A'+n/26%26))+string(rune('A'+n/676%26)))
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	s := &DirStore{Dir: b.TempDir()}
	_, j := track(b, s, "01R")
	defer j.Close()
	for b.Loop() {
		if err := j.Append(Event{Kind: KindHook, Hook: "on_start"}); err != nil {
			b.Fatal(err)
		}
	}
}
