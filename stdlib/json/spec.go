package json

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
)

// layout is how the objects stand in the file.
type layout string

const (
	byEnding layout = ""      // the file's ending decides
	array    layout = "array" // one array of all
	lines    layout = "lines" // one a line
)

type options struct {
	rowfile.Options
	Format  layout `opt:"format" enum:"array,lines" doc:"one array of objects, or an object a line; default: array for .json, lines for .ndjson and .jsonl"`
	Indent  int64  `opt:"indent" doc:"blanks a level, for people; 0: one object a line (arrays only)"`
	NaN     string `opt:"nan" enum:"error,null" doc:"what becomes of NaN and infinite numbers, which JSON does not know"`
	Invalid string `opt:"invalid" enum:"error,replace" doc:"what becomes of bytes that are no UTF-8: an error, or U+FFFD in their place"`
}

// WriteSpec declares the component.
func WriteSpec() *component.Spec {
	return &component.Spec{
		Name:    "write_json",
		Kind:    component.Sink,
		Summary: "Writes rows as JSON objects: an array, or one a line",
		Doc: `A file that ends in .json becomes an array, one that ends in .ndjson or
.jsonl an object a line, also with .gz or .zst behind it; the option format
decides otherwise, and must be given for other endings and for "-".

NULL is null. A value that no function assigned is written as its source text,
where that is JSON for a value of its type: 1.50 stays 1.50. Otherwise ints and
decimals are written with all their digits, a decimal(12,2) with two behind the
point, a float as short as it reads back the same, dates, times and intervals as
ISO strings, bytes in base64, lists as arrays, structs and maps as objects, and
json as it stands. Text stays UTF-8; only quotes, backslashes and control
characters are escaped.

With if_exists = "append" lines are added behind the others, and the elements of
an array are added before its closing bracket.`,
		Options:   &options{Options: rowfile.Defaults(), NaN: "error", Invalid: "error"},
		Build:     component.Build(build),
		Order:     "rows are written in the order in which they come",
		Guarantee: rowfile.Guarantee,
		Example: `local etl = require "etl"

etl.rows({
  { code = "AA", name = "American", fleet = 956 },
  { code = "B6", name = "JetBlue" },
}):write_json { path = "carriers.json" }

return etl.job { name = "carriers" }
`,
	}
}

func build(o *options) (op.Operator, diag.List) {
	problems := files.CheckTarget(o.Path)
	if d := o.chooseFormat(); d != nil {
		problems = append(problems, d)
	}
	if o.Indent < 0 || o.Indent > 16 || o.Indent > 0 && o.Format == lines {
		problems = append(problems, diag.Errorf("option.value", o.Path.Pos, "option \"indent\" of write_json: %d is not possible here", o.Indent).
			WithHint("an array is indented by 1 to 16 blanks, lines are not"))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &op.Write{Sink: &sink{*o}, OnError: o.OnError}, nil
}

// chooseFormat settles a format that the script left open.
func (o *options) chooseFormat() *diag.Diagnostic {
	if o.Format != byEnding {
		return nil
	}
	switch files.Ending(o.Path.Text) {
	case ".json":
		o.Format = array
	case ".ndjson", ".jsonl":
		o.Format = lines
	default:
		return diag.Errorf("option.missing", o.Path.Pos, "%q does not tell whether to write an array or lines", o.Path.Text).
			WithHint(`format = "array" or format = "lines"; files that end in .json, .ndjson or .jsonl need none`)
	}
	return nil
}
