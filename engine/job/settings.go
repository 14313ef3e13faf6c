package job

import (
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/retry"
)

// Settings are the options of etl.job{...}. What this version only reads is
// named in a warning (Unenforced).
type Settings struct {
	Name           string          `opt:"name" required:"true" doc:"name of the job, unique in its file"`
	Description    string          `opt:"description" doc:"what the job is for"`
	Strategy       Strategy        `opt:"strategy" enum:"row,bulk,bigdata,auto" doc:"how the job is executed"`
	Fallback       Strategy        `opt:"fallback" enum:"row,bulk,bigdata" doc:"the strategy to use where the first one cannot"`
	Retry          Retry           `opt:"retry" doc:"when and how to try again"`
	Timeout        time.Duration   `opt:"timeout" doc:"the longest time for the whole run; none by default"`
	AttemptTimeout time.Duration   `opt:"attempt_timeout" doc:"the longest time for one attempt; none by default"`
	Limits         Limits          `opt:"limits" doc:"what the job may use"`
	Log            Log             `opt:"log" doc:"what is logged, and where"`
	Params         component.Value `opt:"params" doc:"parameters of the job; declare them with etl.param"`
	Metrics        component.Value `opt:"metrics" doc:"which metrics are kept and exported"`
	Concurrency    component.Value `opt:"concurrency" doc:"how many runs of the job may go on at once"`
	After          component.Value `opt:"after" doc:"jobs that must have completed before"`
	Schedule       component.Value `opt:"schedule" doc:"when the job runs by itself"`
	Thresholds     component.Value `opt:"thresholds" doc:"conditions on the metrics that the run must meet"`
	Isolation      string          `opt:"isolation" enum:"none,process" doc:"where the job runs"`
	IdempotencyKey string          `opt:"idempotency_key" doc:"key that makes a repeated submission the same run"`
	OnStart        component.Value `opt:"on_start" doc:"function called when the run starts"`
	OnSuccess      component.Value `opt:"on_success" doc:"function called when the run has completed"`
	OnFailure      component.Value `opt:"on_failure" doc:"function called when the run has failed"`
	OnRetry        component.Value `opt:"on_retry" doc:"function called before a further attempt"`
	OnCancel       component.Value `opt:"on_cancel" doc:"function called when the run was cancelled"`
	Cleanup        component.Value `opt:"cleanup" doc:"function called at the end in every case"`
}

// WithDefaults is the settings with the defaults filled in: strategy row, log
// level info to the console.
func (s Settings) WithDefaults() Settings {
	if s.Strategy == "" {
		s.Strategy = Row
	}
	if s.Log.Level == "" {
		s.Log.Level = "info"
	}
	return s
}

// DecodeSettings reads the options of etl.job{...}.
func DecodeSettings(table component.Value, pos diag.Pos) (Settings, diag.List) {
	var s Settings
	problems := component.DecodeTable("etl.job", &s, table, pos)
	return s.WithDefaults(), problems
}

// Unenforced warns of every setting that this version reads but does not
// carry out yet.
func (s Settings) Unenforced(pos diag.Pos) diag.List {
	var out diag.List
	for _, u := range s.laterSettings() {
		if u.set {
			out = append(out, diag.Warningf("setting.later", pos, "etl.job: %s is not enforced by this version", u.name))
		}
	}
	return out
}

type laterSetting struct {
	name string
	set  bool
}

func (s Settings) laterSettings() []laterSetting {
	given := func(v component.Value) bool { return v.X != nil }
	return []laterSetting{
		{"retry.backoff as a function (delays are exponential)", s.Retry.custom()},
		{"fallback", s.Fallback != "" && s.Fallback != s.Strategy},
		{"limits.disk", s.Limits.Disk > 0},
		{"params", given(s.Params)},
		{"metrics", given(s.Metrics)},
		{"concurrency", given(s.Concurrency)},
		{"after", given(s.After)},
		{"schedule", given(s.Schedule)},
		{"thresholds", given(s.Thresholds)},
		{"isolation", s.Isolation == "process"},
		{"idempotency_key", s.IdempotencyKey != ""},
		{"on_start", given(s.OnStart)},
		{"on_success", given(s.OnSuccess)},
		{"on_failure", given(s.OnFailure)},
		{"on_retry", given(s.OnRetry)},
		{"on_cancel", given(s.OnCancel)},
		{"cleanup", given(s.Cleanup)},
	}
}

// Retry is the retry policy of a job.
type Retry struct {
	Max        int64           `opt:"max" min:"0" doc:"number of retries after the first attempt"`
	MaxElapsed time.Duration   `opt:"max_elapsed" doc:"how long after the beginning of the first attempt another one may begin; no limit by default"`
	Backoff    component.Value `opt:"backoff" doc:"the delay before a retry: etl.backoff.* or a function; default: exponential from 1s, at most 1m, with jitter"`
}

// Policy is the policy for those who carry it out. A back-off that is a function is not
// carried out by this version, which takes the default instead.
func (r Retry) Policy() retry.Policy {
	backoff, ok := r.Backoff.X.(retry.Backoff)
	if !ok {
		backoff = retry.Exponential{Base: time.Second, Max: time.Minute, Jitter: true}
	}
	return retry.Policy{Max: int(r.Max), MaxElapsed: r.MaxElapsed, Backoff: backoff}
}

// custom reports whether the back-off is a function.
func (r Retry) custom() bool {
	_, ok := r.Backoff.X.(retry.Backoff)
	return r.Backoff.X != nil && !ok
}

// DecodeOption implements component.OptionDecoder.
func (r *Retry) DecodeOption(v component.Value) error { return decodeInner("retry", r, v) }

// Want implements component.OptionDecoder.
func (*Retry) Want() string {
	return "a table such as { max = 3, backoff = etl.backoff.fixed { delay = \"1s\" } }"
}

// Log says what is logged.
type Log struct {
	Level   string `opt:"level" enum:"trace,debug,info,warn,error" doc:"lowest level that is logged"`
	Console *bool  `opt:"console" doc:"log to the console"`
	File    *bool  `opt:"file" doc:"log to a file in the run directory"`
}

// DecodeOption implements component.OptionDecoder.
func (l *Log) DecodeOption(v component.Value) error { return decodeInner("log", l, v) }

// Want implements component.OptionDecoder.
func (*Log) Want() string { return "a table such as { level = \"info\", console = true, file = true }" }

func decodeInner(what string, target any, v component.Value) error {
	if _, ok := v.X.(*component.Table); !ok {
		return component.ErrWrongType
	}
	return component.DecodeTable(what, target, v, v.Pos).Err()
}
