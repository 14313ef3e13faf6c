package lines

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// inputOptions are those of both readers.
type inputOptions struct {
	component.Common
	textfile.Options
	Path       []op.Name `opt:"path" required:"true" doc:"a file, a list of files or a glob, relative to the script's folder; decompressed if it ends in .gz, .zst, .bz2 or .zip; \"-\" is standard input"`
	Comment    string    `opt:"comment" doc:"what stands at the start of lines that are no rows"`
	Blank      string    `opt:"blank" enum:"keep,drop" doc:"what becomes of lines without a character"`
	FileColumn op.Name   `opt:"file_column" doc:"name of a further column that holds the name of each row's file"`
}

func inputDefaults(blank string) inputOptions {
	return inputOptions{Options: textfile.Defaults(), Blank: blank}
}

// source checks what both readers have in common.
func (o *inputOptions) source(component string) (*source, diag.List) {
	format, problems := o.Format(component)
	if len(o.Path) == 0 {
		problems = append(problems, diag.Errorf("option.value", diag.Pos{}, "option \"path\" of %s names no file", component).
			WithHint(`path = "in.txt"`))
	}
	return &source{
		path: o.Path, format: format, fileColumn: o.FileColumn, comment: o.Comment, skipBlank: o.Blank == "drop",
		onError: op.Fail, chunk: chunkSize,
	}, problems
}

// checkNames reports columns of one name.
func (s *source) checkNames() diag.List {
	var problems diag.List
	seen := map[string]bool{}
	for _, c := range s.columns {
		if seen[c.Name.Text] {
			problems = append(problems, diag.Errorf("column.twice", c.Name.Pos, "the column %q is named twice", c.Name.Text))
		}
		seen[c.Name.Text] = true
	}
	if f := s.fileColumn; seen[f.Text] {
		problems = append(problems, diag.Errorf("column.twice", f.Pos, "there is a column %q already", f.Text).
			WithHint("choose another name for file_column"))
	}
	return problems
}

type linesOptions struct {
	inputOptions
	Column op.Name  `opt:"column" doc:"name of the column of the lines"`
	Null   []string `opt:"null" doc:"the lines that mean NULL"`
}

// ReadSpec declares read_lines.
func ReadSpec() *component.Spec {
	return &component.Spec{
		Name: "read_lines", Kind: component.Source,
		Summary: "Reads the lines of text files as rows",
		Doc: "Each line is a row with one column of strings, without its line end, which is LF or CR LF; the last one need not have one. Nothing else " +
			"is changed: take lines apart with `map`, `flat_map` and the functions of strings, `etl.re` or `etl.json`. A line of more than 64 MiB is an error.",
		Order:   "rows come in the order of the file; files in the order given, those of a glob sorted by name",
		Options: &linesOptions{inputOptions: inputDefaults("keep"), Column: op.Name{Text: "line"}},
		Build:   component.Build(buildReadLines),
		Files:   map[string]string{"app.log": "# started\n09:00 INFO ready\n09:02 ERROR disk is full\n"},
		Example: `local etl = require "etl"

etl.read_lines { path = "app.log", comment = "#" }
  :map(function(row)
     local time, level, text = row.line:match("^(%S+) (%S+) (.*)$")
     return { time = time, level = level, text = text }
  end, { returns = { time = "string", level = "string", text = "string" } })
  :write_csv { path = "log.csv" }

return etl.job { name = "log" }
`,
	}
}

func buildReadLines(o *linesOptions) (op.Operator, diag.List) {
	s, problems := o.source("read_lines")
	if o.Column.Text == "" {
		problems = append(problems, diag.Errorf("option.value", o.Column.Pos, "option \"column\" of read_lines: a name is empty"))
	}
	s.layout = wholeLine
	s.columns = []*column{{Pin: readopt.Pin{Name: o.Column, Type: record.Of(record.String)}, words: o.Null}}
	problems = append(problems, s.checkNames()...)
	return &op.Scan{Source: s, OnError: op.Fail}, problems
}
