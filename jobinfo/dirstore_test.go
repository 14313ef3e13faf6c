package jobinfo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ended is a store with a run that FAILED, and the path of a file of it.
func ended(t *testing.T, file string) (*DirStore, string) {
	t.Helper()
	s, err := NewDirStore(filepath.Join(t.TempDir(), "a", "runs"))
	if err != nil {
		t.Fatal(err)
	}
	tr, j := track(t, s, "01R")
	if err := errors.Join(tr.Change(Running, ""), tr.Change(Failed, "it was late"), j.Close()); err != nil {
		t.Fatal(err)
	}
	return s, filepath.Join(s.Dir, "01R", file)
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestDirStoreFiles is the format on the disk, which other tools read.
func TestDirStoreFiles(t *testing.T) {
	t.Parallel()
	s, path := ended(t, "events.jsonl")
	want := `{"time":"2026-01-02T03:04:06Z","run":"01R","job":"late","kind":"state","state":"PENDING"}
{"time":"2026-01-02T03:04:07Z","run":"01R","job":"late","attempt":1,"kind":"state","state":"RUNNING"}
{"time":"2026-01-02T03:04:08Z","run":"01R","job":"late","attempt":1,"kind":"state","state":"FAILED","cause":"it was late"}
`
	meta := `{"run":"01R","job":"late","environment":{},"created":"2026-01-02T03:04:06Z"}` + "\n"
	got := map[string]string{"events.jsonl": read(t, path), "run.json": read(t, filepath.Join(s.Dir, "01R", "run.json"))}
	if diff := cmp.Diff(map[string]string{"events.jsonl": want, "run.json": meta}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	r, err := s.Load("01R")
	if err != nil || r.Dir != filepath.Join(s.Dir, "01R") || r.Size != int64(len(want)+len(meta)) {
		t.Errorf("%v, the record is %+v", err, r)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What a killed process left behind the last line is not there for readers, and is cut
// off before anything follows it.
func TestTornLine(t *testing.T) {
	t.Parallel()
	for name, torn := range map[string]string{
		"a half":              `{"time":"2026-01-02T03:04:08Z","ru`,
		"all but its end":     `{"time":"2026-01-02T03:04:08Z","run":"01R","job":"late","kind":"state","state":"RETRYING","by":"ada"}`,
		"blocks never filled": strings.Repeat("\x00", 5000),
		"a byte":              "{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := ended(t, "events.jsonl")
			before, err := s.Load("01R")
			if err != nil {
				t.Fatal(err)
			}
			add(t, path, torn)
			after, err := s.Load("01R")
			if diff := cmp.Diff(before.Snapshot, after.Snapshot); err != nil || diff != "" {
				t.Fatalf("a torn line is read: %v\n%s", err, diff)
			}
			j, r, err := s.Reopen("01R")
			if err != nil {
				t.Fatal(err)
			}
			tr := Resume(r, j, seconds())
			if err := errors.Join(tr.Record(Event{Kind: KindState, State: Retrying, By: "ada"}), j.Close()); err != nil {
				t.Fatal(err)
			}
			checkFold(t, s, tr)
		})
	}
}

// A line that is broken elsewhere was damaged by somebody: the error names it, the rest
// is there, and other runs are as they were.
func TestBrokenLines(t *testing.T) {
	t.Parallel()
	const after = `{"time":"2026-01-02T03:04:09Z","run":"01R","kind":"hook","hook":"cleanup"}` + "\n"
	for name, tt := range map[string]struct{ line, want string }{
		"no JSON":         {"{\"time\":\n", "events.jsonl:4: unexpected end of JSON input"},
		"an empty line":   {"\n", "events.jsonl:4: unexpected end of JSON input"},
		"the wrong type":  {"{\"kind\":7}\n", "events.jsonl:4: json: cannot unmarshal number"},
		"no drawn edge":   {"{\"kind\":\"state\",\"state\":\"RUNNING\"}\n", "events.jsonl:4: a run cannot go from FAILED to RUNNING"},
		"the middle torn": {"{\"time\":\"20" + after, "events.jsonl:4: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := ended(t, "events.jsonl")
			_, j := track(t, s, "01Q")
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			add(t, path, tt.line+after)
			text := read(t, path)
			r, err := s.Load("01R")
			if err == nil || !strings.Contains(err.Error(), tt.want) || r.Snapshot.State != Failed || r.Job != "late" {
				t.Errorf("got %v, %+v", err, r)
			}
			if _, _, err := s.Reopen("01R"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("a damaged run is reopened: %v", err)
			}
			list, err := s.List(Filter{})
			if err != nil || len(list) != 2 || list[0].Fault == nil || list[0].Snapshot.State != Failed || list[1].Fault != nil {
				t.Errorf("%v, the list is %+v", err, list)
			}
			if read(t, path) != text {
				t.Error("the damaged file was changed")
			}
		})
	}
}

// A run whose run.json is damaged is listed, so that somebody can see to it; progress
// that is damaged is not worth an error.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	s, path := ended(t, "run.json")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "progress.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load("01R"); err != nil || r.Fault != nil {
		t.Errorf("damaged progress: %v", err)
	}
	for text, want := range map[string]string{"{": "run.json: unexpected end", `{"run":"01X"}`: `run.json: it is that of the run "01X"`, "": "run.json: unexpected end"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := s.List(Filter{})
		if err != nil || len(list) != 1 || list[0].Run != "01R" || list[0].Fault == nil || list[0].Snapshot.State != Failed {
			t.Errorf("%v, the list is %+v", err, list)
		}
		if _, err := s.Load("01R"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Folders that are no runs are none of the store's business.
func TestOtherFolders(t *testing.T) {
	t.Parallel()
	s, _ := ended(t, "")
	for _, dir := range []string{"01A", "keys", "not a run", "01R.old", ".hidden", "01B/run.json"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"README", "01C", "not a run/run.json", "keys/run.json", "01R.old/run.json"} {
		if err := os.WriteFile(filepath.Join(s.Dir, file), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List(Filter{})
	if err != nil || len(list) != 1 || list[0].Run != "01R" {
		t.Errorf("%v, the list is %+v", err, list)
	}
	for _, run := range []string{"01A", "01B", "01C", "not a run", "keys"} {
		if err := s.Remove(run); !errors.Is(err, ErrNoRun) {
			t.Errorf("Remove(%s): %v", run, err)
		}
	}
	if _, err := s.Create(Meta{Run: "01A", Job: "late"}); err != nil {
		t.Errorf("a folder without a run is in the way: %v", err)
	}
}

// The engine keeps files in a run's folder, which count, and go with it.
func TestFilesOfTheEngine(t *testing.T) {
	t.Parallel()
	s, path := ended(t, "rejects/read.csv")
	before, err := s.Load("01R")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err := errors.Join(err, os.WriteFile(path, make([]byte, 1000), 0o644)); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load("01R"); err != nil || r.Size != before.Size+1000 {
		t.Errorf("%v, the size is %d", err, r.Size)
	}
	if err := s.Remove("01R"); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(s.Dir); err != nil || len(left) != 0 {
		t.Errorf("%v, there is %v", err, left)
	}
}

func TestRefusedIDs(t *testing.T) {
	t.Parallel()
	s := &DirStore{Dir: t.TempDir()}
	for _, run := range []string{"", ".", "..", "../x", "a/b", `a\b`, "keys", "KEYS", "a b", "a.b", strings.Repeat("a", 101)} {
		if _, err := s.Create(Meta{Run: run}); err == nil || !strings.Contains(err.Error(), "cannot be the id of a run") {
			t.Errorf("%q: %v", run, err)
		}
	}
}

// An empty place, without its folder, has no runs, and reading makes none.
func TestNoFolder(t *testing.T) {
	t.Parallel()
	s := &DirStore{Dir: filepath.Join(t.TempDir(), "runs")}
	list, err := s.List(Filter{})
	if err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := s.Load("01R"); !errors.Is(err, ErrNoRun) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(s.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Keys leave no files but of what COMPLETED.
func TestFilesOfKeys(t *testing.T) {
	t.Parallel()
	s := &DirStore{Dir: t.TempDir()}
	for i := range 5 {
		c, err := s.Claim(fmt.Sprint("key ", i%2), fmt.Sprint("run-", i))
		if err != nil {
			t.Fatal(err)
		}
		if i == 3 {
			err = c.Complete()
		}
		if err := errors.Join(err, c.Release()); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(s.Dir, "keys", "*"))
	if err != nil || len(files) != 1 || read(t, files[0]) != `{"key":"key 1","completed":"run-3"}`+"\n" {
		t.Errorf("%v, there is %v", err, files)
	}
}

// childEnv tells a process of this test that it is the one to be killed.
const childEnv = "JOBINFO_TEST_RUNS"

// TestHolder is the process that TestKilledHolder kills. It holds a run and a key.
func TestHolder(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("it has nothing to hold")
	}
	s := &DirStore{Dir: dir}
	tr, j := track(t, s, "01R")
	if _, err := s.Claim("key", "01R"); err != nil {
		t.Fatal(err)
	}
	err := errors.Join(tr.Change(Running, ""), j.Report(Progress{RowsRead: 7}), tr.Record(Event{Kind: KindStep, Step: Execution}), tr.Change(Retrying, "no route"))
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(tr.Snapshot())
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
}

// hold starts the process of TestHolder, and gives it when it holds the run.
func hold(t *testing.T, dir string) (*exec.Cmd, Snapshot) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestHolder$")
	c.Env = append(os.Environ(), childEnv+"="+dir)
	_, err := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err := errors.Join(err, err2, c.Start()); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var shown Snapshot
	if err := errors.Join(err, json.Unmarshal(line, &shown)); err != nil {
		t.Fatalf("the process says %q: %v", line, err)
	}
	return c, shown
}

// A run whose process is killed is lost, with all that it had shown; what it held is free.
func TestKilledHolder(t *testing.T) {
	t.Parallel()
	s := &DirStore{Dir: t.TempDir()}
	c, shown := hold(t, s.Dir)
	r, err := s.Load("01R")
	if err != nil || !r.Held || r.Lost() {
		t.Errorf("%v, while its process goes on, the run is %+v", err, r)
	}
	var by *HeldError
	if _, err := s.Claim("key", "01S"); !errors.As(err, &by) || by.Run != "01R" {
		t.Errorf("the key of another process: %v", err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	r, err = s.Load("01R")
	if len(r.Snapshot.Events) != 4 {
		t.Errorf("of its 4 events, %d are left", len(r.Snapshot.Events))
	}
	r.Snapshot.Events = nil
	if diff := cmp.Diff(shown, r.Snapshot); err != nil || diff != "" || !r.Lost() || r.Progress.RowsRead != 7 {
		t.Errorf("%v, lost is %t, what was shown and what was kept differ:\n%s", err, r.Lost(), diff)
	}
	j, r, err := s.Reopen("01R")
	if err != nil {
		t.Fatal(err)
	}
	tr := Resume(r, j, seconds())
	if err := errors.Join(tr.Change(Running, ""), tr.Change(Completed, ""), j.Close()); err != nil {
		t.Fatal(err)
	}
	checkFold(t, s, tr)
	if claim, err := s.Claim("key", "01S"); err != nil || claim.Done() != "" || claim.Release() != nil {
		t.Errorf("the key of a killed process: %v", err)
	}
}
