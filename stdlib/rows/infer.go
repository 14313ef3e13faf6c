package rows

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/literal"
)

// kindOf is the kind of a script's value, Null for nil.
func kindOf(v component.Value) record.Kind {
	switch x := v.X.(type) {
	case bool:
		return record.Bool
	case string:
		return record.String
	case float64:
		return literal.Number(x).Kind()
	case record.Value:
		return x.Kind()
	case *component.Table:
		kind, _ := literal.NestedKind(x, record.Any) // Null for one that is refused later
		return kind
	}
	return record.Null
}

// infer is the type of a column that holds the values.
func infer(values []component.Value) record.Type {
	kind, big := record.Null, false
	for _, v := range values {
		k := kindOf(v)
		if x, ok := v.X.(record.Value); ok && k == record.Int {
			big = big || x.Int() <= -literal.Exact || x.Int() >= literal.Exact
		}
		kind = join(kind, k)
	}
	switch {
	case kind == record.Null:
		return record.Of(record.String)
	case kind == record.Float && big:
		return record.Of(record.Any) // no float holds such an int
	case kind == record.DecimalOf:
		return inferDecimal(values)
	case kind == record.ListOf || kind == record.MapOf:
		anything := record.Of(record.Any)
		return record.Type{Kind: kind, Elem: &anything}
	}
	return record.Of(kind)
}

// join is the kind of a column that holds values of two kinds.
func join(a, b record.Kind) record.Kind {
	both := func(x, y record.Kind) bool { return a == x && b == y || a == y && b == x }
	switch {
	case a == record.Null || a == b:
		return b
	case b == record.Null:
		return a
	case both(record.Int, record.Float):
		return record.Float
	case both(record.Int, record.DecimalOf):
		return record.DecimalOf
	}
	return record.Any
}

// inferDecimal is the smallest decimal type that holds ints and decimals, or
// any where none does.
func inferDecimal(values []component.Value) record.Type {
	whole, scale := 0, 0
	for _, v := range values {
		d := record.Decimal{}
		switch x := v.X.(type) {
		case float64:
			d = record.DecimalFromInt(int64(x))
		case record.Value:
			if x.Kind() == record.Int {
				d = record.DecimalFromInt(x.Int())
			} else {
				d = x.Decimal()
			}
		}
		p, s := d.Digits()
		whole, scale = max(whole, p-s), max(scale, s)
	}
	if whole+scale > record.MaxDigits {
		return record.Of(record.Any)
	}
	return record.Type{Kind: record.DecimalOf, Precision: max(1, whole+scale), Scale: scale}
}
