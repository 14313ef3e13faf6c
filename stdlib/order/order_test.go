package order

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	name := func(text string, col, end int) op.Name {
		return op.Name{Text: text, Pos: diag.Pos{File: "job.lua", Line: 1, Col: col, End: end}}
	}
	tests := []struct {
		spec *component.Spec
		args string
		want op.Operator
	}{
		{SortSpec(), `{ "a", "-b" }`, &op.Sort{Keys: []op.SortKey{{Column: name("a", 3, 6)}, {Column: name("b", 8, 12), Desc: true}}}},
		{SortSpec(), `{ { col = "-a", desc = true, nulls = "first" }, { col = "b", nulls = "last" } }`, &op.Sort{Keys: []op.SortKey{
			{Column: name("-a", 11, 15), Desc: true, NullsFirst: true}, {Column: name("b", 57, 60)},
		}}},
		{LimitSpec(), `0`, &op.Limit{}},
		{LimitSpec(), `10, { name = "top" }`, &op.Limit{N: 10}},
	}
	for _, test := range tests {
		t.Run(test.spec.Name+"("+test.args+")", func(t *testing.T) {
			t.Parallel()
			got, said := componenttest.Build(test.spec, test.args, nil)
			if d := cmp.Diff(test.want, got); said != "" || d != "" {
				t.Errorf("%s(-want +got)\n%s", said, d)
			}
		})
	}
}
