package order

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec *component.Spec
		args string
		want string
	}{
		{SortSpec(), ``, `
job.lua:1:1: error[argument.missing]: sort needs keys: a list such as { "-a", "b" }
    1 | 
      | ^
  hint: keys: the columns to sort by: "a", "-b" for descending, or { col = "c", desc = true, nulls = "first" }
`},
		{SortSpec(), `{}`, `
job.lua:1:1: error[argument.missing]: sort needs keys: a list such as { "-a", "b" }
    1 | {}
      | ^
  hint: keys: the columns to sort by: "a", "-b" for descending, or { col = "c", desc = true, nulls = "first" }
`},
		{SortSpec(), `"a"`, `
job.lua:1:1: error[argument.type]: sort wants its keys in a table, not the string "a"
    1 | "a"
      | ^^^
  hint: write sort { "a" }
`},
		{SortSpec(), `"-a", "b"`, `
job.lua:1:1: error[argument.type]: sort wants its keys in a table, not the string "-a"
    1 | "-a", "b"
      | ^^^^
  hint: write sort { "-a", "b" }
`},
		{SortSpec(), `{ 5 }`, `
job.lua:1:3: error[option.type]: a sort key is a column, not a number
    1 | { 5 }
      |   ^
  hint: write "a", "-a" for descending, or { col = "a", desc = true, nulls = "first" }
`},
		{SortSpec(), `{ { desc = true } }`, `
job.lua:1:3: error[option.missing]: a sort key needs the option "col"
    1 | { { desc = true } }
      |   ^^^^^^^^^^^^^^^
  hint: col = ...  -- a string: the column
`},
		{SortSpec(), `{ { "a", desc = true } }`, `
job.lua:1:5: error[option.list]: a sort key takes options by name only, not the string "a"
    1 | { { "a", desc = true } }
      |     ^^^
  hint: write { option = value }
`},
		{SortSpec(), `{ { col = "a", dsc = true, nulls = "frist" } }`, `
job.lua:1:16: error[option.unknown]: a sort key has no option "dsc"
    1 | { { col = "a", dsc = true, nulls = "frist" } }
      |                ^^^
  hint: did you mean "desc"?

job.lua:1:36: error[option.value]: option "nulls" of a sort key wants "first" or "last", not the string "frist"
    1 | { { col = "a", dsc = true, nulls = "frist" } }
      |                                    ^^^^^^^
  hint: did you mean "first"?
`},
		{SortSpec(), `{ col = "a", desc = true }`, `
job.lua:1:3: error[option.unknown]: sort has no option "col"
    1 | { col = "a", desc = true }
      |   ^^^
  hint: known: name; keys stand in the table without a name: a list such as { "-a", "b" }

job.lua:1:14: error[option.unknown]: sort has no option "desc"
    1 | { col = "a", desc = true }
      |              ^^^^
  hint: known: name; keys stand in the table without a name: a list such as { "-a", "b" }
`},
		{SortSpec(), `{ "a", nmae = "x" }`, `
job.lua:1:8: error[option.unknown]: sort has no option "nmae"
    1 | { "a", nmae = "x" }
      |        ^^^^
  hint: did you mean "name"?
`},
		{SortSpec(), `{ etl.count() }`, `
job.lua:1:3: error[option.type]: a sort key is a column, not an aggregate (etl.count)
    1 | { etl.count() }
      |   ^^^^^^^^^^^
  hint: write "a", "-a" for descending, or { col = "a", desc = true, nulls = "first" }
`},
		{LimitSpec(), ``, `
job.lua:1:1: error[argument.missing]: limit needs n: an integral number from 0 on
    1 | 
      | ^
  hint: n: the number of rows
`},
		{LimitSpec(), `"x"`, `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not the string "x"
    1 | "x"
      | ^^^
  hint: n: the number of rows
`},
		{LimitSpec(), `2.5`, `
job.lua:1:1: error[option.value]: n of limit: 2.5 is no integral number
    1 | 2.5
      | ^^^
`},
		{LimitSpec(), `-1`, `
job.lua:1:1: error[option.value]: n of limit: -1 is not an integral number from 0 on
    1 | -1
      | ^^
`},
		{LimitSpec(), `{}`, `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not an empty table
    1 | {}
      | ^^
  hint: n: the number of rows
`},
		{LimitSpec(), `9007199254740993`, `
job.lua:1:1: error[option.value]: n of limit: 9007199254740992 is too large a number
    1 | 9007199254740993
      | ^^^^^^^^^^^^^^^^
`},
		{LimitSpec(), `1, 2`, `
job.lua:1:4: error[argument.type]: limit wants its options in a table, not a number
    1 | 1, 2
      |    ^
  hint: write { option = value }
`},
		{LimitSpec(), `{ n = 5 }`, `
job.lua:1:1: error[option.type]: n of limit wants an integral number from 0 on, not a table
    1 | { n = 5 }
      | ^^^^^^^^^
  hint: n: the number of rows
`},
	}
	for _, test := range tests {
		t.Run(test.spec.Name+"("+test.args+")", func(t *testing.T) {
			t.Parallel()
			o, said := componenttest.Build(test.spec, test.args, nil)
			if o != nil {
				t.Errorf("built %+v in spite of its problems", o)
			}
			if d := cmp.Diff(test.want, "\n"+said); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}
