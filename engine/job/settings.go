package job

import (
	"time"

	"github.com/etlscript/etlscript/engine/component"
)

// Settings are the options of etl.job{...}. Fields that this version only
// reads are named in a warning (Enforced).
type Settings struct {
	Name           string          `opt:"name" required:"true" doc:"name of the job, unique in its file"`
	Description    string          `opt:"description" doc:"what the job is for"`
	Strategy       Strategy        `opt:"strategy" enum:"row,bulk,bigdata,auto" doc:"how the job is executed"`
	Fallback       Strategy        `opt:"fallback" enum:"row,bulk,bigdata" doc:"the strategy to use where the first one cannot"`
	Retry          *Retry          `opt:"retry" doc:"when and how to try again"`
	Timeout        time.Duration   `opt:"timeout" doc:"the longest time for the whole run; 0: none"`
	AttemptTimeout time.Duration   `opt:"attempt_timeout" doc:"the longest time for one attempt; 0: none"`
	Limits         *Limits         `opt:"limits" doc:"what the job may use"`
	Log            *Log            `opt:"log" doc:"what is logged, and where"`
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

// Retry is the retry policy of a job.
type Retry struct {
	Max     int64           `opt:"max" doc:"number of retries after the first attempt"`
	Backoff component.Value `opt:"backoff" doc:"the delay before a retry: etl.backoff.* or a function"`
}

// Limits bound what a job uses.
type Limits struct {
	Memory  string          `opt:"memory" doc:"memory, as in \"512MiB\""`
	CPU     int64           `opt:"cpu" doc:"number of workers; default: the machine's processors"`
	Disk    string          `opt:"disk" doc:"space for temporary files, as in \"10GiB\""`
	Rejects component.Value `opt:"rejects" doc:"most rejected rows: a number, or a share of the rows read as in \"1%\""`
}

// Log says what is logged.
type Log struct {
	Level   string `opt:"level" enum:"trace,debug,info,warn,error" doc:"lowest level that is logged"`
	Console *bool  `opt:"console" doc:"log to the console"`
	File    *bool  `opt:"file" doc:"log to a file in the run directory"`
}
