package rowfunc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// fakeFunc stands for a function of a script.
type fakeFunc struct{ expr.Func }

func TestBuild(t *testing.T) {
	t.Parallel()
	at := func(col, end int) diag.Pos { return diag.Pos{File: "job.lua", Line: 1, Col: col, End: end} }
	field := func(name string, pos diag.Pos, k record.Kind) op.Field {
		return op.Field{Name: op.Name{Text: name, Pos: pos}, Type: record.Of(k)}
	}
	tests := []struct {
		spec *component.Spec
		args string
		want op.Operator
	}{
		{FilterSpec(), `fn`, &op.Filter{Func: fakeFunc{}, OnError: op.Fail}},
		{FilterSpec(), `fn, nil`, &op.Filter{Func: fakeFunc{}, OnError: op.Fail}},
		{FilterSpec(), `fn, { on_error = "null", name = "x" }`, &op.Filter{Func: fakeFunc{}, OnError: op.ToNull}},
		{MapSpec(), `fn, {}`, &op.Map{Func: fakeFunc{}, OnError: op.Fail}},
		{MapSpec(), `fn, { adds = { b = "int", a = "any" }, returns = { c = "date" }, on_error = "reject" }`, &op.Map{
			Func: fakeFunc{}, OnError: op.Reject,
			Adds:    []op.Field{field("b", at(16, 17), record.Int), field("a", at(27, 28), record.Any)},
			Returns: []op.Field{field("c", at(52, 53), record.Date)},
		}},
		{FlatMapSpec(), `fn`, &op.FlatMap{Func: fakeFunc{}, OnError: op.Fail}},
		{FlatMapSpec(), `fn, { returns = { c = "date" }, on_error = "null" }`, &op.FlatMap{
			Func: fakeFunc{}, OnError: op.ToNull, Returns: []op.Field{field("c", at(19, 20), record.Date)},
		}},
	}
	for _, test := range tests {
		t.Run(test.spec.Name+"("+test.args+")", func(t *testing.T) {
			t.Parallel()
			got, said := componenttest.Build(test.spec, test.args, map[string]any{"fn": fakeFunc{}})
			if d := cmp.Diff(test.want, got); said != "" || d != "" {
				t.Errorf("%s(-want +got)\n%s", said, d)
			}
		})
	}
}
