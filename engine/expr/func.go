// Package expr holds functions over rows as the engine sees them. Today a
// function is opaque: something that the Lua runtime calls row by row. The
// typed expressions that functions are lifted into, and their kernels, move in
// here, so that strategies never learn where a function came from.
package expr

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// Role is what a function's result is used for.
type Role uint8

// The roles.
const (
	Filter  Role = iota // true keeps the row, false or nil drops it
	Map                 // changes the row in place, or returns a new one
	Value               // one value a row
	FlatMap             // any number of new rows for each row
	Produce             // rows of nothing; it is no function over rows
	Consume             // nothing: a sink calls it for what it does
)

func (r Role) String() string {
	return [...]string{"filter", "map", "value", "flat_map", "source", "sink"}[r]
}

// Func is a function over rows. It is immutable and shared by goroutines.
type Func interface {
	// Info is what static analysis knows about the function.
	Info() Info
	// Resolve checks the function against the columns that it will meet and
	// returns the columns of its result: the input's for Filter; for Map with
	// what the function adds or builds; for Value one column named "value"; for
	// FlatMap and Produce those of the new rows.
	// use.In may be open. It reports every problem.
	Resolve(use Use) (*record.Schema, diag.List)
	// Open makes a runner for one worker; use.In and use.Out are complete.
	Open(use Use) (Runner, error)
}

// Use is how a node uses a function.
type Use struct {
	Role Role
	In   *record.Schema
	// Adds are the types the author declared for new columns (adds = {...}).
	Adds []record.Field
	// Returns is the declared result of a function that builds new rows; nil
	// when not declared.
	Returns []record.Field
	// Out is the schema that Resolve returned; only for Open.
	Out *record.Schema
	// StopAtFailure ends Run at the first failing row. Otherwise Run goes on
	// and returns every failure.
	StopAtFailure bool
	// State are functions that work together with this one; nil: it works alone.
	// All are of one group.
	State *State
	// Enough is how many rows a FlatMap makes in one Run: it ends behind the row
	// with which it has so many. Produce hands on that many at once. Only for Open.
	Enough int
	// Scope holds what the functions of one attempt share; only for Open.
	Scope *Scope
	// Worker holds what the functions of one worker share; only for Open. nil
	// when the function shares nothing.
	Worker *Scope
	// Node names the component, for messages.
	Node string
	// Fixed is what stays the same during a run; only for Open.
	Fixed Fixed
	// Log is that of the run; only for Open.
	Log hclog.Logger
	// Hold is told about how many bytes the function holds from batch to batch; its
	// error, that the run holds too many, ends the run. nil: nobody counts. Only for
	// Open.
	Hold func(bytes int64) error
}

// State are the functions that work on a state together with the function of a node,
// each of which may be nil. What Begin returned is the last argument of the others,
// and of the function.
type State struct {
	Begin Func // makes the state before the first row; that of a Consume gets the columns
	End   Func // is called behind the last row; that of a FlatMap gives further rows
	Abort Func // is called instead of the End of a Consume, or after it has failed
}

// Fixed is what stays the same during a run, also when it is repeated or
// resumed: the same row then gives the same result, in any worker.
type Fixed struct {
	Seed uint64    // of random numbers, which are keyed by it, the node and the row
	Now  time.Time // what functions that ask for the time get
}

// Info is what static analysis knows about a function.
type Info struct {
	Pos    diag.Pos // where it is written
	Reads  []string // columns it reads by a constant name
	Writes []string // columns it assigns by a constant name, in source order
	// AllColumns is set when the row escapes or is indexed by a computed name,
	// so that every column may be read.
	AllColumns bool
	// Group is set when the function writes captured variables: functions of
	// the same group share one state and must see the rows one by one, in
	// order. "" means that the function may run in any number of workers.
	Group string
	// Rung is how the function is run ("reused table", "fresh table") and Why
	// what keeps it from a faster one, for explain.
	Rung string
	Why  string
	// Returns are the strings that the text shows as results, with their places.
	Returns []Constant
	// Members is how many functions the group has, itself among them.
	Members int
}

// Constant is a string in the text of a function.
type Constant struct {
	Text string
	Pos  diag.Pos
}

// Runner runs a function over batches. One goroutine uses it.
type Runner interface {
	// Run applies the function to each row of in, in order. It returns an
	// error only when no further row can be run (cancelled, budget spent, a
	// state that broke); a row's own failure is in the result.
	Run(ctx context.Context, in *record.Batch) (Result, error)
	// Close frees the runner.
	Close()
}

// Stateful is a runner whose function has a State.
type Stateful interface {
	// Begin calls State.Begin. Without it Run and End do so before all else.
	Begin(ctx context.Context) error
	// End calls State.End; Batch is what that of a FlatMap gave.
	End(ctx context.Context) (Result, error)
	// Abort calls State.Abort, if Begin went well before.
	Abort(ctx context.Context) error
}

// Producer is the runner of a Produce. Its Run must not be called.
type Producer interface {
	// Produce calls the function once and hands on what it makes: full batches, in
	// order, and what is left when it ends well. An error of hand ends the function;
	// the context must have ended then.
	Produce(ctx context.Context, hand func(*record.Batch) error) error
}

// Result is what a function made of a batch.
type Result struct {
	// Keep are the rows that a Filter keeps, in order, counted one by one.
	Keep []int32
	// Dropped is how many rows a Filter did not keep, counted one by one.
	Dropped int
	// Batch is a Map's output: one row for each row that did not fail. Of a FlatMap
	// it is the rows that those of the input gave, one behind the other; who runs
	// it gives them their lineage.
	Batch *record.Batch
	// Counts are how many rows of Batch each row of the input gave to a FlatMap;
	// failed ones gave none. Rows beyond them were not run (Use.Enough).
	Counts []int32
	// Value is a Value's result, one row for each row of the input; rows that
	// failed are NULL.
	Value *record.Column
	// Failed are the rows that failed, in order.
	Failed []Failure
}

// Failure is a row that a function refused or broke on.
type Failure struct {
	Row    int    // in the input batch
	Column string // to blame, if known
	Value  string // its value, if known
	Err    error  // usually a *diag.Diagnostic with the script's line
}

// Scope is what the functions of one attempt share: for instance one Lua
// state for each group. It may be used by several goroutines.
type Scope struct {
	mu     sync.Mutex
	shared map[string]any
	closer []func()
}

// Shared returns what make made for the key at the first call; others wait
// meanwhile, so make must not use the Scope. A make that failed is called again
// at the next call. close, if not nil, is called by Close.
func (s *Scope) Shared(key string, make func() (value any, close func(), err error)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.shared[key]; ok {
		return v, nil
	}
	v, done, err := make()
	if err != nil {
		return nil, err
	}
	if s.shared == nil {
		s.shared = map[string]any{}
	}
	s.shared[key] = v
	if done != nil {
		s.closer = append(s.closer, done)
	}
	return v, nil
}

// Close frees all that is shared, the youngest first; no function of the
// attempt may run any more.
func (s *Scope) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, done := range slices.Backward(s.closer) {
		done()
	}
	s.shared, s.closer = nil, nil
}
