package columns

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	componenttest.Problems(t, []componenttest.Problem{
		{Spec: SelectSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: select needs columns: a list of strings
    1 | 
      | ^
  hint: columns: the columns to keep, in the order of the output
`},
		{Spec: SelectSpec(), Args: `{}`, Want: `
job.lua:1:1: error[argument.missing]: select needs columns: a list of strings
    1 | {}
      | ^
  hint: columns: the columns to keep, in the order of the output
`},
		{Spec: SelectSpec(), Args: `"a"`, Want: `
job.lua:1:1: error[argument.type]: select wants its columns in a table, not the string "a"
    1 | "a"
      | ^^^
  hint: write select { "a" }
`},
		{Spec: SelectSpec(), Args: `"a", "b"`, Want: `
job.lua:1:1: error[argument.type]: select wants its columns in a table, not the string "a"
    1 | "a", "b"
      | ^^^
  hint: write select { "a", "b" }
`},
		{Spec: SelectSpec(), Args: `{ "a" }, { "b" }`, Want: `
job.lua:1:10: error[argument.surplus]: select takes no further argument: a list
    1 | { "a" }, { "b" }
      |          ^^^^^^^
  hint: write one table: columns are a list of strings, and options stand there by name
`},
		{Spec: SelectSpec(), Args: `{ "a", 5, true }`, Want: `
job.lua:1:8: error[option.type]: columns of select is a list of strings, but holds a number
    1 | { "a", 5, true }
      |        ^
`},
		{Spec: SelectSpec(), Args: `{ columns = { "a" } }`, Want: `
job.lua:1:3: error[option.unknown]: select has no option "columns"
    1 | { columns = { "a" } }
      |   ^^^^^^^
  hint: known: name; columns stand in the table without a name: a list of strings
`},
		{Spec: SelectSpec(), Args: `{ "a", nmae = "x" }`, Want: `
job.lua:1:8: error[option.unknown]: select has no option "nmae"
    1 | { "a", nmae = "x" }
      |        ^^^^
  hint: did you mean "name"?
`},
		{Spec: SelectSpec(), Args: `5`, Want: `
job.lua:1:1: error[argument.type]: select wants its columns in a table, not a number
    1 | 5
      | ^
  hint: write { option = value }
`},
		{Spec: RenameSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: rename needs columns: a table of old = "new"
    1 | 
      | ^
  hint: columns: old name = new name
`},
		{Spec: RenameSpec(), Args: `{}`, Want: `
job.lua:1:1: error[argument.type]: rename wants a table of old names and new ones, not an empty table
    1 | {}
      | ^^
  hint: write :rename({ old = "new" })
`},
		{Spec: RenameSpec(), Args: `{ "a" }`, Want: `
job.lua:1:1: error[argument.type]: rename wants a table of old names and new ones, not a list
    1 | { "a" }
      | ^^^^^^^
  hint: write :rename({ old = "new" })
`},
		{Spec: RenameSpec(), Args: `{ a = 5, b = true, c = "d" }`, Want: `
job.lua:1:7: error[option.type]: the new name of "a" is a string, not a number
    1 | { a = 5, b = true, c = "d" }
      |       ^

job.lua:1:14: error[option.type]: the new name of "b" is a string, not a boolean
    1 | { a = 5, b = true, c = "d" }
      |              ^^^^
`},
		{Spec: RenameSpec(), Args: `"a"`, Want: `
job.lua:1:1: error[argument.type]: rename wants a table of old names and new ones, not the string "a"
    1 | "a"
      | ^^^
  hint: write :rename({ old = "new" })
`},
		{Spec: RenameSpec(), Args: `{ a = "b" }, { nam = "x" }`, Want: `
job.lua:1:16: error[option.unknown]: rename has no option "nam"
    1 | { a = "b" }, { nam = "x" }
      |                ^^^
  hint: did you mean "name"?
`},
	}, nil)
}
