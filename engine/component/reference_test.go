package component_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
)

func TestReference(t *testing.T) {
	t.Parallel()
	s := spec()
	s.Streams, s.Doc, s.Order, s.Guarantee, s.Example = component.Streams, "Two\n\nparagraphs.\n", "kept", "None.", "return 1\n"
	got, err := s.Reference()
	if err != nil {
		t.Fatal(err)
	}
	want := "# test\n\nTests.\n\n```lua\nstream:test(b, c, ..., fn, { ... })\n```\n\nTwo\n\nparagraphs.\n" + `
## Arguments

| name | takes | default | meaning |
|---|---|---|---|
| ~fn~ | a function | required | a function |

## List

| name | takes | default | meaning |
|---|---|---|---|
| ~columns~ | a list of strings |  | columns |

## Columns

| name | takes | default | meaning |
|---|---|---|---|
| ~aggregates~ | aggregates by column name |  | columns |

## Options

| name | takes | default | meaning |
|---|---|---|---|
| ~name~ | a string |  | name of the node, unique in the job; default: kind and line, as in filter@7 |
| ~word~ | a string | ~"a"~ | a word \| or two |
| ~choice~ | "one" or "two" | ~"one"~ | a choice |
| ~flag~ | true or false |  |  |
| ~maybe~ | true or false | ~true~ |  |
| ~count~ | an integral number from 1 to 9 | ~5~ |  |
| ~ratio~ | a number |  |  |
| ~delay~ | a duration such as "1m30s" | ~"1m"~ |  |
| ~words~ | a string or a list of strings | ~{ "x", "\|" }~ |  |
| ~column~ | a string |  |  |
| ~by~ | a string or a list of strings | ~{ "k" }~ |  |
| ~types~ | a table of column = "type" |  |  |
| ~type~ | a type | ~"int"~ |  |
| ~values~ | a list |  |  |
| ~any~ | a value |  |  |
| ~own~ | an even number | ~2~ |  |
| ~on_error~ | "fail" or "reject" | ~"fail"~ |  |

**Order:** kept.

**Guarantee:** None.

## Example

~~~lua
return 1
~~~
`
	if d := cmp.Diff(strings.ReplaceAll(want, "~", "`"), got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]*component.Spec{
		"etl.x { ... }":            {Kind: component.Source, Options: &component.Common{}},
		"stream:x { ... }":         {Kind: component.Sink, Options: &component.Common{}},
		"stream:x(other, { ... })": {Kind: component.Transform, Streams: component.OneStream, Options: &component.Common{}},
		"stream:x(b, c, ...)":      {Kind: component.Transform, Streams: component.Streams, Options: &struct{}{}},
		"stream:x(n)": {Kind: component.Transform, Options: &struct {
			N int64 `arg:"n"`
		}{}},
		"etl.x()": {Kind: component.Source, Options: &struct{}{}},
	} {
		s.Name, s.Summary = "x", "X"
		got, err := s.Reference()
		if err != nil {
			t.Fatal(err)
		}
		if head := "# x\n\nX.\n\n```lua\n" + want + "\n```\n"; len(got) < len(head) || got[:len(head)] != head {
			t.Errorf("want %s:\n%s", want, got)
		}
	}
}
