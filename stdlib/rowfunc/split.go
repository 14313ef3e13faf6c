package rowfunc

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
)

type splitOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"function(row): returns the name of a port, or nil to drop the row"`
	Rest    op.Name    `opt:"rest" doc:"the port of rows whose name is none of a port; by default they fail"`
	Ports   []op.Name  `opt:"ports" doc:"further ports, whose rows nobody takes: they are counted, and gone"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row on which the function fails, or whose name is no port; null drops it"`
}

// SplitSpec declares split.
func SplitSpec() *component.Spec {
	return &component.Spec{
		Name: "split", Kind: component.Transform, Ports: true,
		Summary: "Gives each row to the stream that a function names",
		Doc: "`local ports = stream:split(fn)` gives no stream, but `ports.NAME` is one for each name that the script takes. The function gets each row " +
			"and returns such a name; `nil` drops the row. A name that nobody takes is an error, so that no row gets lost by a misspelt name: " +
			"before the run where the function shows its names, else on the row. `rest` names a port for all of these. " +
			"`ports:rejects()` are the rows that fail, `ports:dropped()` those that were dropped.",
		Order:   "kept within each port",
		Options: &splitOptions{OnError: op.Fail},
		Build:   component.Build(buildSplit),
		Example: `local etl = require "etl"

local orders = etl.rows({ { id = 1, qty = 3 }, { id = 2, qty = 40 }, { id = 3 }, { id = 4, qty = 12 } })
local by_size = orders:split(function(row)
  if row.qty == nil then return nil end
  return row.qty > 10 and "big" or "small"
end)
by_size.big:write_csv { path = "big.csv" }
by_size.small:write_csv { path = "small.csv" }

return etl.job { name = "sizes" }
`,
	}
}

func buildSplit(o *splitOptions) (op.Operator, diag.List) {
	out := &op.Split{Func: o.Func, Rest: o.Rest, OnError: o.OnError}
	var problems diag.List
	for _, p := range o.Ports {
		switch {
		case p.Text == "":
			problems = append(problems, diag.Errorf("split.ports", p.Pos, "the name of a port is empty"))
		case out.Port(p.Text) >= 0: // the script may take it several times
		default:
			out.Ports = append(out.Ports, p)
		}
	}
	if len(out.Ports) > op.MaxPorts {
		problems = append(problems, diag.Errorf("split.ports", out.Ports[op.MaxPorts].Pos, "a split has %d ports at most", op.MaxPorts))
	}
	if o.Rest.Text != "" && out.Port(o.Rest.Text) < 0 {
		problems = append(problems, diag.Warningf("split.rest", o.Rest.Pos, "nobody takes the rows of the port %q: they are counted, and gone", o.Rest.Text).
			WithHint("%s", diag.DidYouMean(o.Rest.Text, op.Names(out.Ports))))
		out.Ports = append(out.Ports, o.Rest)
	}
	return out, problems
}
