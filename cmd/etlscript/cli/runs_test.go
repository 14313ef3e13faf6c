package cli_test

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

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
	"github.com/etlscript/etlscript/jobinfo"
)

// office is a folder of runs, and the clock of those who look at it.
type office struct {
	*testing.T
	dir string
}

func clock(hour int) time.Time { return time.Date(2026, 1, 2, hour, 0, 0, 0, time.UTC) }

// newOffice has five runs, made at hours 1 to 5: R1 COMPLETED, R2 needs a person, R3 is
// lost, R4 FAILED, R5 goes on.
func newOffice(t *testing.T) (*office, jobinfo.Journal) {
	t.Helper()
	o := &office{t, filepath.Join(t.TempDir(), "runs")}
	bad := jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Failed, Cause: "no route", Class: "network", Code: "network.refused", Print: "p"}
	person := bad
	person.NeedsPerson = true
	begins, completes := jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Running}, jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Completed}
	o.close(o.run("R1", "orders", 1, begins, completes))
	o.close(o.run("R2", "orders", 2, begins, person))
	o.close(o.run("R3", "flights", 3, begins))
	o.close(o.run("R4", "orders", 4, bad))
	return o, o.run("R5", "flights", 5, begins)
}

// run makes a run with events.
func (o *office) run(id, job string, hour int, events ...jobinfo.Event) jobinfo.Journal {
	o.Helper()
	m := jobinfo.Meta{Run: "01KF" + id, Job: job, Created: clock(hour), Tags: []string{"tag" + id}}
	j, err := (&jobinfo.DirStore{Dir: o.dir}).Create(m)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { o.close(j) })
	t, err := jobinfo.Track(m, j, func() time.Time { return clock(hour) })
	for _, e := range events {
		err = errors.Join(err, t.Record(e))
	}
	if err != nil {
		o.Fatal(err)
	}
	return j
}

func (o *office) close(j jobinfo.Journal) {
	o.Helper()
	if err := j.Close(); err != nil {
		o.Error(err)
	}
}

// do runs a command of which the runs are in the office.
func (o *office) do(want int, args ...string) (stdout, stderr string) {
	o.Helper()
	var out, said bytes.Buffer
	words := append([]string{"etlscript"}, args...)
	if args[0] != "help" {
		words = append([]string{"etlscript", args[0], "--runs", o.dir}, args[1:]...)
	}
	code := cli.Run(o.Context(), cli.Env{
		Args: words, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said, Now: func() time.Time { return clock(10) }, User: "ada",
	})
	if code != want {
		o.Errorf("%q: exit code %d, want %d:\n%s%s", args, code, want, out.String(), said.String())
	}
	return out.String(), said.String()
}

// listed are the runs that a list shows.
func listed(stdout string) []string {
	var out []string
	for _, line := range strings.Split(stdout, "\n") {
		if id, ok := strings.CutPrefix(line, "01KF"); ok {
			out = append(out, strings.Fields(id)[0])
		}
	}
	return out
}

func TestRunsFilters(t *testing.T) {
	t.Parallel()
	o, _ := newOffice(t)
	for args, want := range map[string]string{
		"":                                  "R5 R4 R3 R2 R1",
		"--limit 2":                         "R5 R4",
		"--job orders":                      "R4 R2 R1",
		"--job orders --limit 1":            "R4",
		"--state failed":                    "R4 R2",
		"--state FAILED --state COMPLETED":  "R4 R2 R1",
		"--state lost":                      "R3",
		"--state running":                   "R5",
		"--needs-person":                    "R2",
		"--tag tagR3":                       "R3",
		"--since 6h":                        "R5 R4",
		"--until 6h":                        "R3 R2 R1",
		"--since 2026-01-02 --until 1d":     "",
		"--since 2026-01-02T03:00:00Z":      "R5 R4 R3",
		"--until 2026-01-02T04:00:00+01:00": "R2 R1",
	} {
		out, _ := o.do(cli.ExitOK, append([]string{"runs"}, strings.Fields(args)...)...)
		if diff := cmp.Diff(want, strings.Join(listed(out), " ")); diff != "" {
			t.Errorf("runs %s (-want +got):\n%s", args, diff)
		}
	}
	if out, _ := o.do(cli.ExitOK, "runs", "--since", "2026-01-02 04:00"); strings.Join(listed(out), " ") != "R5 R4" {
		t.Errorf("got\n%s", out)
	}
	if _, said := o.do(cli.ExitOK, "runs", "--limit", "4"); !strings.Contains(said, "there are older runs; --limit 0 lists all") {
		t.Errorf("it says %q", said)
	}
}

