package csv

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// begin makes the scanner of a text and reads the names of its columns.
func (s *source) begin(t *textfile.Text, f files.File) (*scanner, []string, error) {
	sc := newScanner(t, s.dialect)
	sc.line, sc.eager, sc.chunk = t.Line, f.Stdin, s.chunk
	given := op.Names(s.Columns)
	if s.Header == headerNo {
		sc.columns = len(given)
		return sc, given, nil
	}
	w, err := sc.next(1)
	var torn *rowread.Fault
	switch {
	case err == io.EOF && len(given) > 0:
		sc.columns = len(given)
		return sc, given, nil
	case err == io.EOF:
		return nil, nil, diag.Errorf("csv.empty", diag.Pos{File: f.Name}, "%s is empty: it has no header", f.Name).
			WithHint(`name the columns, so that an empty file is zero rows: columns = { "id", "name" }`)
	case errors.As(err, &torn):
		return nil, nil, torn.Diagnose(f.Name, "the header of "+f.Name)
	case err != nil:
		return nil, nil, err
	}
	if len(given) > 0 {
		return sc, given, s.compareGiven(w, f)
	}
	names, err := s.names(w, f)
	return sc, names, err
}

// compareGiven checks that the option columns names all columns of a header.
func (s *source) compareGiven(w *window, f files.File) error {
	if w.block.Columns == len(s.Columns) {
		return nil
	}
	return diag.Errorf("csv.columns", headerPos(w, 0, f), "the header of %s has %s, and the option columns names %d",
		f.Name, plural(w.block.Columns, "column"), len(s.Columns)).
		WithHint("name all columns in their order; select chooses some of them")
}

// names are the names in a header; blank ones and those that occur twice are
// problems, or are changed.
func (s *source) names(w *window, f files.File) ([]string, error) {
	names := make([]string, w.block.Columns)
	for i, span := range w.row(0) {
		names[i] = string(w.block.Data[span.Start:span.End])
		if span.Flags&record.Escaped != 0 {
			names[i] = unescaped(names[i], s.Quote.Text)
		}
	}
	if s.Header == headerUnique {
		return unique(names), nil
	}
	var problems diag.List
	for i, name := range names {
		switch {
		case name == "":
			problems = append(problems, headerProblem(w, i, f, "column %d of %s has no name", i+1, f.Name))
		case slices.Index(names, name) < i:
			problems = append(problems, headerProblem(w, i, f, "%s has two columns %q", f.Name, name))
		}
	}
	return names, problems.Err()
}

func headerProblem(w *window, column int, f files.File, format string, args ...any) *diag.Diagnostic {
	return diag.Errorf("csv.header", headerPos(w, column, f), format, args...).
		WithHint(`name the columns with columns = {...}, or let header = "unique" change such names`)
}

func headerPos(w *window, column int, f files.File) diag.Pos {
	line, col := w.place(int(w.row(0)[column].Start))
	return diag.Pos{File: f.Name, Line: line, Col: col}
}

// unique changes blank names to column_3, and names that occur before to
// name_2, name_3 and so on.
func unique(names []string) []string {
	out := slices.Clone(names)
	for i, name := range names {
		if name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		out[i] = name
		for n := 2; slices.Contains(out[:i], out[i]) || out[i] != names[i] && slices.Contains(names, out[i]); n++ {
			out[i] = fmt.Sprintf("%s_%d", name, n)
		}
	}
	return out
}
