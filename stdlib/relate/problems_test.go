package relate

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
		{JoinSpec(), ``, `
job.lua:1:1: error[option.missing]: join needs the option "on"
    1 | 
      | ^
  hint: on = ...  -- "k", { "a", "b" } or { left = "right" }: the key columns, of the same types on both sides
`},
		{JoinSpec(), `"k"`, `
job.lua:1:1: error[argument.type]: join wants its options in a table, not the string "k"
    1 | "k"
      | ^^^
  hint: write join { on = "k" }
`},
		{JoinSpec(), `{ on = {} }`, `
job.lua:1:8: error[option.value]: option "on" of join: names no column; a join needs at least one key
    1 | { on = {} }
      |        ^^
`},
		{JoinSpec(), `{ on = 5 }`, `
job.lua:1:8: error[option.type]: option "on" of join wants "k", { "a", "b" } or { left = "right" }, not a number
    1 | { on = 5 }
      |        ^
`},
		{JoinSpec(), `{ on = { 5, "a", b = true } }`, `
job.lua:1:10: error[option.type]: a key column of a join is a string, not a number
    1 | { on = { 5, "a", b = true } }
      |          ^

job.lua:1:22: error[option.type]: the right column for the key "b" is a string, not a boolean
    1 | { on = { 5, "a", b = true } }
      |                      ^^^^
`},
		{JoinSpec(), `{ on = "k", how = "lft" }`, `
job.lua:1:19: error[option.value]: option "how" of join wants "inner", "left", "right", "full", "semi" or "anti", not the string "lft"
    1 | { on = "k", how = "lft" }
      |                   ^^^^^
  hint: did you mean "left"?
`},
		{JoinSpec(), `{ on = "k", how = 5 }`, `
job.lua:1:19: error[option.type]: option "how" of join wants "inner", "left", "right", "full", "semi" or "anti", not a number
    1 | { on = "k", how = 5 }
      |                   ^
`},
		{JoinSpec(), `{ on = "k", suffix = "" }`, `
job.lua:1:22: error[option.type]: option "suffix" of join wants a string that is not empty, not the string ""
    1 | { on = "k", suffix = "" }
      |                      ^^
`},
		{JoinSpec(), `{ o = "k" }`, `
job.lua:1:3: error[option.unknown]: join has no option "o"
    1 | { o = "k" }
      |   ^
  hint: did you mean "on"?
`},
		{JoinSpec(), `{ keys = "k" }`, `
job.lua:1:3: error[option.unknown]: join has no option "keys"
    1 | { keys = "k" }
      |   ^^^^
  hint: known: name, on, how, match, suffix

job.lua:1:1: error[option.missing]: join needs the option "on"
    1 | { keys = "k" }
      | ^
  hint: on = ...  -- "k", { "a", "b" } or { left = "right" }: the key columns, of the same types on both sides
`},
		{JoinSpec(), `{ on = "k", match = "once" }`, `
job.lua:1:21: error[option.value]: option "match" of join wants "one" or "many", not the string "once"
    1 | { on = "k", match = "once" }
      |                     ^^^^^^
  hint: did you mean "one"?
`},
		{UnionSpec(), `{ fill = "yes" }`, `
job.lua:1:10: error[option.type]: option "fill" of union wants true or false, not the string "yes"
    1 | { fill = "yes" }
      |          ^^^^^
`},
		{UnionSpec(), `{ fil = true }`, `
job.lua:1:3: error[option.unknown]: union has no option "fil"
    1 | { fil = true }
      |   ^^^
  hint: did you mean "fill"?
`},
		{UnionSpec(), `true`, `
job.lua:1:1: error[argument.type]: union wants its options in a table, not a boolean
    1 | true
      | ^^^^
  hint: write { option = value }
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
