package order

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	componenttest.Problems(t, []componenttest.Problem{
		{Spec: SortSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: sort needs keys: a list such as { "-a", "b" }
    1 | 
      | ^
  hint: keys: the columns to sort by: "a", "-b" for descending, or { col = "c", desc = true, nulls = "first" }
`},
		{Spec: SortSpec(), Args: `{}`, Want: `
job.lua:1:1: error[argument.missing]: sort needs keys: a list such as { "-a", "b" }
    1 | {}
      | ^
  hint: keys: the columns to sort by: "a", "-b" for descending, or { col = "c", desc = true, nulls = "first" }
`},
		{Spec: SortSpec(), Args: `"a"`, Want: `
job.lua:1:1: error[argument.type]: sort wants its keys in a table, not the string "a"
    1 | "a"
      | ^^^
  hint: write sort { "a" }
`},
		{Spec: SortSpec(), Args: `"-a", "b"`, Want: `
job.lua:1:1: error[argument.type]: sort wants its keys in a table, not the string "-a"
    1 | "-a", "b"
      | ^^^^
  hint: write sort { "-a", "b" }
`},
		{Spec: SortSpec(), Args: `{ 5 }`, Want: `
job.lua:1:3: error[option.type]: a sort key is a column, not a number
    1 | { 5 }
      |   ^
  hint: write "a", "-a" for descending, or { col = "a", desc = true, nulls = "first" }
`},
		{Spec: SortSpec(), Args: `{ { desc = true } }`, Want: `
job.lua:1:3: error[option.missing]: a sort key needs the option "col"
    1 | { { desc = true } }
      |   ^^^^^^^^^^^^^^^
  hint: col = ...  -- a string: the column
`},
		{Spec: SortSpec(), Args: `{ { "a", desc = true } }`, Want: `
job.lua:1:5: error[option.list]: a sort key takes options by name only, not the string "a"
    1 | { { "a", desc = true } }
      |     ^^^
  hint: write { option = value }
`},
		{Spec: SortSpec(), Args: `{ { col = "a", dsc = true, nulls = "frist" } }`, Want: `
job.lua:1:16: error[option.unknown]: a sort key has no option "dsc"
    1 | { { col = "a", dsc = true, nulls = "frist" } }
      |                ^^^
  hint: did you mean "desc"?

job.lua:1:36: error[option.value]: option "nulls" of a sort key wants "first" or "last", not the string "frist"
    1 | { { col = "a", dsc = true, nulls = "frist" } }
      |                                    ^^^^^^^
  hint: did you mean "first"?
`},
		{Spec: SortSpec(), Args: `{ col = "a", desc = true }`, Want: `
job.lua:1:3: error[option.unknown]: sort has no option "col"
    1 | { col = "a", desc = true }
      |   ^^^
  hint: known: name; keys stand in the table without a name: a list such as { "-a", "b" }

job.lua:1:14: error[option.unknown]: sort has no option "desc"
    1 | { col = "a", desc = true }
      |              ^^^^
  hint: known: name; keys stand in the table without a name: a list such as { "-a", "b" }
`},
		{Spec: SortSpec(), Args: `{ "a", nmae = "x" }`, Want: `
job.lua:1:8: error[option.unknown]: sort has no option "nmae"
    1 | { "a", nmae = "x" }
      |        ^^^^
  hint: did you mean "name"?
`},
		{Spec: SortSpec(), Args: `{ etl.count() }`, Want: `
job.lua:1:3: error[option.type]: a sort key is a column, not an aggregate (etl.count)
    1 | { etl.count() }
      |   ^^^^^^^^^^^
  hint: write "a", "-a" for descending, or { col = "a", desc = true, nulls = "first" }
`},
		{Spec: LimitSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: limit needs n: an integral number from 0 on
    1 | 
      | ^
  hint: n: the number of rows
`},
		{Spec: LimitSpec(), Args: `"x"`, Want: `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not the string "x"
    1 | "x"
      | ^^^
  hint: n: the number of rows
`},
		{Spec: LimitSpec(), Args: `2.5`, Want: `
job.lua:1:1: error[option.value]: n of limit: 2.5 is no integral number
    1 | 2.5
      | ^^^
`},
		{Spec: LimitSpec(), Args: `-1`, Want: `
job.lua:1:1: error[option.value]: n of limit: -1 is not an integral number from 0 on
    1 | -1
      | ^^
`},
		{Spec: LimitSpec(), Args: `{}`, Want: `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not an empty table
    1 | {}
      | ^^
  hint: n: the number of rows
`},
		{Spec: LimitSpec(), Args: `9007199254740993`, Want: `
job.lua:1:1: error[option.value]: n of limit: 9007199254740992 is too large a number
    1 | 9007199254740993
      | ^^^^^^^^^^^^^^^^
`},
		{Spec: LimitSpec(), Args: `1, 2`, Want: `
job.lua:1:4: error[argument.type]: limit wants its options in a table, not a number
    1 | 1, 2
      |    ^
  hint: write { option = value }
`},
		{Spec: LimitSpec(), Args: `{ n = 5 }`, Want: `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not a table
    1 | { n = 5 }
      | ^^^^^^^^^
  hint: n: the number of rows
`},
	}, nil)
}
