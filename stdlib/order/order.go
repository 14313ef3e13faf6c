// Package order declares the components that order rows, count them off and find
// equal ones: sort, limit, skip and distinct.
package order

import (
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

type sortOptions struct {
	component.Common
	Keys sortKeys `list:"keys" required:"true" doc:"the columns to sort by: \"a\", \"-b\" for descending, or { col = \"c\", desc = true, nulls = \"first\" }"`
}

// SortSpec declares sort.
func SortSpec() *component.Spec {
	return &component.Spec{
		Name: "sort", Kind: component.Transform,
		Summary: "Orders the rows by columns",
		Doc: "NULLs come last and NaN after all other numbers; strings are compared byte by byte. The sort is stable: rows " +
			"with equal keys keep their order.",
		Holds:   "all rows",
		Order:   "by the keys, then as before",
		Options: &sortOptions{},
		Build: component.Build(func(o *sortOptions) (op.Operator, diag.List) {
			return &op.Sort{Keys: o.Keys}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { name = "Bob", points = 7 }, { name = "Ann", points = 9 }, { name = "Cid" }, { name = "Dan", points = 9 } })
  :sort { "-points", "name" }
  :write_csv { path = "out.csv" }

return etl.job { name = "ranking" }
`,
	}
}

// sortKeys decodes the keys of a sort.
type sortKeys []op.SortKey

// DecodeOption implements component.OptionDecoder.
func (k *sortKeys) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok {
		return diag.Errorf("option.type", v.Pos, "sort wants its keys in a list, not %s", v.Describe())
	}
	var problems diag.List
	*k = nil
	for _, x := range t.List {
		key, list := sortKey(x)
		problems = append(problems, list...)
		*k = append(*k, key)
	}
	return problems.Err()
}

// Want implements component.OptionDecoder.
func (*sortKeys) Want() string { return `a list such as { "-a", "b" }` }

func sortKey(v component.Value) (op.SortKey, diag.List) {
	switch x := v.X.(type) {
	case string:
		name, desc := strings.CutPrefix(x, "-")
		return op.SortKey{Column: op.Name{Text: name, Pos: v.Pos}, Desc: desc}, nil
	case *component.Table:
		return sortKeyTable(v)
	}
	return op.SortKey{}, diag.List{diag.Errorf("option.type", v.Pos, "a sort key is a column, not %s", v.Describe()).
		WithHint(`write "a", "-a" for descending, or { col = "a", desc = true, nulls = "first" }`)}
}

func sortKeyTable(v component.Value) (op.SortKey, diag.List) {
	var o struct {
		Col   op.Name `opt:"col" required:"true" doc:"the column"`
		Desc  bool    `opt:"desc" doc:"largest first"`
		Nulls string  `opt:"nulls" enum:"first,last" doc:"where NULLs go"`
	}
	problems := component.DecodeTable("a sort key", &o, v, v.Pos)
	return op.SortKey{Column: o.Col, Desc: o.Desc, NullsFirst: o.Nulls == "first"}, problems
}

type limitOptions struct {
	component.Common
	N int64 `arg:"n" required:"true" min:"0" doc:"the number of rows"`
}

// LimitSpec declares limit.
func LimitSpec() *component.Spec {
	return &component.Spec{
		Name: "limit", Kind: component.Transform,
		Summary: "Passes the first n rows",
		Doc:     "Reading stops as soon as nobody wants further rows. Rows that were on their way are counted as discarded.",
		Order:   "kept",
		Options: &limitOptions{},
		Build: component.Build(func(o *limitOptions) (op.Operator, diag.List) {
			return &op.Limit{N: o.N}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { n = 1 }, { n = 2 }, { n = 3 } })
  :limit(2)
  :write_csv { path = "out.csv" }

return etl.job { name = "first_two" }
`,
	}
}

type skipOptions struct {
	component.Common
	N int64 `arg:"n" required:"true" min:"0" doc:"the number of rows"`
}

// SkipSpec declares skip.
func SkipSpec() *component.Spec {
	return &component.Spec{
		Name: "skip", Kind: component.Transform,
		Summary: "Leaves out the first n rows",
		Doc:     "They are counted as discarded. To leave out lines at the top of a file, give its reader the option `skip`.",
		Order:   "kept",
		Options: &skipOptions{},
		Build: component.Build(func(o *skipOptions) (op.Operator, diag.List) {
			return &op.Skip{N: o.N}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { n = 1 }, { n = 2 }, { n = 3 } })
  :skip(2)
  :write_csv { path = "out.csv" }

return etl.job { name = "the_third" }
`,
	}
}

type distinctOptions struct {
	component.Common
	By   []op.Name `opt:"by" doc:"the columns that tell rows apart; default: all"`
	Keep string    `opt:"keep" enum:"first,last" doc:"which of equal rows stays, in its place"`
}

// DistinctSpec declares distinct.
func DistinctSpec() *component.Spec {
	return &component.Spec{
		Name: "distinct", Kind: component.Transform,
		Summary: "Gives one row of those that are equal in some columns",
		Doc:     "NULLs are equal. With `keep = \"last\"` no row goes on until the last one was read.",
		Holds:   "the keys, and with `keep = \"last\"` their last rows",
		Order:   "kept",
		Options: &distinctOptions{Keep: "first"},
		Build: component.Build(func(o *distinctOptions) (op.Operator, diag.List) {
			return &op.Distinct{By: o.By, Last: o.Keep == "last"}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { id = 1, price = 2.5 }, { id = 2, price = 4 }, { id = 1, price = 3 } })
  :distinct { by = "id", keep = "last" }
  :write_csv { path = "out.csv" }

return etl.job { name = "latest" }
`,
	}
}
