// Package diag holds what etlscript says to people: diagnostics with a stable
// code, a position, the source line with a caret, notes and a hint.
//
// It is a leaf: it imports nothing of ours, and every other package may use
// it. A Diagnostic is an error; a List is an error too, so that a stage which
// finds several problems returns them all at once.
package diag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code names a kind of problem for good: "option.unknown", "csv.quote". The
// part before the first dot is its class, which retry policies ask for.
type Code string

// Class is the part of the code before its first dot.
func (c Code) Class() string {
	class, _, _ := strings.Cut(string(c), ".")
	return class
}

// Severity says whether a diagnostic stops the work.
type Severity uint8

// Error stops the work, Warning does not.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Pos is a place in a script or in an input. Line and Col count from 1, 0
// means unknown; Col counts bytes. End is the column behind the marked text,
// 0 to mark one character.
type Pos struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	End  int    `json:"end,omitempty"`
}

// IsValid reports whether the position names at least a file.
func (p Pos) IsValid() bool { return p.File != "" }

func (p Pos) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Note points at a second place that explains the first, or only adds text.
type Note struct {
	Pos  Pos    `json:"pos"`
	Text string `json:"text"`
}

// Diagnostic is one problem: what, where, and how to mend it.
type Diagnostic struct {
	Code      Code     `json:"code"`
	Severity  Severity `json:"-"`
	Pos       Pos      `json:"pos"`
	Component string   `json:"component,omitempty"` // name of the node, if one is to blame
	Attempt   int      `json:"attempt,omitempty"`   // from 1; 0 outside a run
	Message   string   `json:"message"`             // one sentence, lower case, no full stop
	Notes     []Note   `json:"notes,omitempty"`
	Hint      string   `json:"hint,omitempty"` // what to do about it
	Err       error    `json:"-"`              // the cause, for errors.Is and errors.As
}

// Errorf makes an error diagnostic. The format follows fmt.Errorf: an operand
// of %w becomes the cause.
func Errorf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	err := fmt.Errorf(format, args...)
	return &Diagnostic{Code: code, Pos: pos, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Warningf makes a warning.
func Warningf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	d := Errorf(code, pos, format, args...)
	d.Severity = Warning
	return d
}

// WithHint sets the hint and returns the diagnostic.
func (d *Diagnostic) WithHint(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithNote adds a note and returns the diagnostic.
func (d *Diagnostic) WithNote(pos Pos, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Pos: pos, Text: fmt.Sprintf(format, args...)})
	return d
}

// Error is the diagnostic on one line: position, component and message.
func (d *Diagnostic) Error() string {
	var b strings.Builder
	if d.Pos.IsValid() {
		b.WriteString(d.Pos.String() + ": ")
	}
	if d.Component != "" {
		b.WriteString(d.Component + ": ")
	}
	b.WriteString(d.Message)
	return b.String()
}

// Unwrap gives the cause.
func (d *Diagnostic) Unwrap() error { return d.Err }

// Class is the class of the code, for retry policies.
func (d *Diagnostic) Class() string { return d.Code.Class() }

// List is several diagnostics in the order in which they were found.
type List []*Diagnostic

// Error joins the errors of the list, one a line.
func (l List) Error() string {
	lines := make([]string, 0, len(l))
	for _, d := range l {
		lines = append(lines, d.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the diagnostics, for errors.Is and errors.As.
func (l List) Unwrap() []error {
	errs := make([]error, 0, len(l))
	for _, d := range l {
		errs = append(errs, d)
	}
	return errs
}

// Errors is the part of the list that stops the work.
func (l List) Errors() List { return l.only(Error) }

// Warnings is the part of the list that does not stop the work.
func (l List) Warnings() List { return l.only(Warning) }

func (l List) only(s Severity) List {
	return slices.DeleteFunc(slices.Clone(l), func(d *Diagnostic) bool { return d.Severity != s })
}

// Err is nil when the list holds no error, else the list of its errors.
func (l List) Err() error {
	if errs := l.Errors(); len(errs) > 0 {
		return errs
	}
	return nil
}

// Sorted is the list by file and place; diagnostics without a place keep
// their order at the end.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b *Diagnostic) int {
		if a.Pos.IsValid() != b.Pos.IsValid() {
			if a.Pos.IsValid() {
				return -1
			}
			return 1
		}
		return comparePos(a.Pos, b.Pos)
	})
	return out
}

func comparePos(a, b Pos) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Col - b.Col
}

// ListOf gives the diagnostics that err carries. An error without any becomes
// one diagnostic with code "internal.error" and the error's text.
func ListOf(err error) List {
	if err == nil {
		return nil
	}
	var list List
	if errors.As(err, &list) {
		return list
	}
	var d *Diagnostic
	if errors.As(err, &d) {
		return List{d}
	}
	return List{{Code: "internal.error", Message: err.Error(), Err: err}}
}
