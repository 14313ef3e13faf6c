package rowfunc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
)

func TestKindsOfValueFunctions(t *testing.T) {
	t.Parallel()
	const in = "i int, f float, s string, x any, p decimal(12;2), day date, at timestamp"
	for _, c := range []struct{ expr, want string }{
		{`etl.decimal(row.s)`, "any"},
		{`etl.decimal("0.19")`, "decimal(38,2)"},
		{`etl.decimal(row.i)`, "decimal(38,0)"},
		{`etl.decimal(row.p)`, "decimal(38,2)"},
		{`row.p * etl.decimal("0.19")`, "decimal(38,4)"},
		{`etl.round(row.p * etl.decimal("0.195"), 2)`, "decimal(38,2)"},
		{`etl.round(row.p / 3, 2, "half_even")`, "decimal(38,2)"},
		{`etl.round(row.p, row.i)`, "decimal(38,2)"},
		{`etl.round(row.p / 3, row.i)`, "any"},
		{`etl.round(row.f, 2)`, "float"},
		{`etl.round(row.f)`, "int"},
		{`etl.round(row.x)`, "any"},
		{`rate * row.p`, "decimal(38,5)"},
		{`etl.int(row.s)`, "int"},
		{`etl.float(row.p)`, "float"},
		{`etl.idiv(row.i, 7)`, "int"},
		{`etl.idiv(row.p, 7)`, "decimal(38,0)"},
		{`etl.is_null(row.x)`, "bool"},
		{`etl.array {}`, "any"},
		{`etl.date(row.s)`, "date"},
		{`etl.timestamp(row.s) - row.at`, "interval"},
		{`(etl.date(row.s) - row.day).days`, "float"},
		{`etl.time(row.at).hour`, "int"},
		{`row.day + etl.interval("P1D")`, "date"},
		{`etl.parse_date(row.s, "%d.%m.%Y")`, "date"},
		{`etl.parse_date(row.s, "%F %T")`, "datetime"},
		{`etl.parse_date(row.s, "%F %T", "Europe/Berlin")`, "timestamp"},
		{`etl.parse_date(row.s, row.s)`, "any"},
		{`etl.format_date(row.day, "%Y")`, "string"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			t.Parallel()
			script := `local rate = etl.decimal("0.125") return function(row) row.n = ` + c.expr + ` end`
			out, problems := loadWithModule(t, script)[0].Resolve(expr.Use{Role: expr.Map, In: schemaOf(t, in)})
			want := strings.ReplaceAll(in, ";", ",") + ", n " + c.want
			if diff := cmp.Diff(want, out.String()); diff != "" || problems != nil {
				t.Errorf("-want +got:\n%s%v", diff, problems)
			}
		})
	}
}
