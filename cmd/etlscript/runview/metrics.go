package runview

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// Metrics are the counts of a run's last attempt, each also for a second.
type Metrics struct {
	Run         string             `json:"run"`
	Job         string             `json:"job"`
	State       string             `json:"state"`
	Attempt     int                `json:"attempt"`
	Time        time.Time          `json:"time,omitzero"` // of the counts
	Seconds     float64            `json:"seconds"`       // from the beginning of the attempt until then
	Counts      map[string]int64   `json:"counts"`        // of the whole run
	PerSecond   map[string]float64 `json:"per_second"`
	Components  []Measured         `json:"components"` // in order of the plan
	Failures    int                `json:"failures"`   // attempts that failed
	FailureRate float64            `json:"failure_rate"`
	Classes     []Class            `json:"classes"` // of the errors of the failed attempts
}

// Measured is what was counted for a component.
type Measured struct {
	Name      string             `json:"name"`
	Counts    map[string]int64   `json:"counts"`
	PerSecond map[string]float64 `json:"per_second"`
}

// MetricsOf are the metrics of a run.
func MetricsOf(r jobinfo.Record) Metrics {
	p := r.Progress
	m := Metrics{
		Run: r.Run, Job: r.Job, State: Shown(r), Attempt: r.Snapshot.Attempt, Time: p.Time, Components: []Measured{}, Classes: []Class{},
		Counts: map[string]int64{"rows_read": p.RowsRead, "rows_written": p.RowsWritten, "rows_rejected": p.RowsRejected, "bytes_read": p.BytesRead},
	}
	if !p.Began.IsZero() {
		m.Seconds = max(0, p.Time.Sub(p.Began)).Seconds()
	}
	m.PerSecond = perSecond(m.Counts, m.Seconds)
	for _, c := range p.Components {
		counts := c.Counts
		if counts == nil {
			counts = map[string]int64{}
		}
		m.Components = append(m.Components, Measured{Name: c.Name, Counts: counts, PerSecond: perSecond(counts, m.Seconds)})
	}
	for _, c := range jobinfo.Rates([]jobinfo.Record{r}) {
		m.Classes = append(m.Classes, Class(c))
		m.Failures += c.Failures
		m.FailureRate += c.Share
	}
	return m
}

// perSecond divides counts by a time; without one there are no rates.
func perSecond(counts map[string]int64, seconds float64) map[string]float64 {
	out := map[string]float64{}
	for k, n := range counts {
		if seconds > 0 {
			out[k] = float64(n) / seconds
		}
	}
	return out
}

// Write writes the metrics for people. Counts of zero are left out.
func (m Metrics) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s, attempt %d, %s\n\n", line(m.Job), m.State, m.Attempt, took(seconds(m.Seconds)))
	all := append([]Measured{{Name: "(run)", Counts: m.Counts, PerSecond: m.PerSecond}}, m.Components...)
	if !slices.ContainsFunc(all, Measured.any) {
		fmt.Fprintln(w, "nothing was counted")
	} else if err := writeCounts(w, all); err != nil {
		return err
	}
	if m.Failures == 0 {
		return nil
	}
	var classes []string
	for _, c := range m.Classes {
		classes = append(classes, fmt.Sprintf("%s %d", c.Class, c.Failures))
	}
	_, err := fmt.Fprintf(w, "\n%s of its attempts failed: %s\n", percent(m.FailureRate), strings.Join(classes, ", "))
	return err
}

// any reports whether anything was counted.
func (c Measured) any() bool {
	for _, n := range c.Counts {
		if n != 0 {
			return true
		}
	}
	return false
}

func writeCounts(w io.Writer, all []Measured) error {
	t := table(w)
	fmt.Fprintln(t, "COMPONENT\tCOUNT\tTOTAL\tPER SECOND")
	for _, c := range all {
		for _, k := range slices.Sorted(maps.Keys(c.Counts)) {
			if c.Counts[k] != 0 {
				fmt.Fprintf(t, "%s\t%s\t%d\t%s\n", line(c.Name), k, c.Counts[k], rate(c.PerSecond, k))
			}
		}
	}
	return t.Flush()
}

func rate(per map[string]float64, count string) string {
	x, known := per[count]
	if !known {
		return "-"
	}
	return fmt.Sprintf("%.1f", x)
}
