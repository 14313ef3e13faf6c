package jobinfo

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// DefaultDir is the folder of a DirStore that names none.
const DefaultDir = ".etlscript/runs"

// DirStore keeps each run in a folder of its own, <Dir>/<run>:
//
//	run.json       its Meta
//	events.jsonl   its events, one a line, the first one first
//	progress.json  how far it has come
//	lock           locked while a process has the run
//	request.json   what somebody asks of it
//
// Whoever runs it keeps other files there: run.log, rejects/, tmp/. Idempotency keys are
// in <Dir>/keys. Any number of stores, in any number of processes on one machine, may use
// a folder at once. A folder without a run.json is not a run, and is left alone.
type DirStore struct {
	// Dir is the folder of all runs. It is made with the first run. Defaults to
	// DefaultDir.
	Dir string
}

var _ Store = (*DirStore)(nil)

// The files of a run, and the folder of keys.
const (
	metaFile     = "run.json"
	eventsFile   = "events.jsonl"
	progressFile = "progress.json"
	lockName     = "lock"
	requestFile  = "request.json"
	takenFile    = "request.taken"
	keysDir      = "keys"
)

// NewDirStore is a store in a folder, which is made where there is none.
func NewDirStore(dir string) (*DirStore, error) {
	s := &DirStore{Dir: dir}
	if err := os.MkdirAll(s.root(), 0o755); err != nil {
		return nil, fmt.Errorf("folder of runs: %w", err)
	}
	return s, nil
}

func (s *DirStore) root() string { return cmp.Or(s.Dir, DefaultDir) }

// folder is the folder of a run.
func (s *DirStore) folder(run string) string { return filepath.Join(s.root(), run) }

// isID reports whether a text can be the id of a run, and so the name of its folder.
func isID(run string) bool {
	const longest = 100
	if run == "" || len(run) > longest || strings.EqualFold(run, keysDir) {
		return false
	}
	return strings.Trim(run, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// exists reports whether there is a run.
func (s *DirStore) exists(run string) bool {
	if !isID(run) {
		return false
	}
	info, err := os.Stat(filepath.Join(s.folder(run), metaFile))
	return err == nil && info.Mode().IsRegular()
}

// Create implements Recorder. An id consists of letters, digits, - and _.
func (s *DirStore) Create(m Meta) (Journal, error) {
	if !isID(m.Run) {
		return nil, fmt.Errorf("%q cannot be the id of a run: it wants letters, digits, - and _", m.Run)
	}
	j, err := s.create(m)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", m.Run, err)
	}
	return j, nil
}

// create locks the run before its run.json is there, so that nobody sees it without
// its holder.
func (s *DirStore) create(m Meta) (*dirJournal, error) {
	dir := s.folder(m.Run)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if errors.Is(err, ErrHeld) || err == nil && s.exists(m.Run) {
		if lock != nil {
			err = release(lock)
		}
		return nil, errors.Join(errors.New("there is one of that id already"), err)
	}
	if err != nil {
		return nil, err
	}
	j, err := openJournal(dir, lock, 0)
	if err == nil {
		err = errors.Join(writeJSON(filepath.Join(dir, metaFile), m, true), syncDir(s.root()))
	}
	if err != nil {
		return nil, errors.Join(err, discard(dir, j, lock))
	}
	return j, nil
}

// discard gives up a run that could not be created. Files of others in its folder stay.
func discard(dir string, j *dirJournal, lock *os.File) error {
	for _, name := range []string{metaFile, eventsFile, lockName, ""} {
		_ = os.Remove(filepath.Join(dir, name))
	}
	if j != nil {
		return j.Close()
	}
	return release(lock)
}

// Reopen implements Recorder. A line of events.jsonl that a killed process left half
// written is cut off; a run whose record is damaged otherwise cannot be reopened.
func (s *DirStore) Reopen(run string) (Journal, Record, error) {
	j, r, err := s.reopen(run)
	if err != nil {
		return nil, Record{}, fmt.Errorf("run %s: %w", run, err)
	}
	return j, r, nil
}

func (s *DirStore) reopen(run string) (*dirJournal, Record, error) {
	lock, err := s.hold(run)
	if err != nil {
		return nil, Record{}, err
	}
	dir := s.folder(run)
	r, whole, err := readRecord(dir, run)
	if err == nil {
		err = errors.Join(
			unlessMissing(os.Remove(filepath.Join(dir, requestFile))), unlessMissing(os.Remove(filepath.Join(dir, takenFile))),
		)
	}
	if err != nil {
		return nil, Record{}, errors.Join(err, release(lock))
	}
	j, err := openJournal(dir, lock, whole)
	if err != nil {
		return nil, Record{}, errors.Join(err, release(lock))
	}
	r.Held = true
	return j, r, nil
}

// hold locks a run that there is.
func (s *DirStore) hold(run string) (*os.File, error) {
	if !s.exists(run) {
		return nil, ErrNoRun
	}
	lock, err := lockFile(filepath.Join(s.folder(run), lockName))
	switch {
	case errors.Is(err, ErrHeld):
		return nil, &HeldError{Run: run}
	case errors.Is(err, fs.ErrNotExist): // the folder was removed meanwhile
		return nil, ErrNoRun
	case err != nil:
		return nil, err
	case !s.exists(run):
		return nil, errors.Join(ErrNoRun, release(lock))
	}
	return lock, nil
}

// Remove implements Archive. It removes the whole folder of the run; what COMPLETED under
// an idempotency key stays known.
func (s *DirStore) Remove(run string) error {
	if err := s.remove(run); err != nil {
		return fmt.Errorf("run %s: %w", run, err)
	}
	return nil
}

// remove makes the folder that of no run before it lets go of the lock, so that nobody
// can take up what is left of it.
func (s *DirStore) remove(run string) error {
	lock, err := s.hold(run)
	if err != nil {
		return err
	}
	dir := s.folder(run)
	if err := errors.Join(os.Remove(filepath.Join(dir, metaFile)), release(lock)); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// Ask implements Archive.
func (s *DirStore) Ask(run string, r Request) error {
	err := ErrNoRun
	if s.exists(run) {
		err = writeJSON(filepath.Join(s.folder(run), requestFile), r, false)
	}
	if errors.Is(err, fs.ErrNotExist) { // the folder was removed meanwhile
		err = ErrNoRun
	}
	if err != nil {
		return fmt.Errorf("request to run %s: %w", run, err)
	}
	return nil
}
