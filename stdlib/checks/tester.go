package checks

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/literal"
)

// tester tests the rows of a stream by rules.
type tester struct {
	columns []columnTester
	held    int64 // about how many bytes the values take that must be unique
}

// keySize is about what a key takes that is held, besides its text.
const keySize = 80

// columnTester tests one column.
type columnTester struct {
	*columnRules
	place    int
	typ      record.Type // of the values that the rules look at
	parse    bool        // the column holds their texts
	least    *record.Value
	most     *record.Value
	allowed  []record.Value
	seen     map[string]struct{}
	buffer   []byte
	grown    int64 // bytes that seen has more since the last row
	problems diag.List
}

// newTester makes a tester for columns, and reports rules that do not fit them.
func newTester(r rules, in *record.Schema) (*tester, diag.List) {
	var problems diag.List
	t := &tester{}
	for i := range r {
		c := &r[i]
		place := in.Index(c.column.Text)
		if place < 0 {
			if !in.Open() {
				problems = append(problems, op.UnknownColumn(in, c.column))
			}
			continue
		}
		column := columnTester{columnRules: c, place: place, typ: in.Field(place).Type, seen: map[string]struct{}{}}
		if column.typ.Known() {
			column.fit()
		}
		problems = append(problems, column.problems...)
		t.columns = append(t.columns, column)
	}
	return t, problems
}

func (c *columnTester) report(rule, format string, args ...any) {
	c.problems = append(c.problems, diag.Errorf("rule.type", c.at[rule], "column %q: "+format, append([]any{c.column.Text}, args...)...))
}

// fit makes values of the column's type of what the rules say.
func (c *columnTester) fit() {
	if t := c.columnRules.typ; t != nil {
		c.parse = c.typ.Kind == record.String && t.Kind != record.String
		if !c.parse && c.typ.Kind != record.Any && !c.typ.Equal(*t) {
			c.report("type", "it has the type %s, not %s", c.typ, t)
			return
		}
		c.typ = *t
	}
	c.least, c.most = c.bound("min", c.min), c.bound("max", c.max)
	for _, v := range c.oneOf {
		if x, ok := c.literal("one_of", v); ok {
			c.allowed = append(c.allowed, x)
		}
	}
	text := c.typ.Kind == record.String || c.typ.Kind == record.Any
	for _, rule := range []string{"pattern", "min_length", "max_length"} {
		if _, given := c.at[rule]; given && !text {
			c.report(rule, "the rule %s is for texts, not for values of the type %s", rule, c.typ)
		}
	}
}

func (c *columnTester) bound(rule string, v *component.Value) *record.Value {
	if v == nil {
		return nil
	}
	switch c.typ.Kind {
	case record.Bool, record.ListOf, record.Struct, record.MapOf, record.JSON:
		c.report(rule, "values of the type %s have no order", c.typ)
		return nil
	}
	if x, ok := c.literal(rule, *v); ok {
		return &x
	}
	return nil
}

func (c *columnTester) literal(rule string, v component.Value) (record.Value, bool) {
	x, err := literal.Value(v, c.typ)
	if err != nil {
		c.report(rule, "%w", err)
	}
	return x, err == nil
}

// breach is a rule that a value breaks.
type breach struct {
	column *columnTester
	rule   string
	text   string
}

// breaches are the rules that a row breaks.
func (t *tester) breaches(b *record.Batch, row int) []breach {
	var out []breach
	for i := range t.columns {
		c := &t.columns[i]
		for _, found := range c.test(b.Columns[c.place], row) {
			found.column = c
			out = append(out, found)
		}
		t.held += c.grown
		c.grown = 0
	}
	return out
}

func (c *columnTester) test(from *record.Column, row int) []breach {
	v, err := from.Value(row)
	if err == nil && c.parse && !v.IsNull() {
		if v, err = record.Parse(c.typ, v.Str()); err != nil {
			return []breach{{rule: "type", text: fmt.Sprintf("%q is no %s: %s", short(from, row), c.typ, err)}}
		}
	}
	if err != nil {
		return []breach{{rule: "type", text: err.Error()}}
	}
	if v.IsNull() {
		if c.notNull {
			return []breach{{rule: "nullable", text: "it is NULL"}}
		}
		return nil
	}
	if c.columnRules.typ != nil && !c.parse && v.Kind() != c.typ.Kind && c.typ.Kind != record.Any {
		return []breach{{rule: "type", text: fmt.Sprintf("%s is of the type %s, not %s", short(from, row), v.Kind(), c.typ)}}
	}
	return c.rules(v, from, row)
}

// rules are those that a value which is there breaks.
func (c *columnTester) rules(v record.Value, from *record.Column, row int) []breach {
	var out []breach
	add := func(rule, format string, args ...any) {
		out = append(out, breach{rule: rule, text: fmt.Sprintf("%q ", short(from, row)) + fmt.Sprintf(format, args...)})
	}
	if c.least != nil && record.Compare(c.typ.Kind, v, *c.least) < 0 {
		add("min", "is less than %s", record.AppendValue(nil, *c.least))
	}
	if c.most != nil && record.Compare(c.typ.Kind, v, *c.most) > 0 {
		add("max", "is more than %s", record.AppendValue(nil, *c.most))
	}
	equal := func(x record.Value) bool { return !x.IsNull() && record.Compare(c.typ.Kind, v, x) == 0 }
	if len(c.allowed) > 0 && !slices.ContainsFunc(c.allowed, equal) {
		add("one_of", "is none of %s", c.allowedText())
	}
	if c.pattern != nil && !c.pattern.MatchString(v.Str()) {
		add("pattern", "does not match %s", c.pattern)
	}
	if n := int64(utf8.RuneCountInString(v.Str())); v.Kind() == record.String && n < c.shortest {
		add("min_length", "has %s, less than %d", characters(n), c.shortest)
	} else if v.Kind() == record.String && n > c.longest {
		add("max_length", "has %s, more than %d", characters(n), c.longest)
	}
	if c.unique && c.again(v) {
		add("unique", "was there before")
	}
	return out
}

func characters(n int64) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}

func (c *columnTester) allowedText() string {
	var words []string
	for _, v := range c.allowed {
		words = append(words, string(record.AppendValue(nil, v)))
	}
	return strings.Join(words, ", ")
}

// again reports whether a value was there in a row before.
func (c *columnTester) again(v record.Value) bool {
	kind := v.Kind()
	one := record.NewVector(kind, 1)
	one.Set(kind, 0, 1, v)
	c.buffer = one.AppendKey(c.buffer[:0], kind, 0)
	_, seen := c.seen[string(c.buffer)]
	if !seen {
		c.seen[string(c.buffer)] = struct{}{}
		c.grown += int64(len(c.buffer)) + keySize
	}
	return seen
}

// short is a value's text, as messages repeat it.
func short(from *record.Column, row int) string {
	const most = 40
	text := string(from.AppendText(nil, row))
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

// problem is a diagnostic of the breaches of a row, at the first one's rule.
func problem(code diag.Code, found []breach) *diag.Diagnostic {
	var texts []string
	for _, b := range found {
		texts = append(texts, fmt.Sprintf("column %q: %s", b.column.column.Text, b.text))
	}
	pos := found[0].column.at[found[0].rule]
	if !pos.IsValid() {
		pos = found[0].column.column.Pos
	}
	return diag.Errorf(code, pos, "%s", strings.Join(texts, "; "))
}
