package rowfunc

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// moduleKinds are the kinds of the result of a function of etl: the declared
// kind, or what the text of its arguments tells.
func moduleKinds(name string, args []ast.Expr, as []kinds) kinds {
	first := kAny
	if len(as) > 0 {
		first = as[0]
	}
	switch name {
	case "etl.decimal":
		return decimalOf(args, first)
	case "etl.int":
		return kInt
	case "etl.idiv":
		return quotientKinds(as)
	case "etl.round":
		return roundedKinds(args, first)
	case "etl.array":
		return kTable
	case "etl.parse_date":
		return parsedKinds(args)
	}
	return hostKinds(name)
}

// literalText is argument i, if it is written as a string.
func literalText(args []ast.Expr, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	text, ok := args[i].(*ast.StringExpr)
	if !ok {
		return "", false
	}
	return text.Value, true
}

// decimalOf is what etl.decimal makes of its argument.
func decimalOf(args []ast.Expr, k kinds) kinds {
	if text, ok := literalText(args, 0); ok {
		if d, err := record.ParseDecimal(text); err == nil {
			_, scale := d.Digits()
			return scaled(scale)
		}
	}
	if k.only(kInt | kUint | kDecimals) {
		scale, known := k.scale()
		if known {
			return scaled(scale)
		}
	}
	return kDecimal
}

// quotientKinds is what etl.idiv gives.
func quotientKinds(as []kinds) kinds {
	if len(as) < 2 {
		return kAny
	}
	k := arithmeticKinds("%", as[0], as[1])
	if k.has(kDecimals) {
		k = k&^kDecimals | scaled(0)
	}
	return k
}

// roundedKinds is what etl.round makes of its argument.
func roundedKinds(args []ast.Expr, k kinds) kinds {
	if !k.known() {
		return kAny
	}
	places, known := 0, len(args) < 2
	if !known {
		var n float64
		n, known = syntax.LiteralNumber(args[1])
		places = int(min(max(n, 0), record.MaxDigits))
	}
	out := k & (kNumbers | kDecimals)
	if known && k.has(kDecimals) {
		if scale, certain := k.scale(); certain {
			places = min(places, scale)
		}
		out = out&^kDecimals | scaled(places)
	}
	if known && places == 0 && out.has(kFloat|kNumber) {
		out = out&^(kFloat|kNumber) | kInt
	}
	return out
}

// parsedKinds is what etl.parse_date makes of texts in a format.
func parsedKinds(args []ast.Expr) kinds {
	format, ok := literalText(args, 1)
	l, err := record.NewLayout(format)
	if !ok || err != nil {
		return kMoment
	}
	kind := l.Kind()
	if kind == record.Datetime && len(args) > 2 {
		kind = record.Timestamp // where clocks show it
	}
	return kindsOf(record.Of(kind)) &^ kNil
}

// negativeKinds is what a minus makes of a value.
func negativeKinds(k kinds) kinds {
	if k.known() && k.has(kInterval) {
		return kInterval | k&(kNumbers|kDecimals)
	}
	return arithmeticKinds("-", kInt, k)
}
