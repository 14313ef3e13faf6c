package runview

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// Failures is how runs fail.
type Failures struct {
	Runs     int       `json:"runs"` // that were looked at
	Classes  []Class   `json:"classes"`
	Patterns []Pattern `json:"patterns"`
}

// Class is how often attempts fail with errors of a class.
type Class struct {
	Class    string  `json:"class"`
	Failures int     `json:"failures"`
	Share    float64 `json:"share"` // of all attempts, from 0 to 1
}

// Pattern is a kind of failure.
type Pattern struct {
	Fingerprint string    `json:"fingerprint,omitempty"`
	Class       string    `json:"class"`
	Code        string    `json:"code"`
	Example     string    `json:"example"`
	Count       int       `json:"count"` // of attempts
	Share       float64   `json:"share"` // of all attempts, from 0 to 1
	First       time.Time `json:"first"`
	Last        time.Time `json:"last"`
	Jobs        []string  `json:"jobs"`
	Runs        []string  `json:"runs"`
}

// FailuresOf groups the failures of runs.
func FailuresOf(list []jobinfo.Record) Failures {
	f := Failures{Runs: len(list), Classes: []Class{}, Patterns: []Pattern{}}
	for _, r := range jobinfo.Rates(list) {
		f.Classes = append(f.Classes, Class(r))
	}
	for _, p := range jobinfo.Patterns(list) {
		f.Patterns = append(f.Patterns, Pattern{
			Fingerprint: p.Print, Class: p.Class, Code: p.Code, Example: p.Example, Count: p.Count, Share: p.Rate,
			First: p.First, Last: p.Last, Jobs: p.Jobs, Runs: p.Runs,
		})
	}
	return f
}

// Write writes the failures for people.
func (f Failures) Write(w io.Writer, now time.Time) error {
	if len(f.Patterns) == 0 {
		_, err := fmt.Fprintf(w, "no attempt of %s failed\n", Count(f.Runs))
		return err
	}
	t := table(w)
	fmt.Fprintln(t, "COUNT\tSHARE\tCLASS\tCODE\tFIRST\tLAST\tJOBS\tRUNS\tEXAMPLE")
	for _, p := range f.Patterns {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", p.Count, percent(p.Share), p.Class, p.Code,
			when(p.First, now), when(p.Last, now), short(strings.Join(p.Jobs, ","), 30), len(p.Runs), short(p.Example, 80))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var classes []string
	for _, c := range f.Classes {
		classes = append(classes, fmt.Sprintf("%s %s", c.Class, percent(c.Share)))
	}
	_, err := fmt.Fprintf(w, "\nshare of the attempts of %s that failed: %s\n", Count(f.Runs), strings.Join(classes, ", "))
	return err
}

// Count counts runs.
func Count(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}
