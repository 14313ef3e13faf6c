package jobinfo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Load implements Archive. Where something of the record is damaged, it gives what could
// be read together with the error.
func (s *DirStore) Load(run string) (Record, error) {
	if !s.exists(run) {
		return Record{}, fmt.Errorf("run %s: %w", run, ErrNoRun)
	}
	r, err := s.look(run)
	if err != nil {
		return r, fmt.Errorf("run %s: %w", run, err)
	}
	return r, nil
}

// look reads a run. One that seems lost is looked at twice, since it may have been taken up, or
// ended, between the looks at its lock and at its events.
func (s *DirStore) look(run string) (r Record, err error) {
	dir := s.folder(run)
	for range 2 {
		held, lockErr := fileHeld(filepath.Join(dir, lockName))
		r, _, err = readRecord(dir, run)
		err = errors.Join(lockErr, err)
		r.Held, r.Fault = held, err
		if !r.Lost() {
			break
		}
	}
	return r, err
}

// List implements Archive. It reads the newest runs first, and no more than it must.
func (s *DirStore) List(f Filter) ([]Record, error) {
	entries, err := os.ReadDir(s.root())
	if unlessMissing(err) != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	var out []Record
	for _, e := range slices.Backward(entries) {
		if f.Limit > 0 && len(out) >= f.Limit {
			break
		}
		if r, ok := s.listed(e.Name(), f); ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// listed is a run of the list, if the filter takes it. A run that is damaged is there as
// far as it can be read: who looks for it should see it.
func (s *DirStore) listed(run string, f Filter) (Record, bool) {
	if !s.exists(run) {
		return Record{}, false
	}
	var m Meta
	if err := readJSON(filepath.Join(s.folder(run), metaFile), &m); err == nil && !f.takesMeta(m) {
		return Record{}, false
	}
	r, _ := s.look(run)
	if !s.exists(run) { // it was removed meanwhile
		return Record{}, false
	}
	r.Snapshot.Events = nil
	return r, f.takes(r)
}

// readRecord reads what is known of a run, and how many bytes of its events are whole. Its
// progress is no fault: it is not kept so carefully.
func readRecord(dir, run string) (r Record, whole int64, err error) {
	r.Dir, r.Size = dir, sizeOf(dir)
	err = readJSON(filepath.Join(dir, metaFile), &r.Meta)
	if err == nil && r.Run != run {
		err = fmt.Errorf("%s: it is that of the run %q", filepath.Join(dir, metaFile), r.Run)
	}
	r.Run = run
	if readJSON(filepath.Join(dir, progressFile), &r.Progress) != nil {
		r.Progress = Progress{}
	}
	whole, err2 := readEvents(filepath.Join(dir, eventsFile), r.Snapshot.add)
	return r, whole, errors.Join(err, err2)
}

// readEvents gives the events of a file to take, and says how many of its bytes are whole
// lines. What is behind the last line break was never kept: its process was killed while
// it wrote. An error, also one of take, names file and line.
func readEvents(path string, take func(Event) error) (whole int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, unlessMissing(err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		if err := takeLine(line, take); err != nil {
			return whole, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		whole += int64(len(line))
	}
}

func takeLine(line []byte, take func(Event) error) error {
	var e Event
	if err := json.Unmarshal(bytes.TrimSuffix(line, []byte("\n")), &e); err != nil {
		return err
	}
	return take(e)
}
