package jobinfo

import (
	"slices"
	"strings"
)

// takes reports whether the filter takes a run.
func (f Filter) takes(r Record) bool {
	return f.takesMeta(r.Meta) &&
		(len(f.States) == 0 || slices.Contains(f.States, r.Snapshot.State)) &&
		(!f.NeedsPerson || r.Snapshot.NeedsPerson)
}

// takesMeta reports whether the filter may take a run of which no more is known.
func (f Filter) takesMeta(m Meta) bool {
	switch {
	case f.Job != "" && m.Job != f.Job,
		f.Tag != "" && !slices.Contains(m.Tags, f.Tag),
		!f.Since.IsZero() && m.Created.Before(f.Since),
		!f.Until.IsZero() && !m.Created.Before(f.Until):
		return false
	}
	return true
}

// newest sorts runs, the newest first, and takes as many as the filter wants.
func (f Filter) newest(list []Record) []Record {
	slices.SortFunc(list, func(a, b Record) int { return strings.Compare(b.Run, a.Run) })
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
	}
	return list
}
