package relate

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	componenttest.Problems(t, []componenttest.Problem{
		{Spec: JoinSpec(), Args: ``, Want: `
job.lua:1:1: error[option.missing]: join needs the option "on"
    1 | 
      | ^
  hint: on = ...  -- "k", { "a", "b" } or { left = "right" }: the key columns, of the same types on both sides
`},
		{Spec: JoinSpec(), Args: `"k"`, Want: `
job.lua:1:1: error[argument.type]: join wants its options in a table, not the string "k"
    1 | "k"
      | ^^^
  hint: write join { on = "k" }
`},
		{Spec: JoinSpec(), Args: `{ on = {} }`, Want: `
job.lua:1:8: error[option.value]: option "on" of join: names no column; a join needs at least one key
    1 | { on = {} }
      |        ^^
`},
		{Spec: JoinSpec(), Args: `{ on = 5 }`, Want: `
job.lua:1:8: error[option.type]: option "on" of join wants "k", { "a", "b" } or { left = "right" }, not a number
    1 | { on = 5 }
      |        ^
`},
		{Spec: JoinSpec(), Args: `{ on = { 5, "a", b = true } }`, Want: `
job.lua:1:10: error[option.type]: a key column of a join is a string, not a number
    1 | { on = { 5, "a", b = true } }
      |          ^

job.lua:1:22: error[option.type]: the right column for the key "b" is a string, not a boolean
    1 | { on = { 5, "a", b = true } }
      |                      ^^^^
`},
		{Spec: JoinSpec(), Args: `{ on = "k", how = "lft" }`, Want: `
job.lua:1:19: error[option.value]: option "how" of join wants "inner", "left", "right", "full", "semi" or "anti", not the string "lft"
    1 | { on = "k", how = "lft" }
      |                   ^^^^^
  hint: did you mean "left"?
`},
		{Spec: JoinSpec(), Args: `{ on = "k", how = 5 }`, Want: `
job.lua:1:19: error[option.type]: option "how" of join wants "inner", "left", "right", "full", "semi" or "anti", not a number
    1 | { on = "k", how = 5 }
      |                   ^
`},
		{Spec: JoinSpec(), Args: `{ on = "k", suffix = "" }`, Want: `
job.lua:1:22: error[option.type]: option "suffix" of join wants a string that is not empty, not the string ""
    1 | { on = "k", suffix = "" }
      |                      ^^
`},
		{Spec: JoinSpec(), Args: `{ o = "k" }`, Want: `
job.lua:1:3: error[option.unknown]: join has no option "o"
    1 | { o = "k" }
      |   ^
  hint: did you mean "on"?
`},
		{Spec: JoinSpec(), Args: `{ keys = "k" }`, Want: `
job.lua:1:3: error[option.unknown]: join has no option "keys"
    1 | { keys = "k" }
      |   ^^^^
  hint: known: name, on, how, match, suffix

job.lua:1:1: error[option.missing]: join needs the option "on"
    1 | { keys = "k" }
      | ^
  hint: on = ...  -- "k", { "a", "b" } or { left = "right" }: the key columns, of the same types on both sides
`},
		{Spec: JoinSpec(), Args: `{ on = "k", match = "once" }`, Want: `
job.lua:1:21: error[option.value]: option "match" of join wants "one" or "many", not the string "once"
    1 | { on = "k", match = "once" }
      |                     ^^^^^^
  hint: did you mean "one"?
`},
		{Spec: UnionSpec(), Args: `{ fill = "yes" }`, Want: `
job.lua:1:10: error[option.type]: option "fill" of union wants true or false, not the string "yes"
    1 | { fill = "yes" }
      |          ^^^^^
`},
		{Spec: UnionSpec(), Args: `{ fil = true }`, Want: `
job.lua:1:3: error[option.unknown]: union has no option "fil"
    1 | { fil = true }
      |   ^^^
  hint: did you mean "fill"?
`},
		{Spec: UnionSpec(), Args: `true`, Want: `
job.lua:1:1: error[argument.type]: union wants its options in a table, not a boolean
    1 | true
      | ^^^^
  hint: write { option = value }
`},
	}, nil)
}
