package op

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Resolve implements Operator.
func (p *Project) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	names := columnSet{}
	var problems diag.List
	for i, n := range p.Columns {
		if _, d := lookup(in[0], n); d != nil {
			problems = append(problems, d)
		} else if d := names.add(n); d != nil {
			problems = append(problems, d)
		}
		if p.Mode == Rename {
			problems = append(problems, p.checkTarget(in[0], i)...)
		}
	}
	out := p.schema(in[0])
	if out.Len() == 0 && !out.Open() && in[0].Len() > 0 && len(problems) == 0 {
		problems = append(problems, diag.Errorf("column.none", diag.Pos{}, "no column is left"))
	}
	return out, problems
}

// checkTarget refuses a new name that another column has or gets.
func (p *Project) checkTarget(in *record.Schema, i int) diag.List {
	to, n := p.To[i], p.Columns[i]
	if to == "" {
		return diag.List{diag.Errorf("column.name", n.Pos, "the new name of %q is empty", n.Text)}
	}
	for j := range i {
		if p.To[j] == to {
			return diag.List{diag.Errorf("column.duplicate", n.Pos, "two columns would be called %q", to).
				WithNote(p.Columns[j].Pos, "the first one")}
		}
	}
	if in.Has(to) && !p.renames(to) {
		return diag.List{diag.Errorf("column.duplicate", n.Pos, "%q cannot be called %q: there is such a column", n.Text, to).
			WithHint("drop or rename the column %q as well", to)}
	}
	return nil
}

func (p *Project) renames(name string) bool {
	for _, n := range p.Columns {
		if n.Text == name {
			return true
		}
	}
	return false
}

// Places are, for each column of the output, its place in the input, which
// must be complete.
func (p *Project) Places(in *record.Schema) []int {
	var out []int
	if p.Mode == Keep {
		for _, n := range p.Columns {
			out = append(out, in.Index(n.Text))
		}
		return out
	}
	for i, f := range in.Fields() {
		if p.Mode == Rename || !p.renames(f.Name) {
			out = append(out, i)
		}
	}
	return out
}

func (p *Project) schema(in *record.Schema) *record.Schema {
	var fields []record.Field
	switch p.Mode {
	case Keep:
		for _, n := range p.Columns {
			f, _ := lookup(in, n)
			fields = append(fields, f)
		}
		return record.NewSchema(fields...)
	case Remove:
		for _, i := range p.Places(in) {
			fields = append(fields, in.Field(i))
		}
	case Rename:
		for _, f := range in.Fields() {
			fields = append(fields, record.Field{Name: p.NewName(f.Name), Type: f.Type})
		}
	}
	if in.Open() {
		return record.NewOpenSchema(fields...)
	}
	return record.NewSchema(fields...)
}

// NewName is the name of an input column in the output.
func (p *Project) NewName(name string) string {
	if p.Mode == Rename {
		for i, n := range p.Columns {
			if n.Text == name {
				return p.To[i]
			}
		}
	}
	return name
}

// Laws implements Operator.
func (p *Project) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)}
}

// Traits implements Operator.
func (p *Project) Traits() Traits { return Traits{} }

// columnSet finds names that come twice.
type columnSet map[string]diag.Pos

func (s columnSet) add(n Name) *diag.Diagnostic {
	if first, twice := s[n.Text]; twice {
		return diag.Errorf("column.duplicate", n.Pos, "the column %q is named twice", n.Text).WithNote(first, "the first one")
	}
	s[n.Text] = n.Pos
	return nil
}
