package json

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/rawcheck"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// nulls reports whether a value that is not of its column's type is NULL.
func (t *table) nulls() bool { return t.source.OnError == op.ToNull }

// unknownKey is the fault of a key that is no column.
func (t *table) unknownKey(m member) *fault {
	f := &fault{code: "json.key", column: string(m.name), value: string(m.text)}
	f.message = "the sample of the file had no such key"
	f.hint = fmt.Sprintf(`take it along: types = { %s = "json" }; keep all such keys in a column: rest = "rest"; or set on_error = "reject"`, readopt.Key(f.column))
	if len(t.source.Columns) > 0 {
		f.message = "the option columns does not name this key"
		f.hint = `name it, or keep all such keys in a column: rest = "rest"`
	}
	return f
}

// wrongForm is the fault of a value that is not of an inferred type.
func (c *column) wrongForm(m member) *fault {
	return &fault{
		code: "json.value", column: c.name, value: string(m.text),
		message: fmt.Sprintf("%s is %s, not %s", rawcheck.Clip(string(m.text)), describe(m.kind), article(c.typ)),
		hint:    c.inferredHint(),
	}
}

func article(t record.Type) string {
	if t.Kind == record.Int {
		return "an int"
	}
	return "a " + t.String()
}

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
		Batch: b, Row: x.Row, Code: "json.value", Message: x.Err.Error(), Origin: b.Lineage.At(x.Row),
		Line: w.places[x.Row].at.line, Column: r.columns[x.Column].name, Value: x.Err.Value, Raw: string(w.text(x.Row)),
	}
}

// diagnoseValue is the diagnostic for a value that is not of its column's type.
func (r *reader) diagnoseValue(b *record.Batch, w *window, x rawcheck.Bad) *diag.Diagnostic {
	c, name := r.columns[x.Column], r.in.file.Name
	at := w.placeOf(x.Row, w.row(x.Row)[x.Column].Start)
	return diag.Errorf("json.value", diag.Pos{File: name, Line: at.line, Col: at.col}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.Row).Row, name, c.name, rawcheck.Short(x.Err)).
		WithHint(`mend the value, pin another type (types = { %s = "json" }), or set on_error = "reject"`, readopt.Key(c.name))
}

// appendKey appends a key, which is UTF-8.
func appendKey(dst, key []byte) []byte {
	dst, _ = jsonvalue.AppendString(dst, string(key))
	return dst
}
