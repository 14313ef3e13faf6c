package job_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/retry"
)

// hook stands for what only the script's runtime knows: a function of the script.
type hook struct{}

func (hook) Call(context.Context, job.Moment) error                      { return nil }
func (hook) Delay(context.Context, retry.Attempt) (time.Duration, error) { return 0, nil }
func (hook) Retryable(context.Context, retry.Attempt) (bool, error)      { return true, nil }

func (hook) Describe() string { return "a function" }

// decode reads the options of etl.job as a script writes them.
func decode(t testing.TB, args string) (job.Settings, string) {
	t.Helper()
	values, err := componenttest.Args("job.lua", args, map[string]any{"fn": hook{}})
	if err != nil {
		t.Fatal(err)
	}
	values = append(values, component.Value{}) // etl.job()
	s, problems := job.DecodeSettings(values[0], diag.Pos{File: "job.lua", Line: 1, Col: 1})
	return s, componenttest.Print(problems, "job.lua", args)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	got, said := decode(t, `{
  name = "late", description = "d", strategy = "auto", fallback = "bulk",
  owner = "ann", tags = { "daily", "sales" }, priority = -5, after = { "early" },
  concurrency = { max = 2, on_conflict = "skip" }, on_start = fn, cleanup = fn,
  retry = { max = 3, backoff = fn, when = fn, on = { "network", "data" } }, timeout = "1h30m", attempt_timeout = "500ms",
  limits = { memory = "512MiB", cpu = 2, disk = "1.5 GB", rejects = "0.5%" },
  log = { level = "debug", console = false, file = true }, isolation = "process", idempotency_key = "k",
}`)
	want := job.Settings{
		Name: "late", Description: "d", Strategy: job.Auto, Fallback: job.Fallback{Strategy: job.Bulk},
		Owner: "ann", Tags: []string{"daily", "sales"}, Priority: -5, After: []string{"early"}, AfterPos: []diag.Pos{{}}, Concurrency: job.Concurrency{Max: 2, OnConflict: job.Skip},
		Retry: job.Retry{Max: 3, Backoff: component.Value{X: hook{}}, When: component.Value{X: hook{}}, On: []retry.Class{retry.Network, retry.Data}}, Timeout: 90 * time.Minute, AttemptTimeout: 500 * time.Millisecond,
		Limits:    job.Limits{Memory: 512 << 20, CPU: 2, Disk: 15e8, Rejects: job.Rejects{Set: true, Share: 0.005, IsShare: true}},
		Log:       job.Log{Level: "debug", Console: &no, File: &yes},
		Isolation: "process", IdempotencyKey: "k",
	}
	want.OnStart.Hook, want.Cleanup.Hook = hook{}, hook{}
	if d := cmp.Diff(want, got, cmpopts.IgnoreTypes(diag.Pos{})); said != "" || d != "" {
		t.Errorf("%s(-want +got)\n%s", said, d)
	}
	if got.Hooks() != (job.Hooks{OnStart: hook{}, Cleanup: hook{}}) || got.Retry.Policy().When == nil {
		t.Errorf("hooks: %+v", got.Hooks())
	}
}

func TestSettingsDefaults(t *testing.T) {
	t.Parallel()
	got, said := decode(t, `{ name = "x" }`)
	want := job.Settings{Name: "x", Strategy: job.Row, Log: job.Log{Level: "info"}}
	if d := cmp.Diff(want, got); said != "" || d != "" {
		t.Errorf("%s(-want +got)\n%s", said, d)
	}
}

