// Package storetest exercises what a jobinfo.Store promises. Every store runs it:
//
//	func TestStore(t *testing.T) {
//		storetest.Exercise(t, func(t *testing.T) storetest.Open {
//			dir := t.TempDir()
//			return func() jobinfo.Store { return &jobinfo.DirStore{Dir: dir} }
//		})
//	}
package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/jobinfo"
)

// Open gives a store on a place. All that it gives are on the same place, each as if
// another process had opened it; a store that no other can see is the same each time.
type Open func() jobinfo.Store

// Exercise takes stores through all that they promise. Place makes a new place, without
// runs, and is called several times, by several goroutines.
func Exercise(t *testing.T, place func(t *testing.T) Open) {
	t.Helper()
	for name, test := range map[string]func(*kit){
		"a new run":           newRun,
		"an id is taken":      idTaken,
		"meta":                keepsMeta,
		"unknown runs":        unknownRuns,
		"events fold":         eventsFold,
		"appending at once":   appendAtOnce,
		"progress":            progress,
		"list":                list,
		"filters":             filters,
		"held":                held,
		"reopen":              reopen,
		"reopening at once":   reopenAtOnce,
		"looking is harmless": looking,
		"lost":                lost,
		"closed journals":     closedJournals,
		"requests":            requests,
		"remove":              remove,
		"claims":              claims,
		"completed keys":      completedKeys,
		"claiming at once":    claimAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&kit{T: t, open: place(t)})
		})
	}
}

// kit is a test with its place.
type kit struct {
	*testing.T
	open Open
}

// start is the time of the first run; each run begins an hour behind the one before it,
// by the last letter of its id.
func start() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC) }

func created(run string) time.Time {
	return start().Add(time.Duration(run[len(run)-1]-'A') * time.Hour)
}

// clock goes on by a second at each call.
func clock(from time.Time) func() time.Time {
	return func() time.Time {
		from = from.Add(time.Second)
		return from
	}
}

// ok stops the test at an error.
func (k *kit) ok(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// same compares what there is with what should be.
func (k *kit) same(what string, got, want any) {
	k.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		k.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// shown compares what is kept with what a Tracker showed, which keeps no events.
func (k *kit) shown(what string, kept, shown jobinfo.Snapshot) {
	k.Helper()
	kept.Events = nil
	k.same(what, kept, shown)
}

// create makes a run of a job; its journal is closed with the test at the latest.
func (k *kit) create(m jobinfo.Meta) jobinfo.Journal {
	k.Helper()
	if m.Created.IsZero() {
		m.Created = created(m.Run)
	}
	j, err := k.open().Create(m)
	k.ok(err)
	k.closing(j)
	return j
}

func (k *kit) closing(j jobinfo.Journal) {
	k.Cleanup(func() {
		if err := j.Close(); err != nil {
			k.Error(err)
		}
	})
}

// track makes a run that went through states, and leaves it held.
func (k *kit) track(m jobinfo.Meta, states ...jobinfo.State) (*jobinfo.Tracker, jobinfo.Journal) {
	k.Helper()
	j := k.create(m)
	t, err := jobinfo.Track(m, j, clock(created(m.Run)))
	k.ok(err)
	for _, s := range states {
		k.ok(t.Change(s, ""))
	}
	return t, j
}

// ended makes a run that went through states, and gives it up.
func (k *kit) ended(m jobinfo.Meta, states ...jobinfo.State) {
	k.Helper()
	_, j := k.track(m, states...)
	k.ok(j.Close())
}

// load reads a run through another store.
func (k *kit) load(run string) jobinfo.Record {
	k.Helper()
	r, err := k.open().Load(run)
	k.ok(err)
	return r
}

// ids are the runs that a filter takes.
func (k *kit) ids(f jobinfo.Filter) []string {
	k.Helper()
	found, err := k.open().List(f)
	k.ok(err)
	var out []string
	for _, r := range found {
		out = append(out, r.Run)
	}
	return out
}
