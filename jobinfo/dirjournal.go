package jobinfo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// dirJournal is a run in a folder, which it has locked.
type dirJournal struct {
	mu     sync.Mutex
	dir    string
	lock   *os.File // nil when closed
	events *os.File
	size   int64 // of the events that were kept
	torn   bool  // there may be something behind them that was not
}

// openJournal opens the events of a run whose lock its caller has, and cuts off what is
// behind the whole ones.
func openJournal(dir string, lock *os.File, whole int64) (*dirJournal, error) {
	f, err := os.OpenFile(filepath.Join(dir, eventsFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	j := &dirJournal{dir: dir, lock: lock, events: f, size: whole, torn: true}
	if err := j.mend(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// Append implements Journal.
func (j *dirJournal) Append(events ...Event) error {
	lines, err := encode(events)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := errors.Join(j.open(), j.mend()); err != nil {
		return err
	}
	if err := j.write(lines, slices.ContainsFunc(events, Event.durable)); err != nil {
		j.torn = true
		return errors.Join(fmt.Errorf("events: %w", err), j.mend())
	}
	j.size += int64(len(lines))
	return nil
}

// durable reports whether an event must be on the disk before anybody sees it.
func (e Event) durable() bool { return e.Kind == KindState || e.Kind == KindPerson }

// encode writes each event as a line.
func encode(events []Event) ([]byte, error) {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	for _, e := range events {
		if err := lines.Encode(e); err != nil {
			return nil, fmt.Errorf("event: %w", err)
		}
	}
	return b.Bytes(), nil
}

// write is one call of the system, so that a process which is killed leaves at most the
// end of the file undone.
func (j *dirJournal) write(lines []byte, durable bool) error {
	if _, err := j.events.Write(lines); err != nil {
		return err
	}
	if durable {
		return j.events.Sync()
	}
	return nil
}

// mend cuts off what was not kept, before anything can follow it.
func (j *dirJournal) mend() error {
	if !j.torn {
		return nil
	}
	if err := j.events.Truncate(j.size); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	j.torn = false
	return nil
}

// errClosed says that a journal was used after it was closed.
var errClosed = fmt.Errorf("the journal of the run: %w", os.ErrClosed)

func (j *dirJournal) open() error {
	if j.lock == nil {
		return errClosed
	}
	return nil
}

// Report implements Journal.
func (j *dirJournal) Report(p Progress) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.open(); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(j.dir, progressFile), p, false); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	return nil
}

// Asked implements Journal. It moves the request away before it reads it, so that one
// that comes meanwhile waits for the next call.
func (j *dirJournal) Asked() (r Request, asked bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.open(); err != nil {
		return Request{}, false, err
	}
	taken := filepath.Join(j.dir, takenFile)
	if err := os.Rename(filepath.Join(j.dir, requestFile), taken); err != nil {
		return Request{}, false, unlessMissing(err)
	}
	err = readJSON(taken, &r)
	if err := errors.Join(err, os.Remove(taken)); err != nil {
		return Request{}, false, fmt.Errorf("request: %w", err)
	}
	return r, true, nil
}

// Close implements Journal. It may be called twice.
func (j *dirJournal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock == nil {
		return nil
	}
	err := errors.Join(j.events.Close(), release(j.lock))
	j.lock = nil
	return err
}
