package runview

import (
	"cmp"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// Status is all about a run.
type Status struct {
	Summary
	Description string              `json:"description,omitempty"`
	Owner       string              `json:"owner,omitempty"`
	Script      string              `json:"script,omitempty"`
	ScriptHash  string              `json:"script_hash,omitempty"`
	Strategy    string              `json:"strategy,omitempty"`
	Params      map[string]string   `json:"params"`
	Settings    map[string]string   `json:"settings"`
	Environment jobinfo.Environment `json:"environment"`
	Seed        uint64              `json:"seed"`
	Priority    int                 `json:"priority"`
	Key         string              `json:"idempotency_key,omitempty"`
	After       []string            `json:"after"` // runs that it waited for
	RetryOf     string              `json:"retry_of,omitempty"`
	FallbackOf  string              `json:"fallback_of,omitempty"`
	Fallback    string              `json:"fallback,omitempty"` // the run that took over
	Held        bool                `json:"held"`               // a process has it
	LastState   jobinfo.State       `json:"last_state"`         // the state that was recorded last
	Step        jobinfo.Step        `json:"step,omitempty"`
	Progress    Progress            `json:"progress"`
	Attempts    []Attempt           `json:"attempts"`
	Components  []Component         `json:"components"`
	Actions     []Action            `json:"actions"`
	Similar     *Similar            `json:"similar,omitempty"` // failures like that of the run
	Next        []Advice            `json:"next"`
}

// Progress is how far a run has come.
type Progress struct {
	Time         time.Time `json:"time,omitzero"`
	RowsRead     int64     `json:"rows_read"`
	RowsWritten  int64     `json:"rows_written"`
	RowsRejected int64     `json:"rows_rejected"`
	BytesRead    int64     `json:"bytes_read"`
	BytesTotal   int64     `json:"bytes_total,omitempty"`
	Percent      *float64  `json:"percent,omitempty"`     // where the size of the sources is known
	ETASeconds   *float64  `json:"eta_seconds,omitempty"` // while it goes on
}

// Attempt is an attempt of a run.
type Attempt struct {
	Number      int           `json:"number"`
	State       jobinfo.State `json:"state"` // that it ended with; RUNNING while it goes on
	Started     time.Time     `json:"started"`
	Ended       time.Time     `json:"ended,omitzero"`
	Seconds     float64       `json:"seconds"`
	Cause       string        `json:"cause,omitempty"` // why it failed
	Class       string        `json:"class,omitempty"`
	Code        string        `json:"code,omitempty"`
	Fingerprint string        `json:"fingerprint,omitempty"`
}

// Component is a component in the last attempt.
type Component struct {
	Name    string           `json:"name"`
	State   jobinfo.State    `json:"state,omitempty"`
	Attempt int              `json:"attempt,omitempty"`
	Cause   string           `json:"cause,omitempty"`
	Counts  map[string]int64 `json:"counts"`
}

// Action is what a person did about a run.
type Action struct {
	Time   time.Time      `json:"time"`
	Action jobinfo.Action `json:"action"`
	By     string         `json:"by"`
	Why    string         `json:"why,omitempty"`
}

// Similar is how often attempts of the job failed as the run did, of its newest runs.
type Similar struct {
	Count int       `json:"count"`
	Runs  int       `json:"runs"`
	Of    int       `json:"of"` // so many runs
	First time.Time `json:"first"`
}

// Advice is what can be done about a run.
type Advice struct {
	Command string `json:"command"`
	Does    string `json:"does"`
}

// StatusOf is all about a run, but for Similar.
func StatusOf(r jobinfo.Record, now time.Time) Status {
	s := r.Snapshot
	return Status{
		Summary: Summarize(r, now), Description: r.Description, Owner: r.Owner, Script: r.Script, ScriptHash: r.ScriptHash,
		Strategy: r.Strategy, Params: mapOf(r.Params), Settings: mapOf(r.Settings), Environment: r.Environment, Seed: r.Seed,
		Priority: r.Priority, Key: r.IdempotencyKey, After: append([]string{}, r.After...), RetryOf: r.RetryOf, FallbackOf: r.FallbackOf,
		Fallback: s.Fallback, Held: r.Held, LastState: s.State, Step: s.Step, Progress: progressOf(r), Attempts: attemptsOf(r, now),
		Components: componentsOf(r), Actions: actionsOf(s.Events), Next: adviceFor(r),
	}
}

func mapOf(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func progressOf(r jobinfo.Record) Progress {
	p := r.Progress
	out := Progress{
		Time: p.Time, RowsRead: p.RowsRead, RowsWritten: p.RowsWritten, RowsRejected: p.RowsRejected, BytesRead: p.BytesRead, BytesTotal: p.BytesTotal,
	}
	if x, known := p.Percent(); known {
		out.Percent = &x
	}
	if left, known := p.ETA(); known && r.Held && r.Snapshot.State == jobinfo.Running {
		seconds := left.Seconds()
		out.ETASeconds = &seconds
	}
	return out
}

func attemptsOf(r jobinfo.Record, now time.Time) []Attempt {
	out := []Attempt{}
	for _, a := range r.Snapshot.Attempts {
		end := a.Ended
		if end.IsZero() {
			end = now
			if r.Lost() {
				end = lastWord(r)
			}
		}
		out = append(out, Attempt{
			Number: a.Number, State: cmp.Or(a.State, jobinfo.Running), Started: a.Started, Ended: a.Ended, Seconds: max(0, end.Sub(a.Started)).Seconds(),
			Cause: a.Cause, Class: a.Class, Code: a.Code, Fingerprint: a.Print,
		})
	}
	return out
}

// componentsOf are the components in order of the plan, with what was counted for them; behind
// them those that the plan does not name.
func componentsOf(r jobinfo.Record) []Component {
	out := []Component{}
	place := map[string]int{}
	for _, c := range r.Progress.Components {
		place[c.Name] = len(out)
		out = append(out, Component{Name: c.Name, Counts: c.Counts})
	}
	for _, c := range r.Snapshot.Components {
		i, known := place[c.Name]
		if !known {
			i = len(out)
			out = append(out, Component{Name: c.Name})
		}
		out[i].State, out[i].Attempt, out[i].Cause = c.State, c.Attempt, c.Cause
	}
	for i := range out {
		if out[i].Counts == nil {
			out[i].Counts = map[string]int64{}
		}
	}
	return out
}

func actionsOf(events []jobinfo.Event) []Action {
	out := []Action{}
	for _, e := range events {
		if e.Kind == jobinfo.KindPerson {
			out = append(out, Action{Time: e.Time, Action: e.Action, By: e.By, Why: e.Cause})
		}
	}
	return out
}

// adviceFor is what can be done about a run as it stands.
func adviceFor(r jobinfo.Record) []Advice {
	const again = "try it again, as the same run"
	command := func(words, does string) Advice {
		return Advice{Command: "etlscript " + words + " " + r.Run, Does: does}
	}
	switch s := r.Snapshot; {
	case r.Fault != nil:
		return []Advice{}
	case s.NeedsPerson:
		return []Advice{
			command("retry", again), command("retry --fresh", "run the job again, as another run"), command("skip", "let it count as completed"),
			command("fallback", "run its fallback job"), command("abandon", "leave it failed for good"),
		}
	case r.Lost():
		return []Advice{command("retry", "take it up: its process ended without a word")}
	case !s.State.Final():
		return []Advice{command("cancel", "stop it")}
	case s.State == jobinfo.Failed || s.State == jobinfo.Cancelled:
		return []Advice{command("retry", again)}
	}
	return []Advice{}
}

// similarRuns is how many runs of a job are looked at for failures like one.
const similarRuns = 200

// AddSimilar looks for failures of the job that are like that of the run.
func (s *Status) AddSimilar(a jobinfo.Archive) error {
	if s.Fingerprint == "" {
		return nil
	}
	list, err := a.List(jobinfo.Filter{Job: s.Job, Limit: similarRuns})
	if err != nil {
		return err
	}
	for _, p := range jobinfo.Patterns(list) {
		if p.Print == s.Fingerprint {
			s.Similar = &Similar{Count: p.Count, Runs: len(p.Runs), Of: len(list), First: p.First}
		}
	}
	return nil
}
