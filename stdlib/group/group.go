// Package group declares aggregate.
package group

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

type aggregateOptions struct {
	component.Common
	By      []op.Name         `opt:"by" doc:"the columns that make a group; without them all rows are one group"`
	Columns []component.Entry `rest:"columns" required:"true" doc:"the new columns: name = etl.count(), name = etl.sum \"column\", ..."`
	OnError op.OnError        `opt:"on_error" enum:"fail,reject" doc:"what becomes of a row on which an aggregate's function fails"`
}

// AggregateSpec declares aggregate.
func AggregateSpec() *component.Spec {
	return &component.Spec{
		Name: "aggregate", Kind: component.Transform,
		Summary: "Makes one row a group",
		Doc: "Each value made by `etl.count`, `etl.sum` and their like is a column, in the order written. They take a column, " +
			"or a function that gives a value for each row. NULLs are left out, except by `etl.count()`, which counts rows. " +
			"NULL is a group of its own. A sum of ints is exact: beyond 64 bits it is an error. Sums, means and medians of " +
			"decimals are decimals: a sum is exact, and an error beyond 38 digits, a mean has 38 digits at most. Intervals " +
			"have a sum. `std` and `var` are those of the sample, and floats; `median` is linear. Without `by` there is " +
			"exactly one row, also when there was none to aggregate.",
		Holds:   "one row a group; all values of a group for `median` and `count_distinct`",
		Order:   "groups in order of first appearance",
		Options: &aggregateOptions{OnError: op.Fail},
		Build: component.Build(func(o *aggregateOptions) (op.Operator, diag.List) {
			a := &op.Aggregate{By: o.By, OnError: o.OnError}
			for _, e := range o.Columns {
				x := e.Value.X.(*component.Aggregate)
				a.Columns = append(a.Columns, op.AggregateColumn{Name: e.Key, Kind: x.Kind, Input: x.Input, Func: x.Func})
			}
			return a, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { shop = "A", euros = 5 }, { shop = "B", euros = 7 }, { shop = "A", euros = 3 }, { shop = "B" } })
  :aggregate { by = "shop", sales = etl.count(), paid = etl.count "euros", total = etl.sum "euros", best = etl.max "euros" }
  :write_csv { path = "out.csv" }

return etl.job { name = "sales" }
`,
	}
}
