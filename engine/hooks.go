package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

// moment is what the hooks of the end get.
func (v verdict) moment() job.Moment {
	m := job.Moment{State: string(v.state)}
	if v.err != nil {
		m.Failure = failureOf(v.err, v.fault)
		m.Reason = v.problems[0].Error()
	}
	return m
}

// failureOf is what hooks get of an error, by its first problem.
func failureOf(err error, f fault.Fault) *job.Failure {
	d := diag.ListOf(err)[0]
	return &job.Failure{Message: d.Error(), Class: string(f.Class), Code: string(f.Code), Component: d.Component, Err: err}
}

// hooksOf are the hooks of a name: the engine's, then the job's.
func (r *Run) hooksOf(name string) []job.Hook {
	var out []job.Hook
	for _, h := range []job.Hooks{r.engine.config.Hooks, r.def.Settings.Hooks()} {
		hook := map[string]job.Hook{
			"on_start": h.OnStart, "on_retry": h.OnRetry, "on_success": h.OnSuccess,
			"on_failure": h.OnFailure, "on_cancel": h.OnCancel, "cleanup": h.Cleanup,
		}[name]
		if hook != nil {
			out = append(out, hook)
		}
	}
	return out
}

// call calls the hooks of a name, each also where one before it failed, and records how
// it went.
func (r *Run) call(name string, m job.Moment) error {
	var problems diag.List
	for _, h := range r.hooksOf(name) {
		e := jobinfo.Event{Kind: jobinfo.KindHook, Hook: name}
		for _, d := range diag.ListOf(r.callOne(h, r.fill(m))) {
			d = hookProblem(name, d)
			e.Cause = d.Error()
			problems = append(problems, d)
			r.dir.log.Warn("a hook failed", "hook", name, "error", d.Error())
		}
		if err := r.tracker.Record(e); err != nil {
			problems = append(problems, diag.ListOf(err)...)
		}
	}
	return problems.Err()
}

// hookProblem is a problem that names its hook.
func hookProblem(name string, d *diag.Diagnostic) *diag.Diagnostic {
	out := *d
	if out.Code == "internal.error" { // it is an error of Go
		out.Code = "hook.failed"
	}
	out.Component = name
	return &out
}

// callOne calls a hook, within its time. A panic is its error.
func (r *Run) callOne(h job.Hook, m job.Moment) (err error) {
	limit := r.engine.config.HookTimeout
	ctx, stop := context.WithTimeoutCause(context.WithoutCancel(r.ctx), limit, fmt.Errorf("a hook may take %s", limit))
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			err = diag.Errorf("hook.panic", diag.Pos{}, "the hook broke down: %v\n%s", p, debug.Stack())
		}
	}()
	return h.Call(ctx, m)
}

// fill adds what is known of the run.
func (r *Run) fill(m job.Moment) job.Moment {
	p := r.stats.progress()
	m.Run, m.Job, m.Attempt, m.Params, m.Env = r.ID, r.def.Name, r.tracker.Attempt(), r.def.Params, r.env()
	m.Elapsed = max(0, r.engine.config.Now().Sub(r.start)).Round(time.Microsecond)
	m.RowsRead, m.RowsWritten, m.RowsRejected = p.RowsRead, p.RowsWritten, p.RowsRejected
	return m
}
