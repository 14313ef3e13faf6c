package checks

import (
	"context"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type peekOptions struct {
	component.Common
	Rows  int64  `opt:"rows" doc:"how many rows are shown"`
	Label string `opt:"label" doc:"what stands before them; default: the node's name"`
}

// PeekSpec declares peek.
func PeekSpec() *component.Spec {
	return &component.Spec{
		Name: "peek", Kind: component.Transform,
		Summary: "Writes the first rows to the log, and passes all on",
		Doc:     "Each row is a line of the level info, with the names of the columns; NULL is shown as NULL.",
		Order:   "kept",
		Options: &peekOptions{Rows: 10},
		Build: component.Build(func(o *peekOptions) (op.Operator, diag.List) {
			if o.Rows < 1 {
				return nil, diag.List{diag.Errorf("option.value", diag.Pos{}, "peek shows at least one row").WithHint("leave the node out")}
			}
			return &op.Map{Func: peek(o), OnError: op.Fail}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { item = "tea", qty = 3 }, { item = "jam" } })
  :peek { rows = 1, label = "before" }
  :write_csv { path = "out.csv" }

return etl.job { name = "seen" }
`,
	}
}

func peek(o *peekOptions) expr.Func {
	return gofunc.New(gofunc.Spec{
		All: true, Ordered: true,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) { return in, nil },
		Start: func(use expr.Use) gofunc.Step {
			label, left := o.Label, o.Rows
			if label == "" {
				label = use.Node
			}
			return func(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
				for row := 0; row < b.Len() && left > 0; row++ {
					use.Log.Info(label + ": " + line(b, row))
					left--
				}
				return b.Columns, nil, nil
			}
		},
	})
}

// line is a row as the log shows it.
func line(b *record.Batch, row int) string {
	cells := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		text := "NULL"
		if !c.IsNull(row) {
			text = short(c, row)
		}
		cells[i] = b.Schema.Field(i).Name + "=" + text
	}
	return strings.Join(cells, " ")
}
