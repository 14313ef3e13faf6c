package row

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Each row goes to the port that it names, or is dropped, refused or given to the rest;
// and all of them are counted.
func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		rest    string
		onError op.OnError
		a, b    []string
		dropped []string
		rejects []string
		counts  map[string]int64
		code    diag.Code
	}{
		{
			name: "rest", rest: "b", onError: op.Fail, a: []string{"1,a", "5,a"}, b: []string{"2,b", "4,c"}, dropped: []string{"3,~"},
			counts: map[string]int64{"in": 5, "-> a": 2, "-> b": 2, "dropped": 1},
		},
		{
			name: "rejects", onError: op.Reject, a: []string{"1,a", "5,a"}, b: []string{"2,b"}, dropped: []string{"3,~"},
			rejects: []string{`split: the function of the split returns "c", but nobody takes the rows of that port: 4,c (row 4)`},
			counts:  map[string]int64{"in": 5, "-> a": 2, "-> b": 1, "dropped": 1, "rejected": 1},
		},
		{
			name: "null", onError: op.ToNull, a: []string{"1,a", "5,a"}, b: []string{"2,b"}, dropped: []string{"3,~", "4,c"},
			counts: map[string]int64{"in": 5, "-> a": 2, "-> b": 1, "dropped": 2},
		},
		{name: "fails", onError: op.Fail, code: "split.port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				o := splitBy("name", "a", "b")
				o.OnError, o.Rest = c.onError, op.Name{Text: c.rest}
				s := g.add("split", o, g.scan(text("in", "id:int,name:string", "1,a", "2,b", "3,", "4,c", "5,a")))
				all := &op.Project{Mode: op.Keep, Columns: names("id", "name")}
				g.write(g.port("one", all, s, job.SplitPort("a")), "a")
				g.write(g.port("two", all, s, job.SplitPort("b")), "b")
				g.write(g.port("none", all, s, job.PortDropped), "dropped")
			})
			var d *diag.Diagnostic
			if c.code != "" {
				if !errors.As(got.err, &d) || d.Code != c.code || d.Notes[0].Text != "row 4 of in" {
					t.Errorf("%+v", got.err)
				}
				return
			}
			want := map[string][]string{"a": c.a, "b": c.b, "dropped": c.dropped}
			if diff := cmp.Diff(want, got.lines); diff != "" || got.err != nil {
				t.Error(got.err, diff)
			}
			if diff := cmp.Diff(c.rejects, got.rejects); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.counts, got.counts(t, "split")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is no string is no name, also where a port takes all others.
func TestSplitByNoName(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		o := splitBy("id", "a")
		o.Func.(*fn).out, o.Rest = record.Of(record.Any), op.Name{Text: "a"}
		s := g.add("split", o, g.scan(text("in", "id:int", "1")))
		g.write(g.port("one", &op.Limit{N: 5}, s, job.SplitPort("a")), "a")
	})
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Code != "split.name" {
		t.Errorf("%+v", got.err)
	}
}
