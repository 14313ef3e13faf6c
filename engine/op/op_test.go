package op_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// schema reads "a int, b string"; an open one ends in "...". A decimal is written
// decimal(12;2).
func schema(t testing.TB, text string) *record.Schema {
	t.Helper()
	text, open := strings.CutSuffix(text, "...")
	var fields []record.Field
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		f := record.Field{Name: words[0]}
		if words[1] != "unknown" {
			var err error
			if f.Type, err = record.ParseType(strings.ReplaceAll(words[1], ";", ",")); err != nil {
				t.Fatal(err)
			}
		}
		fields = append(fields, f)
	}
	if open {
		return record.NewOpenSchema(fields...)
	}
	return record.NewSchema(fields...)
}

func schemas(t testing.TB, texts ...string) []*record.Schema {
	t.Helper()
	var out []*record.Schema
	for _, text := range texts {
		out = append(out, schema(t, text))
	}
	return out
}

func names(words ...string) []op.Name {
	var out []op.Name
	for _, w := range words {
		out = append(out, op.Name{Text: w})
	}
	return out
}

// resolves is a case of Resolve: the columns of the output, and what is said.
type resolves struct {
	name string
	op   op.Operator
	in   []string
	want string
	said string
}

func (r resolves) test(t *testing.T) {
	t.Helper()
	out, problems := r.op.Resolve(schemas(t, r.in...))
	if d := cmp.Diff(r.want, out.String()); d != "" {
		t.Errorf("schema (-want +got)\n%s", d)
	}
	var b strings.Builder
	if err := diag.Print(&b, problems, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.said, b.String()); d != "" {
		t.Errorf("problems (-want +got)\n%s", d)
	}
}

func testAll(t *testing.T, tests []resolves) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.test(t)
		})
	}
}

// fakeFunc is a function with a fixed result and analysis.
type fakeFunc struct {
	expr.Func
	info expr.Info
	out  *record.Schema
	said diag.List
}

func (f fakeFunc) Info() expr.Info { return f.info }

func (f fakeFunc) Resolve(use expr.Use) (*record.Schema, diag.List) {
	if f.out == nil {
		return use.In, f.said
	}
	return f.out, f.said
}

type fakeSource struct {
	op.Source
	static *record.Schema
}

func (s fakeSource) Static() *record.Schema { return s.static }

type fakeSink struct{ op.Sink }

func (fakeSink) Check(in *record.Schema) diag.List {
	return diag.List{diag.Errorf("sink.refuses", diag.Pos{}, "not %s", in)}
}

