package job

import (
	"context"
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/op"
)

// Hook is a function that the engine calls at a moment of a run's life.
type Hook interface {
	// Call is called once at its moment, by one goroutine. ctx bounds the call; it is
	// alive also where the run was cancelled. An error of on_start fails the run; those
	// of other hooks are recorded and change nothing.
	Call(ctx context.Context, m Moment) error
}

// HookFunc is a hook written in Go.
type HookFunc func(ctx context.Context, m Moment) error

// Call implements Hook.
func (f HookFunc) Call(ctx context.Context, m Moment) error { return f(ctx, m) }

// Moment is what a hook gets: the run as it stands when the hook is called.
type Moment struct {
	Run, Job string
	// State is RUNNING for on_start, RETRYING for on_retry, else how the run will end:
	// its end is recorded behind cleanup.
	State   string
	Attempt int // from 1; 0 where none began
	// Failure is why the run failed or is tried again; nil where nothing failed.
	Failure *Failure
	// Delay is the time before the next attempt, for on_retry, and Reason the words of
	// the retry policy.
	Delay        time.Duration
	Reason       string
	Elapsed      time.Duration // since the run began
	RowsRead     int64
	RowsWritten  int64
	RowsRejected int64
	Params       map[string]string // of the script; secrets are redacted
	Env          op.Env            // where files are, and which ones may be used
}

// Failure is why a run failed.
type Failure struct {
	Message   string
	Class     string // of retry.Class
	Code      string
	Component string // "" where none is to blame
	Err       error  // the cause, for errors.Is and errors.As
}

// Hooks are the hooks of a job, or of an engine for all its jobs. nil is none.
type Hooks struct {
	OnStart   Hook // the run begins; called once, before the first attempt
	OnRetry   Hook // an attempt failed, and another one follows
	OnSuccess Hook // the outputs are published
	OnFailure Hook // the run failed for good
	OnCancel  Hook // the run was cancelled
	Cleanup   Hook // at the end in every case, also where nothing began
}

// hookOption is an option that takes a function of the script.
type hookOption struct{ Hook }

// DecodeOption implements component.OptionDecoder.
func (h *hookOption) DecodeOption(v component.Value) error {
	hook, ok := v.X.(Hook)
	if !ok {
		return component.ErrWrongType
	}
	h.Hook = hook
	return nil
}

// Want implements component.OptionDecoder.
func (*hookOption) Want() string {
	return "a function, or a script that returns one: etl.script \"hook.lua\""
}

// Hooks are the hooks of the settings.
func (s Settings) Hooks() Hooks {
	return Hooks{
		OnStart: s.OnStart.Hook, OnRetry: s.OnRetry.Hook, OnSuccess: s.OnSuccess.Hook,
		OnFailure: s.OnFailure.Hook, OnCancel: s.OnCancel.Hook, Cleanup: s.Cleanup.Hook,
	}
}
