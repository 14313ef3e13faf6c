// Package nested declares the components that take nested values apart and put them
// together: explode, project, flatten and unflatten.
package nested

import (
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
)

type explodeOptions struct {
	component.Common
	Column  op.Name    `arg:"column" required:"true" doc:"the column whose lists or maps are taken apart"`
	As      []op.Name  `opt:"as" doc:"name of the column of items, by default that of the lists; of a map the names of two columns, by default key and value"`
	Index   op.Name    `opt:"index" doc:"a new column with the position of the item, from 1"`
	Outer   bool       `opt:"outer" doc:"a row with NULL or nothing in the column gives one row with NULL, instead of none"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row whose value is no list or map; null takes it for NULL"`
}

// ExplodeSpec declares explode.
func ExplodeSpec() *component.Spec {
	return &component.Spec{
		Name: "explode", Kind: component.Transform,
		Summary: "Makes a row of each item of a list, or of each entry of a map",
		Doc: "The other columns are repeated, and the items stand where the list stood. In columns of the types `json` and `any` each " +
			"value must be a list; with two names in `as` it must be a map, or an object. Texts, numbers and booleans of JSON are what they mean, of the type `any`; objects and arrays stay JSON.",
		Order:   "kept; the items of a row stand in their order",
		Options: &explodeOptions{OnError: op.Fail},
		Build: component.Build(func(o *explodeOptions) (op.Operator, diag.List) {
			return &op.FlatMap{Func: explode(o), OnError: o.OnError}, checkNames(o)
		}),
		Example: `local etl = require "etl"

etl.rows({ { order = 1, items = { "tea", "jam" } }, { order = 2 }, { order = 3, items = { "rye" } } })
  :explode("items", { as = "item", index = "line", outer = true })
  :write_csv { path = "out.csv" }

return etl.job { name = "lines" }
`,
	}
}

// checkNames reports new columns that have one name, or are too many.
func checkNames(o *explodeOptions) diag.List {
	var problems diag.List
	if len(o.As) > 2 {
		problems = append(problems, diag.Errorf("explode.as", o.As[2].Pos, "explode gives a column of items, or those of keys and values, not %d", len(o.As)))
	}
	var seen []op.Name
	for _, n := range append(o.As[:len(o.As):len(o.As)], o.Index) {
		i := slices.IndexFunc(seen, func(s op.Name) bool { return s.Text == n.Text && n.Text != "" })
		if i >= 0 {
			problems = append(problems, diag.Errorf("column.duplicate", n.Pos, "the column %q is named twice", n.Text).
				WithNote(seen[i].Pos, "the first one"))
		}
		seen = append(seen, n)
	}
	return problems
}

func explode(o *explodeOptions) expr.Func {
	return gofunc.NewFlat(gofunc.FlatSpec{
		Reads:  []string{o.Column.Text},
		Schema: func(in *record.Schema) (*record.Schema, diag.List) { return explodedSchema(o, in) },
		Start: func(use expr.Use) gofunc.FlatStep {
			place := use.In.Index(o.Column.Text)
			e := &exploder{options: o, use: use, place: place, pairs: isPairs(o, use.In.Field(place).Type)}
			return e.step
		},
	})
}

// isPairs reports whether a column of the type holds maps, as far as its type tells;
// else the number of names does.
func isPairs(o *explodeOptions, t record.Type) bool {
	switch t.Kind {
	case record.MapOf:
		return true
	case record.ListOf:
		return false
	}
	return len(o.As) == 2
}

// explodedSchema puts the columns of the items in the place of the lists.
func explodedSchema(o *explodeOptions, in *record.Schema) (*record.Schema, diag.List) {
	place := in.Index(o.Column.Text)
	if place < 0 && !in.Open() {
		return in, diag.List{op.UnknownColumn(in, o.Column)}
	}
	t := record.Type{} // not known yet
	fields, rest := in.Fields(), []record.Field(nil)
	if place >= 0 {
		t = fields[place].Type
		fields, rest = fields[:place:place], fields[place+1:]
	}
	if d := checkType(o, t); d != nil {
		return in, diag.List{d}
	}
	problems := checkTaken(o, t, fields, rest)
	fields = slices.Concat(fields, itemFields(o, t), rest)
	if o.Index.Text != "" {
		fields = append(fields, record.Field{Name: o.Index.Text, Type: record.Of(record.Int)})
	}
	switch {
	case len(problems) > 0:
		return in, problems
	case in.Open():
		return record.NewOpenSchema(fields...), nil
	}
	return record.NewSchema(fields...), nil
}

// checkType refuses columns without lists and maps, and names that do not fit
// those.
func checkType(o *explodeOptions, t record.Type) *diag.Diagnostic {
	switch kind := t.Kind; {
	case kind == record.ListOf && len(o.As) > 1:
		return diag.Errorf("explode.as", o.As[1].Pos, "the column %q holds lists, whose items make one column", o.Column.Text).
			WithHint("as = %q; the position of an item is in the column of index = ...", o.As[0].Text)
	case kind == record.MapOf && len(o.As) == 1:
		return diag.Errorf("explode.as", o.As[0].Pos, "the column %q holds maps, whose keys and values make two columns", o.Column.Text).
			WithHint(`as = { "key", %q }`, o.As[0].Text)
	case kind == record.Struct:
		return diag.Errorf("explode.type", o.Column.Pos, "the column %q is no list and no map, but a struct", o.Column.Text).
			WithHint("make columns of its fields: :map(function(row) row.x = row.%s.x end)", o.Column.Text)
	case !t.Known(), kind == record.ListOf, kind == record.MapOf, kind == record.JSON, kind == record.Any:
		return nil
	}
	return diag.Errorf("explode.type", o.Column.Pos, "the column %q is no list and no map, but a column of the type %s", o.Column.Text, t).
		WithHint("a :flat_map(function(row, emit) ... end) makes rows of parts of a value")
}

// itemFields are the columns that stand in the place of the exploded one.
func itemFields(o *explodeOptions, t record.Type) []record.Field {
	item := t
	switch {
	case t.Elem != nil:
		item = *t.Elem
	case t.Kind == record.JSON:
		item = record.Of(record.Any)
	}
	if isPairs(o, t) {
		key, value := pairNames(o)
		return []record.Field{{Name: key.Text, Type: record.Of(record.String)}, {Name: value.Text, Type: item}}
	}
	return []record.Field{{Name: itemName(o).Text, Type: item}}
}

func itemName(o *explodeOptions) op.Name {
	if len(o.As) > 0 {
		return o.As[0]
	}
	return o.Column
}

func pairNames(o *explodeOptions) (key, value op.Name) {
	if len(o.As) == 2 {
		return o.As[0], o.As[1]
	}
	return op.Name{Text: "key", Pos: o.Column.Pos}, op.Name{Text: "value", Pos: o.Column.Pos}
}

// checkTaken reports new columns that are named as others of the input are.
func checkTaken(o *explodeOptions, t record.Type, before, behind []record.Field) diag.List {
	made := []op.Name{itemName(o)}
	if isPairs(o, t) {
		key, value := pairNames(o)
		made = []op.Name{key, value}
	}
	if o.Index.Text != "" {
		made = append(made, o.Index)
	}
	var problems diag.List
	for _, n := range made {
		same := func(f record.Field) bool { return f.Name == n.Text }
		if slices.ContainsFunc(before, same) || slices.ContainsFunc(behind, same) {
			problems = append(problems, diag.Errorf("column.duplicate", n.Pos, "the rows have a column %q already", n.Text).
				WithHint("give the new column another name, with as = ... or index = ..."))
		}
	}
	return problems
}