func TestResolveProject(t *testing.T) {
	t.Parallel()
	keep := func(columns ...string) *op.Project { return &op.Project{Mode: op.Keep, Columns: names(columns...)} }
	drop := func(columns ...string) *op.Project { return &op.Project{Mode: op.Remove, Columns: names(columns...)} }
	rename := func(pairs ...string) *op.Project {
		p := &op.Project{Mode: op.Rename}
		for i := 0; i < len(pairs); i += 2 {
			p.Columns, p.To = append(p.Columns, op.Name{Text: pairs[i]}), append(p.To, pairs[i+1])
		}
		return p
	}
	in := []string{"a int, b string, c float"}
	testAll(t, []resolves{
		{"keep", keep("c", "a"), in, "c float, a int", ""},
		{"keep unknown", keep("a", "bb"), in, "a int, bb unknown", "error[column.unknown]: there is no column \"bb\" here\n  hint: did you mean \"b\"?\n"},
		{"keep far", keep("quantity"), in, "quantity unknown", "error[column.unknown]: there is no column \"quantity\" here\n  hint: the columns are: a, b, c\n"},
		{"keep twice", keep("a", "a"), in, "a int, a int", "error[column.duplicate]: the column \"a\" is named twice\n  note: the first one\n"},
		{"keep of an open schema", keep("a", "z"), []string{"a int, ..."}, "a int, z unknown", ""},
		{"drop", drop("b"), in, "a int, c float", ""},
		{"drop of an open schema", drop("z"), []string{"a int, ..."}, "a int, ...", ""},
		{"drop all", drop("a", "b", "c"), in, "", "error[column.none]: no column is left\n"},
		{"drop all that is known", drop("a"), []string{"a int, ..."}, "...", ""},
		{"drop unknown", drop("d", "e"), []string{"a int"}, "a int", "error[column.unknown]: there is no column \"d\" here\n  hint: did you mean \"a\"?\n\n" +
			"error[column.unknown]: there is no column \"e\" here\n  hint: did you mean \"a\"?\n"},
		{"rename", rename("b", "x"), in, "a int, x string, c float", ""},
		{"rename swaps", rename("a", "b", "b", "a"), in, "b int, a string, c float", ""},
		{"rename in a circle", rename("a", "b", "b", "c", "c", "a"), in, "b int, c string, a float", ""},
		{"rename to itself", rename("a", "a"), in, "a int, b string, c float", ""},
		{"rename onto another", rename("a", "b"), in, "b int, b string, c float", "error[column.duplicate]: \"a\" cannot be called \"b\": there is such a column\n" +
			"  hint: drop or rename the column \"b\" as well\n"},
		{"rename two to one", rename("a", "x", "b", "x"), in, "x int, x string, c float", "error[column.duplicate]: two columns would be called \"x\"\n  note: the first one\n"},
		{"rename to nothing", rename("a", ""), in, " int, b string, c float", "error[column.name]: the new name of \"a\" is empty\n"},
		{"rename unknown", rename("z", "y"), []string{"a int"}, "a int", "error[column.unknown]: there is no column \"z\" here\n  hint: did you mean \"a\"?\n"},
		{"rename of an open schema", rename("z", "y", "a", "b"), []string{"a int, ..."}, "b int, ...", ""},
		{"rename onto a known column of an open schema", rename("z", "a"), []string{"a int, ..."}, "a int, ...", "error[column.duplicate]: \"z\" cannot be called \"a\": there is such a column\n" +
			"  hint: drop or rename the column \"a\" as well\n"},
	})
}

func TestProjectPlaces(t *testing.T) {
	t.Parallel()
	in := schema(t, "a int, b int, c int")
	for _, test := range []struct {
		p    op.Project
		want []int
	}{
		{op.Project{Mode: op.Keep, Columns: names("c", "a")}, []int{2, 0}},
		{op.Project{Mode: op.Remove, Columns: names("b")}, []int{0, 2}},
		{op.Project{Mode: op.Rename, Columns: names("a", "b"), To: []string{"b", "a"}}, []int{0, 1, 2}},
	} {
		if d := cmp.Diff(test.want, test.p.Places(in)); d != "" {
			t.Errorf("%+v (-want +got)\n%s", test.p, d)
		}
	}
}

