package etlscript_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/enginetest"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/luabind/luatest"
	"github.com/etlscript/etlscript/stdlib"
)

// pair is a row of the models: n is an int and s a string, and either may be NULL.
type pair struct{ n, s string }

const nothing = "~" // NULL

func (p pair) String() string { return p.n + "|" + p.s }

// number is the value of n.
func (p pair) number() int { return toInt(p.n) }

func toInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err) // the models draw numbers only
	}
	return n
}

func texts[T any](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = fmt.Sprint(x)
	}
	return out
}

// model is a component and what it must do, said a second time in Go.
type model struct {
	component, args, lua string
	// want is the rows that must come out for those of the first input, and of the second.
	want func(in, other []pair) []string
}

func models() []model {
	keep := func(ok func(p pair) bool) func(in, _ []pair) []string {
		return func(in, _ []pair) []string {
			return texts(slices.DeleteFunc(slices.Clone(in), func(p pair) bool { return !ok(p) }))
		}
	}
	each := func(f func(p pair) string) func(in, _ []pair) []string {
		return func(in, _ []pair) []string {
			out := make([]string, len(in))
			for i, p := range in {
				out[i] = f(p)
			}
			return out
		}
	}
	all := func(in, _ []pair) []string { return texts(in) }
	unite := func(in, other []pair) []string { return append(texts(in), texts(other)...) }
	return []model{
		{"filter", `fn`, `function(row) return row.n ~= nil and row.n > 2 end`, keep(func(p pair) bool { return p.n != nothing && p.number() > 2 })},
		{"map", `fn`, `function(row) row.n = row.n and row.n * 2 end`, each(func(p pair) string {
			if p.n != nothing {
				p.n = fmt.Sprint(2 * p.number())
			}
			return p.String()
		})},
		{"split", `fn, { ports = { "a", "others" }, rest = "others" }`, `function(row) return row.s end`, func(in, _ []pair) []string {
			return append(keep(func(p pair) bool { return p.s == "a" })(in, nil), keep(func(p pair) bool { return p.s != "a" && p.s != nothing })(in, nil)...)
		}},
		{"select", `{ "s" }`, "", each(func(p pair) string { return p.s })},
		{"drop", `{ "s" }`, "", each(func(p pair) string { return p.n })},
		{"rename", `{ s = "n", n = "s" }`, "", all},
		{"project", `{ x = "s", y = "n", again = "s" }`, "", each(func(p pair) string { return p.s + "|" + p.n + "|" + p.s })},
		{"peek", ``, "", all},
		{"assert", `{ columns = { n = { min = -4, max = 3 } }, rows = { max = 12 } }`, "", all},
		{"validate", `{ n = { nullable = false }, s = { unique = true } }, { on_error = "reject" }`, "", validated},
		{"limit", `3`, "", func(in, _ []pair) []string { return texts(in[:min(3, len(in))]) }},
		{"skip", `3`, "", func(in, _ []pair) []string { return texts(in[min(3, len(in)):]) }},
		{"union", ``, "", unite},
		{"merge", ``, "", unite},
		{"distinct", `{ by = { "s" } }`, "", func(in, _ []pair) []string { return texts(firsts(in)) }},
		{"distinct", `{ by = { "s" }, keep = "last" }`, "", func(in, _ []pair) []string { return texts(lasts(in)) }},
		{"sort", `{ "s", "-n" }`, "", func(in, _ []pair) []string { return texts(sorted(in)) }},
		{"row_number", `{ as = "nr", by = { "s" } }`, "", numbered},
		{"fill_null", `{ s = "none" }`, "", each(func(p pair) string {
			if p.s == nothing {
				p.s = "none"
			}
			return p.String()
		})},
		{"fill_down", `{ "n" }`, "", filledDown},
		{"aggregate", `{ by = "s", rows = etl.count(), sum = etl.sum "n", most = etl.max "n", kinds = etl.count_distinct "n" }`, "", grouped},
		{"join", `{ on = "n", how = "inner" }`, "", func(in, other []pair) []string { return joined(in, other, false) }},
		{"join", `{ on = "n", how = "left" }`, "", func(in, other []pair) []string { return joined(in, other, true) }},
		{"join", `{ on = "n", how = "anti" }`, "", func(in, other []pair) []string {
			return keep(func(p pair) bool { return len(partners(p, other)) == 0 })(in, nil)
		}},
		{"join", `{ on = "n", how = "semi" }`, "", func(in, other []pair) []string {
			return keep(func(p pair) bool { return len(partners(p, other)) > 0 })(in, nil)
		}},
	}
}

// validated are the rows with a number, and a text that is NULL or was not there before, in a
// refused row neither.
func validated(in, _ []pair) (out []string) {
	seen := map[string]bool{}
	for _, p := range in {
		if p.n != nothing && (p.s == nothing || !seen[p.s]) {
			out = append(out, p.String())
		}
		seen[p.s] = true
	}
	return out
}