func TestSettingsProblems(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{``, `
job.lua:1:1: error[option.missing]: etl.job needs the option "name"
    1 | 
      | ^
  hint: name = ...  -- a string: name of the job, unique in its file
`},
		{`{}`, `
job.lua:1:1: error[option.missing]: etl.job needs the option "name"
    1 | {}
      | ^
  hint: name = ...  -- a string: name of the job, unique in its file
`},
		{`5`, `
job.lua:1:1: error[argument.type]: etl.job wants its options in a table, not a number
    1 | 5
      | ^
  hint: write { option = value }
`},
		{`{ name = "x", stratgy = "row" }`, `
job.lua:1:15: error[option.unknown]: etl.job has no option "stratgy"
    1 | { name = "x", stratgy = "row" }
      |               ^^^^^^^
  hint: did you mean "strategy"?
`},
		{`{ name = "x", strategy = "rwo" }`, `
job.lua:1:26: error[option.value]: option "strategy" of etl.job wants "row", "bulk", "bigdata" or "auto", not the string "rwo"
    1 | { name = "x", strategy = "rwo" }
      |                          ^^^^^
  hint: did you mean "row"?
`},
		{`{ name = "x", timeout = 10 }`, `
job.lua:1:25: error[option.type]: option "timeout" of etl.job wants a duration such as "1m30s", not a number
    1 | { name = "x", timeout = 10 }
      |                         ^^
`},
		{`{ name = "x", timeout = "10 minutes" }`, `
job.lua:1:25: error[option.value]: option "timeout" of etl.job: "10 minutes" is no duration; write for example "500ms", "10m" or "1h30m"
    1 | { name = "x", timeout = "10 minutes" }
      |                         ^^^^^^^^^^^^
`},
		{`{ name = "x", timeout = "-5s" }`, `
job.lua:1:25: error[option.value]: option "timeout" of etl.job: "-5s" is no duration; write for example "500ms", "10m" or "1h30m"
    1 | { name = "x", timeout = "-5s" }
      |                         ^^^^^
`},
		{`{ name = "x",
  retry = { mx = 3 },
  limits = { memory = "512", cpu = 0, disk = 5, rejects = "1" },
  log = { level = "inf", console = "yes" } }`, `
job.lua:2:13: error[option.unknown]: retry has no option "mx"
    2 |   retry = { mx = 3 },
      |             ^^
  hint: did you mean "max"?

job.lua:3:23: error[option.value]: option "memory" of limits: "512" is no size; write for example "512MiB" or "10GB"
    3 |   limits = { memory = "512", cpu = 0, disk = 5, rejects = "1" },
      |                       ^^^^^

job.lua:3:36: error[option.value]: option "cpu" of limits: 0 is not an integral number from 1 to 1024
    3 |   limits = { memory = "512", cpu = 0, disk = 5, rejects = "1" },
      |                                    ^

job.lua:3:46: error[option.type]: option "disk" of limits wants a size such as "512MiB", not a number
    3 |   limits = { memory = "512", cpu = 0, disk = 5, rejects = "1" },
      |                                              ^

job.lua:3:59: error[option.value]: option "rejects" of limits: "1" is no share; write for example "1%", or a number of rows
    3 |   limits = { memory = "512", cpu = 0, disk = 5, rejects = "1" },
      |                                                           ^^^

job.lua:4:19: error[option.value]: option "level" of log wants "trace", "debug", "info", "warn" or "error", not the string "inf"
    4 |   log = { level = "inf", console = "yes" } }
      |                   ^^^^^
  hint: did you mean "info"?

job.lua:4:36: error[option.type]: option "console" of log wants true or false, not the string "yes"
    4 |   log = { level = "inf", console = "yes" } }
      |                                    ^^^^^
`},
		{`{ name = "x", retry = 3 }`, `
job.lua:1:23: error[option.type]: option "retry" of etl.job wants a table such as { max = 3, backoff = etl.backoff.fixed { delay = "1s" } }, not a number
    1 | { name = "x", retry = 3 }
      |                       ^
`},
		{`{ name = "x", retry = { max = -1 } }`, `
job.lua:1:31: error[option.value]: option "max" of retry: -1 is not an integral number from 0 on
    1 | { name = "x", retry = { max = -1 } }
      |                               ^^
`},
		{`{ name = "x", retry = { 3 } }`, `
job.lua:1:25: error[option.list]: retry takes options by name only, not a number
    1 | { name = "x", retry = { 3 } }
      |                         ^
  hint: write { option = value }
`},
		{`{ name = "x", limits = { cpu = 2000, rejects = true } }`, `
job.lua:1:32: error[option.value]: option "cpu" of limits: 2000 is not an integral number from 1 to 1024
    1 | { name = "x", limits = { cpu = 2000, rejects = true } }
      |                                ^^^^

job.lua:1:48: error[option.type]: option "rejects" of limits wants a number of rows, or a share such as "1%", not a boolean
    1 | { name = "x", limits = { cpu = 2000, rejects = true } }
      |                                                ^^^^
`},
		{`{ name = "x", log = true }`, `
job.lua:1:21: error[option.type]: option "log" of etl.job wants a table such as { level = "info", console = true, file = true }, not a boolean
    1 | { name = "x", log = true }
      |                     ^^^^
`},
		{`{ name = "x", on_failur = fn, fallback = "auto" }`, `
job.lua:1:15: error[option.unknown]: etl.job has no option "on_failur"
    1 | { name = "x", on_failur = fn, fallback = "auto" }
      |               ^^^^^^^^^
  hint: did you mean "on_failure"?

job.lua:1:42: error[option.value]: option "fallback" of etl.job: "auto" is no strategy; choose row, bulk or bigdata, or write { job = "auto" } for another job of the file
    1 | { name = "x", on_failur = fn, fallback = "auto" }
      |                                          ^^^^^^
`},
		{`{ name = "x", on_failure = 5, fallback = { jib = "y" }, concurrency = {} }`, `
job.lua:1:28: error[option.type]: option "on_failure" of etl.job wants a function, or a script that returns one: etl.script "hook.lua", not a number
    1 | { name = "x", on_failure = 5, fallback = { jib = "y" }, concurrency = {} }
      |                            ^

job.lua:1:44: error[option.unknown]: fallback has no option "jib"
    1 | { name = "x", on_failure = 5, fallback = { jib = "y" }, concurrency = {} }
      |                                            ^^^
  hint: did you mean "job"?

job.lua:1:71: error[option.missing]: concurrency does not say how many runs may go on at once
    1 | { name = "x", on_failure = 5, fallback = { jib = "y" }, concurrency = {} }
      |                                                                       ^^
  hint: write concurrency = { max = 1 }
`},
		{`{ name = "x", concurrency = 1, after = "y", retry = { backoff = "1s", when = true, on = { "netwrk" } } }`, `
job.lua:1:29: error[option.type]: option "concurrency" of etl.job wants a table such as { max = 1, on_conflict = "queue" }, not a number
    1 | { name = "x", concurrency = 1, after = "y", retry = { backoff = "1s", when = true, on = { "netwrk" } } }
      |                             ^

job.lua:1:91: error[option.value]: the string "netwrk" is no class of errors
    1 | { name = "x", concurrency = 1, after = "y", retry = { backoff = "1s", when = true, on = { "netwrk" } } }
      |                                                                                           ^^^^^^^^
  hint: did you mean "network"?

job.lua:1:65: error[option.type]: option "backoff" of retry wants a back-off, not the string "1s"
    1 | { name = "x", concurrency = 1, after = "y", retry = { backoff = "1s", when = true, on = { "netwrk" } } }
      |                                                                 ^^^^
  hint: write for example backoff = etl.backoff.exponential { base = "1s" }, or a function that gives the seconds

job.lua:1:78: error[option.type]: option "when" of retry wants a function, not a boolean
    1 | { name = "x", concurrency = 1, after = "y", retry = { backoff = "1s", when = true, on = { "netwrk" } } }
      |                                                                              ^^^^
`},
		{`{ "x" }`, `
job.lua:1:3: error[option.list]: etl.job takes options by name only, not the string "x"
    1 | { "x" }
      |   ^^^
  hint: write { option = value }
`},
		{`{ name = "" }`, `
job.lua:1:10: error[option.value]: option "name" of etl.job: must not be empty
    1 | { name = "" }
      |          ^^
`},
		{`{ name = fn }`, `
job.lua:1:10: error[option.type]: option "name" of etl.job wants a string, not a function
    1 | { name = fn }
      |          ^^
`},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			_, said := decode(t, test.args)
			if d := cmp.Diff(test.want, "\n"+said); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	good := map[string]job.Size{
		"1B": 1, "2KB": 2000, "2KiB": 2048, "1.5MiB": 3 << 19, "512 MiB": 512 << 20, "10GB": 1e10, "1TiB": 1 << 40, "007MB": 7e6, "1.9B": 1,
	}
	for word, want := range good {
		var s job.Size
		if err := s.DecodeOption(component.Value{X: word}); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", word, s, err, want)
		}
	}
	for _, word := range []string{
		"", "MiB", "512", "0MB", "0.5B", "-1MB", "+1MB", "1e3MB", "NaNMB", "InfMB", "0x1p3MB", "1_0MB", "1mb", "1MiBB", "9999999999GB", "1 M", "١MB", ".5GB",
	} {
		var s job.Size
		if err := s.DecodeOption(component.Value{X: word}); err == nil {
			t.Errorf("%q is a size: %d", word, s)
		}
	}
}