func TestResolveJoin(t *testing.T) {
	t.Parallel()
	on := func(pairs ...string) *op.Join {
		j := &op.Join{How: op.Inner, Suffix: "_right"}
		for i := 0; i < len(pairs); i += 2 {
			j.Left, j.Right = append(j.Left, op.Name{Text: pairs[i]}), append(j.Right, op.Name{Text: pairs[i+1]})
		}
		return j
	}
	with := func(j *op.Join, change func(j *op.Join)) *op.Join {
		change(j)
		return j
	}
	how := func(k op.JoinKind) *op.Join { return with(on("k", "k"), func(j *op.Join) { j.How = k }) }
	collides := "warning[join.collision]: both sides have a column \"x\"; the right one becomes \"x_right\"\n" +
		"  hint: drop or rename it before the join, or say suffix = \"_right\"\n"
	testAll(t, []resolves{
		{"keys once", on("k", "k"), []string{"k int, a int", "b int, k int"}, "k int, a int, b int", ""},
		{"keys of two names", on("a", "b"), []string{"a int, x int", "b int, y int"}, "a int, x int, y int", ""},
		{"two keys", on("a", "a", "b", "c"), []string{"a int, b int", "c int, a int, d int"}, "a int, b int, d int", ""},
		{"one right key for two left ones", on("a", "c", "b", "c"), []string{"a int, b int", "c int, d int"}, "a int, b int, d int", ""},
		{"key named twice", on("a", "a", "a", "a"), []string{"a int", "a int"}, "a int", "error[column.duplicate]: the key \"a\" is named twice\n  note: the first one\n"},
		{"a left column has the name of the right key", on("a", "b"), []string{"a int, b string", "b int, y int"}, "a int, b string, y int", ""},
		{
			"a right column has the name of the left key", on("a", "b"),
			[]string{"a int", "b int, a string"},
			"a int, a_right string",
			"warning[join.collision]: both sides have a column \"a\"; the right one becomes \"a_right\"\n" +
				"  hint: drop or rename it before the join, or say suffix = \"_right\"\n",
		},
		{"collision", on("k", "k"), []string{"k int, x int", "k int, x string"}, "k int, x int, x_right string", collides},
		{
			"chosen suffix", with(on("k", "k"), func(j *op.Join) { j.Suffix, j.SuffixSet = "2", true }),
			[]string{"k int, x int", "k int, x string"},
			"k int, x int, x2 string", "",
		},
		{
			"suffix taken on the left", on("k", "k"),
			[]string{"k int, x int, x_right int", "k int, x string"},
			"k int, x int, x_right int, x_right string",
			"error[join.collision]: both sides have a column \"x\", and \"x_right\" is taken as well\n" +
				"  hint: choose another suffix = \"...\", or rename a column before the join\n",
		},
		{
			"suffix taken on the right", on("k", "k"),
			[]string{"k int, x int", "k int, x string, x_right int"},
			"k int, x int, x_right string, x_right int",
			"error[join.collision]: both sides have a column \"x\", and \"x_right\" is taken as well\n" +
				"  hint: choose another suffix = \"...\", or rename a column before the join\n",
		},
		{"suffix taken by a key that vanishes", on("k", "x_right"), []string{"k int, x int", "x_right int, x string"}, "k int, x int, x_right string", collides},
		{
			"key types differ", on("a", "b"),
			[]string{"a int", "b string"},
			"a int",
			"error[join.key_type]: the keys differ in type: \"a\" is int on the left, \"b\" is string on the right\n" +
				"  hint: give both sides the same type, for instance with types = { b = \"int\" } where they are read\n",
		},
		{
			"any is a type of its own", on("a", "a"),
			[]string{"a any", "a int"},
			"a any",
			"error[join.key_type]: the keys differ in type: \"a\" is any on the left, \"a\" is int on the right\n" +
				"  hint: give both sides the same type, for instance with types = { a = \"int\" } where they are read\n",
		},
		{
			"unknown keys", on("q", "r"),
			[]string{"a int", "b int"},
			"a int, b int",
			"error[column.unknown]: there is no column \"q\" here on the left side of the join\n  hint: did you mean \"a\"?\n\n" +
				"error[column.unknown]: there is no column \"r\" here on the right side of the join\n  hint: did you mean \"b\"?\n",
		},
		{"semi", how(op.Semi), []string{"k int, x int", "k int, x string"}, "k int, x int", ""},
		{"anti of open sides", how(op.Anti), []string{"x int, ...", "..."}, "x int, ...", ""},
		{"left open", how(op.LeftJ), []string{"x int, ...", "k int, y int"}, "x int, y int, ...", ""},
		{"right open", how(op.Full), []string{"k int, x int", "y int, ..."}, "k int, x int, y int, ...", ""},
		{"a type that is not known may turn out the same", how(op.Inner), []string{"k unknown", "k int"}, "k unknown", ""},
		{
			"known types of open sides differ", how(op.Inner),
			[]string{"k string, ...", "k int, ..."},
			"k string, ...",
			"error[join.key_type]: the keys differ in type: \"k\" is string on the left, \"k\" is int on the right\n" +
				"  hint: give both sides the same type, for instance with types = { k = \"string\" } where they are read\n",
		},
	})
}