func firsts(in []pair) (out []pair) {
	for _, p := range in {
		if !slices.ContainsFunc(out, func(o pair) bool { return o.s == p.s }) {
			out = append(out, p)
		}
	}
	return out
}

// lasts are the last rows of each key, in the order in which they came.
func lasts(in []pair) []pair {
	back := slices.Clone(in)
	slices.Reverse(back)
	out := firsts(back)
	slices.Reverse(out)
	return out
}

func sorted(in []pair) []pair {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b pair) int {
		if a.s != b.s {
			return lastIfNull(a.s, b.s, strings.Compare(a.s, b.s))
		}
		if a.n == b.n {
			return 0
		}
		return lastIfNull(a.n, b.n, -compareNumbers(a.n, b.n))
	})
	return out
}

func compareNumbers(a, b string) int {
	if a == nothing || b == nothing {
		return 0
	}
	return cmp.Compare(toInt(a), toInt(b))
}

func lastIfNull(a, b string, c int) int {
	switch {
	case a == nothing:
		return 1
	case b == nothing:
		return -1
	}
	return c
}

func numbered(in, _ []pair) (out []string) {
	seen := map[string]int{}
	for _, p := range in {
		seen[p.s]++
		out = append(out, fmt.Sprint(p, "|", seen[p.s]))
	}
	return out
}

func filledDown(in, _ []pair) (out []string) {
	last := nothing
	for _, p := range in {
		if p.n == nothing {
			p.n = last
		}
		last = p.n
		out = append(out, p.String())
	}
	return out
}

func grouped(in, _ []pair) (out []string) {
	for _, g := range firsts(in) {
		rows, sum, most, kinds := 0, nothing, nothing, map[string]bool{}
		for _, p := range in {
			if p.s != g.s {
				continue
			}
			rows++
			if p.n == nothing {
				continue
			}
			kinds[p.n] = true
			if sum == nothing {
				sum, most = "0", p.n
			}
			sum, most = fmt.Sprint(toInt(sum)+p.number()), fmt.Sprint(max(toInt(most), p.number()))
		}
		out = append(out, fmt.Sprintf("%s|%d|%s|%s|%d", g.s, rows, sum, most, len(kinds)))
	}
	return out
}

func partners(p pair, other []pair) (out []pair) {
	for _, o := range other {
		if p.n != nothing && o.n == p.n {
			out = append(out, o)
		}
	}
	return out
}

func joined(in, other []pair, left bool) (out []string) {
	for _, p := range in {
		found := partners(p, other)
		if left && len(found) == 0 {
			found = []pair{{s: nothing}}
		}
		for _, o := range found {
			out = append(out, p.String()+"|"+o.s)
		}
	}
	return out
}

// Components do what their models do, with any number of workers and rows in a batch.
func TestModels(t *testing.T) {
	t.Parallel()
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	draw := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) pair {
		return pair{rapid.SampledFrom([]string{nothing, "0", "1", "2", "3", "-4"}).Draw(rt, "n"), rapid.SampledFrom([]string{nothing, "", "a", "b", "c d"}).Draw(rt, "s")}
	}), 0, 12)
	for _, m := range models() {
		t.Run(m.component+" "+m.args, func(t *testing.T) {
			t.Parallel()
			spec, _ := registry.Lookup(m.component)
			vars := map[string]any{}
			if m.lua != "" {
				vars["fn"] = luatest.Funcs(t, m.lua)[0]
			}
			rapid.Check(t, func(rt *rapid.T) {
				in, other := draw.Draw(rt, "in"), draw.Draw(rt, "other")
				rows := func(of []pair) enginetest.Rows { return enginetest.Rows{Columns: "n:int|s:string", Values: texts(of)} }
				inputs := []enginetest.Rows{rows(in)}
				if spec.Streams != component.NoStream {
					inputs = append(inputs, rows(other))
				}
				got := enginetest.Run(t, enginetest.Case{Spec: spec, Args: m.args, Vars: vars, Inputs: inputs}, plan.Options{
					Workers: rapid.IntRange(1, 3).Draw(rt, "workers"), BatchRows: rapid.IntRange(1, 5).Draw(rt, "batch"),
				})
				if d := gocmp.Diff(append([]string{}, m.want(in, other)...), append([]string{}, got.Rows...)); d != "" {
					rt.Fatalf("in %v, other %v (-want +got):\n%s", in, other, d)
				}
			})
		})
	}
}

