package lines

import (
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile"
)

type writeFixedOptions struct {
	outputOptions
	Columns  fixedColumns `opt:"columns" required:"true" doc:"name, width, from, align, pad and format of each column to write; type and trim, which read_fixed takes, mean nothing here"`
	Unit     string       `opt:"unit" enum:"chars,bytes" doc:"what places and widths are counted in; bytes are those of UTF-8"`
	Overflow string       `opt:"overflow" enum:"error,cut" doc:"what becomes of a text that is too wide: an error, or its end is cut off; numbers are never cut"`
}

// WriteFixedSpec declares write_fixed.
func WriteFixedSpec() *component.Spec {
	return &component.Spec{
		Name: "write_fixed", Kind: component.Sink,
		Summary: "Writes rows whose columns stand at fixed places of a line",
		Doc: "`columns` lists them as for [read_fixed](read_fixed.md): `{ \"id\", width = 5 }` stands behind the column before, and at `from`, which counts from 1, where that " +
			"is given. Numbers stand on the right, others on the left; the rest of a column is filled with `pad`. Dates and times are written in the `format` of " +
			"their column. A value that is too wide is refused; one that holds a line break as well.",
		Order:     "rows are written in the order in which they come",
		Guarantee: rowfile.Guarantee,
		Options:   &writeFixedOptions{outputOptions: outputDefaults(), Unit: "chars", Overflow: "error"},
		Build:     component.Build(buildWriteFixed),
		Example: `local etl = require "etl"

etl.rows({ { id = 17, name = "Ada", pay = 1250.5 }, { id = 23, name = "Grace" } })
  :write_fixed {
    path = "staff.txt",
    columns = { { "id", width = 6, pad = "0" }, { "name", width = 8 }, { "pay", width = 10 } },
  }

return etl.job { name = "staff" }
`,
	}
}

func buildWriteFixed(o *writeFixedOptions) (op.Operator, diag.List) {
	charset, problems := o.check("write_fixed")
	s := &sink{outputOptions: o.outputOptions, charset: charset, width: o.Columns.width(), bytes: o.Unit == "bytes", cut: o.Overflow == "cut"}
	s.cells = func(in *record.Schema) ([]cell, diag.List) { return fixedCells(o.Columns, in) }
	return &op.Write{Sink: s, OnError: o.OnError}, problems
}

// fixedCells are the columns that write_fixed writes, in the order of their places.
func fixedCells(columns fixedColumns, in *record.Schema) ([]cell, diag.List) {
	var problems diag.List
	var out []cell
	for i := range columns {
		c := &columns[i]
		at := in.Index(c.Name.Text)
		if at < 0 {
			if !in.Open() {
				problems = append(problems, op.UnknownColumn(in, c.Name))
			}
			continue
		}
		kind := in.Field(at).Type.Kind
		if c.Layout != nil && in.Field(at).Type.Known() {
			if err := c.Layout.Check(kind); err != nil {
				problems = append(problems, diag.Errorf("option.value", c.pos, "column %q: %w", c.Name.Text, err))
			}
		}
		number := isNumber(kind)
		out = append(out, cell{name: c.Name.Text, place: at, fixed: c, right: c.right || !c.align && number, number: number})
	}
	slices.SortFunc(out, func(a, b cell) int { return a.fixed.from - b.fixed.from })
	return out, problems
}

func isNumber(k record.Kind) bool {
	switch k {
	case record.Int, record.Uint, record.Float, record.DecimalOf:
		return true
	}
	return false
}
