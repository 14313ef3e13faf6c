package component_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// options has a field of every type that can be decoded.
type options struct {
	component.Common
	Func     expr.Func         `arg:"fn" required:"true" doc:"a function"`
	List     []op.Name         `list:"columns" doc:"columns"`
	Word     string            `opt:"word" doc:"a word | or two"`
	Choice   choice            `opt:"choice" enum:"one,two" doc:"a choice"`
	Flag     bool              `opt:"flag"`
	Maybe    *bool             `opt:"maybe"`
	Count    int64             `opt:"count" min:"1" max:"9"`
	Ratio    float64           `opt:"ratio"`
	Delay    time.Duration     `opt:"delay"`
	Words    []string          `opt:"words"`
	Column   op.Name           `opt:"column"`
	By       []op.Name         `opt:"by"`
	Types    []op.Field        `opt:"types"`
	Type     record.Type       `opt:"type"`
	Values   []component.Value `opt:"values"`
	Any      component.Value   `opt:"any"`
	Own      own               `opt:"own"`
	OnError  op.OnError        `opt:"on_error" enum:"fail,reject"`
	Columns  []component.Entry `rest:"aggregates" doc:"columns"`
	internal string
}

type choice string

// own decodes itself, from an even number only.
type own struct{ half float64 }

func (o *own) DecodeOption(v component.Value) error {
	n, ok := v.X.(float64)
	switch {
	case !ok:
		return component.ErrWrongType
	case n < 0:
		return diag.List{diag.Errorf("own.negative", diag.Pos{}, "one"), diag.Errorf("own.negative", v.Pos, "two")}
	case int(n)%2 != 0:
		return fmt.Errorf("%v is odd", n)
	}
	o.half = n / 2
	return nil
}

func (*own) Want() string { return "an even number" }

func (o own) String() string { return fmt.Sprint(o.half * 2) }

// scanned stands for the operator; it shows the options that Build got.
type scanned struct {
	op.Operator
	got *options
}

func spec() *component.Spec {
	yes := true
	return &component.Spec{
		Name: "test", Kind: component.Transform, Summary: "Tests",
		Options: &options{
			Word: "a", Choice: "one", Maybe: &yes, Count: 5, Delay: time.Minute, Words: []string{"x", "|"}, Own: own{1},
			By: []op.Name{{Text: "k"}}, Type: record.Of(record.Int), internal: "i", OnError: op.Fail,
		},
		Build: component.Build(func(o *options) (op.Operator, diag.List) { return scanned{got: o}, nil }),
	}
}

type function struct{ expr.Func }

