package luabind

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind/rowfunc"
	"github.com/etlscript/etlscript/luabind/vm"
	"github.com/etlscript/etlscript/retry"
)

// Hook is a function of a script that the engine calls by itself: at a moment of a run's
// life, for the delay before another attempt, or for whether there is one. Each call runs
// in a Lua state of its own, which starts from the values of the definition, under the
// budget of a call (Limits.Load), and ends when its context does. Any number of goroutines
// may call it at once.
type Hook struct {
	Pos diag.Pos // where it is written

	lua  *lua.LFunction
	name string        // of its option: "on_failure"
	solo *rowfunc.Solo // set when the script has run
	log  hclog.Logger  // where the run has none
}

var (
	_ job.Hook      = (*Hook)(nil)
	_ retry.Backoff = (*Hook)(nil)
	_ retry.Judge   = (*Hook)(nil)
)

// Describe names the value for messages.
func (*Hook) Describe() string { return "a function" }

// Call implements job.Hook: the function gets the run, and returns nothing. Its errors are
// diagnostics that name the hook.
func (h *Hook) Call(ctx context.Context, m job.Moment) error {
	if m.Env.Log == nil {
		m.Env.Log = h.log
	}
	return h.run(ctx, func(s *vm.State) lua.LValue { return newRun(s, m) }, func(v lua.LValue) error {
		if v == lua.LNil {
			return nil
		}
		return diag.Errorf("hook.result", h.Pos, "the function returned %s, but nobody takes it", describe(v)).
			WithHint("a hook that finds something wrong says so with error(...)")
	})
}

// Delay implements retry.Backoff: the function gets the failed attempt and returns a number
// of seconds, the text of a duration, or an interval. Anything else is an error; a delay
// that is negative, or longer than any that can be waited for, is given as it is.
func (h *Hook) Delay(ctx context.Context, failed retry.Attempt) (delay time.Duration, err error) {
	err = h.run(ctx, func(s *vm.State) lua.LValue { return newAttempt(s, failed) }, func(v lua.LValue) error {
		delay, err = delayOf(v)
		return err
	})
	return delay, err
}

// Retryable implements retry.Judge: the function gets the failed attempt and returns true
// or false. Anything else is an error.
func (h *Hook) Retryable(ctx context.Context, failed retry.Attempt) (again bool, err error) {
	err = h.run(ctx, func(s *vm.State) lua.LValue { return newAttempt(s, failed) }, func(v lua.LValue) error {
		b, ok := v.(lua.LBool)
		if !ok {
			return diag.Errorf("hook.result", h.Pos, "the function returned %s, not true or false", describe(v)).
				WithHint(`return a comparison, as in: return attempt.class == "network"`)
		}
		again = bool(b)
		return nil
	})
	return again, err
}

// run calls the function with an argument that is made for its state.
func (h *Hook) run(ctx context.Context, argument func(*vm.State) lua.LValue, result func(lua.LValue) error) error {
	if h.solo == nil {
		return diag.Errorf("internal.error", h.Pos, "%s: the script that has the function was not loaded", h.name)
	}
	err := h.solo.Call(ctx, argument, result)
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &d):
		return fmt.Errorf("%s: %w", h.name, err)
	}
	named := *d // it may be raised again
	named.Component = h.name
	if !named.Pos.IsValid() {
		named.Pos = h.Pos
	}
	return &named
}

// keepHook keeps a function that is called by the engine, not on rows.
func (l *loading) keepHook(fn *lua.LFunction, pos diag.Pos) any {
	return &Hook{lua: fn, Pos: pos, log: l.cfg.Log}
}

// hooksOf are the functions of a job's settings that the engine calls by itself, each with
// the name of its option.
func hooksOf(s job.Settings) []*Hook {
	all, again := s.Hooks(), s.Retry
	var out []*Hook
	for _, option := range []struct {
		name string
		x    any
	}{
		{"on_start", all.OnStart},
		{"on_success", all.OnSuccess},
		{"on_failure", all.OnFailure},
		{"on_retry", all.OnRetry},
		{"on_cancel", all.OnCancel},
		{"cleanup", all.Cleanup},
		{"backoff", again.Backoff.X},
		{"when", again.When.X},
	} {
		if h, ok := option.x.(*Hook); ok {
			h.name = option.name
			out = append(out, h)
		}
	}
	return out
}

// resolveHooks makes the hooks of all jobs ready to be called, when the script has run.
func (l *loading) resolveHooks() {
	var hooks []*Hook
	var fns []*lua.LFunction
	for _, j := range l.jobs {
		for _, h := range hooksOf(j.settings) {
			hooks, fns = append(hooks, h), append(fns, h.lua)
		}
	}
	env := l.funcEnv()
	env.Open = l.openHook
	solos, problems := rowfunc.Solos(fns, env)
	l.report(problems)
	if problems.Err() != nil {
		return
	}
	for i, h := range hooks {
		h.solo, h.Pos = solos[i], solos[i].Pos()
	}
}
