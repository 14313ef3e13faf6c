package op

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// JoinLayout says where the columns of a join come from.
type JoinLayout struct {
	LeftKeys, RightKeys []int // places of the keys, pairwise
	RightRest           []int // places of the right columns that the output has behind the left ones
	Schema              *record.Schema
}

// Resolve implements Operator.
func (j *Join) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	left, right := in[0], in[1]
	problems := j.checkKeys(left, right)
	layout, clashes := j.layout(left, right)
	return layout.Schema, append(problems, clashes...)
}

func (j *Join) checkKeys(left, right *record.Schema) diag.List {
	var problems diag.List
	pairs := map[[2]string]diag.Pos{}
	for i := range j.Left {
		pair := [2]string{j.Left[i].Text, j.Right[i].Text}
		if first, twice := pairs[pair]; twice {
			problems = append(problems, diag.Errorf("column.duplicate", j.Left[i].Pos, "the key %q is named twice", pair[0]).
				WithNote(first, "the first one"))
			continue
		}
		pairs[pair] = j.Left[i].Pos
		l, dl := lookup(left, j.Left[i])
		r, dr := lookup(right, j.Right[i])
		if dl != nil {
			dl.Message += " on the left side of the join"
			problems = append(problems, dl)
		}
		if dr != nil {
			dr.Message += " on the right side of the join"
			problems = append(problems, dr)
		}
		if differ(l.Type, r.Type) {
			problems = append(problems, j.keyTypes(i, l, r))
		}
	}
	return problems
}

func (j *Join) keyTypes(i int, l, r record.Field) *diag.Diagnostic {
	name, pinned := r.Name, l.Type
	if l.Type.Kind == record.Any {
		name, pinned = l.Name, r.Type
	}
	return diag.Errorf("join.key_type", j.Left[i].Pos,
		"the keys differ in type: %q is %s on the left, %q is %s on the right", l.Name, l.Type, r.Name, r.Type).
		WithHint("give both sides the same type, for instance with types = { %s = %q } where they are read", name, pinned)
}

// Layout is where the columns of the output come from; the inputs must be
// complete and without problems.
func (j *Join) Layout(left, right *record.Schema) JoinLayout {
	l, _ := j.layout(left, right)
	return l
}

func (j *Join) layout(left, right *record.Schema) (JoinLayout, diag.List) {
	var l JoinLayout
	keys := map[string]bool{}
	for i := range j.Left {
		l.LeftKeys = append(l.LeftKeys, left.Index(j.Left[i].Text))
		l.RightKeys = append(l.RightKeys, right.Index(j.Right[i].Text))
		keys[j.Right[i].Text] = true
	}
	if j.How == Semi || j.How == Anti {
		l.Schema = left
		return l, nil
	}
	fields := append([]record.Field(nil), left.Fields()...)
	var problems diag.List
	for i, f := range right.Fields() {
		if keys[f.Name] {
			continue
		}
		name, d := j.rightName(left, right, f.Name, keys)
		if d != nil {
			problems = append(problems, d)
		}
		l.RightRest = append(l.RightRest, i)
		fields = append(fields, record.Field{Name: name, Type: f.Type})
	}
	l.Schema = record.NewSchema(fields...)
	if left.Open() || right.Open() {
		l.Schema = record.NewOpenSchema(fields...)
	}
	return l, problems
}

// rightName is the name of a right column in the output, which has none of the
// right side's keys.
func (j *Join) rightName(left, right *record.Schema, name string, keys map[string]bool) (string, *diag.Diagnostic) {
	if !left.Has(name) {
		return name, nil
	}
	pos := j.Left[0].Pos
	out := name + j.Suffix
	if left.Has(out) || right.Has(out) && !keys[out] || j.Suffix == "" {
		return out, diag.Errorf("join.collision", pos, "both sides have a column %q, and %q is taken as well", name, out).
			WithHint("choose another suffix = \"...\", or rename a column before the join")
	}
	if j.SuffixSet {
		return out, nil
	}
	return out, diag.Warningf("join.collision", pos, "both sides have a column %q; the right one becomes %q", name, out).
		WithHint("drop or rename it before the join, or say suffix = %q", j.Suffix)
}

// Laws implements Operator.
func (j *Join) Laws() []ledger.Law {
	laws := []ledger.Law{
		law(ledger.In, ledger.Left, ledger.Right),
		law(ledger.Left, ledger.LeftMatched, ledger.LeftUnmatched, ledger.LeftRejected),
		law(ledger.Right, ledger.RightMatched, ledger.RightUnmatched, ledger.RightRejected),
		{Left: []ledger.Counter{ledger.Out, ledger.Discarded}, Right: []ledger.Counter{ledger.Pairs, ledger.KeptUnmatched}},
	}
	return append(laws, j.unmatchedLaws()...)
}

// unmatchedLaws tie the rows without a partner to the kind of the join. A semi
// join makes one pair a matched left row.
func (j *Join) unmatchedLaws() []ledger.Law {
	switch j.How {
	case LeftJ:
		return []ledger.Law{law(ledger.KeptUnmatched, ledger.LeftUnmatched)}
	case RightJ:
		return []ledger.Law{law(ledger.KeptUnmatched, ledger.RightUnmatched)}
	case Full:
		return []ledger.Law{law(ledger.KeptUnmatched, ledger.LeftUnmatched, ledger.RightUnmatched)}
	case Semi:
		return []ledger.Law{law(ledger.Pairs, ledger.LeftMatched), law(ledger.KeptUnmatched)}
	case Anti:
		return []ledger.Law{law(ledger.KeptUnmatched, ledger.LeftUnmatched), law(ledger.Pairs)}
	}
	return []ledger.Law{law(ledger.KeptUnmatched)}
}

// Traits implements Operator. The reads are those of the left input; the
// right one's are in Right.
func (j *Join) Traits() Traits { return Traits{Blocking: true, Reads: Names(j.Left)} }
