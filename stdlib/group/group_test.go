package group

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	column := func(name string, k op.AggregateKind, input string) op.AggregateColumn {
		return op.AggregateColumn{Name: op.Name{Text: name}, Kind: k, Input: op.Name{Text: input}}
	}
	tests := []struct {
		name string
		args string
		want *op.Aggregate
	}{
		{"no groups", `{ n = etl.count() }`, &op.Aggregate{
			OnError: op.Fail, Columns: []op.AggregateColumn{column("n", op.Count, "")},
		}},
		{"columns in the order written", `{ z = etl.sum "x", by = "k", a = etl.max "y", on_error = "reject" }`, &op.Aggregate{
			OnError: op.Reject, By: []op.Name{{Text: "k"}},
			Columns: []op.AggregateColumn{column("z", op.Sum, "x"), column("a", op.Max, "y")},
		}},
		{"an aggregate is a column whatever its key", `{ by = etl.count(), name = etl.first "x", on_error = etl.last "x" }`, &op.Aggregate{
			OnError: op.Fail,
			Columns: []op.AggregateColumn{column("by", op.Count, ""), column("name", op.First, "x"), column("on_error", op.Last, "x")},
		}},
		{"several groups", `{ by = { "k", "l" }, n = etl.count "x" }`, &op.Aggregate{
			OnError: op.Fail, By: []op.Name{{Text: "k"}, {Text: "l"}}, Columns: []op.AggregateColumn{column("n", op.Count, "x")},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, said := componenttest.Build(AggregateSpec(), test.args, nil)
			if d := cmp.Diff(op.Operator(test.want), got, cmpopts.IgnoreTypes(diag.Pos{})); said != "" || d != "" {
				t.Errorf("%s(-want +got)\n%s", said, d)
			}
		})
	}
}
