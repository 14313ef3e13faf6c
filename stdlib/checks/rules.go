// Package checks declares the components that test rows, or show them: validate, assert
// and peek.
package checks

import (
	"math"
	"regexp"
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// rules are the conditions on the columns of rows.
type rules []columnRules

// columnRules are the conditions on a column, each with its place in the script.
type columnRules struct {
	column   op.Name
	typ      *record.Type // that its values have, or their texts mean
	notNull  bool
	unique   bool
	min, max *component.Value
	oneOf    []component.Value
	pattern  *regexp.Regexp
	shortest int64 // in characters
	longest  int64
	at       map[string]diag.Pos // of each rule, by its name
}

// ruleNames are all rules, as messages list them.
func ruleNames() []string {
	return []string{"type", "nullable", "unique", "min", "max", "one_of", "pattern", "min_length", "max_length"}
}

// DecodeOption implements component.OptionDecoder.
func (r *rules) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return diag.Errorf("argument.type", v.Pos, "a table of columns and their rules is wanted, not %s", v.Describe()).
			WithHint("write { qty = { nullable = false, min = 0 } }")
	}
	var problems diag.List
	*r = nil
	for _, e := range t.Entries {
		c, found := decodeRules(e)
		problems = append(problems, found...)
		*r = append(*r, c)
	}
	return problems.Err()
}

// Want implements component.OptionDecoder.
func (*rules) Want() string {
	return "a table { column = { type =, nullable =, unique =, min =, max =, one_of =, pattern =, min_length =, max_length = } }"
}

func decodeRules(e component.Entry) (columnRules, diag.List) {
	c := columnRules{column: e.Key, longest: math.MaxInt64, at: map[string]diag.Pos{}}
	t, ok := e.Value.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return c, diag.List{diag.Errorf("option.type", e.Value.Pos, "the rules of the column %q are a table, not %s", e.Key.Text, e.Value.Describe()).
			WithHint("write %s = { nullable = false }", e.Key.Text)}
	}
	var problems diag.List
	for _, rule := range t.Entries {
		c.at[rule.Key.Text] = rule.Value.Pos
		if d := c.decode(rule); d != nil {
			problems = append(problems, d)
		}
	}
	return c, problems
}

// decode takes one rule.
func (c *columnRules) decode(rule component.Entry) *diag.Diagnostic {
	v := rule.Value
	ok := true
	switch rule.Key.Text {
	case "type":
		return c.decodeType(v)
	case "nullable":
		var nullable bool
		nullable, ok = v.X.(bool)
		c.notNull = !nullable
	case "unique":
		c.unique, ok = v.X.(bool)
	case "min":
		c.min = &v
	case "max":
		c.max = &v
	case "one_of":
		var t *component.Table
		if t, ok = v.X.(*component.Table); ok {
			ok = len(t.Entries) == 0 && len(t.List) > 0
			c.oneOf = t.List
		}
	case "pattern":
		return c.decodePattern(v)
	case "min_length":
		c.shortest, ok = length(v)
	case "max_length":
		c.longest, ok = length(v)
	default:
		return diag.Errorf("option.unknown", rule.Key.Pos, "there is no rule %q", rule.Key.Text).
			WithHint("%s", diag.DidYouMean(rule.Key.Text, ruleNames()))
	}
	if !ok {
		return diag.Errorf("option.type", v.Pos, "the rule %s wants %s, not %s", rule.Key.Text, wantOf(rule.Key.Text), v.Describe())
	}
	return nil
}

func wantOf(rule string) string {
	switch rule {
	case "nullable", "unique":
		return "true or false"
	case "one_of":
		return "a list of values"
	}
	return "a whole number from 0"
}

func length(v component.Value) (int64, bool) {
	f, ok := v.X.(float64)
	return int64(f), ok && f >= 0 && f == math.Trunc(f) && f < 1<<53
}

func (c *columnRules) decodeType(v component.Value) *diag.Diagnostic {
	text, ok := v.X.(string)
	if !ok {
		return diag.Errorf("option.type", v.Pos, "the rule type wants the name of a type, not %s", v.Describe())
	}
	t, err := record.ParseType(text)
	if err != nil {
		return diag.Errorf("type.unknown", v.Pos, "%w", err)
	}
	c.typ = &t
	return nil
}

func (c *columnRules) decodePattern(v component.Value) *diag.Diagnostic {
	text, ok := v.X.(string)
	if !ok {
		return diag.Errorf("option.type", v.Pos, "the rule pattern wants a regular expression, not %s", v.Describe())
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return diag.Errorf("pattern.syntax", v.Pos, "the pattern %q: %w", text, err).WithHint("it is a regular expression of RE2, as for etl.re")
	}
	c.pattern = re
	return nil
}

// names are the columns that have rules.
func (r rules) names() []string {
	var out []string
	for _, c := range r {
		out = append(out, c.column.Text)
	}
	return out
}

// ordered reports whether a rule looks at more than one row.
func (r rules) ordered() bool {
	return slices.ContainsFunc(r, func(c columnRules) bool { return c.unique })
}