func TestRejects(t *testing.T) {
	t.Parallel()
	tests := []struct {
		x    any
		want job.Rejects
		text string
	}{
		{0.0, job.Rejects{Set: true}, "0"},
		{100.0, job.Rejects{Set: true, Rows: 100}, "100"},
		{"1%", job.Rejects{Set: true, Share: 0.01, IsShare: true}, "1%"},
		{"0%", job.Rejects{Set: true, IsShare: true}, "0%"},
		{"100%", job.Rejects{Set: true, Share: 1, IsShare: true}, "100%"},
		{"29%", job.Rejects{Set: true, Share: 0.29, IsShare: true}, "29%"},
		{"0.57%", job.Rejects{Set: true, Share: 0.57 / 100, IsShare: true}, "0.57%"},
		{"33.333333%", job.Rejects{Set: true, Share: 33.333333 / 100, IsShare: true}, "33.333333%"},
	}
	for _, test := range tests {
		var r job.Rejects
		if err := r.DecodeOption(component.Value{X: test.x}); err != nil {
			t.Errorf("%v: %v", test.x, err)
		}
		if d := cmp.Diff(test.want, r, cmpopts.EquateApprox(1e-15, 0)); d != "" || r.String() != test.text {
			t.Errorf("%v is written %s (-want +got)\n%s", test.x, r, d)
		}
	}
	for _, x := range []any{-1.0, 2.5, 1e300, "1", "%", "-1%", "101%", "NaN%", "Inf%", "0x1p2%", "1 %", "1e1%", true, nil} {
		var r job.Rejects
		if err := r.DecodeOption(component.Value{X: x}); err == nil {
			t.Errorf("%v is a limit of rejects: %+v", x, r)
		}
	}
}

