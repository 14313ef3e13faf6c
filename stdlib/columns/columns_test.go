package columns

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func names(words ...string) []op.Name {
	var out []op.Name
	for _, w := range words {
		out = append(out, op.Name{Text: w})
	}
	return out
}

func TestBuild(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec *component.Spec
		args string
		want op.Operator
	}{
		{SelectSpec(), `{ "b", "a", name = "x" }`, &op.Project{Mode: op.Keep, Columns: names("b", "a")}},
		{DropSpec(), `{ "a" }`, &op.Project{Mode: op.Remove, Columns: names("a")}},
		{RenameSpec(), `{ a = "b", name = "a" }`, &op.Project{Mode: op.Rename, Columns: names("a", "name"), To: []string{"b", "a"}}},
		{RenameSpec(), `{ a = "b" }, { name = "x" }`, &op.Project{Mode: op.Rename, Columns: names("a"), To: []string{"b"}}},
	}
	for _, test := range tests {
		t.Run(test.spec.Name+"("+test.args+")", func(t *testing.T) {
			t.Parallel()
			got, said := componenttest.Build(test.spec, test.args, nil)
			if d := cmp.Diff(test.want, got, cmpopts.IgnoreTypes(diag.Pos{})); said != "" || d != "" {
				t.Errorf("%s(-want +got)\n%s", said, d)
			}
		})
	}
}

func TestColumnsKnowTheirPlaces(t *testing.T) {
	t.Parallel()
	at := func(col, end int) diag.Pos { return diag.Pos{File: "job.lua", Line: 1, Col: col, End: end} }
	o, said := componenttest.Build(RenameSpec(), `{ a = "b", c = "d" }`, nil)
	want := []op.Name{{Text: "a", Pos: at(3, 4)}, {Text: "c", Pos: at(12, 13)}}
	if d := cmp.Diff(want, o.(*op.Project).Columns); d != "" {
		t.Errorf("%s(-want +got)\n%s", said, d)
	}
}
