package runview

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Write writes the status for people. Lines of which nothing is known are left out.
func (s Status) Write(w io.Writer, now time.Time) error {
	t := table(w)
	for _, l := range slices.Concat(s.head(), s.origin(), s.times(now), s.course(now)) {
		if l[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", l[0], line(l[1]))
		}
	}
	s.writeAttempts(t, now)
	s.writeComponents(t)
	s.writeActions(t, now)
	s.writeNext(t)
	return t.Flush()
}

// head is what the run is, and how it stands.
func (s Status) head() [][2]string {
	state := s.State
	switch {
	case s.State == Lost:
		state += fmt.Sprintf(": its process ended without a word; it was %s", cmp.Or(string(s.LastState), "PENDING"))
	case s.NeedsPerson:
		state += ", needs a person"
	}
	return [][2]string{
		{"run", s.Run},
		{"job", s.Job},
		{"", s.Description},
		{"state", state},
		{"cause", s.Cause},
		{"error", kind(s.Class, s.Code)},
		{"damage", s.Damage},
	}
}

// kind is the class and code of an error.
func kind(class, code string) string {
	if class == "" || code == "" {
		return class + code
	}
	return fmt.Sprintf("%s (class %s)", code, class)
}

// origin is where the run comes from.
func (s Status) origin() [][2]string {
	e := s.Environment
	var by []string
	if e.User != "" || e.Host != "" {
		by = append(by, e.User+"@"+e.Host)
	}
	if e.PID != 0 {
		by = append(by, fmt.Sprint("process ", e.PID))
	}
	if e.Version != "" {
		by = append(by, "etlscript "+e.Version)
	}
	return [][2]string{
		{"owner", s.Owner},
		{"tags", strings.Join(s.Tags, ", ")},
		{"script", s.Script},
		{"params", pairs(s.Params)},
		{"strategy", s.Strategy},
		{"settings", pairs(s.Settings)},
		{"by", strings.Join(by, ", ")},
		{"key", s.Key},
		{"after", strings.Join(s.After, ", ")},
		{"retry of", s.RetryOf},
		{"fallback of", s.FallbackOf},
	}
}

func pairs(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return strings.Join(out, " ")
}

func (s Status) times(now time.Time) [][2]string {
	finished := when(s.Finished, now)
	if finished != "" && !s.Started.IsZero() {
		finished += ", took " + took(seconds(s.Seconds))
	}
	return [][2]string{{"created", when(s.Created, now)}, {"started", when(s.Started, now)}, {"finished", finished}}
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// course is how far the run has come, and what it left.
func (s Status) course(now time.Time) [][2]string {
	step, fallback, dir, similar := string(s.Step), s.Fallback, s.Dir, ""
	if !s.Finished.IsZero() {
		step = ""
	}
	if fallback != "" {
		fallback = "the run " + fallback + " took over"
	}
	if dir != "" {
		dir = fmt.Sprintf("%s (%s)", dir, size(s.Bytes))
	}
	if s.Similar != nil && s.Similar.Count > 1 {
		similar = fmt.Sprintf("%d attempts failed so, in %s of the last %d of the job, since %s",
			s.Similar.Count, Count(s.Similar.Runs), s.Similar.Of, when(s.Similar.First, now))
	}
	return [][2]string{{"step", step}, {"progress", s.Progress.text()}, {"fallback", fallback}, {"similar", similar}, {"folder", dir}}
}

func (p Progress) text() string {
	if p.Time.IsZero() {
		return ""
	}
	out := fmt.Sprintf("read %s, wrote %s", rows(p.RowsRead), rows(p.RowsWritten))
	if p.RowsRejected > 0 {
		out += fmt.Sprintf(", rejected %s", rows(p.RowsRejected))
	}
	if p.Percent != nil {
		out = fmt.Sprintf("%s of %s, ", percent(*p.Percent/100), size(p.BytesTotal)) + out
	}
	if p.ETASeconds != nil {
		out += fmt.Sprintf("; %s left", took(seconds(*p.ETASeconds)))
	}
	return out
}

// begin ends a table, so that the next one has columns of its own, and begins that.
func begin(t *tabwriter.Writer, title string) {
	_ = t.Flush() // the last Flush gives the error
	fmt.Fprintf(t, "\n%s\n", title)
}

func (s Status) writeAttempts(t *tabwriter.Writer, now time.Time) {
	if len(s.Attempts) == 0 {
		return
	}
	begin(t, "attempts")
	for _, a := range s.Attempts {
		fmt.Fprintf(t, "  %d\t%s\t%s\t%s\t%s\t%s\n", a.Number, when(a.Started, now), took(seconds(a.Seconds)), a.State, a.Code, line(a.Cause))
	}
}

func (s Status) writeComponents(t *tabwriter.Writer) {
	if len(s.Components) == 0 {
		return
	}
	begin(t, "components")
	for _, c := range s.Components {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", line(c.Name), c.State, counts(c.Counts), line(c.Cause))
	}
}

// counts are those that are not zero.
func counts(m map[string]int64) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] != 0 {
			out = append(out, fmt.Sprintf("%s %d", k, m[k]))
		}
	}
	return strings.Join(out, ", ")
}

func (s Status) writeActions(t *tabwriter.Writer, now time.Time) {
	if len(s.Actions) == 0 {
		return
	}
	begin(t, "what people did")
	for _, a := range s.Actions {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", when(a.Time, now), line(a.By), a.Action, line(a.Why))
	}
}

func (s Status) writeNext(t *tabwriter.Writer) {
	if len(s.Next) == 0 {
		return
	}
	begin(t, "what you can do")
	for _, a := range s.Next {
		fmt.Fprintf(t, "  %s\t%s\n", a.Command, a.Does)
	}
}
