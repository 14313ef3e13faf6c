// Package relate declares the components that bring streams together: join
// and union.
package relate

import (
	"cmp"
	"fmt"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

type joinOptions struct {
	component.Common
	On     joinKeys    `opt:"on" required:"true" doc:"the key columns, of the same types on both sides"`
	How    op.JoinKind `opt:"how" enum:"inner,left,right,full,semi,anti" doc:"which rows come out"`
	Match  string      `opt:"match" enum:"one,many" doc:"one: a second partner of a left row is an error"`
	Suffix suffix      `opt:"suffix" doc:"added to a right column whose name the left side has too; default \"_right\", with a warning"`
}

const defaultSuffix = "_right"

// JoinSpec declares join.
func JoinSpec() *component.Spec {
	return &component.Spec{
		Name: "join", Kind: component.Transform, Streams: component.OneStream,
		Summary: "Puts rows of two streams together where their keys are equal",
		Doc: "The stream that the method is called on is the left side and is streamed; the argument is the right side. " +
			"Key columns appear once. A NULL key matches nothing. The types of the keys must be the same.\n\n" +
			"`inner` gives the pairs; `left` also left rows without a partner; `right` and `full` also right ones, behind the " +
			"others; `semi` left rows that have a partner, once; `anti` left rows that have none.",
		Holds:   "the right side",
		Order:   "that of the left side, then unmatched right rows in their order",
		Options: &joinOptions{How: op.Inner, Match: "many"},
		Build: component.Build(func(o *joinOptions) (op.Operator, diag.List) {
			return &op.Join{
				Left: o.On.left, Right: o.On.right, How: o.How, One: o.Match == "one",
				Suffix: string(cmp.Or(o.Suffix, defaultSuffix)), SuffixSet: o.Suffix != "",
			}, nil
		}),
		Example: `local etl = require "etl"

local countries = etl.rows({ { code = "NO", name = "Norway" }, { code = "IT", name = "Italy" } })

etl.rows({ { city = "Oslo", code = "NO" }, { city = "Rome", code = "IT" }, { city = "Bern", code = "CH" } })
  :join(countries, { on = "code", how = "left" })
  :write_csv { path = "out.csv" }

return etl.job { name = "cities" }
`,
	}
}

// joinKeys are the pairs of key columns.
type joinKeys struct{ left, right []op.Name }

// DecodeOption implements component.OptionDecoder.
func (k *joinKeys) DecodeOption(v component.Value) error {
	*k = joinKeys{}
	if word, ok := v.X.(string); ok {
		k.add(op.Name{Text: word, Pos: v.Pos}, op.Name{Text: word, Pos: v.Pos})
		return nil
	}
	t, ok := v.X.(*component.Table)
	switch {
	case !ok:
		return component.ErrWrongType
	case len(t.List) == 0 && len(t.Entries) == 0:
		return fmt.Errorf("names no column; a join needs at least one key")
	}
	return k.addAll(t).Err()
}

// addAll adds the keys of both forms: "a" and left = "right".
func (k *joinKeys) addAll(t *component.Table) diag.List {
	var problems diag.List
	for _, x := range t.List {
		word, ok := x.X.(string)
		if !ok {
			problems = append(problems, diag.Errorf("option.type", x.Pos, "a key column of a join is a string, not %s", x.Describe()))
			continue
		}
		k.add(op.Name{Text: word, Pos: x.Pos}, op.Name{Text: word, Pos: x.Pos})
	}
	for _, e := range t.Entries {
		word, ok := e.Value.X.(string)
		if !ok {
			problems = append(problems, diag.Errorf("option.type", e.Value.Pos, "the right column for the key %q is a string, not %s", e.Key.Text, e.Value.Describe()))
			continue
		}
		k.add(e.Key, op.Name{Text: word, Pos: e.Value.Pos})
	}
	return problems
}

func (k *joinKeys) add(left, right op.Name) {
	k.left, k.right = append(k.left, left), append(k.right, right)
}

// Want implements component.OptionDecoder.
func (*joinKeys) Want() string { return `"k", { "a", "b" } or { left = "right" }` }

// suffix makes the name of a right column another one than the left's.
type suffix string

// DecodeOption implements component.OptionDecoder.
func (s *suffix) DecodeOption(v component.Value) error {
	word, ok := v.X.(string)
	if !ok || word == "" {
		return component.ErrWrongType
	}
	*s = suffix(word)
	return nil
}

// Want implements component.OptionDecoder.
func (*suffix) Want() string { return "a string that is not empty" }

type unionOptions struct {
	component.Common
	Fill bool `opt:"fill" doc:"a column that a stream lacks is NULL there; otherwise it is an error"`
}

// UnionSpec declares union.
func UnionSpec() *component.Spec { return union("union") }

// MergeSpec declares merge, another name of union.
func MergeSpec() *component.Spec { return union("merge") }

func union(name string) *component.Spec {
	return &component.Spec{
		Name: name, Kind: component.Transform, Streams: component.Streams,
		Summary: "Gives the rows of several streams, one stream after the other",
		Doc: "Columns are matched by name and keep the order of the first stream. A missing or additional column is an " +
			"error unless `fill = true`. `union` and `merge` are the same.",
		Order:   "the first stream's rows, then the second's, and so on",
		Options: &unionOptions{},
		Build: component.Build(func(o *unionOptions) (op.Operator, diag.List) {
			return &op.Union{Fill: o.Fill}, nil
		}),
		Example: fmt.Sprintf(`local etl = require "etl"

local old = etl.rows({ { id = 1, name = "Ann" } })
local new = etl.rows({ { id = 2, name = "Bob", mail = "bob@example.org" } })

old:%s(new, { fill = true }):write_csv { path = "out.csv" }

return etl.job { name = "everyone" }
`, name),
	}
}
