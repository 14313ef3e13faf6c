package json

import (
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

type readOptions struct {
	component.Common
	Path       []op.Name         `opt:"path" required:"true" doc:"a file, a list of files or a glob, relative to the script's folder; decompressed if it ends in .gz, .zst, .bz2 or .zip; \"-\" is standard input"`
	Format     layout            `opt:"format" enum:"array,lines" doc:"one array of objects, or an object a line; default: array for .json, lines for .ndjson and .jsonl"`
	Columns    []op.Name         `opt:"columns" doc:"the keys to read, in order; default: all that occur in the sample, in order of appearance"`
	Null       readopt.NullWords `opt:"null" doc:"strings that mean NULL, besides null"`
	Types      readopt.Types     `opt:"types" doc:"the types of columns; every row is checked against them; the types of other columns are inferred"`
	Rest       op.Name           `opt:"rest" doc:"name of a further column of type json: an object of the keys that are no columns; without it such a key is an error"`
	FileColumn op.Name           `opt:"file_column" doc:"name of a further column that holds the name of each row's file"`
	Sample     int64             `opt:"sample" min:"1" doc:"rows at the beginning of the input from which keys and types are inferred, besides samples from the rest of each file"`
	OnError    op.OnError        `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row that is not JSON, or with a value that isn't of its column's type"`
}

// ReadSpec declares read_json.
func ReadSpec() *component.Spec {
	return &component.Spec{
		Name:    "read_json",
		Kind:    component.Source,
		Summary: "Reads rows from JSON files: an array of objects, or an object a line",
		Doc:     readDoc,
		Options: &readOptions{Sample: 10_000, OnError: op.Fail},
		Build:   component.Build(buildRead),
		Order:   "rows come in the order of the file; files in the order given, those of a glob sorted by name",
		Files: map[string]string{
			"orders.ndjson": `{"id": 1, "day": "2013-01-31", "price": 12.50, "tags": ["new"]}` + "\n" +
				`{"id": 9007199254740993, "day": "2013-02-01", "price": null}` + "\n",
		},
		Example: `local etl = require "etl"

etl.read_json {
  path  = "orders.ndjson",
  types = { price = "decimal(12,2)" },
}
  :filter(function(row) return row.price ~= nil end)
  :write_json { path = "orders.json" }

return etl.job { name = "orders" }
`,
	}
}

const readDoc = `A row is an object, and its keys are columns. A file that ends in .json is one
array of objects, one that ends in .ndjson or .jsonl has an object a line, also
with .gz, .zst, .bz2 or .zip behind it; the option format decides otherwise, and
must be given for other endings and for "-". Blank lines are no rows. Files are
read row by row, so that their size does not matter.

JSON is read strictly: a key twice in an object, bytes that are no UTF-8, half a
surrogate pair, nesting of more than 100 levels, text behind the object and a
row of more than 64 MiB are errors.

**Columns** are the keys of the first rows and of samples of the rest of each
plain file of lines (of other files, from more rows at their beginning; from
standard input only from the first rows), in order of first appearance; then
those that types names and the sample lacks. The option columns names them
instead. Another key is an error that names it, or goes into the column rest.
A key that a row lacks is NULL, like null.

**Types.** A column of types is a contract: every row is checked, read or not.
The types of other columns are inferred, and inference never loses a digit:
int for whole numbers, uint or decimal where they are beyond int64; float for
numbers of which one has a point or an exponent, decimal(38,s) where a float
would lose digits; bool; date where all strings are as 2013-01-31; string; json
for objects, arrays, columns whose values differ in kind, and columns without a
value. A later value that does not fit the inferred type is an error; pin the
type then.

A pinned column also takes a string that holds the value, as in "12.50" for a
decimal; a pinned string takes numbers and booleans as they are written. Dates
and times are ISO strings, or have a format as in read_csv; bytes are base64.
list(T), struct{...} and map(T) are for arrays and objects: struct entries come in
the type's order, missing ones are NULL, others are errors.

**Numbers keep their text.** A value that no function assigned is written as it
stood: 1.50 stays 1.50.

**on_error.** "fail" ends the run, "reject" hands the row to the rejects, "null"
makes a value that is not of its column's type NULL. A line that is not JSON is
rejected with its text alone; with "null" it fails the run. In an array,
a row that breaks the rules of JSON ends the run in any case, since where it ends
is not certain.`

// buildRead checks the options.
func buildRead(o *readOptions) (op.Operator, diag.List) {
	s := &source{readOptions: *o}
	problems := append(s.chooseFormat(), s.checkColumns()...)
	if len(o.Path) == 0 {
		problems = append(problems, diag.Errorf("option.value", diag.Pos{}, "option \"path\" of read_json names no file").
			WithHint(`path = "in.json"`))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &op.Scan{Source: s, OnError: o.OnError}, nil
}

// chooseFormat settles a format that the script left open.
func (s *source) chooseFormat() diag.List {
	if s.Format != byEnding {
		return nil
	}
	for _, p := range s.Path {
		f := formatOf(p.Text)
		if f == byEnding {
			return diag.List{diag.Errorf("option.missing", p.Pos, "%q does not tell whether it is an array or lines", p.Text).
				WithHint(`format = "array" or format = "lines"; files that end in .json, .ndjson or .jsonl need none`)}
		}
		if s.Format != byEnding && s.Format != f {
			return diag.List{diag.Errorf("option.missing", p.Pos, "%q and %q end as different formats", s.Path[0].Text, p.Text).
				WithHint(`format = "array" or format = "lines", if the files are of one; else read them apart`)}
		}
		s.Format = f
	}
	return nil
}

// formatOf is the format that a file's ending tells.
func formatOf(name string) layout {
	switch files.Ending(name) {
	case ".json":
		return array
	case ".ndjson", ".jsonl":
		return lines
	}
	return byEnding
}

// checkColumns checks what the script says of columns, as far as their names
// are known without opening a file.
func (s *source) checkColumns() diag.List {
	var problems diag.List
	names := op.Names(s.Columns)
	for i, c := range s.Columns {
		if slices.Index(names, c.Text) < i {
			problems = append(problems, diag.Errorf("column.twice", c.Pos, "the column %q is named twice", c.Text))
		}
	}
	if len(problems) == 0 && len(names) > 0 {
		problems = s.checkNames(names)
	}
	return problems
}
