package component

import (
	"errors"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// fields decodes { column = "type" }.
func fields(v Value) ([]op.Field, error) {
	t, ok := v.X.(*Table)
	if !ok || len(t.List) > 0 {
		return nil, ErrWrongType
	}
	var problems diag.List
	out := make([]op.Field, 0, len(t.Entries))
	for _, e := range t.Entries {
		typ, err := ColumnType(e.Value)
		var d *diag.Diagnostic
		switch {
		case errors.As(err, &d):
			problems = append(problems, d)
		case err != nil:
			problems = append(problems, diag.Errorf("type.unknown", e.Value.Pos, "column %q: a type is a string such as \"int\", not %s", e.Key.Text, e.Value.Describe()))
		default:
			out = append(out, op.Field{Name: e.Key, Type: typ})
		}
	}
	return out, problems.Err()
}

// ColumnType decodes the type of a column that a script pins. An unknown type is
// a diagnostic.
func ColumnType(v Value) (record.Type, error) {
	word, ok := v.X.(string)
	if !ok {
		return record.Type{}, ErrWrongType
	}
	t, err := record.ParseType(word)
	if err != nil {
		return record.Type{}, unknownType(err, v.Pos)
	}
	return t, nil
}

func unknownType(err error, pos diag.Pos) *diag.Diagnostic {
	d := diag.Errorf("type.unknown", pos, "%w", err)
	var unknown *record.UnknownTypeError
	if !errors.As(err, &unknown) {
		return d
	}
	if ours, ok := foreignTypes()[strings.ToLower(unknown.Word)]; ok {
		return d.WithHint("write %q", ours)
	}
	return d.WithHint("%s", diag.DidYouMean(unknown.Word, record.TypeNames()))
}

// foreignTypes are what other languages call our types.
func foreignTypes() map[string]string {
	return map[string]string{
		"integer": "int", "long": "int", "bigint": "int", "int64": "int", "uint64": "uint",
		"double": "float", "number": "float", "real": "float", "float64": "float",
		"text": "string", "varchar": "string", "str": "string", "boolean": "bool", "binary": "bytes",
	}
}
