package json

import (
	"fmt"

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

// problem says what is wrong with a field; nil if nothing is.
func (c *column) problem(row int, f record.RawField) *record.ValueError {
	if c.isNull(f) {
		return nil
	}
	if err := c.check(f); err != nil {
		return c.valueError(row, f, err)
	}
	return nil
}

// hint says how to mend a value that is not of its column's type.
func (t *table) hint(column int, _ *record.ValueError) string {
	return fmt.Sprintf(`mend the value, pin another type (types = { %s = "json" }), or set on_error = "reject"`, readopt.Key(t.columns[column].name))
}

// appendKey appends a key, which is UTF-8.
func appendKey(dst, key []byte) []byte {
	dst, _ = jsonvalue.AppendString(dst, string(key))
	return dst
}
