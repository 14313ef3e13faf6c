package values

import (
	"context"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type rowNumberOptions struct {
	component.Common
	As op.Name   `opt:"as" required:"true" doc:"the new column"`
	By []op.Name `opt:"by" doc:"columns of a key: each key is numbered by itself"`
}

// RowNumberSpec declares row_number.
func RowNumberSpec() *component.Spec {
	return &component.Spec{
		Name: "row_number", Kind: component.Transform,
		Summary: "Numbers the rows from 1",
		Doc:     "The new column is the last one. With `by` rows are numbered within each key.",
		Holds:   "with `by` the keys",
		Order:   "kept",
		Options: &rowNumberOptions{},
		Build: component.Build(func(o *rowNumberOptions) (op.Operator, diag.List) {
			return &op.Map{Func: rowNumber(o), OnError: op.Fail}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { team = "red", name = "Ann" }, { team = "blue", name = "Bob" }, { team = "red", name = "Cid" } })
  :row_number { as = "place", by = "team" }
  :write_csv { path = "out.csv" }

return etl.job { name = "places" }
`,
	}
}

func rowNumber(o *rowNumberOptions) expr.Func {
	return gofunc.New(gofunc.Spec{
		Reads: op.Names(o.By), Writes: []string{o.As.Text}, Ordered: true,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) { return numberedSchema(o, in) },
		Start: func(use expr.Use) gofunc.Step {
			by, next := newKeyer(use.In, o.By), map[string]int64{}
			return func(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
				columns, failed, err := numberRows(b, by, next)
				if err == nil && use.Hold != nil {
					err = use.Hold(by.held)
				}
				return columns, failed, err
			}
		},
	})
}

func numberedSchema(o *rowNumberOptions, in *record.Schema) (*record.Schema, diag.List) {
	problems := unknown(in, o.By)
	if in.Has(o.As.Text) {
		problems = append(problems, diag.Errorf("column.duplicate", o.As.Pos, "there is a column %q already", o.As.Text).
			WithHint("choose another name, or drop the column before"))
		return in, problems
	}
	fields := append(in.Fields()[:in.Len():in.Len()], record.Field{Name: o.As.Text, Type: record.Of(record.Int)})
	if in.Open() {
		return record.NewOpenSchema(fields...), problems
	}
	return record.NewSchema(fields...), problems
}

// numberRows puts the numbers behind the columns of a batch.
func numberRows(b *record.Batch, by *keyer, next map[string]int64) ([]*record.Column, []expr.Failure, error) {
	if err := by.read(b); err != nil {
		return nil, nil, err
	}
	numbers := record.NewVector(record.Int, b.Len())
	for i := range b.Len() {
		key := by.key(i)
		n := next[string(key)] + 1
		next[string(key)] = n
		if n == 1 {
			by.hold(0)
		}
		numbers.Set(record.Int, i, b.Len(), record.IntValue(n))
	}
	columns := append(b.Columns[:len(b.Columns):len(b.Columns)], record.NewColumn(record.Of(record.Int), b.Len(), numbers))
	return columns, nil, nil
}
