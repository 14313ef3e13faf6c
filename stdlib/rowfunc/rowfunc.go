// Package rowfunc declares the components that run a function on each row:
// filter, map and flat_map.
package rowfunc

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
)

type filterOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"function(row): true keeps the row, false or nil drops it"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row on which the function fails; null drops it"`
}

// FilterSpec declares filter.
func FilterSpec() *component.Spec {
	return &component.Spec{
		Name: "filter", Kind: component.Transform,
		Summary: "Keeps the rows for which a function returns true",
		Doc: "The function gets each row. `true` keeps it, `false` or `nil` drops it; any other result is an error. " +
			"A column that is NULL reads as `nil`, so test for it before you compare.",
		Order:   "kept",
		Options: &filterOptions{OnError: op.Fail},
		Build: component.Build(func(o *filterOptions) (op.Operator, diag.List) {
			return &op.Filter{Func: o.Func, OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { city = "Oslo", degrees = -4 }, { city = "Rome", degrees = 12 }, { city = "Mars" } })
  :filter(function(row) return row.degrees ~= nil and row.degrees > 0 end)
  :write_csv { path = "out.csv" }

return etl.job { name = "warm" }
`,
	}
}

type mapOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"function(row): changes the row in place, or returns a table that replaces it"`
	Adds    []op.Field `opt:"adds" doc:"types of the columns that the function adds; default: inferred from the function"`
	Returns []op.Field `opt:"returns" doc:"columns of the table that the function returns; default: the keys of its constructor"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row on which the function fails; null keeps it as it was, with NULL in the added columns"`
}

// MapSpec declares map.
func MapSpec() *component.Spec {
	return &component.Spec{
		Name: "map", Kind: component.Transform,
		Summary: "Changes each row by a function",
		Doc: "Without a return value the row stays as the function changed it; a returned table replaces the row. " +
			"`row.x = nil` writes NULL; columns are removed with `drop` or `select`. The types of new columns are " +
			"inferred from the function, or declared with `adds`.",
		Order:   "kept",
		Options: &mapOptions{OnError: op.Fail},
		Build: component.Build(func(o *mapOptions) (op.Operator, diag.List) {
			return &op.Map{Func: o.Func, Adds: o.Adds, Returns: o.Returns, OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { item = "tea", qty = 3, price = 2.5 }, { item = "jam", qty = 2, price = 4.25 } })
  :map(function(row)
     row.total = row.qty * row.price
     if row.qty > 2 then row.note = "bulk" end
  end)
  :write_csv { path = "out.csv" }

return etl.job { name = "totals" }
`,
	}
}

type flatMapOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"function(row, emit): calls emit with a table for each new row"`
	Returns []op.Field `opt:"returns" doc:"columns of the new rows; default: the keys of the tables that are written in the calls of emit"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row on which the function fails; null lets it give no row"`
}

// FlatMapSpec declares flat_map.
func FlatMapSpec() *component.Spec {
	return &component.Spec{
		Name: "flat_map", Kind: component.Transform,
		Summary: "Makes any number of new rows of each row",
		Doc: "The function gets each row and a function, mostly called `emit`. Each call `emit { ... }` gives one row; the table is " +
			"copied, and columns that it lacks are NULL. No call gives no row. If the function fails, nothing of what it " +
			"emitted for that row counts. The columns are the keys that the calls show; where they do not show all, declare them with " +
			"`returns`, whose order counts then. For one row the function may emit a million rows at most, and 256 MiB.",
		Order:   "kept; the rows that one row gives come in the order of the calls",
		Options: &flatMapOptions{OnError: op.Fail},
		Build: component.Build(func(o *flatMapOptions) (op.Operator, diag.List) {
			return &op.FlatMap{Func: o.Func, Returns: o.Returns, OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { order = 1, items = "tea;jam" }, { order = 2 }, { order = 3, items = "rye" } })
  :flat_map(function(row, emit)
     local line = 0
     for item in (row.items or ""):gmatch("[^;]+") do
       line = line + 1
       emit { order = row.order, line = line, item = item }
     end
  end)
  :write_csv { path = "out.csv" }

return etl.job { name = "lines" }
`,
	}
}
