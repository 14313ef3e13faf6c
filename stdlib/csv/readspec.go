package csv

import (
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/readopt"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

type readOptions struct {
	component.Common
	textfile.Options
	Path       []op.Name         `opt:"path" required:"true" doc:"a file, a list of files or a glob, relative to the script's folder; decompressed if it ends in .gz, .zst, .bz2 or .zip; \"-\" is standard input"`
	Delimiter  op.Name           `opt:"delimiter" doc:"the character between fields"`
	Quote      op.Name           `opt:"quote" doc:"the character around fields; inside it is doubled; \"\": quotes mean nothing"`
	Header     headerMode        `opt:"header" doc:"whether the first row names the columns; \"unique\" changes names that are blank or occur twice"`
	Columns    []op.Name         `opt:"columns" doc:"the names of the columns, instead of those in the header"`
	Null       readopt.NullWords `opt:"null" doc:"the words that mean NULL where they stand without quotes"`
	Types      readopt.Types     `opt:"types" doc:"the types of columns; every row is checked against them; the types of other columns are inferred"`
	Comment    op.Name           `opt:"comment" doc:"the character at the start of lines that are no rows"`
	FileColumn op.Name           `opt:"file_column" doc:"name of a further column that holds the name of each row's file"`
	Sample     int64             `opt:"sample" min:"1" doc:"rows at the beginning of the input from which types are inferred, besides samples from the rest of each file"`
	OnError    op.OnError        `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row that cannot be split, or with a value that isn't of its column's type"`
}

// ReadSpec declares read_csv.
func ReadSpec() *component.Spec {
	return &component.Spec{
		Name:    "read_csv",
		Kind:    component.Source,
		Summary: "Reads rows from CSV files",
		Doc:     readDoc,
		Options: &readOptions{
			Delimiter: op.Name{Text: ","}, Quote: op.Name{Text: `"`}, Null: readopt.NullWords{All: []string{""}},
			Options: textfile.Defaults(), Sample: 10_000, OnError: op.Fail,
		},
		Build: component.Build(buildRead),
		Order: "rows come in the order of the file; files in the order given, those of a glob sorted by name",
		Files: map[string]string{
			"orders.csv": "id,day,qty,note\n1,31.01.2013,2,\n2,01.02.2013,NA,\"two, or \"\"three\"\"\"\n",
		},
		Example: `local etl = require "etl"

etl.read_csv {
  path  = "orders.csv",
  null  = { "NA", "" },
  types = { qty = "int", day = { "date", format = "%d.%m.%Y" } },
}
  :filter(function(row) return row.qty ~= nil end)
  :write_json { path = "orders.json" }

return etl.job { name = "orders" }
`,
	}
}

const readDoc = `Rows are split as Go's encoding/csv does it, and refused where it refuses them:
a quote inside a field that does not start with one, text behind a closing
quote, a quote that is never closed, and a row with more or fewer fields than
the first one. Lines without a character are no rows. These are the differences:

| what | encoding/csv | here |
| --- | --- | --- |
| a line without a character, where rows have one column | no row | a row: NULL or '' |
| CR LF inside quotes | becomes LF | is kept |
| whether a field was quoted | is lost | is known: NULL words count without quotes only |
| byte order mark | text | tells the encoding |
| a row of more than 64 MiB | a row | refused |

**Types.** A column of types is a contract: every row is checked, read or not.
The types of other columns are inferred from the first rows and from samples of
the rest of each plain file (of other files, from more rows at their beginning;
from standard input and with a footer only from the first rows). Inference never
loses a digit: int is for whole numbers as int64 are written, without plus,
leading zero or -0; float for numbers of which one has a decimal point, as long
as a float keeps all their digits; bool for true and false; date for 2013-01-31.
All else is string, and so is a column without a value. An empty field tells
nothing about the type. A later value that does not fit the inferred type is an
error where it is read; pin the type then.

A pinned int also takes a plus and leading zeros, a float takes exponents, NaN and
Inf, a bool takes True and TRUE. A decimal(p,s) never rounds: a value with more
digits than its type has, but for zeros at the end, is refused. Lists, structs and
maps are read from JSON, in which null is NULL; json is JSON that stays text.

Dates and times are ISO (an interval is PT1H2M3.5S), or have a format of %Y %y %m
%b %B %d %e %j %a %A %H %I %p %M %S %f %z %F %T and %%. A timestamp without a zone
is UTC, or of the zone tz: types = { at = { "timestamp", tz = "Europe/Berlin" } }. A
time that clocks in the zone show twice is the first of the two; one that they skip
is an error. A leap second, 23:59:60 in UTC, is read as the second that follows.

**NULL.** null = { "NA", "" } replaces the default word "". null = { delay = { "-" } }
is for one column, and both may stand in one table. Words count without quotes
and in their case. In a column that is not string an empty field is always NULL.

**Several files** have the same columns, in any order.

**on_error.** "fail" ends the run, "reject" hands the row to the rejects, "null"
makes the value NULL. A row that cannot be split is rejected with its text alone.
If only its number of fields is wrong, reading goes on behind it; else behind its
first line, which loses least. Where rows have one column nothing would show that
a later line is the rest of a quoted field, so that a quote which is not closed
in its line then fails the run. With "null" a row that cannot be split fails the
run too.`

// buildRead checks the options.
func buildRead(o *readOptions) (op.Operator, diag.List) {
	s := &source{readOptions: *o, chunk: chunkSize}
	problems := s.checkDialect()
	var wrong diag.List
	s.format, wrong = o.Format("read_csv")
	problems = append(problems, wrong...)
	problems = append(problems, s.checkColumns()...)
	if len(o.Path) == 0 {
		problems = append(problems, diag.Errorf("option.value", diag.Pos{}, "option \"path\" of read_csv names no file").
			WithHint(`path = "in.csv"`))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &op.Scan{Source: s, OnError: o.OnError}, nil
}

// wrong is the diagnostic for an option's value.
func wrong(option string, pos diag.Pos, format string, args ...any) *diag.Diagnostic {
	return diag.Errorf("option.value", pos, "option %q of read_csv: "+format, append([]any{option}, args...)...)
}

func (s *source) checkDialect() diag.List {
	var problems diag.List
	d, q, c := s.Delimiter, s.Quote, s.Comment
	if !isDelimiter(d.Text) {
		problems = append(problems, wrong("delimiter", d.Pos, "%q is not one character that can stand between fields", d.Text).
			WithHint(`delimiter = ";" or delimiter = "\t"`))
	}
	if q.Text != "" && (len(q.Text) != 1 || !isDelimiter(q.Text)) {
		problems = append(problems, wrong("quote", q.Pos, "%q is not one ASCII character", q.Text).
			WithHint(`quote = "'", or quote = "" if quotes mean nothing in this file`))
	}
	if c.Text != "" && !isDelimiter(c.Text) {
		problems = append(problems, wrong("comment", c.Pos, "%q is not one character", c.Text).WithHint(`comment = "#"`))
	}
	if q.Text != "" && q.Text == d.Text {
		problems = append(problems, wrong("quote", q.Pos, "%q is the delimiter already", q.Text))
	}
	if c.Text != "" && (c.Text == d.Text || c.Text == q.Text) {
		problems = append(problems, wrong("comment", c.Pos, "%q is the delimiter or the quote already", c.Text))
	}
	if len(problems) == 0 {
		s.dialect = dialect{delimiter: d.Text, comment: c.Text}
		if q.Text != "" {
			s.dialect.quote = q.Text[0]
		}
	}
	return problems
}

// checkColumns checks what the script says of columns, as far as their names
// are known without opening a file.
func (s *source) checkColumns() diag.List {
	if s.Header == headerNo && len(s.Columns) == 0 {
		return diag.List{wrong("header", diag.Pos{}, "without a header the columns have no names").
			WithHint(`name them: columns = { "id", "name" }`)}
	}
	var problems diag.List
	names := op.Names(s.Columns)
	for i, c := range s.Columns {
		if c.Text == "" {
			problems = append(problems, wrong("columns", c.Pos, "a name is empty"))
		} else if slices.Index(names, c.Text) < i {
			problems = append(problems, diag.Errorf("column.twice", c.Pos, "the column %q is named twice", c.Text))
		}
	}
	if len(problems) == 0 && len(names) > 0 {
		problems = s.checkNames(names)
	}
	return problems
}
