package json

import (
	"errors"
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/stdlib/rowread"
)

// fault is what is wrong with a row.
type fault struct {
	code    diag.Code
	message string
	hint    string
	at      place
	column  string // to blame, "" if none
	value   string // of that column
	raw     string // the row's text
	final   bool   // there is no way to find the next row
	ofFile  bool   // it is of the file rather than of a row
}

// inArray is the fault of an element of an array: where one that is not JSON
// ends is not certain.
func (f *fault) inArray() *fault {
	if f.code == "json.syntax" {
		f.final, f.hint = true, "mend the file"
	}
	return f
}

// Error implements error.
func (f *fault) Error() string { return f.message }

// ofRow is the fault for those who read the rows.
func (f *fault) ofRow() *rowread.Fault {
	return &rowread.Fault{
		Code: f.code, Message: f.message, Hint: f.hint, Start: f.at.line, Line: f.at.line, Col: f.at.col,
		Column: f.column, Value: f.value, Raw: f.raw, Final: f.final, OfFile: f.ofFile,
	}
}

// diagnose makes a diagnostic for the given row of a file.
func (f *fault) diagnose(file string, row int64) *diag.Diagnostic {
	return f.ofRow().Diagnose(file, fmt.Sprintf("row %d of %s", row, file))
}

// notJSON is the fault of a row that is not JSON.
func notJSON(r row, cause *jsonvalue.Error) *fault {
	f := &fault{code: "json.syntax", message: cause.Error(), hint: `mend the file, or set on_error = "reject"`, raw: string(r.text)}
	f.at = r.at.behind(r.text[:min(cause.Offset, int64(len(r.text)))])
	switch {
	case errors.Is(cause, jsonvalue.ErrTwice):
		f.code = "json.twice"
	case errors.Is(cause, jsonvalue.ErrUTF8):
		f.code = "json.utf8"
	case errors.Is(cause, jsonvalue.ErrDepth):
		f.code = "json.depth"
	}
	return f
}