func TestExceeded(t *testing.T) {
	t.Parallel()
	rows := func(n int64) job.Rejects { return job.Rejects{Set: true, Rows: n} }
	share := func(s float64) job.Rejects { return job.Rejects{Set: true, Share: s, IsShare: true} }
	tests := []struct {
		name           string
		limit          job.Rejects
		rejected, read int64
		final, want    bool
	}{
		{"no limit", job.Rejects{}, 1e9, 1e9, true, false},
		{"none allowed, none rejected", rows(0), 0, 0, true, false},
		{"none allowed, one rejected", rows(0), 1, 1, false, true},
		{"as many as allowed", rows(3), 3, 3, true, false},
		{"one more", rows(3), 4, 4, false, true},
		{"share before enough rows", share(0.01), 999, 999, false, false},
		{"share at the end of few rows", share(0.01), 10, 999, true, true},
		{"share of a thousand, just allowed", share(0.01), 10, 1000, false, false},
		{"share of a thousand, one more", share(0.01), 11, 1000, false, true},
		{"no share, none", share(0), 0, 5000, true, false},
		{"no share, one", share(0), 1, 5000, false, true},
		{"all", share(1), 5000, 5000, true, false},
		{"nothing read", share(0.5), 0, 0, true, false},
		{"29 of 100 are 29%", share(0.29), 29, 100, true, false},
		{"30 of 100 are more", share(0.29), 30, 100, true, true},
		{"57 of 10000 are 0.57%", share(0.57 / 100), 57, 10000, true, false},
		{"exact for many rows", share(0.29), 290_000_000, 1_000_000_000, true, false},
		{"one more of many rows", share(0.29), 290_000_001, 1_000_000_000, true, true},
	}
	for _, test := range tests {
		if got := test.limit.Exceeded(test.rejected, test.read, test.final); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

func TestUnenforced(t *testing.T) {
	t.Parallel()
	quiet, said := decode(t, `{ name = "x", description = "d", strategy = "row", fallback = "row", timeout = "1m",
  limits = { cpu = 2, rejects = 5 }, log = { file = true }, isolation = "none", retry = { max = 0 } }`)
	if got := quiet.Unenforced(diag.Pos{}); said != "" || len(got) > 0 {
		t.Errorf("%s%s", said, got.Error())
	}
	loud, said := decode(t, `{ name = "x", retry = { max = 1, backoff = fn }, attempt_timeout = "1m", fallback = "bulk", limits = { memory = "1GB", disk = "1GB" },
  params = {}, metrics = {}, concurrency = { max = 1 }, after = { "y" }, schedule = "daily", thresholds = {}, isolation = "process", idempotency_key = "k",
  on_start = fn, on_success = fn, on_failure = fn, on_retry = fn, on_cancel = fn, cleanup = fn }`)
	want := `job.lua:1: etl.job: limits.disk is not enforced by this version
job.lua:1: etl.job: params is not enforced by this version
job.lua:1: etl.job: metrics is not enforced by this version
job.lua:1: etl.job: schedule is not enforced by this version
job.lua:1: etl.job: thresholds is not enforced by this version
job.lua:1: etl.job: isolation is not enforced by this version`
	got := loud.Unenforced(diag.Pos{File: "job.lua", Line: 1})
	if d := cmp.Diff(want, got.Error()); said != "" || d != "" {
		t.Errorf("%s(-want +got)\n%s", said, d)
	}
	if got.Err() != nil {
		t.Error("a setting that is not enforced stops the job")
	}
}

// The names of other jobs have their places, for what is said about them.
func TestPlacesOfJobs(t *testing.T) {
	t.Parallel()
	pos := func(line, col, end int) diag.Pos { return diag.Pos{File: "job.lua", Line: line, Col: col, End: end} }
	for args, want := range map[string]job.Settings{
		`{ name = "x", after = "a" }`:                  {After: []string{"a"}, AfterPos: []diag.Pos{pos(1, 23, 26)}},
		`{ name = "x", after = { "a", "b" } }`:         {After: []string{"a", "b"}, AfterPos: []diag.Pos{pos(1, 25, 28), pos(1, 30, 33)}},
		`{ name = "x", fallback = { job = "y" } }`:     {Fallback: job.Fallback{Job: "y", Pos: pos(1, 34, 37)}},
		`{ name = "x", after = {}, fallback = "row" }`: {After: []string{}, Fallback: job.Fallback{Strategy: job.Row}},
	} {
		got, said := decode(t, args)
		got = job.Settings{After: got.After, AfterPos: got.AfterPos, Fallback: got.Fallback}
		if d := cmp.Diff(want, got); said != "" || d != "" {
			t.Errorf("%s: %s(-want +got)\n%s", args, said, d)
		}
	}
}
