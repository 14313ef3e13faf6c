package rowfunc

import (
	"cmp"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// mixing notes a calculation with a decimal and a float, which raises for every
// float that is not whole.
func (fr *frame) mixing(e *ast.ArithmeticOpExpr, a, b kinds) {
	if !(a.only(kDecimals) && b.only(kFloat) || a.only(kFloat) && b.only(kDecimals)) {
		return
	}
	literal := e.Rhs
	if a.only(kFloat) {
		literal = e.Lhs
	}
	fr.mixed(e, literal, "a decimal and a float do not mix: %s of them is not exact", e.Operator)
}

// comparison notes that a decimal is compared with a literal which is not the
// number that it looks like.
func (fr *frame) comparison(e *ast.RelationalOpExpr, a, b kinds) {
	literal := e.Rhs
	if b.only(kDecimals) {
		literal, a = e.Lhs, b
	}
	f, ok := syntax.LiteralNumber(literal)
	if !ok || !a.only(kDecimals) {
		return
	}
	d, err := record.DecimalFromFloat(f)
	if err == nil && value.Equal(value.Decimal(d), lua.LNumber(f)) {
		return
	}
	fr.mixed(e, literal, "a decimal is compared with a float, which is not exactly %s", value.FormatNumber(f))
}

// mixed notes a problem with a decimal and a float, once for each expression.
func (fr *frame) mixed(e, float ast.Expr, format string, args ...any) {
	if fr.inf.mixed[e] != nil {
		return
	}
	d := diag.Errorf("decimal.float", diag.Pos{File: fr.fn.Proto.SourceName, Line: e.Line()}, format, args...)
	if f, ok := syntax.LiteralNumber(float); ok {
		d.WithHint(`write the number as text: etl.decimal("%s")`, value.FormatNumber(f))
	} else {
		d.WithHint("calculate with floats, etl.float(x), or keep to decimals, as in etl.decimal(row.text)")
	}
	if fr.inf.mixed == nil {
		fr.inf.mixed = map[ast.Expr]*diag.Diagnostic{}
	}
	fr.inf.mixed[e] = d
}

// mixes are the problems with decimals and floats, in the order of the text.
func (inf *inference) mixes() []*diag.Diagnostic {
	return slices.SortedFunc(maps.Values(inf.mixed), func(a, b *diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Message, b.Message))
	})
}
