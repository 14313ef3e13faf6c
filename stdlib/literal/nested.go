package literal

import (
	"errors"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// nested is a table as a value of a column's type.
func nested(t *component.Table, typ record.Type) (record.Value, error) {
	kind, err := NestedKind(t, typ.Kind)
	if err != nil {
		return record.Value{}, err
	}
	switch {
	case typ.Kind == record.JSON:
		return asJSON(t)
	case kind == record.ListOf && (typ.Kind == record.ListOf || typ.Kind == record.Any):
		return items(t, elem(typ))
	case kind == record.MapOf && typ.Kind == record.Struct:
		return fields(t, typ)
	case kind == record.MapOf && (typ.Kind == record.MapOf || typ.Kind == record.Any):
		return entries(t, elem(typ))
	}
	return record.Value{}, wrongKind(component.Value{X: t}, typ)
}

// NestedKind tells lists from maps. An empty table is what its column wants.
func NestedKind(t *component.Table, want record.Kind) (record.Kind, error) {
	switch {
	case len(t.List) > 0 && len(t.Entries) > 0:
		return record.Null, errors.New("the table has values with and without names")
	case len(t.List) > 0:
		return record.ListOf, nil
	case len(t.Entries) > 0, want == record.MapOf, want == record.Struct:
		return record.MapOf, nil
	case want == record.ListOf:
		return record.ListOf, nil
	}
	return record.Null, errEmptyTable
}

// elem is the type of what stands in a list or map; anything in an any.
func elem(t record.Type) record.Type {
	if t.Elem == nil {
		return t
	}
	return *t.Elem
}

func items(t *component.Table, typ record.Type) (record.Value, error) {
	out := make([]record.Value, len(t.List))
	for i, v := range t.List {
		x, err := Value(v, typ)
		if err != nil {
			return record.Value{}, fmt.Errorf("[%d]: %w", i+1, err)
		}
		out[i] = x
	}
	return record.ListValue(out), nil
}

func entries(t *component.Table, typ record.Type) (record.Value, error) {
	out := make([]record.Entry, len(t.Entries))
	for i, e := range t.Entries {
		x, err := Value(e.Value, typ)
		if err != nil {
			return record.Value{}, fmt.Errorf("%s: %w", e.Key.Text, err)
		}
		out[i] = record.Entry{Name: e.Key.Text, Value: x}
	}
	return record.MapValue(out), nil
}

func fields(t *component.Table, typ record.Type) (record.Value, error) {
	out := make([]record.Entry, len(typ.Fields))
	for i, f := range typ.Fields {
		v, _ := t.Get(f.Name)
		x, err := Value(v, f.Type)
		if err != nil {
			return record.Value{}, fmt.Errorf("%s: %w", f.Name, err)
		}
		out[i] = record.Entry{Name: f.Name, Value: x}
	}
	for _, e := range t.Entries {
		if !slices.ContainsFunc(typ.Fields, func(f record.Field) bool { return f.Name == e.Key.Text }) {
			return record.Value{}, fmt.Errorf("%s has no field %q", typ, e.Key.Text)
		}
	}
	return record.StructValue(out), nil
}

// asJSON is a table as a JSON text.
func asJSON(t *component.Table) (record.Value, error) {
	v, err := nested(t, record.Of(record.Any))
	if err != nil {
		return v, err
	}
	out, err := jsonvalue.Append(nil, v)
	if err != nil {
		return record.Value{}, fmt.Errorf("it cannot be written as JSON: %w", err)
	}
	return record.TextValue(record.JSON, string(out)), nil
}
