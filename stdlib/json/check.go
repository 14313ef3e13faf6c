package json

import (
	"errors"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
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
		message: fmt.Sprintf("%s is %s, not %s", clip(string(m.text)), describe(m.kind), article(c.typ)),
		hint:    c.inferredHint(),
	}
}

func article(t record.Type) string {
	if t.Kind == record.Int {
		return "an int"
	}
	return "a " + t.String()
}

// badValue is the first value of a row that is not of its column's type.
type badValue struct {
	row    int
	column int
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
		Batch: b, Row: x.row, Code: "json.value", Message: x.err.Error(), Origin: b.Lineage.At(x.row),
		Line: w.places[x.row].at.line, Column: r.columns[x.column].name, Value: x.err.Value, Raw: string(w.text(x.row)),
	}
}

// diagnoseValue is the diagnostic for a value that is not of its column's type.
func (r *reader) diagnoseValue(b *record.Batch, w *window, x badValue) *diag.Diagnostic {
	c, name := r.columns[x.column], r.in.file.Name
	at := w.placeOf(x.row, w.row(x.row)[x.column].Start)
	short := *x.err
	short.Value = clip(short.Value)
	return diag.Errorf("json.value", diag.Pos{File: name, Line: at.line, Col: at.col}, "row %d of %s, column %q: %w",
		b.Lineage.At(x.row).Row, name, c.name, &short).
		WithHint(`mend the value, pin another type (types = { %s = "json" }), or set on_error = "reject"`, readopt.Key(c.name))
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most-3] + "..."
}

// appendKey appends a key, which is UTF-8.
func appendKey(dst, key []byte) []byte {
	dst, _ = jsonvalue.AppendString(dst, string(key))
	return dst
}
