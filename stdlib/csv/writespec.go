package csv

import (
	"strings"
	"unicode/utf8"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// quoting says which values stand in quotes.
type quoting string

const (
	quoteNeeded  quoting = "needed"
	quoteAll     quoting = "all"
	quoteStrings quoting = "strings"
)

type writeOptions struct {
	rowfile.Options
	Delimiter string  `opt:"delimiter" doc:"the character between values"`
	Quote     string  `opt:"quote" doc:"the character around values that need it; inside it is doubled"`
	Quoting   quoting `opt:"quoting" enum:"needed,all,strings" doc:"which values stand in quotes: those that need it, all but NULL, or all strings"`
	Header    bool    `opt:"header" doc:"begin with a row of the columns' names"`
	Null      string  `opt:"null" doc:"the word for NULL, never in quotes"`
	LineEnd   string  `opt:"line_end" doc:"the end of a row: \"\\n\" or \"\\r\\n\""`
	BOM       bool    `opt:"bom" doc:"begin with a byte order mark, as Excel wants it"`
	Encoding  string  `opt:"encoding" doc:"the character encoding, such as latin1, windows-1252 or utf-16le"`
}

// WriteSpec declares write_csv.
func WriteSpec() *component.Spec {
	return &component.Spec{
		Name:    "write_csv",
		Kind:    component.Sink,
		Summary: "Writes rows as CSV",
		Doc: `A value that no function assigned is written as its source text, byte for
byte; others are written canonically: floats as short as they read back the
same, dates and times in ISO form, NaN, Inf and -Inf as such, decimals with as many
digits behind the point as their type has. Lists, structs and maps are written as
JSON; one that JSON cannot hold, since NaN or text that is no UTF-8 is in it, is
refused.

A value stands in quotes only where it must: when it holds the delimiter, a
quote or a line end, equals the word for NULL, or is empty. So NULL and the
empty string differ when the file is read again. A NULL in a file of one column
is an empty line.

With if_exists = "append" no second header is written, and the one that is there
must name the same columns in the same order.`,
		Options: &writeOptions{
			Options: rowfile.Defaults(), Delimiter: ",", Quote: `"`, Quoting: quoteNeeded, Header: true,
			LineEnd: "\n", Encoding: "utf-8",
		},
		Build:     component.Build(buildWrite),
		Order:     "rows are written in the order in which they come",
		Guarantee: rowfile.Guarantee,
		Example: `local etl = require "etl"

etl.rows({
  { code = "AA", name = "American, Inc.", fleet = 956 },
  { code = "B6", name = "" },
}):write_csv { path = "carriers.csv" }

return etl.job { name = "carriers" }
`,
	}
}

func buildWrite(o *writeOptions) (op.Operator, diag.List) {
	problems := files.CheckTarget(o.Path)
	wrong := func(option, format string, args ...any) {
		problems = append(problems, diag.Errorf("option.value", o.Path.Pos, "option %q of write_csv: "+format, append([]any{option}, args...)...))
	}
	if !isDelimiter(o.Delimiter) {
		wrong("delimiter", "%q is not one character that can stand between values", o.Delimiter)
	}
	if len(o.Quote) != 1 || !isDelimiter(o.Quote) || o.Quote == o.Delimiter {
		wrong("quote", "%q is not one ASCII character that differs from the delimiter", o.Quote)
	}
	if o.LineEnd != "\n" && o.LineEnd != "\r\n" {
		wrong("line_end", `%q is neither "\n" nor "\r\n"`, o.LineEnd)
	}
	if strings.ContainsAny(o.Null, "\r\n"+o.Quote+o.Delimiter) {
		wrong("null", "%q holds a delimiter, quote or line end", o.Null)
	}
	charset, err := textfile.Charset(o.Encoding)
	switch {
	case err != nil:
		wrong("encoding", "%w", err)
	case charset != nil && !textfile.Joins(charset):
		wrong("encoding", "%s can be read, not written", o.Encoding)
	case o.BOM && charset != nil && !textfile.Encodes(charset, textfile.Mark):
		wrong("bom", "%s knows no byte order mark", o.Encoding)
	case charset != nil && !textfile.Encodes(charset, o.Delimiter+o.Null):
		wrong("encoding", "%s lacks a character of the delimiter or of the word for NULL", o.Encoding)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &op.Write{Sink: &sink{writeOptions: *o, charset: charset}, OnError: o.OnError}, nil
}

func isDelimiter(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return s != "" && size == len(s) && r != utf8.RuneError && r != '\r' && r != '\n' && r != 0
}
