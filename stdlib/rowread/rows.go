package rowread

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// Rows are the rows of an open file. One goroutine uses them.
type Rows interface {
	// Next gives the next rows, at most the given number, as the first of them come; nil
	// where there are none. The error, if any, is behind them: io.EOF behind the last
	// row; a *Fault for the next row, behind which Next may be called again unless it
	// is final.
	Next(most int) (*Window, error)
	Close() error
}

// Window is rows that follow each other in a file.
type Window struct {
	// Block has the fields of the rows; it never changes. Places are those of the
	// table's columns in it, nil where they stand in order.
	Block  *record.Block
	Places []int
	Len    int
	Where  Where
}

// Where tells where the rows of a window stand in their file.
type Where interface {
	// Line is where a row begins, from 1, and Raw its text.
	Line(row int) int
	Raw(row int) string
	// Place is the line and the byte of it, from 1, at which a column of the table
	// stands; 0 bytes where that does not help.
	Place(row, column int) (line, col int)
}

// Fault is a row that is refused.
type Fault struct {
	Code    diag.Code
	Message string
	Hint    string
	Start   int    // line of the row's beginning
	Line    int    // of the problem
	Col     int    // of it; 0: the whole row
	Column  string // to blame, "" if none
	Value   string // of that column
	Raw     string // the row's text
	Final   bool   // nobody can say where the next row starts
	OfFile  bool   // it is of the file rather than of a row
}

// Error implements error.
func (f *Fault) Error() string { return f.Message }

// Diagnose makes a diagnostic of the fault; row says which row it is.
func (f *Fault) Diagnose(file, row string) *diag.Diagnostic {
	switch {
	case f.OfFile:
		row = file
	case f.Column != "":
		row += fmt.Sprintf(", column %q", f.Column)
	}
	return diag.Errorf(f.Code, diag.Pos{File: file, Line: f.Line, Col: f.Col}, "%s: %s", row, f.Message).WithHint("%s", f.Hint)
}