// Literal rows are what the script spells out.
func TestLiteralRows(t *testing.T) {
	t.Parallel()
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	spec, _ := registry.Lookup("rows")
	rapid.Check(t, func(rt *rapid.T) {
		var rows, want []string
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			n, s := rapid.IntRange(-9, 9).Draw(rt, "n"), rapid.StringMatching(`[a-z |]{0,4}`).Draw(rt, "s")
			switch rapid.IntRange(0, 2).Draw(rt, "how") {
			case 0:
				rows, want = append(rows, fmt.Sprintf("{ n = %d, s = %q }", n, s)), append(want, fmt.Sprint(n, "|", s))
			case 1:
				rows, want = append(rows, fmt.Sprintf("{ n = %d }", n)), append(want, fmt.Sprint(n, "|~"))
			case 2:
				rows, want = append(rows, fmt.Sprintf("{ s = %q }", s)), append(want, "~|"+s)
			}
		}
		args := "{ " + strings.Join(rows, ", ") + ` }, { types = { n = "int", s = "string" }, columns = { "n", "s" } }`
		got := enginetest.Run(t, enginetest.Case{Spec: spec, Args: args}, plan.Options{Workers: 2, BatchRows: rapid.IntRange(1, 4).Draw(rt, "batch")})
		if d := gocmp.Diff(append([]string{}, want...), append([]string{}, got.Rows...)); d != "" {
			rt.Fatalf("%s: %s", args, d)
		}
	})
}

// What a source in Lua emits comes out, and what goes into a sink in Lua was there when it
// commits.
func TestSourceAndSinkInLua(t *testing.T) {
	t.Parallel()
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	source, _ := registry.Lookup("source")
	sink, _ := registry.Lookup("sink")
	rapid.Check(t, func(rt *rapid.T) {
		n, step := rapid.IntRange(0, 40).Draw(rt, "n"), rapid.IntRange(1, 3).Draw(rt, "step")
		o := plan.Options{Workers: rapid.IntRange(1, 3).Draw(rt, "workers"), BatchRows: rapid.IntRange(1, 9).Draw(rt, "batch")}
		functions := luatest.Funcs(t, fmt.Sprintf("function(emit) for i = 1, %d, %d do emit { i = i } end end", n, step))
		got := enginetest.Run(t, enginetest.Case{Spec: source, Args: "fn", Vars: map[string]any{"fn": functions[0]}}, o)
		want, sum := []string{}, 0
		for i := 1; i <= n; i += step {
			want, sum = append(want, fmt.Sprint(i)), sum+i
		}
		if d := gocmp.Diff(want, append([]string{}, got.Rows...)); d != "" {
			rt.Fatal(d)
		}
		functions = luatest.Funcs(t, fmt.Sprintf(`function() return { sum = 0, rows = 0 } end,
			function(row, s) s.sum, s.rows = s.sum + row.i, s.rows + 1 end,
			function(s) assert(s.sum == %d and s.rows == %d, "another sum or number of rows") end`, sum, len(want)))
		enginetest.Run(t, enginetest.Case{
			Spec: sink, Args: "{ open = f1, write = f2, commit = f3 }", Vars: map[string]any{"f1": functions[0], "f2": functions[1], "f3": functions[2]},
			Inputs: []enginetest.Rows{{Columns: "i:int", Values: want}},
		}, o)
	})
}

// A transform in Lua keeps its state over batches and gives what is left at the end: here
// the sums of pairs of neighbours.
func TestTransformInLua(t *testing.T) {
	t.Parallel()
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	transform, _ := registry.Lookup("transform")
	functions := luatest.Funcs(t, `function() return {} end,
		function(row, emit, state)
			if state.first then emit { sum = state.first + row.i, pair = true } state.first = nil
			else state.first = row.i end
		end,
		function(emit, state) if state.first then emit { sum = state.first, pair = false } end end`)
	vars := map[string]any{"f1": functions[0], "f2": functions[1], "f3": functions[2]}
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(-99, 99), 0, 20).Draw(rt, "numbers")
		in, want := []string{}, []string{}
		for i, n := range numbers {
			in = append(in, fmt.Sprint(n))
			switch {
			case i%2 == 1:
				want = append(want, fmt.Sprintf("%d|true", numbers[i-1]+n))
			case i == len(numbers)-1:
				want = append(want, fmt.Sprintf("%d|false", n))
			}
		}
		got := enginetest.Run(t, enginetest.Case{
			Spec: transform, Args: `{ init = f1, each = f2, flush = f3, returns = { sum = "int", pair = "bool" } }`, Vars: vars,
			Inputs: []enginetest.Rows{{Columns: "i:int", Values: in}},
		}, plan.Options{Workers: rapid.IntRange(1, 3).Draw(rt, "workers"), BatchRows: rapid.IntRange(1, 6).Draw(rt, "batch")})
		if d := gocmp.Diff(want, append([]string{}, got.Rows...)); d != "" {
			rt.Fatalf("%v: %s", numbers, d)
		}
	})
}