func TestRunsMistakes(t *testing.T) {
	t.Parallel()
	o, j := newOffice(t)
	for args, want := range map[string]string{
		"runs --state faild":        `there is no such state; did you mean "FAILED"?`,
		"runs --since yesterday":    "--since yesterday: write how long ago",
		"runs R1":                   "etlscript status R1 shows one run",
		"runs prune":                "say what to keep, as in: etlscript runs prune --keep 100",
		"runs prune --keep 0":       "at least one run is kept",
		"runs prune --older 30":     `--older: "30" is no time, as in 12h, 30d or 2w`,
		"runs prune --older -1h":    `--older: "-1h" is no time`,
		"runs prune --older 9e9d":   `--older: "9e9d" is no time`,
		"runs prune --size lots":    "--size lots: write a number of bytes",
		"runs prune --keep 1 R1":    `prune takes no "R1"`,
		"status":                    "status wants one run, as in: etlscript status last",
		"status R1 R2":              "status wants one run",
		"status 01KF":               `"01KF" names 5 runs; write more of the id: 01KFR5 (flights), 01KFR4 (orders)`,
		"metrics R9":                `there is no run "R9"; the newest are 01KFR5 (flights)`,
		"cancel R1":                 "the run 01KFR1 is COMPLETED already",
		"cancel R3":                 "the run 01KFR3 is LOST: its process ended without a word, so that nothing is left to stop",
		"logs R1 --folow":           "flag provided but not defined: -folow",
		"cancel R5 --why":           "flag needs an argument: -why",
		"status --no-such-flag R1":  "flag provided but not defined",
		"runs prune --no-such-flag": "flag provided but not defined",
	} {
		if _, said := o.do(cli.ExitUsage, strings.Fields(args)...); !strings.Contains(said, want) {
			t.Errorf("%s says %q, want %q", args, said, want)
		}
	}
	if _, asked, err := j.Asked(); asked || err != nil {
		t.Errorf("%v, something was asked: %t", err, asked)
	}
}

func TestRunsJSON(t *testing.T) {
	t.Parallel()
	o, _ := newOffice(t)
	var states []string
	out, _ := o.do(cli.ExitOK, "runs", "--json")
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		var r struct{ Run, State string }
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		states = append(states, r.Run+" "+r.State)
	}
	want := []string{"01KFR5 RUNNING", "01KFR4 FAILED", "01KFR3 LOST", "01KFR2 FAILED", "01KFR1 COMPLETED"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	for args, want := range map[string]string{
		"status R2 --json":           `"needs_person":true`,
		"status --json R2":           `"similar":{"count":2,"runs":2,"of":3,"first":"2026-01-02T02:00:00Z"}`,
		"metrics R1 --json":          `"components":[]`,
		"runs --patterns --json":     `"classes":[{"class":"network","failures":2,"share":0.4}]`,
		"cancel R5 --json --why no":  `{"run":"01KFR5","action":"cancel","by":"ada","why":"no"}`,
		"runs prune --keep 9 --json": `{"removed":[]}`,
		"runs --json prune --keep 9": `{"removed":[]}`,
	} {
		out, _ := o.do(cli.ExitOK, strings.Fields(args)...)
		if !json.Valid([]byte(out)) || strings.Count(out, "\n") != 1 || !strings.Contains(out, want) {
			t.Errorf("%s: want %s in\n%s", args, want, out)
		}
	}
}

