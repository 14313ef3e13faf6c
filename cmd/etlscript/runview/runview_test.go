package runview

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/jobinfo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at is a moment of the day on which all happens.
func at(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-01-02 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func now() time.Time { return at("10:00:00") }

// failed is a run that waits for a person, after two attempts.
func failed() jobinfo.Record {
	refused := jobinfo.Attempt{
		Number: 1, State: jobinfo.Retrying, Started: at("09:00:01"), Ended: at("09:00:03"), Cause: "db: connection refused", Class: "network", Code: "network.refused", Print: "p1",
	}
	again := refused
	again.Number, again.State, again.Started, again.Ended = 2, jobinfo.Failed, at("09:00:10"), at("09:01:31")
	return jobinfo.Record{
		Meta: jobinfo.Meta{
			Run: "01KF00000000000000000000R3", Job: "orders", Description: "copies orders", Owner: "ada", Tags: []string{"eu", "nightly"},
			Script: "orders.lua", ScriptHash: "ab12", Params: map[string]string{"day": "2026-01-01", "key": "[redacted]"}, Strategy: "row",
			Settings: map[string]string{"timeout": "1h"}, Created: at("09:00:00"), Seed: 7, IdempotencyKey: "2026-01-01",
			Environment: jobinfo.Environment{Host: "box", User: "etl", PID: 4711, Version: "v1.2.3"}, RetryOf: "01KF00000000000000000000R1",
		},
		Snapshot: jobinfo.Snapshot{
			Run: "01KF00000000000000000000R3", Job: "orders", State: jobinfo.Failed, Cause: "db: connection\nrefused", Class: "network", Code: "network.refused",
			Print: "p1", Step: jobinfo.Cleanup, Attempt: 2, Created: at("09:00:00"), Started: at("09:00:01"), Finished: at("09:01:31"), NeedsPerson: true,
			Attempts: []jobinfo.Attempt{refused, again},
			Components: []jobinfo.Component{
				{Name: "write", State: jobinfo.Failed, Cause: "db: connection refused", Attempt: 2}, {Name: "read", State: jobinfo.Cancelled, Attempt: 2},
			},
			Action: jobinfo.ActCancel, By: "bob", Why: "too late",
			Events: []jobinfo.Event{{Time: at("09:01:00"), Kind: jobinfo.KindPerson, Action: jobinfo.ActCancel, By: "bob", Cause: "too late"}},
		},
		Progress: jobinfo.Progress{
			Time: at("09:00:50"), Began: at("09:00:10"), RowsRead: 400, RowsWritten: 1, RowsRejected: 20, BytesRead: 512, BytesTotal: 2048,
			Components: []jobinfo.ComponentProgress{{Name: "read", Counts: map[string]int64{"read": 400, "dropped": 0}}, {Name: "write", Counts: map[string]int64{"received": 1}}},
		},
		Size: 3 << 20, Dir: "runs/01KF00000000000000000000R3",
	}
}

// running is a run that goes on.
func running() jobinfo.Record {
	return jobinfo.Record{
		Meta: jobinfo.Meta{Run: "01KF00000000000000000000R5", Job: "flights\x1b[31m", Created: at("09:30:00")},
		Held: true,
		Snapshot: jobinfo.Snapshot{
			State: jobinfo.Running, Step: jobinfo.Execution, Attempt: 1, Started: at("09:30:00"), Created: at("09:30:00"),
			Attempts: []jobinfo.Attempt{{Number: 1, Started: at("09:30:00")}},
		},
		Progress: jobinfo.Progress{Time: at("09:40:00"), Began: at("09:30:00"), RowsRead: 1, RowsWritten: 1, BytesRead: 1 << 20, BytesTotal: 4 << 20},
	}
}

// lost is a run whose process is gone.
func lost() jobinfo.Record {
	r := running()
	r.Run, r.Job, r.Held, r.Dir, r.Size = "01KF00000000000000000000R4", "flights", false, "runs/01KF00000000000000000000R4", 100
	return r
}

func done() jobinfo.Record {
	return jobinfo.Record{
		Meta: jobinfo.Meta{Run: "01KF00000000000000000000R2", Job: "orders", Created: at("08:00:00")},
		Snapshot: jobinfo.Snapshot{
			State: jobinfo.Completed, Attempt: 1, Started: at("08:00:00"), Finished: at("08:00:00").Add(123456 * time.Microsecond),
			Attempts: []jobinfo.Attempt{{Number: 1, State: jobinfo.Completed, Started: at("08:00:00"), Ended: at("08:00:00").Add(123456 * time.Microsecond)}},
		},
	}
}

func damaged() jobinfo.Record {
	return jobinfo.Record{
		Meta: jobinfo.Meta{Run: "01KF00000000000000000000R1"}, Snapshot: jobinfo.Snapshot{State: jobinfo.Failed},
		Fault: errors.New("events.jsonl:7: unexpected end of JSON input"),
	}
}

func all() []jobinfo.Record {
	return []jobinfo.Record{running(), lost(), failed(), done(), damaged()}
}

// golden compares what was written with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// text writes by write.
func text(t *testing.T, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jsonText(t *testing.T, x any) string {
	t.Helper()
	return text(t, func(b *bytes.Buffer) error {
		e := json.NewEncoder(b)
		e.SetIndent("", "  ")
		return e.Encode(x)
	})
}

// TestViews are the views for people and their JSON, whose field names programs rely on.
func TestViews(t *testing.T) {
	t.Parallel()
	golden(t, "list.txt", text(t, func(b *bytes.Buffer) error { return WriteList(b, all(), now()) }))
	golden(t, "summary.json", jsonText(t, Summarize(failed(), now())))
	golden(t, "damaged.json", jsonText(t, Summarize(damaged(), now())))
	for name, r := range map[string]jobinfo.Record{"failed": failed(), "running": running(), "lost": lost(), "done": done(), "damaged": damaged()} {
		golden(t, "status_"+name+".txt", text(t, func(b *bytes.Buffer) error { return StatusOf(r, now()).Write(b, now()) }))
	}
	golden(t, "status_failed.json", jsonText(t, StatusOf(failed(), now())))
	golden(t, "status_done.json", jsonText(t, StatusOf(done(), now())))
	golden(t, "metrics.txt", text(t, func(b *bytes.Buffer) error { return MetricsOf(failed()).Write(b) }))
	golden(t, "metrics_none.txt", text(t, func(b *bytes.Buffer) error { return MetricsOf(damaged()).Write(b) }))
	golden(t, "metrics.json", jsonText(t, MetricsOf(failed())))
	golden(t, "metrics_none.json", jsonText(t, MetricsOf(damaged())))
	golden(t, "failures.txt", text(t, func(b *bytes.Buffer) error { return FailuresOf(all()).Write(b, now()) }))
	golden(t, "failures.json", jsonText(t, FailuresOf(all())))
	golden(t, "failures_none.txt", text(t, func(b *bytes.Buffer) error { return FailuresOf([]jobinfo.Record{done()}).Write(b, now()) }))
}

// archive is an archive of given runs.
type archive struct {
	jobinfo.Archive
	runs []jobinfo.Record
}

func (a archive) Load(run string) (jobinfo.Record, error) {
	for _, r := range a.runs {
		if r.Run == run {
			return r, r.Fault
		}
	}
	return jobinfo.Record{}, jobinfo.ErrNoRun
}

func (a archive) List(f jobinfo.Filter) ([]jobinfo.Record, error) {
	var out []jobinfo.Record
	for _, r := range a.runs {
		if f.Job == "" || f.Job == r.Job {
			out = append(out, r)
		}
	}
	if f.Limit > 0 && f.Limit < len(out) {
		out = out[:f.Limit]
	}
	return out, nil
}

func TestFind(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"01KF00000000000000000000R3": "01KF00000000000000000000R3",
		"01kf00000000000000000000r3": "01KF00000000000000000000R3",
		"R2":                         "01KF00000000000000000000R2",
		"r4":                         "01KF00000000000000000000R4",
		"R1":                         "01KF00000000000000000000R1",
		"last":                       "01KF00000000000000000000R5",
		"01KF":                       `"01KF" names 5 runs; write more of the id: 01KF00000000000000000000R5 (flights`,
		"":                           `there is no run ""`,
		"R9":                         `there is no run "R9"; the newest are 01KF00000000000000000000R5 (flights`,
	} {
		r, err := Find(archive{runs: all()}, word)
		got := r.Run
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	for _, word := range []string{"last", "R1"} {
		if _, err := Find(archive{}, word); err == nil || !strings.HasPrefix(err.Error(), "there are no runs yet") {
			t.Errorf("%q: got %v", word, err)
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		q    Query
		want string
		more bool
	}{
		"all":            {Query{}, "R5 R4 R3 R2 R1", false},
		"some":           {Query{Filter: jobinfo.Filter{Limit: 2}}, "R5 R4", true},
		"just enough":    {Query{Filter: jobinfo.Filter{Limit: 5}}, "R5 R4 R3 R2 R1", false},
		"lost":           {Query{States: []string{Lost}}, "R4", false},
		"lost is not on": {Query{States: []string{"RUNNING"}}, "R5", false},
		"two states":     {Query{States: []string{"COMPLETED", "FAILED"}}, "R3 R2 R1", false},
		"some of them":   {Query{States: []string{"COMPLETED", "FAILED"}, Filter: jobinfo.Filter{Limit: 1}}, "R3", true},
	} {
		list, more, err := Select(archive{runs: all()}, tt.q)
		var got []string
		for _, r := range list {
			got = append(got, r.Run[len(r.Run)-2:])
		}
		if err != nil || strings.Join(got, " ") != tt.want || more != tt.more {
			t.Errorf("%s: got %v %t %v, want %s %t", name, got, more, err, tt.want, tt.more)
		}
	}
}

// A failure is told together with those like it.
func TestSimilar(t *testing.T) {
	t.Parallel()
	s := StatusOf(failed(), now())
	if err := s.AddSimilar(archive{runs: all()}); err != nil {
		t.Fatal(err)
	}
	want := &Similar{Count: 2, Runs: 1, Of: 2, First: at("09:00:03")}
	if diff := cmp.Diff(want, s.Similar); diff != "" {
		t.Errorf("similar (-want +got):\n%s", diff)
	}
	told := text(t, func(b *bytes.Buffer) error { return s.Write(b, now()) })
	if want := "2 attempts failed so, in 1 run of the last 2 of the job, since 2026-01-02 09:00:03"; !strings.Contains(told, want) {
		t.Errorf("it is told so:\n%s", told)
	}
}

// Times are told in the zone of the one who reads.
func TestZones(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("here", 3600)
	if got := when(at("09:00:00"), now().In(zone)); got != "2026-01-02 10:00:00" {
		t.Errorf("got %s", got)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	got := []string{
		size(0), size(1023), size(1024), size(1536 << 10), size(5 << 40), size(5 << 50), took(1234567), took(1250 * time.Millisecond), took(3723 * time.Second),
		short("a\tb\r\n\x1b[1mc", 100), short("abcdef", 3), rows(1), rows(2), kind("a", ""), kind("", "b"),
	}
	want := []string{
		"0 B", "1023 B", "1.0 KiB", "1.5 MiB", "5.0 TiB", "5120.0 TiB", "1ms", "1.3s", "1h2m3s", "a b [1mc", "ab…", "1 row", "2 rows", "a", "b",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("formats (-want +got):\n%s", diff)
	}
}
