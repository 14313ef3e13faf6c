package jobinfo

import (
	"errors"
	"time"
)

// What stores answer, as errors.Is finds it.
var (
	// ErrNoRun says that there is no run of that id.
	ErrNoRun = errors.New("there is no such run")
	// ErrHeld says that another run, or another process, has it at the moment.
	ErrHeld = errors.New("somebody has it at the moment")
)

// Recorder is where an engine keeps its runs. Several goroutines and processes may use
// one place at once.
type Recorder interface {
	// Create begins the record of a run, and holds it until the journal is closed. An id
	// that is taken is an error.
	Create(m Meta) (Journal, error)
	// Reopen takes up a run that has ended, or whose process is gone, and holds it. What
	// was asked of it before is forgotten. The error is ErrNoRun or ErrHeld where it is
	// one of these.
	Reopen(run string) (Journal, Record, error)
	// Claim holds an idempotency key for a run until the claim is released. The error is
	// a *HeldError where another run holds it.
	Claim(key, run string) (Claim, error)
}

// Journal takes what happens to one run. Several goroutines may use it.
type Journal interface {
	// Append keeps events, all or none. Those of KindState and KindPerson are on the disk
	// when it returns, with all before them.
	Append(events ...Event) error
	// Report keeps how far the run has come, instead of what was reported before.
	Report(p Progress) error
	// Asked is what somebody asked of the run, by Archive.Ask, since it was last called.
	Asked() (r Request, asked bool, err error)
	// Close gives the run up; it may be called twice. What is called behind it, apart from
	// that, is an error.
	Close() error
}

// Claim is an idempotency key that a run holds.
type Claim interface {
	// Done is the run that COMPLETED under the key, "" if there is none.
	Done() string
	// Complete makes the run that claims the key the one that COMPLETED under it, also when
	// the run is removed later. It is an error behind Release.
	Complete() error
	// Release gives the key up. It may be called twice.
	Release() error
}

// HeldError says which run holds what was asked for. It is an ErrHeld.
type HeldError struct{ Run string } // "" where it has not said so yet

func (e *HeldError) Error() string {
	if e.Run == "" {
		return ErrHeld.Error()
	}
	return "the run " + e.Run + " has it at the moment"
}

// Is implements errors.Is.
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// Request is what somebody asks of a run that another process has.
type Request struct {
	Action Action    `json:"action"` // ActCancel
	By     string    `json:"by"`
	Why    string    `json:"why,omitempty"`
	Time   time.Time `json:"time"`
}

// Archive is what is known of runs.
type Archive interface {
	// Load is a run with its events. The error is ErrNoRun where there is none; where the
	// record is damaged, it is Record.Fault, and comes with the rest.
	Load(run string) (Record, error)
	// List are the runs that a filter takes, the newest first by their ids, without
	// Snapshot.Events. One that is damaged is no error of the list.
	List(f Filter) ([]Record, error)
	// Remove forgets a run, with its files. The error is ErrNoRun or ErrHeld where it is
	// one of these.
	Remove(run string) error
	// Ask asks something of a run that goes on; its process looks now and then. The last
	// request replaces those before it. The error is ErrNoRun where there is no such run.
	Ask(run string, r Request) error
}

// Store is both.
type Store interface {
	Recorder
	Archive
}

// Record is what a store knows of a run.
type Record struct {
	Meta
	Snapshot Snapshot
	Progress Progress
	// Held says that a process has the run. One that is not final and not held is lost:
	// its process ended without a word.
	Held bool
	// Size is the bytes that the run takes in the store.
	Size int64
	// Dir is the folder of the run's files, "" where it has none.
	Dir string
	// Fault is what of the record is damaged, nil if nothing is. The rest is there as far
	// as it could be read.
	Fault error
}

// Lost reports whether the run's process ended without a word.
func (r Record) Lost() bool { return !r.Held && !r.Snapshot.State.Final() }

// Filter chooses runs. Its zero value takes all.
type Filter struct {
	Job         string // of this name
	States      []State
	Tag         string
	Since       time.Time // created then or later
	Until       time.Time // created before
	NeedsPerson bool      // only those that wait for a person
	Limit       int       // at most so many, the newest; 0 for all
}
