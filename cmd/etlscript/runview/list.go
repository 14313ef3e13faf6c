package runview

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// Lost is shown instead of the state of a run whose process ended without a word.
const Lost = "LOST"

// Summary is a run in a list.
type Summary struct {
	Run          string    `json:"run"`
	Job          string    `json:"job"`
	Tags         []string  `json:"tags"`
	State        string    `json:"state"` // of jobinfo.State, or Lost
	NeedsPerson  bool      `json:"needs_person"`
	Attempt      int       `json:"attempt"`
	Created      time.Time `json:"created,omitzero"`
	Started      time.Time `json:"started,omitzero"`
	Finished     time.Time `json:"finished,omitzero"`
	Seconds      float64   `json:"seconds"` // from its start to its end, or to now
	RowsRead     int64     `json:"rows_read"`
	RowsWritten  int64     `json:"rows_written"`
	RowsRejected int64     `json:"rows_rejected"`
	Cause        string    `json:"cause,omitempty"`
	Class        string    `json:"class,omitempty"`
	Code         string    `json:"code,omitempty"`
	Fingerprint  string    `json:"fingerprint,omitempty"`
	Bytes        int64     `json:"bytes"` // that it takes on the disk
	Dir          string    `json:"dir,omitempty"`
	Damage       string    `json:"damage,omitempty"` // what of its record cannot be read
}

// Summarize is a run as a list shows it.
func Summarize(r jobinfo.Record, now time.Time) Summary {
	s, p := r.Snapshot, r.Progress
	out := Summary{
		Run: r.Run, Job: r.Job, Tags: append([]string{}, r.Tags...), State: Shown(r), NeedsPerson: s.NeedsPerson, Attempt: s.Attempt,
		Created: r.Created, Started: s.Started, Finished: s.Finished, Seconds: lasted(r, now).Seconds(),
		RowsRead: p.RowsRead, RowsWritten: p.RowsWritten, RowsRejected: p.RowsRejected,
		Cause: s.Cause, Class: s.Class, Code: s.Code, Fingerprint: s.Print, Bytes: r.Size, Dir: r.Dir,
	}
	if r.Fault != nil {
		out.Damage = r.Fault.Error()
	}
	return out
}

// Shown is the state of a run, or Lost.
func Shown(r jobinfo.Record) string {
	switch {
	case r.Lost():
		return Lost
	case r.Snapshot.State == "": // its process has just begun
		return string(jobinfo.Pending)
	}
	return string(r.Snapshot.State)
}

// lasted is how long a run took, or has taken so far. Of a lost one nobody knows when it
// ended, but its last word.
func lasted(r jobinfo.Record, now time.Time) time.Duration {
	s := r.Snapshot
	end := now
	switch {
	case s.Started.IsZero():
		return 0
	case !s.Finished.IsZero():
		end = s.Finished
	case r.Lost():
		end = lastWord(r)
	}
	return max(0, end.Sub(s.Started))
}

// lastWord is when a run was heard of last.
func lastWord(r jobinfo.Record) time.Time {
	at := r.Progress.Time
	for _, a := range r.Snapshot.Attempts {
		at = later(at, later(a.Started, a.Ended))
	}
	for _, e := range r.Snapshot.Events {
		at = later(at, e.Time)
	}
	return later(at, r.Snapshot.Started)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Query is what a list is asked for. Its states are those that are shown, so that Lost is
// one of them.
type Query struct {
	jobinfo.Filter // without States
	States         []string
}

// StateNames are the states that a Query may ask for.
func StateNames() []string {
	var out []string
	for _, s := range []jobinfo.State{
		jobinfo.Pending, jobinfo.Running, jobinfo.Retrying, jobinfo.Completed, jobinfo.Failed, jobinfo.Cancelled,
	} {
		out = append(out, string(s))
	}
	return append(out, Lost)
}

// Select are the runs that a query takes, the newest first, and whether there are older
// ones that only its limit leaves out.
func Select(a jobinfo.Archive, q Query) (list []jobinfo.Record, more bool, err error) {
	f := q.Filter
	f.Limit = 0
	if q.Limit > 0 && len(q.States) == 0 {
		f.Limit = q.Limit + 1
	}
	list, err = a.List(f)
	if err != nil {
		return nil, false, err
	}
	if len(q.States) > 0 {
		list = slices.DeleteFunc(list, func(r jobinfo.Record) bool { return !slices.Contains(q.States, Shown(r)) })
	}
	if q.Limit > 0 && len(list) > q.Limit {
		return list[:q.Limit], true, nil
	}
	return list, false, nil
}

// WriteList writes runs for people, one a line.
func WriteList(w io.Writer, list []jobinfo.Record, now time.Time) error {
	t := table(w)
	fmt.Fprintln(t, "RUN\tJOB\tSTATE\tCREATED\tTOOK\tATTEMPT\tREAD\tWRITTEN\tCAUSE")
	for _, r := range list {
		s := Summarize(r, now)
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n",
			s.Run, short(s.Job, 30), s.State, when(s.Created, now), duration(r, now), s.Attempt, s.RowsRead, s.RowsWritten, s.remark())
	}
	return t.Flush()
}

func duration(r jobinfo.Record, now time.Time) string {
	if r.Snapshot.Started.IsZero() {
		return "-"
	}
	return took(lasted(r, now))
}

// remark is what else a line says of a run.
func (s Summary) remark() string {
	const most = 80
	switch {
	case s.Damage != "":
		return short("damaged: "+s.Damage, most)
	case s.NeedsPerson:
		return short("needs a person: "+s.Cause, most)
	}
	return short(s.Cause, most)
}
