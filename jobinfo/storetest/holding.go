package storetest

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/etlscript/etlscript/jobinfo"
)

func held(k *kit) {
	_, j := k.track(meta("A"), jobinfo.Running)
	k.track(meta("B"), jobinfo.Running)
	_, _, err := k.open().Reopen("A")
	var by *jobinfo.HeldError
	if !errors.As(err, &by) || by.Run != "A" || !errors.Is(err, jobinfo.ErrHeld) {
		k.Errorf("reopening a run that goes on: %v", err)
	}
	if !k.load("A").Held {
		k.Error("who may not reopen a run takes it away")
	}
	k.ok(j.Close())
	if k.load("A").Held || !k.load("B").Held {
		k.Error("closing a journal gives up another run, or not its own")
	}
}

// reopen takes a run up again, by another store, and goes on where it ended.
func reopen(k *kit) {
	t, j := k.track(meta("A"), jobinfo.Running, jobinfo.Failed)
	k.ok(j.Report(jobinfo.Progress{RowsRead: 3}))
	k.ok(j.Close())
	before := k.load("A")
	again, r, err := k.open().Reopen("A")
	k.ok(err)
	k.closing(again)
	if !r.Held || !k.load("A").Held {
		k.Error("a run is reopened and not held")
	}
	k.shown("what was kept", r.Snapshot, t.Snapshot())
	before.Held, before.Size, r.Size = true, 0, 0
	k.same("the record", r, before)
	t = jobinfo.Resume(r, again, clock(start()))
	k.ok(t.Record(jobinfo.Event{Kind: jobinfo.KindPerson, Action: jobinfo.ActRetry, By: "ada"}, jobinfo.Event{
		Kind: jobinfo.KindState, State: jobinfo.Retrying, By: "ada",
	}))
	k.ok(t.Change(jobinfo.Running, ""))
	k.shown("what was added", k.load("A").Snapshot, t.Snapshot())
}

// lost is a run whose process went away. It can be taken up.
func lost(k *kit) {
	k.ended(meta("A"), jobinfo.Running)
	if r := k.load("A"); !r.Lost() {
		k.Errorf("a run without a process is not lost: %+v", r)
	}
	j, r, err := k.open().Reopen("A")
	k.ok(err)
	k.closing(j)
	if k.load("A").Lost() {
		k.Error("a run that was taken up is lost")
	}
	t := jobinfo.Resume(r, j, clock(start()))
	k.ok(t.Change(jobinfo.Failed, "its process was gone"))
	k.ok(j.Close())
	if r := k.load("A"); r.Lost() || r.Snapshot.State != jobinfo.Failed {
		k.Errorf("a run that was failed for that is %+v", r)
	}
}

// atOnce calls f by several goroutines, and says how many of them had no error. Other
// errors than ErrHeld are a fault.
func (k *kit) atOnce(f func() error) int {
	const callers = 8
	var all sync.WaitGroup
	var won atomic.Int32
	begin := make(chan struct{})
	for range callers {
		all.Go(func() {
			<-begin
			switch err := f(); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, jobinfo.ErrHeld):
				k.Error(err)
			}
		})
	}
	close(begin)
	all.Wait()
	return int(won.Load())
}

func reopenAtOnce(k *kit) {
	k.ended(meta("A"), jobinfo.Running)
	for range 10 {
		winner := make(chan jobinfo.Journal, 8)
		won := k.atOnce(func() error {
			j, _, err := k.open().Reopen("A")
			if err == nil {
				winner <- j
			}
			return err
		})
		if won != 1 {
			k.Fatalf("%d have the run at once", won)
		}
		k.ok((<-winner).Close())
	}
}

// looking at a run never keeps anybody from taking it up.
func looking(k *kit) {
	k.ended(meta("A"), jobinfo.Running)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for s := k.open(); ; {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.Load("A"); err != nil {
					k.Error(err)
				}
			}
		})
	}
	for range 50 {
		j, _, err := k.open().Reopen("A")
		if err != nil {
			k.Error(err)
			break
		}
		k.ok(j.Close())
	}
	close(done)
	readers.Wait()
}

// closedJournals keep nothing, and do not give up what somebody else has.
func closedJournals(k *kit) {
	_, j := k.track(meta("A"), jobinfo.Running)
	k.ok(j.Close())
	_, _, asked := j.Asked()
	for what, err := range map[string]error{
		"Append": j.Append(jobinfo.Event{Kind: jobinfo.KindHook}), "Report": j.Report(jobinfo.Progress{}), "Asked": asked,
	} {
		if err == nil {
			k.Errorf("%s behind Close is no error", what)
		}
	}
	again, _, err := k.open().Reopen("A")
	k.ok(err)
	k.closing(again)
	k.ok(j.Close())
	if !k.load("A").Held {
		k.Error("a journal is closed twice and gives up what another one has")
	}
}

func requests(k *kit) {
	j := k.create(meta("A"))
	k.asked(j, jobinfo.Request{}, false)
	q := jobinfo.Request{Action: jobinfo.ActCancel, By: "ada", Why: "\"too late\"", Time: start()}
	k.ok(k.open().Ask("A", jobinfo.Request{Action: jobinfo.ActCancel, By: "bob"}))
	k.ok(k.open().Ask("A", q))
	k.asked(j, q, true)
	k.asked(j, jobinfo.Request{}, false)
	k.ok(k.open().Ask("A", q))
	k.ok(j.Close())
	again, _, err := k.open().Reopen("A")
	k.ok(err)
	k.closing(again)
	k.asked(again, jobinfo.Request{}, false)
}

func (k *kit) asked(j jobinfo.Journal, want jobinfo.Request, wantAsked bool) {
	k.Helper()
	got, asked, err := j.Asked()
	k.ok(err)
	k.same("request", got, want)
	k.same("asked", asked, wantAsked)
}
