package jobinfo

import (
	"cmp"
	"slices"
	"time"
)

// Pattern is a kind of failure: attempts that failed with errors of one fingerprint.
type Pattern struct {
	Print   string // the fingerprint, "" where errors have none; then class and code count
	Class   string
	Code    string
	Example string // the message of the last one
	Count   int    // of attempts
	// Rate is the share of all attempts that failed in this way, from 0 to 1.
	Rate        float64
	Jobs        []string // sorted
	Runs        []string // the newest first
	First, Last time.Time
}

// Rate is how often attempts fail with errors of a class.
type Rate struct {
	Class    string
	Failures int     // attempts that failed so
	Share    float64 // of all attempts, from 0 to 1
}

// Patterns groups the failed attempts of runs by the fingerprints of their errors, the
// most frequent first, of equals the latest. A run that failed before its first attempt
// counts as one.
func Patterns(list []Record) []Pattern {
	byKey := map[[3]string]*Pattern{}
	attempts := 0
	for _, r := range list {
		failed, all := r.failures()
		attempts += all
		for _, f := range failed {
			addTo(byKey, r, f)
		}
	}
	var out []Pattern
	for _, p := range byKey {
		p.Rate = float64(p.Count) / float64(attempts)
		slices.Sort(p.Jobs)
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Pattern) int {
		return cmp.Or(b.Count-a.Count, b.Last.Compare(a.Last), cmp.Compare(a.Print+a.Class+a.Code, b.Print+b.Class+b.Code))
	})
	return out
}

// addTo counts a failed attempt of a run.
func addTo(byKey map[[3]string]*Pattern, r Record, f Attempt) {
	key := [3]string{f.Print}
	if f.Print == "" {
		key = [3]string{"", f.Class, f.Code}
	}
	p := byKey[key]
	if p == nil {
		p = &Pattern{Print: f.Print, First: f.Ended}
		byKey[key] = p
	}
	p.Count++
	if f.Ended.Before(p.First) {
		p.First = f.Ended
	}
	if !f.Ended.Before(p.Last) {
		p.Last, p.Example, p.Class, p.Code = f.Ended, f.Cause, f.Class, f.Code
	}
	if !slices.Contains(p.Jobs, r.Job) {
		p.Jobs = append(p.Jobs, r.Job)
	}
	if n := len(p.Runs); n == 0 || p.Runs[n-1] != r.Run {
		p.Runs = append(p.Runs, r.Run)
	}
}

// Rates are the classes of the errors of runs, the most frequent first.
func Rates(list []Record) []Rate {
	count := map[string]int{}
	attempts := 0
	for _, r := range list {
		failed, all := r.failures()
		attempts += all
		for _, f := range failed {
			count[f.Class]++
		}
	}
	var out []Rate
	for class, n := range count {
		out = append(out, Rate{Class: class, Failures: n, Share: float64(n) / float64(attempts)})
	}
	slices.SortFunc(out, func(a, b Rate) int { return cmp.Or(b.Failures-a.Failures, cmp.Compare(a.Class, b.Class)) })
	return out
}

// failures are the attempts of a run that failed, and how many there were at all. What
// failed a run outside its attempts, before them or while it waited for one, counts as an
// attempt.
func (r Record) failures() (failed []Attempt, attempts int) {
	s := r.Snapshot
	for _, a := range s.Attempts {
		if a.failed() {
			failed = append(failed, a)
		}
	}
	attempts = len(s.Attempts)
	last := Attempt{State: s.State, Ended: s.Finished, Cause: s.Cause, Class: s.Class, Code: s.Code, Print: s.Print}
	if last.failed() && (attempts == 0 || !s.Attempts[attempts-1].Ended.Equal(s.Finished)) {
		return append(failed, last), attempts + 1
	}
	return failed, attempts
}

// failed reports whether an attempt ended by an error, rather than by somebody.
func (a Attempt) failed() bool {
	return (a.State == Retrying || a.State == Failed) && a.Class+a.Code+a.Print != ""
}
