package lines

import (
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rowfile"
)

type writeLinesOptions struct {
	outputOptions
	Column op.Name `opt:"column" doc:"the column to write; default: the only one"`
}

// WriteSpec declares write_lines.
func WriteSpec() *component.Spec {
	return &component.Spec{
		Name: "write_lines", Kind: component.Sink,
		Summary: "Writes a column as lines of text",
		Doc: "Each row is a line: the value of the column as write_csv writes it, without quotes. NULL is an empty line, unless `null` says otherwise. " +
			"A value that holds a line break would be several lines and is refused.",
		Order:     "rows are written in the order in which they come",
		Guarantee: rowfile.Guarantee,
		Options:   &writeLinesOptions{outputOptions: outputDefaults()},
		Build:     component.Build(buildWriteLines),
		Example: `local etl = require "etl"

etl.rows({ { name = "Ada", n = 3 }, { name = "Grace", n = 5 } })
  :map(function(row) row.text = row.name .. " has " .. row.n end)
  :write_lines { path = "out.txt", column = "text" }

return etl.job { name = "texts" }
`,
	}
}

func buildWriteLines(o *writeLinesOptions) (op.Operator, diag.List) {
	charset, problems := o.check("write_lines")
	s := &sink{outputOptions: o.outputOptions, charset: charset}
	s.cells = func(in *record.Schema) ([]cell, diag.List) { return lineCells(o, in) }
	return &op.Write{Sink: s, OnError: o.OnError}, problems
}

// lineCells is the one column that write_lines writes.
func lineCells(o *writeLinesOptions, in *record.Schema) ([]cell, diag.List) {
	name := o.Column
	if name.Text == "" && in.Len() == 1 && !in.Open() {
		name.Text = in.Field(0).Name
	}
	i := in.Index(name.Text)
	switch {
	case i >= 0:
		return []cell{{name: name.Text, place: i}}, nil
	case in.Open():
		return nil, nil
	case name.Text == "":
		return nil, diag.List{diag.Errorf("lines.column", o.Path.Pos, "write_lines writes one column, but there are %d: %s", in.Len(), strings.Join(in.Names(), ", ")).
			WithHint("choose it: column = %q", in.Names()[0])}
	}
	return nil, diag.List{op.UnknownColumn(in, name)}
}
