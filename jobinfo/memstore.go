package jobinfo

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// MemStore keeps runs in memory, for programs that want no files. It forgets the oldest
// of its ended runs when there are more than Keep, together with the idempotency keys
// under which they COMPLETED. Its zero value is empty and ready.
type MemStore struct {
	// Keep is how many ended runs are kept. Defaults to 1000.
	Keep int

	mu    sync.Mutex
	runs  map[string]*memRun
	ended []string // in the order in which they were given up
	keys  map[string]*memKey
}

var _ Store = (*MemStore)(nil)

type memRun struct {
	record Record  // its snapshot is that of the events that are not kept any more
	events []Event // those since then
	asked  *Request
}

type memKey struct{ holder, done string }

// defaultKeep is how many ended runs a MemStore keeps.
const defaultKeep = 1000

// usualEvents is how many events a small run has.
const usualEvents = 15

// Create implements Recorder.
func (s *MemStore) Create(m Meta) (Journal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil {
		s.runs = map[string]*memRun{}
	}
	if s.runs[m.Run] != nil {
		return nil, fmt.Errorf("there is a run %s already", m.Run)
	}
	r := &memRun{record: Record{Meta: m.clone(), Held: true}}
	s.runs[m.Run] = r
	return &memJournal{store: s, run: r}, nil
}

// Reopen implements Recorder.
func (s *MemStore) Reopen(run string) (Journal, Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[run]
	switch {
	case r == nil:
		return nil, Record{}, ErrNoRun
	case r.record.Held:
		return nil, Record{}, &HeldError{Run: run}
	}
	r.record.Held, r.asked = true, nil
	s.ended = slices.DeleteFunc(s.ended, func(id string) bool { return id == run })
	return &memJournal{store: s, run: r}, r.copy(true), nil
}

// copy is a record that shares nothing with the store, without the events for a list.
func (r *memRun) copy(events bool) Record {
	out := r.record
	out.Meta, out.Snapshot, out.Progress = out.Meta.clone(), out.Snapshot.clone(), out.Progress.clone()
	for _, e := range r.events {
		out.Snapshot.Apply(e)
	}
	if events {
		out.Snapshot.Events = slices.Clone(r.events[max(0, len(r.events)-maxKept):])
	}
	return out
}

// Load implements Archive.
func (s *MemStore) Load(run string) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runs[run]; r != nil {
		return r.copy(true), nil
	}
	return Record{}, ErrNoRun
}

// List implements Archive.
func (s *MemStore) List(f Filter) ([]Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Record
	for _, r := range s.runs {
		if !f.takesMeta(r.record.Meta) {
			continue
		}
		if c := r.copy(false); f.takes(c) {
			out = append(out, c)
		}
	}
	return f.newest(out), nil
}

// Remove implements Archive.
func (s *MemStore) Remove(run string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[run]
	switch {
	case r == nil:
		return ErrNoRun
	case r.record.Held:
		return &HeldError{Run: run}
	}
	delete(s.runs, run)
	s.ended = slices.DeleteFunc(s.ended, func(id string) bool { return id == run })
	return nil
}

// Ask implements Archive.
func (s *MemStore) Ask(run string, q Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[run]
	if r == nil {
		return ErrNoRun
	}
	r.asked = &q
	return nil
}

// Claim implements Recorder.
func (s *MemStore) Claim(key, run string) (Claim, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]*memKey{}
	}
	k := s.keys[key]
	if k == nil {
		k = &memKey{}
		s.keys[key] = k
	}
	if k.holder != "" {
		return nil, &HeldError{Run: k.holder}
	}
	k.holder = run
	return &memClaim{store: s, name: key, key: k}, nil
}

type memClaim struct {
	store    *MemStore
	name     string
	key      *memKey
	released bool
}

// Done implements Claim.
func (c *memClaim) Done() string {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	return c.key.done
}

// Complete implements Claim.
func (c *memClaim) Complete() error {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if c.released {
		return errReleased
	}
	c.key.done = c.key.holder
	return nil
}

// Release implements Claim. A key under which nothing COMPLETED is forgotten.
func (c *memClaim) Release() error {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if c.released {
		return nil
	}
	c.released, c.key.holder = true, ""
	if c.key.done == "" {
		delete(c.store.keys, c.name)
	}
	return nil
}

type memJournal struct {
	store  *MemStore
	run    *memRun
	closed bool
}

// open reports whether the journal may be used. The store is locked.
func (j *memJournal) open() error {
	if j.closed {
		return errClosed
	}
	return nil
}

// Append implements Journal.
func (j *memJournal) Append(events ...Event) error {
	j.store.mu.Lock()
	defer j.store.mu.Unlock()
	if err := j.open(); err != nil {
		return err
	}
	j.run.add(events)
	return nil
}

// add keeps events. Where they become too many, the oldest go into the snapshot (invariant
// 7).
func (r *memRun) add(events []Event) {
	if len(r.events) == 1 { // it has begun
		r.events = slices.Grow(r.events, usualEvents)
	}
	r.events = append(r.events, events...)
	n := len(r.events) - maxKept
	if n <= maxKept {
		return
	}
	for _, e := range r.events[:n] {
		r.record.Snapshot.Apply(e)
	}
	r.events = slices.Delete(r.events, 0, n)
}

// Report implements Journal.
func (j *memJournal) Report(p Progress) error {
	j.store.mu.Lock()
	defer j.store.mu.Unlock()
	if err := j.open(); err != nil {
		return err
	}
	j.run.record.Progress = p.clone()
	return nil
}

// Asked implements Journal.
func (j *memJournal) Asked() (r Request, asked bool, err error) {
	j.store.mu.Lock()
	defer j.store.mu.Unlock()
	if err := j.open(); err != nil || j.run.asked == nil {
		return Request{}, false, err
	}
	r, j.run.asked = *j.run.asked, nil
	return r, true, nil
}

// Close implements Journal.
func (j *memJournal) Close() error {
	s := j.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed, j.run.record.Held = true, false
	s.ended = append(s.ended, j.run.record.Run)
	s.forget()
	return nil
}

// forget drops the oldest of the ended runs that are too many.
func (s *MemStore) forget() {
	keep := s.Keep
	if keep <= 0 {
		keep = defaultKeep
	}
	for len(s.ended) > keep {
		run := s.ended[0]
		delete(s.runs, run)
		maps.DeleteFunc(s.keys, func(_ string, k *memKey) bool { return k.holder == "" && k.done == run })
		s.ended = s.ended[1:]
	}
}
