package storetest

import (
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

func list(k *kit) {
	k.same("runs of an empty place", k.ids(jobinfo.Filter{}), []string(nil))
	for _, run := range []string{"B", "D", "A", "C"} {
		k.ended(meta(run), jobinfo.Running, jobinfo.Completed)
	}
	k.same("the newest first", k.ids(jobinfo.Filter{}), []string{"D", "C", "B", "A"})
	k.same("two of them", k.ids(jobinfo.Filter{Limit: 2}), []string{"D", "C"})
	found, err := k.open().List(jobinfo.Filter{Limit: 1})
	k.ok(err)
	want := k.load("D")
	want.Snapshot.Events = nil
	k.same("what is listed", found, []jobinfo.Record{want})
}

func filters(k *kit) {
	k.filtered()
	for name, tt := range map[string]struct {
		filter jobinfo.Filter
		want   []string
	}{
		"all":                {jobinfo.Filter{}, []string{"E", "D", "C", "B", "A"}},
		"job":                {jobinfo.Filter{Job: "late"}, []string{"B", "A"}},
		"no such job":        {jobinfo.Filter{Job: "lat"}, nil},
		"state":              {jobinfo.Filter{States: []jobinfo.State{jobinfo.Completed}}, []string{"A"}},
		"states":             {jobinfo.Filter{States: []jobinfo.State{jobinfo.Completed, jobinfo.Failed}}, []string{"D", "C", "A"}},
		"tag":                {jobinfo.Filter{Tag: "nightly"}, []string{"D", "B"}},
		"since":              {jobinfo.Filter{Since: created("D")}, []string{"E", "D"}},
		"until":              {jobinfo.Filter{Until: created("B")}, []string{"A"}},
		"since and until":    {jobinfo.Filter{Since: created("B"), Until: created("D").Add(time.Nanosecond)}, []string{"D", "C", "B"}},
		"needs a person":     {jobinfo.Filter{NeedsPerson: true}, []string{"C"}},
		"limit":              {jobinfo.Filter{Limit: 3}, []string{"E", "D", "C"}},
		"a large limit":      {jobinfo.Filter{Limit: 100}, []string{"E", "D", "C", "B", "A"}},
		"limit of a filter":  {jobinfo.Filter{States: []jobinfo.State{jobinfo.Completed, jobinfo.Failed}, Limit: 2}, []string{"D", "C"}},
		"all of them":        {jobinfo.Filter{Tag: "nightly", Job: "late", States: []jobinfo.State{jobinfo.Running}}, []string{"B"}},
		"conditions clash":   {jobinfo.Filter{Tag: "nightly", Job: "late", NeedsPerson: true}, nil},
		"since is inclusive": {jobinfo.Filter{Since: created("E")}, []string{"E"}},
	} {
		k.same(name, k.ids(tt.filter), tt.want)
	}
}

// filtered makes runs for filters.
func (k *kit) filtered() {
	k.Helper()
	k.ended(meta("A"), jobinfo.Running, jobinfo.Completed)
	k.track(jobinfo.Meta{Run: "B", Job: "late", Tags: []string{"eu", "nightly"}}, jobinfo.Running)
	t, _ := k.track(jobinfo.Meta{Run: "C", Job: "early"}, jobinfo.Running)
	k.ok(t.Record(jobinfo.Event{Kind: jobinfo.KindState, State: jobinfo.Failed, NeedsPerson: true}))
	k.ended(jobinfo.Meta{Run: "D", Job: "early", Tags: []string{"nightly"}}, jobinfo.Running, jobinfo.Failed)
	k.create(jobinfo.Meta{Run: "E", Job: "early"})
}
