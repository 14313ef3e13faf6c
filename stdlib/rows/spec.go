// Package rows is the source of literal rows: etl.rows({ { a = 1 }, ... }).
// It serves tests, small lookup tables and examples. All rows are checked when
// the graph is built, so that reading them cannot fail. It may import
// engine/{component,diag,jsonvalue,op,record}.
package rows

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

type options struct {
	component.Common
	Rows    component.Value `arg:"rows" required:"true" doc:"a list of rows: tables by column name, or lists in the order of columns"`
	Columns []op.Name       `opt:"columns" doc:"the columns and their order; default: the keys of the rows in order of appearance"`
	Types   []op.Field      `opt:"types" doc:"the types of columns; the others follow from the values"`
}

// Spec declares the component.
func Spec() *component.Spec {
	return &component.Spec{
		Name:    "rows",
		Kind:    component.Source,
		Summary: "Makes a stream of the rows that the script spells out",
		Doc: `A row is a table of values by column name, or a list of values when
the option columns names them. A value that a row lacks is NULL.

A column of integral numbers is int, of other numbers float, of strings string,
of booleans bool, of lists list(any) and of other tables map(any); a column whose
values differ in kind is any, and one without any value is string. The option
types decides otherwise: dates and times are then written as ISO strings, decimals
as strings or numbers, json as a string or a table.`,
		Options: &options{},
		Build:   component.Build(build),
		Order:   "the order in which the rows are written",
		Example: `local etl = require "etl"

etl.rows({
  { code = "AA", name = "American", fleet = 956 },
  { code = "B6", name = "JetBlue" },
}, { types = { fleet = "int" } })
  :write_csv { path = "carriers.csv" }

return etl.job { name = "carriers" }
`,
	}
}

func build(o *options) (op.Operator, diag.List) {
	b := builder{columns: op.Names(o.Columns), pinned: o.Types, listed: len(o.Columns) > 0}
	t, problems := b.build(o)
	if len(problems) > 0 {
		return nil, problems
	}
	return &op.Scan{Source: t, OnError: op.Fail}, nil
}
