package csv

import (
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rawcheck"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// check decodes the columns that are to be checked. It returns the rows that
// are handed on, and the error that ends reading behind them.
func (r *reader) check(b *record.Batch, w *window) (*record.Batch, error) {
	rejects := r.table.source.OnError == op.Reject
	var problem rawcheck.Problem
	if rejects {
		problem = r.problem
	}
	bad, err := rawcheck.Find(b, r.checked, problem)
	switch {
	case err != nil:
		return nil, err
	case len(bad) == 0:
		return b, nil
	case rejects:
		return rawcheck.Without(b, bad, func(x rawcheck.Bad) error { return r.opts.Reject(r.rejected(b, w, x)) })
	}
	return b.Slice(0, bad[0].Row), r.diagnoseValue(b, w, bad[0])
}

// problem implements rawcheck.Problem.
func (r *reader) problem(column, row int, f record.RawField) *record.ValueError {
	c := r.columns[column]
	if c.isNull(f) {
		return nil
	}
	if err := c.check(f); err != nil {
		return c.valueError(row, f, err)
	}
	return nil
}

func (r *reader) rejected(b *record.Batch, w *window, x rawcheck.Bad) op.Rejected {
	return op.Rejected{
		Batch: b, Row: x.Row, Code: "csv.value", Message: x.Err.Error(), Origin: b.Lineage.At(x.Row),
		Line: w.lineOf(int(w.row(x.Row)[0].Start)), Column: r.columns[x.Column].name, Value: x.Err.Value,
		Raw: string(w.text(x.Row)),
	}
}

// diagnoseValue is the diagnostic for a value that is not of a pinned type.
func (r *reader) diagnoseValue(b *record.Batch, w *window, x rawcheck.Bad) *diag.Diagnostic {
	c, name := r.columns[x.Column], r.in.file.Name
	line, col := w.place(int(w.row(x.Row)[r.in.places[x.Column]].Start))
	d := diag.Errorf("csv.value", diag.Pos{File: name, Line: line, Col: col}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.Row).Row, name, c.name, rawcheck.Short(x.Err))
	if word := x.Err.Value; mayMeanNull(word) {
		return d.WithHint(`if %s means NULL: null = { %q, "" }`, word, word)
	}
	return d.WithHint(`mend the value, pin another type (types = { %s = "string" }), or set on_error = "reject"`, readopt.Key(c.name))
}

// mayMeanNull reports whether a word is one that programs write for NULL.
func mayMeanNull(word string) bool {
	return slices.Contains([]string{"NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "none", "nil", "NaN", "nan", "-", "?", `\N`, "."}, word)
}

// diagnose is the diagnostic for a row that cannot be split.
func (r *reader) diagnose(torn *refusal) *diag.Diagnostic {
	return torn.diagnose(r.in.file.Name, fmt.Sprintf("row %d of %s", r.rows, r.in.file.Name))
}

// diagnose makes a diagnostic of a refusal; row names the row.
func (r *refusal) diagnose(file, row string) *diag.Diagnostic {
	return diag.Errorf(r.code, diag.Pos{File: file, Line: r.pos[0], Col: r.pos[1]}, "%s: %s", row, r.message).WithHint("%s", r.hint)
}
