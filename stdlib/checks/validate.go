package checks

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type validateOptions struct {
	component.Common
	Columns rules      `arg:"columns" required:"true" doc:"column = its rules"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row that breaks a rule; null makes NULL of the values that do"`
}

// ValidateSpec declares validate.
func ValidateSpec() *component.Spec {
	return &component.Spec{
		Name: "validate", Kind: component.Transform,
		Summary: "Tests the values of each row",
		Doc: "The rules of a column: `type`, which text may also mean; `nullable = false`; `min` and `max`; `one_of`, a list; `pattern`, a regular " +
			"expression as for etl.re; `min_length` and `max_length`, in characters; `unique`. NULL breaks no rule but " +
			"`nullable = false`. The message of a row names every rule that it breaks. Rows that break none are unchanged.",
		Holds:   "the values of columns that must be unique",
		Order:   "kept",
		Options: &validateOptions{OnError: op.Fail},
		Build: component.Build(func(o *validateOptions) (op.Operator, diag.List) {
			return &op.Map{Func: validate(o), OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

local rows = etl.rows({ { item = "tea", qty = 3 }, { item = "", qty = 12 }, { qty = 1 } })
  :validate({ item = { nullable = false, min_length = 1 }, qty = { min = 0, max = 10 } }, { on_error = "reject" })
rows:write_csv { path = "out.csv" }
rows:rejects():select { "item", "qty", "_message" }:write_csv { path = "refused.csv" }

return etl.job { name = "tested" }
`,
	}
}

func validate(o *validateOptions) expr.Func {
	return gofunc.New(gofunc.Spec{
		Reads: o.Columns.names(), Ordered: o.Columns.ordered(),
		Schema: func(in *record.Schema) (*record.Schema, diag.List) {
			_, problems := newTester(o.Columns, in)
			return in, problems
		},
		Start: func(use expr.Use) gofunc.Step {
			t, _ := newTester(o.Columns, use.In) // Schema has reported the problems
			return func(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
				columns, failed, err := t.validate(b, o.OnError)
				if err == nil && use.Hold != nil {
					err = use.Hold(t.held)
				}
				return columns, failed, err
			}
		},
	})
}

// validate tests a batch. With op.ToNull the columns have NULL where a rule is broken.
func (t *tester) validate(b *record.Batch, onError op.OnError) ([]*record.Column, []expr.Failure, error) {
	nulls := map[int][]int32{} // rows by the place of the column
	failures := gofunc.Failures{}
	for row := range b.Len() {
		found := t.breaches(b, row)
		if len(found) == 0 {
			continue
		}
		if onError == op.ToNull {
			for _, x := range found {
				if rows := nulls[x.column.place]; !slices.Contains(rows, int32(row)) {
					nulls[x.column.place] = append(rows, int32(row))
				}
			}
			continue
		}
		c := found[0].column
		failures.Add(row, expr.Failure{
			Column: c.column.Text, Value: string(b.Columns[c.place].AppendText(nil, row)), Err: problem("validate.value", found),
		})
	}
	columns := append([]*record.Column(nil), b.Columns...)
	for place, rows := range nulls {
		var err error
		if columns[place], err = columns[place].Assign(rows, make([]record.Value, len(rows))); err != nil {
			return nil, nil, err
		}
	}
	return columns, failures.InOrder(), nil
}
