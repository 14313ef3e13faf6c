package job_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

func TestCheckPolicy(t *testing.T) {
	t.Parallel()
	const may = `" is outside of the folders that this run may `
	for _, c := range []struct {
		name, from, to string
		policy         *job.Policy
		want           []string
	}{
		{"no policy", "/etc/passwd", "/etc/passwd", nil, nil},
		{"inside", "in/a.csv", "out/b.csv", &job.Policy{Read: []string{"/data/in"}, Write: []string{"/data/out"}}, nil},
		{"a single file", "in/a.csv", "-", &job.Policy{Read: []string{"/data/in/a.csv"}}, nil},
		{"standard input and output", "-", "-", &job.Policy{}, nil},
		{"nothing is allowed", "in/a.csv", "out/b.csv", &job.Policy{}, []string{`"in/a.csv` + may + "read", `"out/b.csv` + may + "write"}},
		{"reading is not writing", "in/a.csv", "in/b.csv", &job.Policy{Read: []string{"/data"}}, []string{`"in/b.csv` + may + "write"}},
		{"out by dots", "in/../../etc/a", "-", &job.Policy{Read: []string{"/data"}}, []string{`"in/../../etc/a` + may + "read"}},
		{"back in by dots", "../data/in/a", "-", &job.Policy{Read: []string{"/data"}}, nil},
		{"a name that begins alike", "/database/a", "-", &job.Policy{Read: []string{"/data"}}, []string{`"/database/a` + may + "read"}},
		{"glob inside", "in/**/*.csv", "-", &job.Policy{Read: []string{"/data/in"}}, nil},
		{"glob of the folder", "*.csv", "-", &job.Policy{Read: []string{"/data"}}, nil},
		{"glob above", "*/a.csv", "-", &job.Policy{Read: []string{"/data/in"}}, []string{`"*/a.csv` + may + "read"}},
		{"glob from the root", "/*/a.csv", "-", &job.Policy{Read: []string{"/data"}}, []string{`"/*/a.csv` + may + "read"}},
		{"glob out by dots", "in/*/../../../etc/*", "-", &job.Policy{Read: []string{"/data"}}, []string{`"in/*/../../../etc/*` + may + "read"}},
		{"glob that is none", "in/*/../a.csv", "-", &job.Policy{Read: []string{"/data/in"}}, nil},
		{"everything", "/etc/a", "/etc/b", &job.Policy{Read: []string{"/"}, Write: []string{"/"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &job.Definition{Dir: "/data", Nodes: []*job.Node{
				{Name: "r", Op: &op.Scan{Source: source{paths: []op.Name{{Text: c.from}}}}},
				{Name: "w", Op: &op.Write{Sink: sink{target: op.Name{Text: c.to}}}},
			}}
			var got []string
			for _, p := range d.CheckPolicy(c.policy) {
				if p.Code != "policy.path" || p.Hint == "" {
					t.Errorf("%s: %v", p.Code, p)
				}
				got = append(got, p.Message)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCheckPolicyOfComponents(t *testing.T) {
	t.Parallel()
	node := func(name string, kind component.Kind) *job.Node {
		return &job.Node{Name: name, Spec: &component.Spec{Name: name, Kind: kind}}
	}
	d := &job.Definition{Nodes: []*job.Node{
		node("read_csv", component.Source), node("read_http", component.Source), node("filter", component.Transform), node("write_csv", component.Sink),
	}}
	var got []string
	for _, p := range d.CheckPolicy(&job.Policy{Components: []string{"read_csv"}}) {
		got = append(got, string(p.Code)+" "+p.Component+": "+p.Hint)
	}
	want := []string{
		"policy.component read_http: who runs the job may allow it with --allow-component read_http",
		"policy.component write_csv: who runs the job may allow it with --allow-component write_csv",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
