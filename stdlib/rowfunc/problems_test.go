package rowfunc

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component/componenttest"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	componenttest.Problems(t, []componenttest.Problem{
		{Spec: FilterSpec(), Args: ``, Want: `
job.lua:1:1: error[argument.missing]: filter needs fn: a function
    1 | 
      | ^
  hint: fn: function(row): true keeps the row, false or nil drops it
`},
		{Spec: FilterSpec(), Args: `{ }`, Want: `
job.lua:1:1: error[option.type]: fn of filter wants a function, not an empty table
    1 | { }
      | ^^^
  hint: fn: function(row): true keeps the row, false or nil drops it
`},
		{Spec: FilterSpec(), Args: `{ on_error = "reject" }`, Want: `
job.lua:1:1: error[option.type]: fn of filter wants a function, not a table
    1 | { on_error = "reject" }
      | ^^^^^^^^^^^^^^^^^^^^^^^
  hint: fn: function(row): true keeps the row, false or nil drops it
`},
		{Spec: FilterSpec(), Args: `fn, "x"`, Want: `
job.lua:1:5: error[argument.type]: filter wants its options in a table, not the string "x"
    1 | fn, "x"
      |     ^^^
  hint: write { option = value }
`},
		{Spec: FilterSpec(), Args: `fn, { on_error = "rejct" }`, Want: `
job.lua:1:18: error[option.value]: option "on_error" of filter wants "fail", "reject" or "null", not the string "rejct"
    1 | fn, { on_error = "rejct" }
      |                  ^^^^^^^
  hint: did you mean "reject"?
`},
		{Spec: FilterSpec(), Args: `fn, { onerror = "reject" }`, Want: `
job.lua:1:7: error[option.unknown]: filter has no option "onerror"
    1 | fn, { onerror = "reject" }
      |       ^^^^^^^
  hint: did you mean "on_error"?
`},
		{Spec: FilterSpec(), Args: `fn, { name = 5 }`, Want: `
job.lua:1:14: error[option.type]: option "name" of filter wants a string, not a number
    1 | fn, { name = 5 }
      |              ^
`},
		{Spec: FilterSpec(), Args: `fn, {}, 3`, Want: `
job.lua:1:9: error[argument.surplus]: filter takes no further argument: a number
    1 | fn, {}, 3
      |         ^
`},
		{Spec: FilterSpec(), Args: `fn, { "a" }`, Want: `
job.lua:1:7: error[option.list]: filter takes options by name only, not the string "a"
    1 | fn, { "a" }
      |       ^^^
  hint: write { option = value }
`},
		{Spec: FilterSpec(), Args: `fn, { name = etl.count() }`, Want: `
job.lua:1:14: error[option.type]: option "name" of filter wants a string, not an aggregate (etl.count)
    1 | fn, { name = etl.count() }
      |              ^^^^^^^^^^^
`},
		{Spec: FilterSpec(), Args: `nil`, Want: `
job.lua:1:1: error[argument.missing]: filter needs fn: a function
    1 | nil
      | ^
  hint: fn: function(row): true keeps the row, false or nil drops it
`},
		{Spec: FilterSpec(), Args: `fn, fn`, Want: `
job.lua:1:5: error[argument.type]: filter wants its options in a table, not a function
    1 | fn, fn
      |     ^^
  hint: write { option = value }
`},
		{Spec: MapSpec(), Args: `fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }`, Want: `
job.lua:1:20: error[type.unknown]: type "integer": "integer" is no type
    1 | fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }
      |                    ^^^^^^^^^
  hint: write "int"

job.lua:1:56: error[type.unknown]: column "c": a type is a string such as "int", not a number
    1 | fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }
      |                                                        ^

job.lua:1:63: error[type.unknown]: type "strng": "strng" is no type
    1 | fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }
      |                                                               ^^^^^^^
  hint: did you mean "string"?

job.lua:1:76: error[type.unknown]: type "foo": "foo" is no type
    1 | fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }
      |                                                                            ^^^^^
  hint: known: string, int, uint, float, bool, decimal(p,s), date, time, datetime, timestamp, interval, bytes, list(T), struct{...}, map(T), json, any

job.lua:1:85: error[type.unknown]: type "decimal(99,2)": the precision of a decimal is 1 to 38
    1 | fn, { adds = { a = "integer", b = "decimal(12,2)", c = 5, d = "strng", e = "foo", f="decimal(99,2)" } }
      |                                                                                     ^^^^^^^^^^^^^^^
`},
		{Spec: MapSpec(), Args: `fn, { adds = { "a" } }`, Want: `
job.lua:1:14: error[option.type]: option "adds" of map wants a table of column = "type", not a list
    1 | fn, { adds = { "a" } }
      |              ^^^^^^^
`},
		{Spec: MapSpec(), Args: `fn, { adds = "int" }`, Want: `
job.lua:1:14: error[option.type]: option "adds" of map wants a table of column = "type", not the string "int"
    1 | fn, { adds = "int" }
      |              ^^^^^
`},
		{Spec: FlatMapSpec(), Args: `{ returns = { a = "int" } }`, Want: `
job.lua:1:1: error[option.type]: fn of flat_map wants a function, not a table
    1 | { returns = { a = "int" } }
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: fn: function(row, emit): calls emit with a table for each new row
`},
		{Spec: FlatMapSpec(), Args: `fn, { adds = { a = "int" } }`, Want: `
job.lua:1:7: error[option.unknown]: flat_map has no option "adds"
    1 | fn, { adds = { a = "int" } }
      |       ^^^^
  hint: known: name, returns, on_error
`},
	}, map[string]any{"fn": fakeFunc{}})
}