func vars() map[string]any {
	return map[string]any{"fn": function{}, "big": record.IntValue(1 << 60), "day": record.TemporalValue(record.Date, 1)}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	name := func(s string) op.Name { return op.Name{Text: s} }
	tests := []struct {
		args string
		want func(o *options)
	}{
		{`fn`, func(*options) {}},
		{`fn, nil`, func(*options) {}},
		{`fn, {}`, func(*options) {}},
		{`fn, { "a", "b" }`, func(o *options) { o.List = []op.Name{name("a"), name("b")} }},
		{`fn, { word = "", name = "n", choice = "two", flag = true }`, func(o *options) { o.Word, o.Name, o.Choice, o.Flag = "", "n", "two", true }},
		{`fn, { maybe = false }`, func(o *options) { o.Maybe = new(bool) }},
		{`fn, { count = 9, ratio = -0.5, delay = "1h" }`, func(o *options) { o.Count, o.Ratio, o.Delay = 9, -0.5, time.Hour }},
		{`fn, { words = "w", by = "b", column = "c" }`, func(o *options) {
			o.Words, o.By, o.Column = []string{"w"}, []op.Name{name("b")}, name("c")
		}},
		{`fn, { words = {}, by = { "b", "c" } }`, func(o *options) { o.Words, o.By = []string{}, []op.Name{name("b"), name("c")} }},
		{`fn, { types = { a = "int", b = "any" }, type = "timestamp" }`, func(o *options) {
			o.Types = []op.Field{{Name: name("a"), Type: record.Of(record.Int)}, {Name: name("b"), Type: record.Of(record.Any)}}
			o.Type = record.Of(record.Timestamp)
		}},
		{`fn, { values = { 1, "x" }, any = true, own = 6 }`, func(o *options) {
			o.Values, o.Any, o.Own = []component.Value{{X: 1.0}, {X: "x"}}, component.Value{X: true}, own{3}
		}},
		{`fn, { word = etl.count(), n = etl.sum "x", word = "w" }`, func(o *options) {
			o.Word = "w"
			o.Columns = []component.Entry{
				{Key: name("word"), Value: component.Value{X: &component.Aggregate{Kind: op.Count}}},
				{Key: name("n"), Value: component.Value{X: &component.Aggregate{Kind: op.Sum, Input: name("x")}}},
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			want := spec().Options.(*options)
			want.Func = function{}
			test.want(want)
			o, said := componenttest.Build(spec(), test.args, vars())
			if said != "" {
				t.Fatal(said)
			}
			if d := cmp.Diff(want, o.(scanned).got, cmp.AllowUnexported(options{}, own{}), cmpopts.IgnoreTypes(diag.Pos{})); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestDecodeProblems(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{``, `
job.lua:1:1: error[argument.missing]: test needs fn: a function
    1 | 
      | ^
  hint: fn: a function
`},
		{`5, {}`, `
job.lua:1:1: error[option.type]: fn of test wants a function, not a number
    1 | 5, {}
      | ^
  hint: fn: a function
`},
		{`fn, { 5, "a", true }`, `
job.lua:1:7: error[option.type]: columns of test is a list of strings, but holds a number
    1 | fn, { 5, "a", true }
      |       ^
`},
		{`fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }`, `
job.lua:1:14: error[option.type]: option "word" of test wants a string, not a number
    1 | fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }
      |              ^

job.lua:1:24: error[option.type]: option "flag" of test wants true or false, not a number
    1 | fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }
      |                        ^

job.lua:1:35: error[option.type]: option "maybe" of test wants true or false, not the string "x"
    1 | fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }
      |                                   ^^^

job.lua:1:48: error[option.type]: option "ratio" of test wants a number, not the string "x"
    1 | fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }
      |                                                ^^^

job.lua:1:61: error[option.type]: option "delay" of test wants a duration such as "1m30s", not a number
    1 | fn, { word = 5, flag = 1, maybe = "x", ratio = "x", delay = 5 }
      |                                                             ^
`},
		{`fn, { count = 0 }`, `
job.lua:1:15: error[option.value]: option "count" of test: 0 is not an integral number from 1 to 9
    1 | fn, { count = 0 }
      |               ^
`},
		{`fn, { count = 10 }`, `
job.lua:1:15: error[option.value]: option "count" of test: 10 is not an integral number from 1 to 9
    1 | fn, { count = 10 }
      |               ^^
`},
		{`fn, { count = 1.5 }`, `
job.lua:1:15: error[option.value]: option "count" of test: 1.5 is no integral number
    1 | fn, { count = 1.5 }
      |               ^^^
`},
		{`fn, { count = "1" }`, `
job.lua:1:15: error[option.type]: option "count" of test wants an integral number from 1 to 9, not the string "1"
    1 | fn, { count = "1" }
      |               ^^^
`},
		{`fn, { count = big }`, `
job.lua:1:15: error[option.value]: option "count" of test: 1152921504606846976 is not an integral number from 1 to 9
    1 | fn, { count = big }
      |               ^^^
`},
		{`fn, { count = 1000000000000000000000 }`, `
job.lua:1:15: error[option.value]: option "count" of test: 1000000000000000000000 is too large a number
    1 | fn, { count = 1000000000000000000000 }
      |               ^^^^^^^^^^^^^^^^^^^^^^
`},
		{`fn, { delay = "1 h" }`, `
job.lua:1:15: error[option.value]: option "delay" of test: "1 h" is no duration; write for example "500ms", "10m" or "1h30m"
    1 | fn, { delay = "1 h" }
      |               ^^^^^
`},
		{`fn, { choice = "tow" }`, `
job.lua:1:16: error[option.value]: option "choice" of test wants "one" or "two", not the string "tow"
    1 | fn, { choice = "tow" }
      |                ^^^^^
  hint: did you mean "two"?
`},
		{`fn, { choice = "three", on_error = fn }`, `
job.lua:1:16: error[option.value]: option "choice" of test wants "one" or "two", not the string "three"
    1 | fn, { choice = "three", on_error = fn }
      |                ^^^^^^^

job.lua:1:36: error[option.type]: option "on_error" of test wants "fail" or "reject", not a function
    1 | fn, { choice = "three", on_error = fn }
      |                                    ^^
`},
		{`fn, { words = { 1, "a" }, by = { a = "b" }, column = day }`, `
job.lua:1:17: error[option.type]: option "words" of test is a list of strings, but holds a number
    1 | fn, { words = { 1, "a" }, by = { a = "b" }, column = day }
      |                 ^

job.lua:1:34: error[option.type]: option "by" of test is a list of strings without names, but has an entry "a"
    1 | fn, { words = { 1, "a" }, by = { a = "b" }, column = day }
      |                                  ^

job.lua:1:54: error[option.type]: option "column" of test wants a string, not a value of type date
    1 | fn, { words = { 1, "a" }, by = { a = "b" }, column = day }
      |                                                      ^^^
`},
		{`fn, { type = "integer", types = { a = "list(int)", b = "in", c = {}, d = "int int" } }`, `
job.lua:1:14: error[type.unknown]: type "integer": "integer" is no type
    1 | fn, { type = "integer", types = { a = "list(int)", b = "in", c = {}, d = "int int" } }
      |              ^^^^^^^^^
  hint: write "int"

job.lua:1:56: error[type.unknown]: type "in": "in" is no type
    1 | fn, { type = "integer", types = { a = "list(int)", b = "in", c = {}, d = "int int" } }
      |                                                        ^^^^
  hint: did you mean "int"?

job.lua:1:66: error[type.unknown]: column "c": a type is a string such as "int", not an empty table
    1 | fn, { type = "integer", types = { a = "list(int)", b = "in", c = {}, d = "int int" } }
      |                                                                  ^^

job.lua:1:74: error[type.unknown]: type "int int": "int" behind the type
    1 | fn, { type = "integer", types = { a = "list(int)", b = "in", c = {}, d = "int int" } }
      |                                                                          ^^^^^^^^^
`},
		{`fn, { types = "int" }`, `
job.lua:1:15: error[option.type]: option "types" of test wants a table of column = "type", not the string "int"
    1 | fn, { types = "int" }
      |               ^^^^^
`},
		{`fn, { values = 1 }`, `
job.lua:1:16: error[option.type]: option "values" of test wants a list, not a number
    1 | fn, { values = 1 }
      |                ^
`},
		{`fn, { own = 3 }`, `
job.lua:1:13: error[option.value]: option "own" of test: 3 is odd
    1 | fn, { own = 3 }
      |             ^
`},
		{`fn, { own = "x" }`, `
job.lua:1:13: error[option.type]: option "own" of test wants an even number, not the string "x"
    1 | fn, { own = "x" }
      |             ^^^
`},
		{`fn, { own = -2 }`, `
job.lua:1:13: error[own.negative]: one
    1 | fn, { own = -2 }
      |             ^^

job.lua:1:13: error[own.negative]: two
    1 | fn, { own = -2 }
      |             ^^
`},
		{`fn, { n = 5 }`, `
job.lua:1:7: error[option.unknown]: test has no option "n"
    1 | fn, { n = 5 }
      |       ^
  hint: known: name, word, choice, flag, maybe, count, ratio, delay, words, column, by, types, type, values, any, own, on_error; columns stand in the table without a name: a list of strings
`},
		{`fn, { wrod = "x", columns = {}, aggregates = {}, fn = 1 }`, `
job.lua:1:7: error[option.unknown]: test has no option "wrod"
    1 | fn, { wrod = "x", columns = {}, aggregates = {}, fn = 1 }
      |       ^^^^
  hint: did you mean "word"?

job.lua:1:19: error[option.unknown]: test has no option "columns"
    1 | fn, { wrod = "x", columns = {}, aggregates = {}, fn = 1 }
      |                   ^^^^^^^
  hint: did you mean "column"?

job.lua:1:33: error[option.unknown]: test has no option "aggregates"
    1 | fn, { wrod = "x", columns = {}, aggregates = {}, fn = 1 }
      |                                 ^^^^^^^^^^
  hint: known: name, word, choice, flag, maybe, count, ratio, delay, words, column, by, types, type, values, any, own, on_error; columns stand in the table without a name: a list of strings

job.lua:1:50: error[option.unknown]: test has no option "fn"
    1 | fn, { wrod = "x", columns = {}, aggregates = {}, fn = 1 }
      |                                                  ^^
  hint: known: name, word, choice, flag, maybe, count, ratio, delay, words, column, by, types, type, values, any, own, on_error; columns stand in the table without a name: a list of strings
`},
		{`"a", "b"`, `
job.lua:1:1: error[option.type]: fn of test wants a function, not the string "a"
    1 | "a", "b"
      | ^^^
  hint: fn: a function

job.lua:1:6: error[argument.type]: test wants its columns in a table, not the string "b"
    1 | "a", "b"
      |      ^^^
  hint: write test { "b" }
`},
		{`fn, "a", fn, "b"`, `
job.lua:1:5: error[argument.type]: test wants its columns in a table, not the string "a"
    1 | fn, "a", fn, "b"
      |     ^^^
  hint: write test { "a", "b" }
`},
		{`fn, fn`, `
job.lua:1:5: error[argument.type]: test wants its columns in a table, not a function
    1 | fn, fn
      |     ^^
  hint: write { option = value }
`},
		{`fn, {}, {}`, `
job.lua:1:9: error[argument.surplus]: test takes no further argument: an empty table
    1 | fn, {}, {}
      |         ^^
  hint: write one table: columns are a list of strings, and options stand there by name
`},
		{`fn, nil, {}`, `
job.lua:1:10: error[argument.surplus]: test takes no further argument: an empty table
    1 | fn, nil, {}
      |          ^^
  hint: write one table: columns are a list of strings, and options stand there by name
`},
		{`fn, etl.count()`, `
job.lua:1:5: error[argument.type]: test wants its columns in a table, not an aggregate (etl.count)
    1 | fn, etl.count()
      |     ^^^^^^^^^^^
  hint: write { option = value }
`},
		{`fn, { word = nil, count = nil }`, `
`},
		{`fn, { word = etl.count(), flag = etl.count() }`, `
`},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			_, said := componenttest.Build(spec(), test.args, vars())
			if d := cmp.Diff(test.want, "\n"+said); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestDecodeLeavesTheDefaults decodes from many goroutines, with values and
// with problems, and then looks at the defaults.
func TestDecodeLeavesTheDefaults(t *testing.T) {
	t.Parallel()
	s := spec()
	var wg sync.WaitGroup
	for i := range 40 {
		args := []string{
			`fn, { "l", maybe = false, words = { "1", "2" }, by = { "z" }, own = 4, count = 2, n = etl.count(), types = { a = "int" } }`,
			`fn, { maybe = 3, words = { 1 }, by = 5, own = 3, count = 99, delay = 1, type = "x", list = 1 }`,
		}[i%2]
		wg.Go(func() { componenttest.Build(s, args, vars()) })
	}
	wg.Wait()
	if d := cmp.Diff(spec().Options, s.Options, cmp.AllowUnexported(options{}, own{})); d != "" {
		t.Errorf("the defaults changed (-want +got)\n%s", d)
	}
}

func TestDecodeTable(t *testing.T) {
	t.Parallel()
	var inner struct {
		Col  string `opt:"col" required:"true"`
		Desc bool   `opt:"desc"`
	}
	const text = `{ desc = true, colour = "red" }`
	args, err := componenttest.Args("f", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	problems := component.DecodeTable("a key", &inner, args[0], args[0].Pos)
	want := `f:1:16: error[option.unknown]: a key has no option "colour"
    1 | { desc = true, colour = "red" }
      |                ^^^^^^
  hint: known: col, desc

f:1:1: error[option.missing]: a key needs the option "col"
    1 | { desc = true, colour = "red" }
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: col = ...  -- a string
`
	if d := cmp.Diff(want, componenttest.Print(problems, "f", text)); d != "" || !inner.Desc {
		t.Errorf("%+v (-want +got)\n%s", inner, d)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	build := func(any) (op.Operator, diag.List) { return nil, nil }
	var nothing *struct{}
	tests := []struct {
		name string
		spec component.Spec
		want string
	}{
		{"good", component.Spec{Name: "a", Options: &struct{}{}, Build: build}, ""},
		{"taken", component.Spec{Name: "taken", Options: &struct{}{}, Build: build}, `component "taken" is registered already`},
		{"no name", component.Spec{Options: &struct{}{}, Build: build}, `needs a name and a Build function`},
		{"no build", component.Spec{Name: "a", Options: &struct{}{}}, `needs a name and a Build function`},
		{"no options", component.Spec{Name: "a", Build: build}, "pointer to a struct"},
		{"no pointer", component.Spec{Name: "a", Options: struct{}{}, Build: build}, "pointer to a struct"},
		{"nil options", component.Spec{Name: "a", Options: nothing, Build: build}, "pointer to a struct"},
		{"unknown type", component.Spec{Name: "a", Build: build, Options: &struct {
			X chan int `opt:"x"`
		}{}}, "field X: options of type chan int are not known"},
		{"unexported", component.Spec{Name: "a", Build: build, Options: &struct {
			x string `opt:"x"`
		}{}}, "field x: only exported fields"},
		{"twice", component.Spec{Name: "a", Build: build, Options: &struct {
			X string `opt:"x"`
			Y string `opt:"x"`
		}{}}, `"x" is declared twice`},
		{"two lists", component.Spec{Name: "a", Build: build, Options: &struct {
			X []string `list:"x"`
			Y []string `list:"y"`
		}{}}, `"y" is declared twice`},
		{"bad bound", component.Spec{Name: "a", Build: build, Options: &struct {
			X int64 `opt:"x" min:"one"`
		}{}}, `field X: min:"one" wants a number`},
		{"bound of a text", component.Spec{Name: "a", Build: build, Options: &struct {
			X string `opt:"x" max:"1"`
		}{}}, `field X: max:"1" wants a number, and an int64 field`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var r component.Registry
			if err := r.Register(&component.Spec{Name: "taken", Options: &struct{}{}, Build: build}); err != nil {
				t.Fatal(err)
			}
			err := r.Register(&test.spec)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	var r component.Registry
	for name, kind := range map[string]component.Kind{"read": component.Source, "map": component.Transform, "write": component.Sink} {
		s := spec()
		s.Name, s.Kind = name, kind
		if err := r.Register(s); err != nil {
			t.Fatal(err)
		}
	}
	less := r.Without("map", "nothing")
	if s, ok := r.Lookup("map"); !ok || s.Name != "map" {
		t.Error("map is lost")
	}
	if _, ok := less.Lookup("map"); ok {
		t.Error("map is left")
	}
	got := [][]string{r.Names(), r.Names(component.Source, component.Sink), less.Names()}
	if d := cmp.Diff([][]string{{"map", "read", "write"}, {"read", "write"}, {"read", "write"}}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(r.Specs()) != 3 || len(less.Specs()) != 2 {
		t.Errorf("%d and %d specs", len(r.Specs()), len(less.Specs()))
	}
	if kinds := fmt.Sprint(component.Source, component.Transform, component.Sink); kinds != "source transform sink" {
		t.Error(kinds)
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	o := &options{Common: component.Common{Name: "n"}}
	if component.NameOf(o) != "n" || component.NameOf(&struct{}{}) != "" || component.NameOf(nil) != "" {
		t.Error("the name was not found, or one where none is")
	}
}

type described struct{}

func (described) Describe() string { return "a back-off" }

func TestDescribe(t *testing.T) {
	t.Parallel()
	list := []component.Value{{X: 1.0}}
	for want, x := range map[string]any{
		"nil": nil, "a boolean": true, "a number": 1.5, `the string "x"`: "x", "a function": function{}, "a back-off": described{},
		"an aggregate (etl.sum)": &component.Aggregate{Kind: op.Sum}, "a value of type date": vars()["day"],
		"an empty table": &component.Table{}, "a list": &component.Table{List: list},
		"a table": &component.Table{List: list, Entries: []component.Entry{{}}},
		"a []int": []int{},
		`the string "` + strings.Repeat("ä", 37) + `..."`: strings.Repeat("ä", 41),
		`the string "` + strings.Repeat("b", 40) + `"`:    strings.Repeat("b", 40),
	} {
		if got := (component.Value{X: x}).Describe(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTableGet(t *testing.T) {
	t.Parallel()
	table := &component.Table{Entries: []component.Entry{{Key: op.Name{Text: "a"}, Value: component.Value{X: true}}}}
	if v, ok := table.Get("a"); !ok || v.X != true {
		t.Errorf("got %v, %v", v, ok)
	}
	if v, ok := table.Get("b"); ok || v.X != nil {
		t.Errorf("got %v, %v", v, ok)
	}
}
