package lines

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

type readFixedOptions struct {
	inputOptions
	Columns fixedColumns      `opt:"columns" required:"true" doc:"name, width, from, type, format, tz and trim of each column; align and pad, which write_fixed takes, mean nothing here"`
	Unit    string            `opt:"unit" enum:"chars,bytes" doc:"what places and widths are counted in"`
	Ragged  string            `opt:"ragged" enum:"error,null" doc:"what becomes of lines that are not as wide as the columns: an error; or what is not there is NULL, and what is too much is left out"`
	Null    readopt.NullWords `opt:"null" doc:"the words that mean NULL"`
	OnError op.OnError        `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a line that is too short or too long, or with a value that isn't of its column's type"`
}

// ReadFixedSpec declares read_fixed.
func ReadFixedSpec() *component.Spec {
	return &component.Spec{
		Name: "read_fixed", Kind: component.Source,
		Summary: "Reads rows whose columns stand at fixed places of a line",
		Doc: "`columns` lists them: `{ \"id\", width = 5, type = \"int\" }` stands behind the column before, and at `from`, which counts from 1, where that is given; " +
			"columns that are not wanted are left out that way. Blanks around a value are left out, unless `trim` says otherwise. What is blank is NULL, like the " +
			"words of `null`. Every row is checked against the types, as with the types of read_csv.\n\n" +
			"A line must be as wide as the columns, unless `ragged = \"null\"`. With on_error = \"null\" a value that is not of its type is NULL, but a line that is too short or too long fails the run.",
		Order: "rows come in the order of the file; files in the order given, those of a glob sorted by name",
		Options: &readFixedOptions{
			inputOptions: inputDefaults("drop"), Unit: "chars", Ragged: "error", Null: readopt.NullWords{All: []string{""}}, OnError: op.Fail,
		},
		Build: component.Build(buildReadFixed),
		Files: map[string]string{"staff.txt": "00017Ada Lovelace  1815-12-10\n00023Grace Hopper  1906-12-09\n"},
		Example: `local etl = require "etl"

etl.read_fixed {
  path = "staff.txt",
  columns = {
    { "id", width = 5, type = "int" },
    { "name", width = 14 },
    { "born", width = 10, type = "date" },
  },
}:write_csv { path = "staff.csv" }

return etl.job { name = "staff" }
`,
	}
}

func buildReadFixed(o *readFixedOptions) (op.Operator, diag.List) {
	s, problems := o.source("read_fixed")
	s.onError = o.OnError
	s.layout = &layout{width: o.Columns.width(), bytes: o.Unit == "bytes", ragged: o.Ragged == "null"}
	for _, c := range o.Columns {
		s.layout.fields = append(s.layout.fields, c.place)
		s.columns = append(s.columns, &column{Pin: c.Pin, words: o.Null.Of(c.Name.Text)})
	}
	for _, n := range o.Null.Columns {
		if !s.Static().Has(n.Name.Text) {
			problems = append(problems, op.UnknownColumn(s.Static(), n.Name))
		}
	}
	problems = append(problems, s.checkNames()...)
	return &op.Scan{Source: s, OnError: o.OnError}, problems
}
