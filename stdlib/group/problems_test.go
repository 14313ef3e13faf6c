package group

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	componenttest.Problems(t, []componenttest.Problem{
		{Spec: AggregateSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: aggregate needs columns: aggregates by column name
    1 | 
      | ^
  hint: columns: the new columns: name = etl.count(), name = etl.sum "column", ...
`},
		{Spec: AggregateSpec(), Args: `{}`, Want: `
job.lua:1:1: error[argument.missing]: aggregate needs columns: aggregates by column name
    1 | {}
      | ^
  hint: columns: the new columns: name = etl.count(), name = etl.sum "column", ...
`},
		{Spec: AggregateSpec(), Args: `{ by = "a" }`, Want: `
job.lua:1:1: error[argument.missing]: aggregate needs columns: aggregates by column name
    1 | { by = "a" }
      | ^
  hint: columns: the new columns: name = etl.count(), name = etl.sum "column", ...
`},
		{Spec: AggregateSpec(), Args: `{ by = { "a", 5 }, n = etl.count() }`, Want: `
job.lua:1:15: error[option.type]: option "by" of aggregate is a list of strings, but holds a number
    1 | { by = { "a", 5 }, n = etl.count() }
      |               ^
`},
		{Spec: AggregateSpec(), Args: `{ by = { a = "b" }, n = etl.count() }`, Want: `
job.lua:1:10: error[option.type]: option "by" of aggregate is a list of strings without names, but has an entry "a"
    1 | { by = { a = "b" }, n = etl.count() }
      |          ^
`},
		{Spec: AggregateSpec(), Args: `{ by = "a", total = "sum" }`, Want: `
job.lua:1:13: error[option.unknown]: aggregate has no option "total"
    1 | { by = "a", total = "sum" }
      |             ^^^^^
  hint: known: name, by, on_error; columns: the new columns: name = etl.count(), name = etl.sum "column", ...
`},
		{Spec: AggregateSpec(), Args: `{ etl.count() }`, Want: `
job.lua:1:3: error[option.list]: aggregate takes options by name only, not an aggregate (etl.count)
    1 | { etl.count() }
      |   ^^^^^^^^^^^
  hint: give it the name of a column: { name = etl.count ... }
`},
		{Spec: AggregateSpec(), Args: `{ by = 5, n = etl.count() }`, Want: `
job.lua:1:8: error[option.type]: option "by" of aggregate wants a string or a list of strings, not a number
    1 | { by = 5, n = etl.count() }
      |        ^
`},
		{Spec: AggregateSpec(), Args: `{ n = etl.count(), on_error = "null" }`, Want: `
job.lua:1:31: error[option.value]: option "on_error" of aggregate wants "fail" or "reject", not the string "null"
    1 | { n = etl.count(), on_error = "null" }
      |                               ^^^^^^
`},
		{Spec: AggregateSpec(), Args: `{ name = etl.count(), bye = "a" }`, Want: `
job.lua:1:23: error[option.unknown]: aggregate has no option "bye"
    1 | { name = etl.count(), bye = "a" }
      |                       ^^^
  hint: did you mean "by"?
`},
		{Spec: AggregateSpec(), Args: `etl.count()`, Want: `
job.lua:1:1: error[argument.type]: aggregate wants its options in a table, not an aggregate (etl.count)
    1 | etl.count()
      | ^^^^^^^^^^^
  hint: write { option = value }
`},
	}, nil)
}
