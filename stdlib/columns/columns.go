// Package columns declares the components that choose and name columns:
// select, drop and rename.
package columns

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

type selectOptions struct {
	component.Common
	Columns []op.Name `list:"columns" required:"true" doc:"the columns to keep, in the order of the output"`
}

// SelectSpec declares select.
func SelectSpec() *component.Spec {
	return &component.Spec{
		Name: "select", Kind: component.Transform,
		Summary: "Keeps the named columns, in the order given",
		Doc:     "Values are not looked at, so that columns which nobody wants cost nothing. A column that is not there is an error.",
		Order:   "kept",
		Options: &selectOptions{},
		Build: component.Build(func(o *selectOptions) (op.Operator, diag.List) {
			return &op.Project{Mode: op.Keep, Columns: o.Columns}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { id = 1, name = "Ann", age = 30 } })
  :select { "name", "id" }
  :write_csv { path = "out.csv" }

return etl.job { name = "two_columns" }
`,
	}
}

type dropOptions struct {
	component.Common
	Columns []op.Name `list:"columns" required:"true" doc:"the columns to remove"`
}

// DropSpec declares drop.
func DropSpec() *component.Spec {
	return &component.Spec{
		Name: "drop", Kind: component.Transform,
		Summary: "Removes the named columns",
		Doc:     "The others keep their places. A column that is not there is an error.",
		Order:   "kept",
		Options: &dropOptions{},
		Build: component.Build(func(o *dropOptions) (op.Operator, diag.List) {
			return &op.Project{Mode: op.Remove, Columns: o.Columns}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { id = 1, name = "Ann", age = 30 } })
  :drop { "age" }
  :write_csv { path = "out.csv" }

return etl.job { name = "without_age" }
`,
	}
}

type renameOptions struct {
	component.Common
	Columns pairs `arg:"columns" required:"true" doc:"old name = new name"`
}

// RenameSpec declares rename.
func RenameSpec() *component.Spec {
	return &component.Spec{
		Name: "rename", Kind: component.Transform,
		Summary: "Gives columns new names",
		Doc:     "The columns keep their places. Two columns may swap their names in one call.",
		Order:   "kept",
		Options: &renameOptions{},
		Build: component.Build(func(o *renameOptions) (op.Operator, diag.List) {
			return &op.Project{Mode: op.Rename, Columns: o.Columns.from, To: o.Columns.to}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { id = 1, name = "Ann" } })
  :rename({ name = "customer" })
  :write_csv { path = "out.csv" }

return etl.job { name = "renamed" }
`,
	}
}

// pairs is a table of old name = "new name".
type pairs struct {
	from []op.Name
	to   []string
}

// DecodeOption implements component.OptionDecoder.
func (p *pairs) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return diag.Errorf("argument.type", v.Pos, "rename wants a table of old names and new ones, not %s", v.Describe()).
			WithHint(`write :rename({ old = "new" })`)
	}
	var problems diag.List
	*p = pairs{}
	for _, e := range t.Entries {
		name, ok := e.Value.X.(string)
		if !ok {
			problems = append(problems, diag.Errorf("option.type", e.Value.Pos, "the new name of %q is a string, not %s", e.Key.Text, e.Value.Describe()))
			continue
		}
		p.from = append(p.from, e.Key)
		p.to = append(p.to, name)
	}
	return problems.Err()
}

// Want implements component.OptionDecoder.
func (*pairs) Want() string { return `a table of old = "new"` }
