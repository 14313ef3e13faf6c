package relate

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
	k := []op.Name{name("k", 8, 11)}
	tests := []struct {
		spec *component.Spec
		args string
		want op.Operator
	}{
		{JoinSpec(), `{ on = "k" }`, &op.Join{Left: k, Right: k, How: op.Inner, Suffix: "_right"}},
		{JoinSpec(), `{ on = { "a", "b" }, how = "full" }`, &op.Join{
			Left:  []op.Name{name("a", 10, 13), name("b", 15, 18)},
			Right: []op.Name{name("a", 10, 13), name("b", 15, 18)}, How: op.Full, Suffix: "_right",
		}},
		{JoinSpec(), `{ on = { "a", b = "c" } }`, &op.Join{
			Left:  []op.Name{name("a", 10, 13), name("b", 15, 16)},
			Right: []op.Name{name("a", 10, 13), name("c", 19, 22)}, How: op.Inner, Suffix: "_right",
		}},
		{JoinSpec(), `{ on = "k", how = "anti", match = "one" }`, &op.Join{Left: k, Right: k, How: op.Anti, One: true, Suffix: "_right"}},
		{JoinSpec(), `{ on = "k", suffix = "_right" }`, &op.Join{Left: k, Right: k, How: op.Inner, Suffix: "_right", SuffixSet: true}},
		{JoinSpec(), `{ on = "k", suffix = "2" }`, &op.Join{Left: k, Right: k, How: op.Inner, Suffix: "2", SuffixSet: true}},
		{UnionSpec(), ``, &op.Union{}},
		{MergeSpec(), `{ fill = true }`, &op.Union{Fill: true}},
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
