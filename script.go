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
	"github.com/etlscript/etlscript/retry"
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
	// Who is somebody who decides about a run, and why.
	Who = engine.Who
)

// The states of runs.
const (
	Pending   = jobinfo.Pending
	Running   = jobinfo.Running
	Retrying  = jobinfo.Retrying
	Completed = jobinfo.Completed
	Failed    = jobinfo.Failed
	Cancelled = jobinfo.Cancelled
)

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
	// What follows is of a run, and empty for a script.
	Run, Job string
	State    State
	Attempt  int         // the last one
	Class    retry.Class // errors.Is finds it, too: errors.Is(err, retry.Network)
	sources  diag.Sources
}

// Is implements errors.Is.
func (e *Error) Is(target error) bool { return e.Class != "" && target == e.Class }

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

// Start submits a run and returns at once; it begins when there is a place for it. Whoever
// starts one waits for its end.
func (h *Host) Start(ctx context.Context, j *Job) (*Run, error) { return h.engine.Start(ctx, j) }

// StartAll submits the jobs of a script at once: each begins when those that it comes
// after have completed, and the fallback of a job where that fails.
func (h *Host) StartAll(ctx context.Context, s *Script) ([]*Run, error) {
	return h.engine.SubmitAll(ctx, s.Jobs, engine.Submission{})
}

// Retry tries a run again that failed, was cancelled, or whose process is gone.
func (h *Host) Retry(ctx context.Context, run string, j *Job, who Who) (*Run, error) {
	return h.engine.Retry(ctx, run, j, who)
}

// Shutdown takes no further runs, cancels those that wait, and returns when the others
// have ended; those that go on when ctx ends are cancelled.
func (h *Host) Shutdown(ctx context.Context) error { return h.engine.Shutdown(ctx) }

// Failure is the error of a run that ended: nil if it completed.
func Failure(j *Job, r Result) error {
	if r.State == Completed {
		return nil
	}
	return &Error{
		Problems: r.Problems.Errors(), Run: r.Run, Job: r.Job, State: r.State, Attempt: r.Attempts, Class: r.Class, sources: j.Sources,
	}
}
