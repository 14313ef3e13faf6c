package jobinfo

import (
	"maps"
	"slices"
	"time"
)

// Meta is what is known of a run from its beginning.
type Meta struct {
	Run         string            `json:"run"` // a ULID, so that runs sort by time
	Job         string            `json:"job"`
	Description string            `json:"description,omitempty"`
	Owner       string            `json:"owner,omitempty"`
	Tags        []string          `json:"tags,omitempty"`
	Script      string            `json:"script,omitempty"`      // path of the script, "" for a text
	ScriptHash  string            `json:"script_hash,omitempty"` // SHA-256 of the script and all that it requires, in hex
	Params      map[string]string `json:"params,omitempty"`      // secrets are redacted
	Strategy    string            `json:"strategy,omitempty"`
	Settings    map[string]string `json:"settings,omitempty"` // in effect, as the script would write them
	Environment Environment       `json:"environment"`
	Created     time.Time         `json:"created"`
	Seed        uint64            `json:"seed,omitempty"` // of random numbers
	Priority    int               `json:"priority,omitempty"`
	// IdempotencyKey is the job's; a key and script hash that COMPLETED are not run again.
	IdempotencyKey string   `json:"idempotency_key,omitempty"`
	After          []string `json:"after,omitempty"`       // runs that it waits for
	RetryOf        string   `json:"retry_of,omitempty"`    // the run that it does over
	FallbackOf     string   `json:"fallback_of,omitempty"` // the run that it stands in for
}

// Environment is where a run runs.
type Environment struct {
	Host    string `json:"host,omitempty"`
	User    string `json:"user,omitempty"`
	PID     int    `json:"pid,omitempty"`
	Version string `json:"version,omitempty"` // of etlscript
}

// clone is a copy that shares nothing.
func (m Meta) clone() Meta {
	m.Tags, m.After = slices.Clone(m.Tags), slices.Clone(m.After)
	m.Params, m.Settings = maps.Clone(m.Params), maps.Clone(m.Settings)
	return m
}
