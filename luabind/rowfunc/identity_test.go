package rowfunc

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// anyOf draws a value of a type. Inside of nested values it may be NULL.
func anyOf(t *rapid.T, typ record.Type) record.Value {
	n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.Int64Range(1<<53-2, 1<<53+2)).Draw(t, "n")
	switch typ.Kind {
	case record.Int:
		return record.IntValue(n)
	case record.Uint:
		return record.UintValue(uint64(n))
	case record.Float:
		return record.FloatValue(rapid.Float64().Draw(t, "f"))
	case record.Bool:
		return record.BoolValue(n&1 == 1)
	case record.String, record.Bytes:
		return record.TextValue(typ.Kind, rapid.StringN(0, 5, -1).Draw(t, "text"))
	case record.DecimalOf:
		d, err := record.ParseDecimal(record.FormatValue(record.IntValue(n)) + "e-4")
		if err != nil {
			t.Fatal(err)
		}
		return record.DecimalValue(d)
	case record.ListOf:
		items := make([]record.Value, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range items {
			items[i] = nullOr(t, *typ.Elem)
		}
		return record.ListValue(items)
	case record.MapOf:
		var entries []record.Entry
		for _, name := range rapid.SliceOfNDistinct(rapid.StringN(0, 3, -1), 0, 3, rapid.ID[string]).Draw(t, "names") {
			entries = append(entries, record.Entry{Name: name, Value: nullOr(t, *typ.Elem)})
		}
		return record.MapValue(entries)
	case record.Struct:
		entries := make([]record.Entry, len(typ.Fields))
		for i, f := range typ.Fields {
			entries[i] = record.Entry{Name: f.Name, Value: nullOr(t, f.Type)}
		}
		return record.StructValue(entries)
	case record.JSON:
		return anyJSON(t)
	}
	return record.TemporalValue(typ.Kind, n)
}

func nullOr(t *rapid.T, typ record.Type) record.Value {
	if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
		return record.Value{}
	}
	return anyOf(t, typ)
}

// anyJSON draws a JSON text as it is written canonically.
func anyJSON(t *rapid.T) record.Value {
	inner, err := record.ParseType(rapid.SampledFrom([]string{"int", "uint", "decimal(38,4)", "list(map(int))", "map(list(decimal(38,4)))", "bool"}).Draw(t, "inside"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := jsonvalue.Append(nil, anyOf(t, inner))
	if err != nil {
		t.Fatal(err)
	}
	return record.TextValue(record.JSON, string(text))
}

// TestValuesPassThroughFunctions hands values of every type through a function,
// into a column that is made of what the function gave.
func TestValuesPassThroughFunctions(t *testing.T) {
	t.Parallel()
	scripts := []string{
		`return function(row) row.w = row.v end`,
		`local function copy(to) to.w = to.v end return function(row) copy(row) end`,
		`local function copy(t) if type(t) ~= "table" then return t end for k, v in pairs(t) do t[k] = copy(v) end return t end
			return function(row) row.w = copy(row.v) end`,
	}
	for _, name := range []string{
		"int", "uint", "float", "bool", "string", "bytes", "decimal(38,4)", "date", "time", "datetime", "timestamp", "interval", "json",
		"list(int)", "list(list(uint))", "map(decimal(38,4))", "struct{a: int, b: list(struct{c: float, d: bytes}), e: map(timestamp)}",
		"list(json)", "map(interval)",
	} {
		typ, err := record.ParseType(name)
		if err != nil {
			t.Fatal(err)
		}
		in := record.NewSchema(record.Field{Name: "v", Type: typ})
		var runners []expr.Runner
		for _, script := range scripts {
			use := expr.Use{Role: expr.Map, In: in, Adds: []record.Field{{Name: "w", Type: typ}}, StopAtFailure: true}
			runners = append(runners, open(t, loadFuncs(t, script)[0], use))
		}
		rapid.Check(t, func(t *rapid.T) {
			v := anyOf(t, typ)
			vector := record.NewVector(typ.Kind, 1)
			vector.Set(typ.Kind, 0, 1, v)
			batch := record.NewBatch(in, 1, []*record.Column{record.NewColumn(typ, 1, vector)}, record.Lineage{})
			for i, r := range runners {
				res, err := r.Run(t.Context(), batch)
				if err != nil || len(res.Failed) > 0 {
					t.Fatalf("%s: %s: %v %v", name, record.FormatValue(v), err, res.Failed)
				}
				w, err := res.Batch.Columns[1].Value(0)
				if err != nil || w.Kind() != v.Kind() || record.Compare(typ.Kind, v, w) != 0 {
					t.Fatalf("script %d, %s: %s came back as %s (%v)", i+1, name, record.FormatValue(v), record.FormatValue(w), err)
				}
			}
		})
	}
}
