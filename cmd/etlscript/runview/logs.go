package runview

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// LogFile is the name of a run's log in its folder.
const LogFile = "run.log"

// ErrNoLog says that a run has no log.
var ErrNoLog = errors.New("it has no log: it had nothing to tell, or log = { file = false } keeps it from the file; " +
	"log = { file = true, level = \"debug\" } in the job's settings tells more")

// Logs prints the log of a run.
type Logs struct {
	To   io.Writer
	JSON bool // each line as JSON
	// Tick says when to look again, to follow a run until it ends; nil not to.
	Tick <-chan time.Time
}

// Print prints the log of a run, and ends with it, with ctx or with its writer.
func (l Logs) Print(ctx context.Context, a jobinfo.Archive, run string) error {
	var t tail
	defer t.close()
	for {
		// What a run logs before it ends is there when it has ended.
		r, ended, err := look(a, run)
		if err != nil {
			return err
		}
		ended = ended || l.Tick == nil
		if err := t.copy(l, r.Dir, ended); err != nil {
			return fmt.Errorf("log of the run %s: %w", run, err)
		}
		if ended {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.Tick:
		}
	}
}

func look(a jobinfo.Archive, run string) (r jobinfo.Record, ended bool, err error) {
	r, err = a.Load(run)
	if r.Fault != nil {
		err = nil
	}
	return r, !r.Held, err
}

// tail is a log that grows.
type tail struct {
	f    *os.File
	rest []byte // of a line that is not whole yet
}

func (t *tail) close() {
	if t.f != nil {
		_ = t.f.Close()
	}
}

// copy prints what is new. A log that is not there yet may come, unless the run has ended.
func (t *tail) copy(l Logs, dir string, ended bool) error {
	if t.f == nil {
		if dir == "" {
			return ErrNoLog
		}
		f, err := os.Open(filepath.Join(dir, LogFile))
		if errors.Is(err, fs.ErrNotExist) {
			if ended {
				return ErrNoLog
			}
			return nil
		}
		if err != nil {
			return err
		}
		t.f = f
	}
	if !l.JSON {
		_, err := io.Copy(l.To, t.f)
		return err
	}
	return t.lines(l.To, ended)
}

// lines prints the whole lines that are new as JSON, with the last one as it is where
// nothing will follow.
func (t *tail) lines(w io.Writer, ended bool) error {
	text, err := io.ReadAll(t.f)
	if err != nil {
		return err
	}
	t.rest = append(t.rest, text...)
	for len(t.rest) > 0 {
		i := bytes.IndexByte(t.rest, '\n')
		if i < 0 && !ended {
			return nil
		}
		if i < 0 {
			i = len(t.rest)
		}
		if err := writeLine(w, t.rest[:i]); err != nil {
			return err
		}
		t.rest = t.rest[min(i+1, len(t.rest)):]
	}
	return nil
}

// writeLine prints a line that was logged as JSON as it is, another as {"line": …}.
func writeLine(w io.Writer, text []byte) error {
	if len(text) > 0 && text[0] == '{' && json.Valid(text) {
		_, err := fmt.Fprintf(w, "%s\n", text)
		return err
	}
	return json.NewEncoder(w).Encode(struct {
		Line string `json:"line"`
	}{string(text)})
}
