package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

func meta(run string) jobinfo.Meta { return jobinfo.Meta{Run: run, Job: "late"} }

func newRun(k *kit) {
	k.create(meta("A"))
	r := k.load("A")
	if !r.Held || r.Lost() || r.Snapshot.State != "" || r.Fault != nil {
		k.Errorf("a new run is %+v", r)
	}
	k.same("runs", k.ids(jobinfo.Filter{}), []string{"A"})
}

func idTaken(k *kit) {
	j := k.create(jobinfo.Meta{Run: "A", Job: "first"})
	refuse := func() {
		if _, err := k.open().Create(meta("A")); err == nil {
			k.Fatal("an id was given twice")
		}
	}
	refuse()
	k.ok(j.Append(jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Pending}))
	k.ok(j.Close())
	refuse()
	if r := k.load("A"); r.Job != "first" || r.Held {
		k.Errorf("who asked for a taken id left %+v", r)
	}
}

func keepsMeta(k *kit) {
	m := jobinfo.Meta{
		Run: "A", Job: "späte Züge \u2028", Description: "d\n", Owner: "o", Tags: []string{"a", "b"}, Script: "x.lua", ScriptHash: "00",
		Params: map[string]string{"p": "<&>"}, Strategy: "row", Settings: map[string]string{"timeout": "1m"},
		Environment: jobinfo.Environment{Host: "h", User: "u", PID: 7, Version: "v1"}, Created: created("A"), Seed: 1<<64 - 1,
		Priority: -2, IdempotencyKey: "key", After: []string{"B"}, RetryOf: "C", FallbackOf: "D",
	}
	k.create(m)
	want := m
	want.Tags, want.Params = []string{"a", "b"}, map[string]string{"p": "<&>"}
	m.Tags[0], m.Params["p"] = "changed", "changed"
	k.same("meta", k.load("A").Meta, want)
	k.load("A").Params["p"] = "changed by a reader"
	k.same("meta", k.load("A").Meta, want)
}

func unknownRuns(k *kit) {
	k.create(meta("A"))
	for _, run := range []string{"B", "", "..", ".", "A/../A", "keys", "a b"} {
		s := k.open()
		_, _, reopened := s.Reopen(run)
		_, loaded := s.Load(run)
		for what, err := range map[string]error{
			"Reopen": reopened, "Load": loaded, "Remove": s.Remove(run), "Ask": s.Ask(run, jobinfo.Request{Action: jobinfo.ActCancel}),
		} {
			if !errors.Is(err, jobinfo.ErrNoRun) {
				k.Errorf("%s of %q: %v", what, run, err)
			}
		}
	}
}

// history records all kinds of events, over two attempts and what a person does.
func (k *kit) history(t *jobinfo.Tracker) {
	k.Helper()
	component := func(s jobinfo.State) jobinfo.Event {
		return jobinfo.Event{Kind: jobinfo.KindComponent, Component: "read", State: s}
	}
	for _, batch := range [][]jobinfo.Event{
		{{Kind: jobinfo.KindStep, Step: jobinfo.Preparation}},
		{{Kind: jobinfo.KindState, State: jobinfo.Running}, component(jobinfo.Pending)},
		{{Kind: jobinfo.KindStep, Step: jobinfo.Execution}, component(jobinfo.Running)},
		{component(jobinfo.Failed), {
			Kind: jobinfo.KindState, State: jobinfo.Retrying, Cause: "no \"route\"\n\tto <host> \xff", Class: "network", Code: "net.refused", Print: "p1",
		}},
		{{Kind: jobinfo.KindState, State: jobinfo.Running}, component(jobinfo.Pending), component(jobinfo.Skipped)},
		{{Kind: jobinfo.KindHook, Hook: "cleanup", Cause: "it went wrong"}},
		{{Kind: jobinfo.KindState, State: jobinfo.Failed, Cause: "again", Class: "network", NeedsPerson: true}},
		{{Kind: jobinfo.KindPerson, Action: jobinfo.ActFallback, By: "ada", Cause: "it must be done"}, {Kind: jobinfo.KindFallback, Other: "B"}},
	} {
		k.ok(t.Record(batch...))
	}
}

func eventsFold(k *kit) {
	t, _ := k.track(meta("A"))
	k.history(t)
	shown, kept := t.Snapshot(), k.load("A").Snapshot
	k.shown("what is kept and what was shown", kept, shown)
	folded, err := jobinfo.Fold(kept.Events)
	k.ok(err)
	k.same("the fold of the events", folded, kept)
	if shown.Attempt != 2 || len(shown.Attempts) != 2 || shown.NeedsPerson || shown.By != "ada" || shown.Fallback != "B" {
		k.Errorf("the snapshot is %+v", shown)
	}
}

// appendAtOnce writes batches by several goroutines, while others read: batches stay
// together, each of their events is there once, and no reader sees a fault.
func appendAtOnce(k *kit) {
	const writers, batches = 8, 10
	_, j := k.track(meta("A"))
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for b := range batches {
				e := jobinfo.Event{Kind: jobinfo.KindHook, Hook: fmt.Sprintf("%d/%d", w, b)}
				if err := j.Append(e, e, e); err != nil {
					k.Error(err)
				}
				if _, err := k.open().Load("A"); err != nil {
					k.Error(err)
				}
			}
		})
	}
	all.Wait()
	k.checkBatches(k.load("A").Snapshot.Events[1:], writers*batches)
}

// checkBatches looks for batches of three events of the same hook.
func (k *kit) checkBatches(events []jobinfo.Event, want int) {
	k.Helper()
	seen := map[string]bool{}
	for i := 0; i+2 < len(events); i += 3 {
		if events[i].Hook != events[i+1].Hook || events[i].Hook != events[i+2].Hook {
			k.Fatalf("the batch at %d is mixed: %v", i, events[i:i+3])
		}
		seen[events[i].Hook] = true
	}
	if len(events) != 3*want || len(seen) != want {
		k.Errorf("there are %d events of %d batches, want %d batches of 3", len(events), len(seen), want)
	}
}

func progress(k *kit) {
	j := k.create(meta("A"))
	k.same("progress", k.load("A").Progress, jobinfo.Progress{})
	p := jobinfo.Progress{Time: start(), RowsRead: 5}
	k.ok(j.Report(p))
	p = jobinfo.Progress{
		Time: start().Add(time.Minute), Began: start(), RowsRead: 1 << 60, RowsWritten: 2, RowsRejected: 3, BytesRead: 4, BytesTotal: 5,
		Components: []jobinfo.ComponentProgress{{Name: "read", Counts: map[string]int64{"read": 7}}},
	}
	k.ok(j.Report(p))
	p.Components[0].Counts["read"] = 8
	got := k.load("A").Progress
	p.Components[0].Counts["read"] = 7
	k.same("progress", got, p)
}

func remove(k *kit) {
	k.ended(meta("A"), jobinfo.Failed)
	_, j := k.track(meta("B"))
	if err := k.open().Remove("B"); !errors.Is(err, jobinfo.ErrHeld) {
		k.Errorf("a run that goes on is removed: %v", err)
	}
	k.ok(k.open().Remove("A"))
	if err := k.open().Remove("A"); !errors.Is(err, jobinfo.ErrNoRun) {
		k.Errorf("a run is removed twice: %v", err)
	}
	k.same("what is left", k.ids(jobinfo.Filter{}), []string{"B"})
	k.ok(j.Append(jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Failed}))
	k.same("state", k.load("B").Snapshot.State, jobinfo.Failed)
}
