package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Resolve implements Operator.
func (u *Union) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	out := in[0]
	origin := map[string]int{} // number of the stream that brought a column; 0 for the first
	var problems diag.List
	for i, s := range in[1:] {
		problems = append(problems, compareTypes(out, s, origin, i+2)...)
		if u.Fill {
			out = fill(out, s, origin, i+2)
		} else if d := compareNames(in[0], s, i+2); d != nil {
			problems = append(problems, d)
		}
	}
	return out, problems
}

// fill adds the columns of input number n that no input before it has.
func fill(out, s *record.Schema, origin map[string]int, n int) *record.Schema {
	for _, f := range s.Fields() {
		if !out.Has(f.Name) {
			out = out.With(f)
			origin[f.Name] = n
		}
	}
	if s.Open() && !out.Open() {
		return record.NewOpenSchema(out.Fields()...)
	}
	return out
}

// compareTypes reports the columns of input number n that had another type in
// an input before it.
func compareTypes(before, s *record.Schema, origin map[string]int, n int) diag.List {
	var problems diag.List
	for _, f := range s.Fields() {
		i := before.Index(f.Name)
		if i < 0 || !differ(before.Field(i).Type, f.Type) {
			continue
		}
		problems = append(problems, diag.Errorf("union.type", diag.Pos{},
			"column %q is %s in %s and %s in stream %d", f.Name, before.Field(i).Type, streamName(origin[f.Name]), f.Type, n).
			WithHint("pin one type for it with types = {...} where the streams are read"))
	}
	return problems
}

func streamName(n int) string {
	if n == 0 {
		return "the first stream"
	}
	return fmt.Sprintf("stream %d", n)
}

// compareNames reports which columns input number n has besides the first
// input's, and which it lacks.
func compareNames(first, s *record.Schema, n int) *diag.Diagnostic {
	without := func(a, b *record.Schema) []string {
		return slices.DeleteFunc(a.Names(), func(name string) bool { return b.Has(name) || b.Open() })
	}
	missing, surplus := without(first, s), without(s, first)
	if len(missing)+len(surplus) == 0 {
		return nil
	}
	return unionColumns(missing, surplus, n)
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
