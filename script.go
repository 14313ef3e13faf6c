package etlscript

import (
	"context"
	"fmt"
	"strings"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/luabind"
)

// What loading and running gives, under the names of its packages.
type (
	// Job is a job that a script defined.
	Job = job.Definition
	// Param is a parameter that a script declares.
	Param = luabind.Param
	// Run is a run that goes on, or has ended: see its Progress, Snapshot, Done, Wait
	// and Cancel.
	Run = engine.Run
	// Result is how a run ended, with its counts.
	Result = engine.Result
	// Progress is how far a run has come.
	Progress = engine.Progress
	// State is where a run stands.
	State = jobinfo.State
	// Diagnostic is one problem, with its place.
	Diagnostic = diag.Diagnostic
)

// Completed is the state of a run that went well.
const Completed = jobinfo.Completed

// Script is a script that was loaded.
type Script struct {
	Jobs     []*Job  // in the order in which it returned them
	Params   []Param // in the order in which it declares them
	Warnings []*Diagnostic
}

// Job is the job of a name, nil if there is none.
func (s *Script) Job(name string) *Job {
	for _, j := range s.Jobs {
		if j.Name == name {
			return j
		}
	}
	return nil
}

func loaded(s *luabind.Script, err error) (*Script, error) {
	if err != nil {
		return nil, &Error{Problems: diag.ListOf(err), sources: s.Sources}
	}
	return &Script{Jobs: s.Jobs, Params: s.Params, Warnings: s.Warnings}, nil
}

// Error is what is wrong with a script, or why a run did not complete. errors.Is and
// errors.As find what the program's own functions and components returned.
type Error struct {
	Problems []*Diagnostic
	State    State // of the run; "" for a script
	sources  diag.Sources
}

// Error is the first problem, in a line.
func (e *Error) Error() string {
	if len(e.Problems) == 0 {
		return fmt.Sprintf("the run is %s", e.State)
	}
	return diag.List(e.Problems).Error()
}

// Unwrap gives all problems.
func (e *Error) Unwrap() []error { return diag.List(e.Problems).Unwrap() }

// Details are all problems, as the command line prints them: with the line of the
// script and a hint.
func (e *Error) Details() string {
	var b strings.Builder
	_ = diag.Print(&b, e.Problems, e.sources) // a Builder takes everything
	return b.String()
}

// Run runs a job to its end. The error is nil when the run completed; else it is an
// *Error, or says that there is no run, since its directory could not be made. The
// result is there in either case. Cancelling ctx cancels the run with its cause.
func (h *Host) Run(ctx context.Context, j *Job) (Result, error) {
	r, err := h.engine.Start(ctx, j)
	if err != nil {
		return Result{Job: j.Name}, err
	}
	result := r.Wait()
	return result, Failure(j, result)
}

// Start begins a run and returns at once. Whoever starts one waits for its end.
func (h *Host) Start(ctx context.Context, j *Job) (*Run, error) { return h.engine.Start(ctx, j) }

// Failure is the error of a run that ended: nil if it completed.
func Failure(j *Job, r Result) error {
	if r.State == Completed {
		return nil
	}
	return &Error{Problems: r.Problems.Errors(), State: r.State, sources: j.Sources}
}
