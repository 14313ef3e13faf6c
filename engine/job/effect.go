package job

import (
	"strconv"
	"strings"
	"time"
)

// InEffect are the settings that decide how a run of the job goes, by name, as a script
// would write them. Those without an effect are left out.
func (s Settings) InEffect() map[string]string {
	out := map[string]string{"strategy": string(s.Strategy), "log.level": s.Log.Level}
	put := func(name, value string, set bool) {
		if set {
			out[name] = value
		}
	}
	span := func(name string, d time.Duration) { put(name, d.String(), d > 0) }
	span("timeout", s.Timeout)
	span("attempt_timeout", s.AttemptTimeout)
	span("retry.max_elapsed", s.Retry.MaxElapsed)
	put("retry.max", strconv.FormatInt(s.Retry.Max, 10), s.Retry.Max > 0)
	put("fallback.strategy", string(s.Fallback.Strategy), s.Fallback.Strategy != "")
	put("fallback.job", s.Fallback.Job, s.Fallback.Job != "")
	put("limits.memory", strconv.FormatInt(int64(s.Limits.Memory), 10)+"B", s.Limits.Memory > 0)
	put("limits.cpu", strconv.FormatInt(s.Limits.CPU, 10), s.Limits.CPU > 0)
	put("limits.rejects", s.Limits.Rejects.String(), s.Limits.Rejects != Rejects{})
	put("concurrency.max", strconv.FormatInt(s.Concurrency.Max, 10), s.Concurrency.Max > 0)
	put("concurrency.on_conflict", string(s.Concurrency.OnConflict), s.Concurrency.OnConflict != "")
	put("priority", strconv.FormatInt(s.Priority, 10), s.Priority != 0)
	put("after", strings.Join(s.After, ", "), len(s.After) > 0)
	return out
}
