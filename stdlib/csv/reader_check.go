package csv

import (
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

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
func (t *table) hint(column int, bad *record.ValueError) string {
	if mayMeanNull(bad.Value) {
		return fmt.Sprintf(`if %s means NULL: null = { %q, "" }`, bad.Value, bad.Value)
	}
	return fmt.Sprintf(`mend the value, pin another type (types = { %s = "string" }), or set on_error = "reject"`, readopt.Key(t.columns[column].name))
}

// mayMeanNull reports whether a word is one that programs write for NULL.
func mayMeanNull(word string) bool {
	return slices.Contains([]string{"NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "none", "nil", "NaN", "nan", "-", "?", `\N`, "."}, word)
}