func TestRunsForPeople(t *testing.T) {
	t.Parallel()
	o, _ := newOffice(t)
	for args, want := range map[string]string{
		"status r2":       "state     FAILED, needs a person\n",
		"status last":     "run      01KFR5\n",
		"metrics R1":      "nothing was counted\n",
		"runs --patterns": "share of the attempts of 5 runs that failed: network 40%\n",
		"runs --help":     "prune",
		"cancel --help":   "RUN is the id of a run",
	} {
		if out, _ := o.do(cli.ExitOK, strings.Fields(args)...); !strings.Contains(out, want) {
			t.Errorf("%s: want %q in\n%s", args, want, out)
		}
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	o, _ := newOffice(t)
	out, said := o.do(cli.ExitOK, "runs", "prune", "--older", "7h")
	if diff := cmp.Diff("01KFR1\nremoved 1 run\n", out+said); diff != "" {
		t.Errorf("prune --older (-want +got):\n%s", diff)
	}
	out, _ = o.do(cli.ExitOK, "runs", "prune", "--size", "1KiB", "--keep", "5")
	if diff := cmp.Diff("01KFR4\n", out); diff != "" {
		t.Errorf("prune --size (-want +got):\n%s", diff)
	}
	out, _ = o.do(cli.ExitOK, "runs", "prune", "--older", "0s", "--keep", "1")
	if left, _ := o.do(cli.ExitOK, "runs"); out != "" || strings.Join(listed(left), " ") != "R5 R3 R2" {
		t.Errorf("pruned %q, left:\n%s", out, left)
	}
}

func TestCancelAsks(t *testing.T) {
	t.Parallel()
	o, j := newOffice(t)
	_, said := o.do(cli.ExitOK, "cancel", "R5", "--why", "too late, sorry")
	if !strings.Contains(said, "asked the run 01KFR5 to stop; etlscript status 01KFR5 shows how it ends") {
		t.Errorf("it says %q", said)
	}
	got, asked, err := j.Asked()
	want := jobinfo.Request{Action: jobinfo.ActCancel, By: "ada", Why: "too late, sorry", Time: clock(10)}
	if diff := cmp.Diff(want, got); err != nil || !asked || diff != "" {
		t.Errorf("%v, %t (-want +got):\n%s", err, asked, diff)
	}
}

func TestLogsCommand(t *testing.T) {
	t.Parallel()
	o, j := newOffice(t)
	if _, said := o.do(cli.ExitFailed, "logs", "R1"); !strings.Contains(said, "it has no log") {
		t.Errorf("it says %q", said)
	}
	if err := os.WriteFile(filepath.Join(o.dir, "01KFR5", "run.log"), []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, _ := o.do(cli.ExitOK, "logs", "last"); out != "one\ntwo\n" {
		t.Errorf("got %q", out)
	}
	o.close(j)
	for _, args := range [][]string{{"last", "-f"}, {"-f", "last"}, {"last", "--follow"}} {
		if out, _ := o.do(cli.ExitOK, append([]string{"logs"}, args...)...); out != "one\ntwo\n" {
			t.Errorf("%q: got %q", args, out)
		}
	}
	if out, _ := o.do(cli.ExitOK, "logs", "last", "--json", "-f"); out != "{\"line\":\"one\"}\n{\"line\":\"two\"}\n" {
		t.Errorf("got %q", out)
	}
}

// A damaged run is shown as far as it can be read, and the command fails.
func TestDamagedRun(t *testing.T) {
	t.Parallel()
	o, _ := newOffice(t)
	if err := os.WriteFile(filepath.Join(o.dir, "01KFR1", "run.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, said := o.do(cli.ExitFailed, "status", "R1")
	if !strings.Contains(out, "state     COMPLETED") || !strings.Contains(said, "the record of the run 01KFR1 is damaged") {
		t.Errorf("got\n%s%s", out, said)
	}
	if out, _ := o.do(cli.ExitOK, "runs"); !strings.Contains(out, "damaged: ") {
		t.Errorf("got\n%s", out)
	}
}
