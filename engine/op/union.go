package op

import (
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Resolve implements Operator.
func (u *Union) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	out := in[0]
	var problems diag.List
	for i, s := range in[1:] {
		problems = append(problems, u.compare(in[0], s, i+2)...)
		for _, f := range s.Fields() {
			if !out.Has(f.Name) && u.Fill {
				out = out.With(f)
			}
		}
		if s.Open() && !out.Open() && u.Fill {
			out = record.NewOpenSchema(out.Fields()...)
		}
	}
	return out, problems
}

// compare reports where input number n differs from the first one.
func (u *Union) compare(first, s *record.Schema, n int) diag.List {
	var problems diag.List
	var missing, surplus []string
	for _, f := range s.Fields() {
		i := first.Index(f.Name)
		switch {
		case i < 0 && !first.Open():
			surplus = append(surplus, f.Name)
		case i >= 0 && !first.Field(i).Type.Equal(f.Type):
			problems = append(problems, diag.Errorf("union.type", diag.Pos{},
				"column %q is %s in the first stream and %s in stream %d", f.Name, first.Field(i).Type, f.Type, n).
				WithHint("pin one type for it with types = {...} where the streams are read"))
		}
	}
	for _, f := range first.Fields() {
		if !s.Has(f.Name) && !s.Open() {
			missing = append(missing, f.Name)
		}
	}
	if !u.Fill && len(missing)+len(surplus) > 0 {
		problems = append(problems, unionColumns(missing, surplus, n))
	}
	return problems
}

func unionColumns(missing, surplus []string, n int) *diag.Diagnostic {
	d := diag.Errorf("union.columns", diag.Pos{}, "stream %d does not have the columns of the first one", n)
	if len(missing) > 0 {
		d.WithNote(diag.Pos{}, "it lacks %s", strings.Join(clipNames(missing), ", "))
	}
	if len(surplus) > 0 {
		d.WithNote(diag.Pos{}, "it has %s besides", strings.Join(clipNames(surplus), ", "))
	}
	return d.WithHint("fill = true gives NULL for what is missing; or select the same columns before")
}

// Laws implements Operator.
func (u *Union) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)}
}

// Traits implements Operator.
func (u *Union) Traits() Traits { return Traits{} }
