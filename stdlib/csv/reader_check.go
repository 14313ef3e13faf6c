package csv

import (
	"errors"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// badValue is the first value of a row that is not of its column's type.
type badValue struct {
	row    int
	column int // of the table
	err    *record.ValueError
}

// check decodes the columns that are to be checked. It returns the rows that
// are handed on, and the error that ends reading behind them.
func (r *reader) check(b *record.Batch, w *window) (*record.Batch, error) {
	var bad []badValue
	for _, c := range r.checked {
		_, err := b.Columns[c].Decode()
		var value *record.ValueError
		if errors.As(err, &value) {
			bad = append(bad, r.badOf(b, c, value)...)
		} else if err != nil {
			return nil, err
		}
	}
	if len(bad) == 0 {
		return b, nil
	}
	slices.SortStableFunc(bad, func(x, y badValue) int { return x.row - y.row })
	if r.table.source.OnError == op.Reject {
		return r.reject(b, w, bad)
	}
	return b.Slice(0, bad[0].row), r.diagnoseValue(b, w, bad[0])
}

// badOf is the bad values of a column, whose first one is known; where reading
// ends there, only that.
func (r *reader) badOf(b *record.Batch, c int, first *record.ValueError) []badValue {
	bad := []badValue{{first.Row, c, first}}
	if r.table.source.OnError != op.Reject {
		return bad
	}
	raw, dec := b.Columns[c].Raw(), r.columns[c]
	for i := first.Row + 1; i < b.Len(); i++ {
		f := raw.Field(i)
		if dec.isNull(f) {
			continue
		}
		if err := dec.check(f); err != nil {
			bad = append(bad, badValue{i, c, dec.valueError(i, f, err)})
		}
	}
	return bad
}

// reject rejects each bad row once and returns the other rows.
func (r *reader) reject(b *record.Batch, w *window, bad []badValue) (*record.Batch, error) {
	keep := make([]int32, 0, b.Len())
	for i := range b.Len() {
		if len(bad) == 0 || bad[0].row != i {
			keep = append(keep, int32(i))
			continue
		}
		if err := r.opts.Reject(r.rejected(b, w, bad[0])); err != nil {
			return nil, err
		}
		for len(bad) > 0 && bad[0].row == i {
			bad = bad[1:]
		}
	}
	return b.Select(keep), nil
}

func (r *reader) rejected(b *record.Batch, w *window, x badValue) op.Rejected {
	return op.Rejected{
		Batch: b, Row: x.row, Code: "csv.value", Message: x.err.Error(), Origin: b.Lineage.At(x.row),
		Line: w.lineOf(int(w.row(x.row)[0].Start)), Column: r.columns[x.column].name, Value: x.err.Value,
		Raw: string(w.text(x.row)),
	}
}

// diagnoseValue is the diagnostic for a value that is not of a pinned type.
func (r *reader) diagnoseValue(b *record.Batch, w *window, x badValue) *diag.Diagnostic {
	c, name := r.columns[x.column], r.in.file.Name
	line, col := w.place(int(w.row(x.row)[r.in.places[x.column]].Start))
	short := *x.err
	short.Value = clip(short.Value)
	d := diag.Errorf("csv.value", diag.Pos{File: name, Line: line, Col: col}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.row).Row, name, c.name, &short)
	if word := x.err.Value; mayMeanNull(word) {
		return d.WithHint(`if %s means NULL: null = { %q, "" }`, word, word)
	}
	return d.WithHint(`mend the value, pin another type (types = { %s = "string" }), or set on_error = "reject"`, readopt.Key(c.name))
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most-3] + "..."
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
