package job

import (
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
)

// Settings are the options of etl.job{...}. What this version only reads is
// named in a warning (Unenforced).
type Settings struct {
	Name           string          `opt:"name" required:"true" doc:"name of the job, unique in its file"`
	Description    string          `opt:"description" doc:"what the job is for"`
	Owner          string          `opt:"owner" doc:"who answers for the job"`
	Tags           []string        `opt:"tags" doc:"words by which runs are found"`
	Strategy       Strategy        `opt:"strategy" enum:"row,bulk,bigdata,auto" doc:"how the job is executed"`
	Fallback       Fallback        `opt:"fallback" doc:"what to do where the job fails for good: another strategy, or another job of the file"`
	Priority       int64           `opt:"priority" min:"-1000" max:"1000" doc:"runs of a higher one begin first; default: 0"`
	Retry          Retry           `opt:"retry" doc:"when and how to try again"`
	Timeout        time.Duration   `opt:"timeout" doc:"the longest time for the whole run; none by default"`
	AttemptTimeout time.Duration   `opt:"attempt_timeout" doc:"the longest time for one attempt; none by default"`
	Limits         Limits          `opt:"limits" doc:"what the job may use"`
	Log            Log             `opt:"log" doc:"what is logged, and where"`
	Params         component.Value `opt:"params" doc:"parameters of the job; declare them with etl.param"`
	Metrics        component.Value `opt:"metrics" doc:"which metrics are kept and exported"`
	Concurrency    Concurrency     `opt:"concurrency" doc:"how many runs of the job may go on at once"`
	After          []string        `opt:"after" doc:"jobs of the file that must have completed before"`
	Schedule       component.Value `opt:"schedule" doc:"when the job runs by itself"`
	Thresholds     component.Value `opt:"thresholds" doc:"conditions on the metrics that the run must meet"`
	Isolation      string          `opt:"isolation" enum:"none,process" doc:"where the job runs"`
	IdempotencyKey string          `opt:"idempotency_key" doc:"key that makes a repeated submission the same run"`
	OnStart        hookOption      `opt:"on_start" doc:"function called when the run begins; its error fails the run"`
	OnSuccess      hookOption      `opt:"on_success" doc:"function called when the outputs are published"`
	OnFailure      hookOption      `opt:"on_failure" doc:"function called when the run has failed for good"`
	OnRetry        hookOption      `opt:"on_retry" doc:"function called before a further attempt"`
	OnCancel       hookOption      `opt:"on_cancel" doc:"function called when the run was cancelled"`
	Cleanup        hookOption      `opt:"cleanup" doc:"function called at the end in every case"`

	AfterPos []diag.Pos // of the names in After, where they are known
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
	s.AfterPos = placesOf(table, "after")
	return s.WithDefaults(), problems
}

// placesOf are the places of the texts that an option of a table has.
func placesOf(table component.Value, option string) []diag.Pos {
	t, ok := table.X.(*component.Table)
	if !ok {
		return nil
	}
	v, _ := t.Get(option)
	switch x := v.X.(type) {
	case string:
		return []diag.Pos{v.Pos}
	case *component.Table:
		var out []diag.Pos
		for _, item := range x.List {
			out = append(out, item.Pos)
		}
		return out
	}
	return nil
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
		{"limits.disk", s.Limits.Disk > 0},
		{"params", given(s.Params)},
		{"metrics", given(s.Metrics)},
		{"schedule", given(s.Schedule)},
		{"thresholds", given(s.Thresholds)},
		{"isolation", s.Isolation == "process"},
	}
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
