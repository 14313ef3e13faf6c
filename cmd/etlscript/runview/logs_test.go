package runview

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// logged is a run that goes on, with its folder.
func logged(t *testing.T) (*jobinfo.DirStore, jobinfo.Journal, string) {
	t.Helper()
	s := &jobinfo.DirStore{Dir: t.TempDir()}
	j, err := s.Create(jobinfo.Meta{Run: "R1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return s, j, filepath.Join(s.Dir, "R1", LogFile)
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	s, _, path := logged(t)
	var out bytes.Buffer
	if err := (Logs{To: &out}).Print(t.Context(), s, "R1"); !errors.Is(err, ErrNoLog) {
		t.Errorf("without a log: %v", err)
	}
	if err := (Logs{To: &out}).Print(t.Context(), archive{runs: []jobinfo.Record{{Meta: jobinfo.Meta{Run: "R1"}}}}, "R1"); !errors.Is(err, ErrNoLog) {
		t.Errorf("without a folder: %v", err)
	}
	add(t, path, "one \"1\"\n{\"two\":2}\n{three\n\nfour")
	for want, l := range map[string]Logs{
		"one \"1\"\n{\"two\":2}\n{three\n\nfour": {},
		`{"line":"one \"1\""}` + "\n" + `{"two":2}` + "\n" + `{"line":"{three"}` + "\n" + `{"line":""}` + "\n" + `{"line":"four"}` + "\n": {JSON: true},
	} {
		out.Reset()
		l.To = &out
		if err := l.Print(t.Context(), s, "R1"); err != nil || out.String() != want {
			t.Errorf("%v, got\n%s\nwant\n%s", err, out.String(), want)
		}
	}
}

// following prints a log as it grows. What was printed comes from the reader, the result
// from the channel. It looks without a pause.
func following(t *testing.T, s *jobinfo.DirStore, l Logs) (*io.PipeReader, <-chan error) {
	t.Helper()
	tick, result := make(chan time.Time), make(chan error, 1)
	close(tick)
	r, w := io.Pipe()
	l.To, l.Tick = w, tick
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := l.Print(ctx, s, "R1")
		_ = w.Close()
		result <- err
	}()
	t.Cleanup(func() {
		stop()
		_ = r.Close()
		<-done
	})
	return r, result
}

// expect reads as much as there should be.
func expect(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("%v, got %q, want %q", err, got[:n], want)
	}
}

// A log is followed from before it is there until the run has ended.
func TestLogsFollow(t *testing.T) {
	t.Parallel()
	s, j, path := logged(t)
	r, result := following(t, s, Logs{})
	add(t, path, "one\ntw")
	expect(t, r, "one\ntw")
	add(t, path, "o\nthree")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, r, "o\nthree")
	if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
		t.Errorf("%v, behind the end there is %q", err, rest)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// As JSON, lines are printed when they are whole.
func TestLogsFollowJSON(t *testing.T) {
	t.Parallel()
	s, j, path := logged(t)
	add(t, path, "one\ntw")
	r, result := following(t, s, Logs{JSON: true})
	expect(t, r, `{"line":"one"}`+"\n")
	add(t, path, "o\nthree")
	expect(t, r, `{"line":"two"}`+"\n")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, r, `{"line":"three"}`+"\n")
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// A reader that goes away, and a context that is cancelled, end it.
func TestLogsFollowEnds(t *testing.T) {
	t.Parallel()
	s, _, path := logged(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := (Logs{To: io.Discard, Tick: make(chan time.Time)}).Print(ctx, s, "R1"); err != nil {
		t.Errorf("cancelled: %v", err)
	}
	add(t, path, "one\n")
	r, result := following(t, s, Logs{})
	expect(t, r, "one\n")
	_ = r.Close()
	add(t, path, "two\n")
	if err := <-result; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("without a reader: %v", err)
	}
}

// A run that ends without a log says how to get one.
func TestLogsFollowWithoutLog(t *testing.T) {
	t.Parallel()
	s, j, _ := logged(t)
	_, result := following(t, s, Logs{})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, ErrNoLog) {
		t.Errorf("got %v", err)
	}
}
