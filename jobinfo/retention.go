package jobinfo

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Retention says which ended runs are kept. Fields that are zero bound nothing.
type Retention struct {
	// Age is how long a run is kept behind its end.
	Age time.Duration
	// Count is how many ended runs are kept, the newest.
	Count int
	// Bytes is what all runs together may take in the store, also those that are not
	// ended.
	Bytes int64
}

// What a retention is that says nothing.
const (
	DefaultAge   = 30 * 24 * time.Hour
	DefaultCount = 1000
)

// WithDefaults is the retention itself, or that of DefaultAge and DefaultCount if it
// bounds nothing.
func (r Retention) WithDefaults() Retention {
	if r == (Retention{}) {
		return Retention{Age: DefaultAge, Count: DefaultCount}
	}
	return r
}

// Validate gives all that is wrong.
func (r Retention) Validate() []error {
	var errs []error
	if r.Age < 0 {
		errs = append(errs, fmt.Errorf("an age of %s is before the end of a run", r.Age))
	}
	if r.Count < 0 {
		errs = append(errs, fmt.Errorf("%d runs cannot be kept", r.Count))
	}
	if r.Bytes < 0 {
		errs = append(errs, fmt.Errorf("%d bytes cannot be kept", r.Bytes))
	}
	return errs
}

// Sweep removes the runs that a retention does not keep, and says which, the oldest
// first. It never removes one that somebody holds, that is not final, that needs a person or
// that is damaged. What cannot be removed is an error, behind which it goes on.
func Sweep(a Archive, r Retention, now time.Time) (removed []string, err error) {
	if err := errors.Join(r.Validate()...); err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	all, err := a.List(Filter{})
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	s := sweep{Retention: r, now: now, archive: a}
	for _, x := range all {
		s.bytes += x.Size
	}
	s.ended = slices.DeleteFunc(all, func(x Record) bool { return !x.ended() })
	return s.run()
}

// ended reports whether a run may be removed.
func (r Record) ended() bool {
	return r.Fault == nil && !r.Held && r.Snapshot.State.Final() && !r.Snapshot.NeedsPerson
}

// sweep is what is left while runs are removed.
type sweep struct {
	Retention
	now     time.Time
	archive Archive
	ended   []Record // the oldest first
	bytes   int64    // of all runs
	removed []string
}

func (s *sweep) run() ([]string, error) {
	var errs []error
	left := len(s.ended)
	for _, x := range s.ended {
		if s.keeps(x, left) {
			continue
		}
		switch err := s.archive.Remove(x.Run); {
		case err == nil:
			s.removed = append(s.removed, x.Run)
			s.bytes -= x.Size
			left--
		case !errors.Is(err, ErrHeld) && !errors.Is(err, ErrNoRun): // these belong to somebody else by now
			errs = append(errs, err)
		}
	}
	return s.removed, errors.Join(errs...)
}

// keeps reports whether a run stays, if so many ended ones are left.
func (s *sweep) keeps(x Record, left int) bool {
	end := x.Snapshot.Finished
	return (s.Age == 0 || s.now.Sub(end) <= s.Age) &&
		(s.Count == 0 || left <= s.Count) &&
		(s.Bytes == 0 || s.bytes <= s.Bytes)
}