func TestJoinLayout(t *testing.T) {
	t.Parallel()
	in := schemas(t, "a int, x int, b int", "y int, c int, x int, b int")
	j := &op.Join{Left: names("b", "a"), Right: names("b", "c"), How: op.Inner, Suffix: "_r", SuffixSet: true}
	got := j.Layout(in[0], in[1])
	want := op.JoinLayout{
		LeftKeys: []int{2, 0}, RightKeys: []int{3, 1}, RightRest: []int{0, 2},
		Schema: schema(t, "a int, x int, b int, y int, x_r int"),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	j.How = op.Semi
	if got := j.Layout(in[0], in[1]); len(got.RightRest) != 0 || !got.Schema.Equal(in[0]) {
		t.Errorf("a semi join gives %+v", got)
	}
}

func TestResolveAggregate(t *testing.T) {
	t.Parallel()
	column := func(name string, k op.AggregateKind, input string) op.AggregateColumn {
		return op.AggregateColumn{Name: op.Name{Text: name}, Kind: k, Input: op.Name{Text: input}}
	}
	by := func(by []op.Name, columns ...op.AggregateColumn) *op.Aggregate {
		return &op.Aggregate{By: by, Columns: columns}
	}
	value := func(k record.Kind) fakeFunc {
		return fakeFunc{out: record.NewSchema(record.Field{Name: "value", Type: record.Of(k)})}
	}
	call := func(k op.AggregateKind, f expr.Func) *op.Aggregate {
		return by(nil, op.AggregateColumn{Name: op.Name{Text: "n"}, Kind: k, Func: f})
	}
	in := []string{"k string, i int, f float, d date"}
	testAll(t, []resolves{
		{"result types", by(names("d", "k"),
			column("n", op.Count, ""), column("n2", op.Count, "k"), column("u", op.CountDistinct, "d"),
			column("si", op.Sum, "i"), column("sf", op.Sum, "f"), column("lo", op.Min, "k"), column("hi", op.Max, "d"),
			column("m", op.Mean, "i"), column("md", op.Median, "f"), column("sd", op.Std, "i"), column("v", op.Var, "i"),
			column("x", op.First, "d"), column("y", op.Last, "k"),
		), in, "d date, k string, n int, n2 int, u int, si int, sf float, lo string, hi date, m float, md float, sd float, v float, x date, y string", ""},
		{"uint", by(nil, column("s", op.Sum, "u"), column("m", op.Mean, "u")), []string{"u uint"}, "s uint, m float", ""},
		{
			"sum of text", by(nil, column("s", op.Sum, "k")), in, "s string",
			"error[aggregate.type]: sum of string values is not defined\n  hint: sum takes numbers; a column without any value is read as string: pin its type, as in types = { k = \"int\" }\n",
		},
		{
			"mean of dates", by(nil, column("m", op.Mean, "d")), in, "m float",
			"error[aggregate.type]: mean of date values is not defined\n  hint: mean takes numbers\n",
		},
		{
			"unknown column", by(nil, column("s", op.Sum, "ii")), in, "s unknown",
			"error[column.unknown]: there is no column \"ii\" here\n  hint: did you mean \"i\"?\n",
		},
		{
			"group and column of one name", by(names("k"), column("k", op.Count, "")), in, "k string, k int",
			"error[column.duplicate]: the column \"k\" is named twice\n  note: the first one\n",
		},
		{
			"group twice", by(names("k", "k"), column("n", op.Count, "")), in, "k string, k string, n int",
			"error[column.duplicate]: the column \"k\" is named twice\n  note: the first one\n",
		},
		{
			"open", by(names("z"), column("s", op.Sum, "q"), column("m", op.Mean, "q"), column("l", op.Last, "i")),
			[]string{"i int, ..."},
			"z unknown, s unknown, m float, l int", "",
		},
		{
			"decimals", by(nil, column("s", op.Sum, "p"), column("m", op.Mean, "p"), column("md", op.Median, "p"), column("sd", op.Std, "p"),
				column("lo", op.Min, "p"), column("w", op.Mean, "q"), column("v", op.Sum, "q"), column("mq", op.Median, "q")),
			[]string{"p decimal(12;2), q decimal(38;38)"},
			"s decimal(38,2), m decimal(38,28), md decimal(38,3), sd float, lo decimal(12,2), w decimal(38,38), v decimal(38,38), mq decimal(38,38)", "",
		},
		{"intervals", by(nil, column("s", op.Sum, "t"), column("hi", op.Max, "t")), []string{"t interval"}, "s interval, hi interval", ""},
		{
			"mean of intervals", by(nil, column("m", op.Mean, "t")),
			[]string{"t interval"},
			"m float",
			"error[aggregate.type]: mean of interval values is not defined\n  hint: mean takes numbers\n",
		},
		{"any", by(nil, column("s", op.Sum, "x")), []string{"x any"}, "s any", ""},
		{"function", call(op.Sum, value(record.Int)), in, "n int", ""},
		{"count of a function", call(op.Count, value(record.String)), in, "n int", ""},
		{
			"sum of a function's text", call(op.Sum, value(record.String)), in, "n string",
			"error[aggregate.type]: sum of string values is not defined\n  hint: sum takes numbers and intervals\n",
		},
		{"any of a function over an open schema", call(op.First, value(record.Any)), []string{"..."}, "n unknown", ""},
		{
			"problems of a function", call(op.Max, fakeFunc{out: record.NewSchema(), said: diag.List{diag.Errorf("f.bad", diag.Pos{}, "bad")}}), in,
			"n unknown", "error[f.bad]: bad\n",
		},
	})
}

func TestResolveUnion(t *testing.T) {
	t.Parallel()
	plain, filling := &op.Union{}, &op.Union{Fill: true}
	testAll(t, []resolves{
		{"by name", plain, []string{"a int, b string", "b string, a int"}, "a int, b string", ""},
		{
			"missing and surplus", plain,
			[]string{"a int, b int", "a int, c int, d int"},
			"a int, b int",
			"error[union.columns]: stream 2 does not have the columns of the first one\n  note: it lacks b\n  note: it has c, d besides\n" +
				"  hint: fill = true gives NULL for what is missing; or select the same columns before\n",
		},
		{"fill", filling, []string{"a int", "b int", "c int, a int"}, "a int, b int, c int", ""},
		{
			"types differ", plain,
			[]string{"a int", "a string"},
			"a int",
			"error[union.type]: column \"a\" is int in the first stream and string in stream 2\n" +
				"  hint: pin one type for it with types = {...} where the streams are read\n",
		},
		{
			"types of filled columns differ", filling,
			[]string{"a int", "b int", "b string"},
			"a int, b int",
			"error[union.type]: column \"b\" is int in stream 2 and string in stream 3\n" +
				"  hint: pin one type for it with types = {...} where the streams are read\n",
		},
		{"first open", plain, []string{"a int, ...", "a int, b int"}, "a int, ...", ""},
		{"second open", plain, []string{"a int, b int", "a int, ..."}, "a int, b int", ""},
		{
			"second open with a column too many", plain,
			[]string{"a int", "b int, ..."},
			"a int",
			"error[union.columns]: stream 2 does not have the columns of the first one\n  note: it has b besides\n" +
				"  hint: fill = true gives NULL for what is missing; or select the same columns before\n",
		},
		{"fill with an open one", filling, []string{"a int", "b int, ..."}, "a int, b int, ...", ""},
		{"a type that is not known may turn out the same", plain, []string{"a unknown", "a int"}, "a unknown", ""},
		{"one stream", plain, []string{"a int"}, "a int", ""},
	})
}

func TestResolveOthers(t *testing.T) {
	t.Parallel()
	bad := diag.List{diag.Errorf("f.bad", diag.Pos{}, "bad")}
	adds := record.NewSchema(record.Field{Name: "z", Type: record.Of(record.Date)})
	sort := func(columns ...string) *op.Sort {
		s := &op.Sort{}
		for _, n := range names(columns...) {
			s.Keys = append(s.Keys, op.SortKey{Column: n})
		}
		return s
	}
	testAll(t, []resolves{
		{"scan", &op.Scan{Source: fakeSource{static: adds}}, nil, "z date", ""},
		{"filter keeps the columns", &op.Filter{Func: fakeFunc{out: adds, said: bad}}, []string{"a int"}, "a int", "error[f.bad]: bad\n"},
		{"map gives the function's", &op.Map{Func: fakeFunc{out: adds, said: bad}}, []string{"a int"}, "z date", "error[f.bad]: bad\n"},
		{"map cannot infer types where they are not known", &op.Map{Func: fakeFunc{out: schema(t, "x any, y int")}}, []string{"a unknown"}, "x unknown, y int", ""},
		{"map over an open schema", &op.Map{Func: fakeFunc{out: schema(t, "x any, ...")}}, []string{"..."}, "x unknown, ...", ""},
		{"map infers any", &op.Map{Func: fakeFunc{out: schema(t, "x any")}}, []string{"a int"}, "x any", ""},
		{"flat_map gives the function's", &op.FlatMap{Func: fakeFunc{out: adds, said: bad}}, []string{"a int"}, "z date", "error[f.bad]: bad\n"},
		{"sort", sort("b", "a"), []string{"a int, b int"}, "a int, b int", ""},
		{"sort unknown", sort("name"), []string{"nam int"}, "nam int", "error[column.unknown]: there is no column \"name\" here\n  hint: did you mean \"nam\"?\n"},
		{"sort twice", sort("a", "a"), []string{"a int"}, "a int", "error[column.duplicate]: the column \"a\" is named twice\n  note: the first one\n"},
		{"sort open", sort("q"), []string{"..."}, "...", ""},
		{"limit", &op.Limit{N: 1}, []string{"a int, ..."}, "a int, ...", ""},
		{"write", &op.Write{Sink: fakeSink{}}, []string{"a int"}, "a int", "error[sink.refuses]: not a int\n"},
		{"custom", &op.Custom{Schema: func(in []*record.Schema) (*record.Schema, error) { return in[0], nil }}, []string{"a int"}, "a int", ""},
		{"custom refuses", &op.Custom{Schema: func([]*record.Schema) (*record.Schema, error) { return nil, bad }}, []string{"a int"}, "...", "error[f.bad]: bad\n"},
	})
}

func TestFunctionsSeeTheirUse(t *testing.T) {
	t.Parallel()
	in := schema(t, "a int")
	typed := []op.Field{{Name: op.Name{Text: "b"}, Type: record.Of(record.Int)}}
	fields := []record.Field{{Name: "b", Type: record.Of(record.Int)}}
	tests := []struct {
		name      string
		got, want expr.Use
	}{
		{"filter", (&op.Filter{OnError: op.Fail}).Use(in), expr.Use{Role: expr.Filter, In: in, StopAtFailure: true}},
		{"filter rejects", (&op.Filter{OnError: op.Reject}).Use(in), expr.Use{Role: expr.Filter, In: in}},
		{"map", (&op.Map{OnError: op.ToNull, Adds: typed}).Use(in), expr.Use{Role: expr.Map, In: in, Adds: fields}},
		{"flat_map", (&op.FlatMap{OnError: op.Fail, Returns: typed}).Use(in), expr.Use{Role: expr.FlatMap, In: in, Returns: fields, StopAtFailure: true}},
		{"aggregate", (&op.Aggregate{OnError: op.Fail}).Use(in), expr.Use{Role: expr.Value, In: in, StopAtFailure: true}},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, test.got, cmpopts.IgnoreFields(expr.Use{}, "Out", "Scope")); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}

func TestTraits(t *testing.T) {
	t.Parallel()
	f := fakeFunc{info: expr.Info{Reads: []string{"x"}, AllColumns: true, Group: "g"}}
	tests := []struct {
		name string
		op   op.Operator
		want op.Traits
	}{
		{"scan", &op.Scan{}, op.Traits{}},
		{"filter", &op.Filter{Func: f}, op.Traits{Ordered: true, Group: "g", Reads: []string{"x"}, All: true}},
		{"map", &op.Map{Func: fakeFunc{info: expr.Info{Reads: []string{"x"}}}}, op.Traits{Reads: []string{"x"}}},
		{"flat_map", &op.FlatMap{Func: f}, op.Traits{Ordered: true, Group: "g", Reads: []string{"x"}, All: true}},
		{"project", &op.Project{Columns: names("a")}, op.Traits{}},
		{"join", &op.Join{Left: names("a"), Right: names("b")}, op.Traits{Blocking: true, Reads: []string{"a"}}},
		{
			"aggregate", &op.Aggregate{By: names("a"), Columns: []op.AggregateColumn{{Kind: op.Sum, Input: op.Name{Text: "b"}}, {Kind: op.Count}}},
			op.Traits{Blocking: true, Reads: []string{"a", "b"}},
		},
		{
			"aggregate of a function", &op.Aggregate{Columns: []op.AggregateColumn{{Kind: op.Sum, Func: f}}},
			op.Traits{Blocking: true, Ordered: true, Group: "g", Reads: []string{"x"}, All: true},
		},
		{"sort", &op.Sort{Keys: []op.SortKey{{Column: op.Name{Text: "a"}}}}, op.Traits{Blocking: true, Reads: []string{"a"}}},
		{"limit", &op.Limit{}, op.Traits{Ordered: true}},
		{"union", &op.Union{}, op.Traits{}},
		{"custom", &op.Custom{Trait: op.Traits{All: true}}, op.Traits{All: true}},
		{"write", &op.Write{}, op.Traits{Ordered: true}},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, test.op.Traits()); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}

// TestLaws holds the laws of LANGUAGE.md as people read them.
func TestLaws(t *testing.T) {
	t.Parallel()
	join := []string{
		"in = left + right", "left = left matched + left unmatched + left rejected",
		"right = right matched + right unmatched + right rejected", "out + discarded = pairs + kept unmatched",
	}
	tests := []struct {
		name string
		op   op.Operator
		want []string
	}{
		{"scan", &op.Scan{}, []string{"read = out + rejected + discarded"}},
		{"filter", &op.Filter{}, []string{"in = kept + dropped + rejected + discarded", "kept = out"}},
		{"map", &op.Map{}, []string{"in = out + rejected + discarded"}},
		{"flat_map", &op.FlatMap{}, []string{"in = expanded + empty + rejected + discarded", "emitted = out + unwanted"}},
		{"split", &op.Split{Ports: []op.Name{{Text: "a"}, {Text: "b"}}}, []string{"in = dropped + rejected + discarded + to a port + to a port"}},
		{"project", &op.Project{}, []string{"in = out + discarded"}},
		{"inner", &op.Join{How: op.Inner}, append(join[:4:4], "kept unmatched = ")},
		{"left", &op.Join{How: op.LeftJ}, append(join[:4:4], "kept unmatched = left unmatched")},
		{"right", &op.Join{How: op.RightJ}, append(join[:4:4], "kept unmatched = right unmatched")},
		{"full", &op.Join{How: op.Full}, append(join[:4:4], "kept unmatched = left unmatched + right unmatched")},
		{"semi", &op.Join{How: op.Semi}, append(join[:4:4], "pairs = left matched", "kept unmatched = ")},
		{"anti", &op.Join{How: op.Anti}, append(join[:4:4], "kept unmatched = left unmatched", "pairs = ")},
		{"aggregate", &op.Aggregate{}, []string{"in = merged + rejected + skipped", "groups = out + discarded"}},
		{"sort", &op.Sort{}, []string{"in = out + discarded"}},
		{"limit", &op.Limit{}, []string{"in = out + discarded"}},
		{"union", &op.Union{}, []string{"in = out + discarded"}},
		{"custom", &op.Custom{}, nil},
		{"write", &op.Write{}, []string{"in = received + rejected + discarded"}},
	}
	for _, test := range tests {
		var got []string
		for _, l := range test.op.Laws() {
			got = append(got, l.String())
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, d)
		}
	}
}
