package custom

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
)

type transformOptions struct {
	component.Common
	Each    expr.Func  `opt:"each" required:"true" doc:"function(row, emit, state): is called with each row, and calls emit with a table for each new one"`
	Init    expr.Func  `opt:"init" doc:"function(): returns the state, before the first row"`
	Flush   expr.Func  `opt:"flush" doc:"function(emit, state): is called behind the last row, and may emit further ones"`
	Returns []op.Field `opt:"returns" doc:"columns of the new rows; default: the keys of the tables that are written in the calls of emit"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row on which each fails; null lets it give no row"`
}

// TransformSpec declares transform.
func TransformSpec() *component.Spec {
	return &component.Spec{
		Name: "transform", Kind: component.Transform, Together: true,
		Summary: "Makes rows of rows with functions that keep a state",
		Doc: "What `init` returns is the state of one run: `each` gets it with every row, in order, and `flush` behind the last " +
			"one. A run that is repeated begins with another one. `emit` works as in [flat_map](flat_map.md). If `each` fails, nothing of what it " +
			"emitted for that row counts; changes of the state stay. A failure of `init` or `flush` fails the run. `flush` is not called when a " +
			"limit behind the component has all its rows.",
		Order:   "kept; the rows that flush emits stand behind all others",
		Options: &transformOptions{OnError: op.Fail},
		Build: component.Build(func(o *transformOptions) (op.Operator, diag.List) {
			state := &expr.State{Begin: o.Init, End: o.Flush}
			return &op.FlatMap{Func: o.Each, Returns: o.Returns, OnError: o.OnError, State: state}, nil
		}),
		Example: `local etl = require "etl"

-- One row for each run of rows of one city.
etl.rows({ { city = "Oslo", degrees = -4 }, { city = "Oslo", degrees = 2 }, { city = "Rome", degrees = 12 } })
  :transform {
    init = function() return { n = 0 } end,
    each = function(row, emit, state)
      if state.n > 0 and row.city ~= state.city then
        emit { city = state.city, days = state.n }
        state.n = 0
      end
      state.city, state.n = row.city, state.n + 1
    end,
    flush = function(emit, state)
      if state.n > 0 then emit { city = state.city, days = state.n } end
    end,
    returns = { city = "string", days = "int" },
  }
  :write_csv { path = "out.csv" }

return etl.job { name = "runs" }
`,
	}
}
