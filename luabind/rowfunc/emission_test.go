package rowfunc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

func TestEmittedColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, script, returns, want string }{
		{"keys in the order of the text", `return function(row, emit) emit { b = row.s, a = row.n } emit { c = 1.5, a = 2 } end`, "", "b string, a int, c float"},
		{"emit under another name", `return function(r, give) for i = 1, r.n do give { i = i } end end`, "", "i int"},
		{"a returned call", `return function(row, emit) return emit { n = row.n } end`, "", "n int"},
		{"a call in a function inside", `return function(row, emit) local f = function(x) emit { x = x, n = 1 } end f(row.n) end`, "", "x any, n any"},
		{"declared", `return function(row, emit) local t = {} emit(t) pcall(emit, t) end`, "y string, x float", "y string, x float"},
		{"any number of arguments", `return function(...) local row, emit = ... emit { a = 1 } end`, "a int", "a int"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			use := expr.Use{Role: expr.FlatMap, In: schemaOf(t, "n int, s string"), Returns: schemaOf(t, c.returns).Fields()}
			out, problems := loadFuncs(t, c.script)[0].Resolve(use)
			if d := cmp.Diff(c.want, out.String()); d != "" || problems != nil {
				t.Errorf("-want +got:\n%s%v", d, problems)
			}
		})
	}
}

func TestEmitProblems(t *testing.T) {
	t.Parallel()
	const unknown = "error[flat_map.returns]: f: the columns of the emitted rows are not known"
	const hint = `  hint: write their fields in the call, as in emit { id = row.id }, or declare them: :flat_map(fn, { returns = { id = "int" } })`
	for _, c := range []struct{ name, script, returns, want string }{
		{"no second parameter", "return function(row) return row.n end", "", lines(
			"job.lua:1:22: error[flat_map.result]: f: the function of the flat_map returns an int, but rows are given with its second parameter",
			"  hint: function(row, emit) emit { id = row.id } end", "",
			"job.lua:1:8: error[flat_map.no_emit]: f: the function of the flat_map emits nothing, so that it would give no row",
			"  hint: take a second parameter and call it for each new row: function(row, emit) emit { id = row.id } end",
		)},
		{"no call", "return function(row, emit) local x = row.n end", "n int", lines(
			"job.lua:1:8: error[flat_map.no_emit]: f: the function of the flat_map emits nothing, so that it would give no row",
			"  hint: take a second parameter and call it for each new row: function(row, emit) emit { id = row.id } end",
		)},
		{"the row itself", "return function(row, emit) emit(row) end", "", lines("job.lua:1:28: "+unknown, hint)},
		{"handed on", "return function(row, emit)\n  pcall(emit, { n = 1 })\nend", "", lines("job.lua:2:9: "+unknown, hint)},
		{"a computed key", "return function(row, emit) emit { [row.s] = 1 } end", "", lines("job.lua:1: "+unknown, hint)},
		{"no column", "return function(row, emit) emit {} end", "", lines("job.lua:1:8: "+unknown, hint)},
		{"any number of arguments", "return function(...) end", "", lines("job.lua:1:8: "+unknown, hint)},
		{"the row is changed", "return function(row, emit) row.n = 2 emit { n = row.n } end", "", lines(
			"job.lua:1:32: error[row.assigned]: f: this function cannot change the row",
			`  hint: use a local variable; a :map(...) before it can add the column "n"`,
		)},
		{"another type than declared", "return function(row, emit) emit { k = row.s, nn = 1 } end", "k int, n float", lines(
			`job.lua:1:35: error[column.type]: f: a string is assigned to the int column "k"`,
			`  hint: convert it with tostring(...) or tonumber(...), or declare another type: returns = { k = "..." }`, "",
			`job.lua:1:46: error[map.field]: f: the field "nn" is not among the declared columns of the emitted rows`,
			`  hint: did you mean "n"?`,
		)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			use := expr.Use{Role: expr.FlatMap, In: schemaOf(t, "n int, s string"), Returns: schemaOf(t, c.returns).Fields(), Node: "f"}
			_, problems := loadFuncs(t, c.script)[0].Resolve(use)
			if d := cmp.Diff(c.want, showProblems(problems)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// emitted runs a function over rows, as often as it takes, and shows what came out.
func emitted(t testing.TB, script, returns, rows string, use expr.Use) string {
	t.Helper()
	use.Role, use.In, use.Returns, use.Node = expr.FlatMap, schemaOf(t, "n int, s string"), schemaOf(t, returns).Fields(), "f"
	r := open(t, loadFuncs(t, script)[0], use)
	in := batchOf(t, use.In, rows)
	var out strings.Builder
	for done := 0; done < in.Len(); {
		res, err := r.Run(t.Context(), in.Slice(done, in.Len()))
		if err != nil {
			return out.String() + err.Error()
		}
		_, body, _ := strings.Cut(show(t, res.Batch), "\n")
		fmt.Fprintf(&out, "%d %v\n%s%s", done, res.Counts, body, showFailures(res.Failed))
		done += len(res.Counts)
		if use.StopAtFailure && len(res.Failed) > 0 {
			break
		}
	}
	return out.String()
}

func TestEmission(t *testing.T) {
	t.Parallel()
	const times = `return function(row, emit) for i = 1, row.n do emit { s = row.s, i = i } end end`
	const rows = "2,a; 0,b; x,c; 3,d; 1,NA"
	bad := func(row int) string {
		return lines(fmt.Sprintf(`row %d column "n" value "x"`, row),
			`job.lua:1:43: error[type.value]: f: column "n": "x" is no int: not a number`, `  hint: correct the input, or read the column as a string: types = { n = "string" }`)
	}
	for _, c := range []struct {
		name, script, returns, rows string
		use                         expr.Use
		want                        string
	}{
		{name: "all", script: times, rows: rows, want: "0 [2 0 0 3 1]\na | 1\na | 2\nd | 1\nd | 2\nd | 3\n- | 1\n" + bad(2)},
		{name: "up to a failure", script: times, rows: rows, use: expr.Use{StopAtFailure: true}, want: "0 [2 0]\na | 1\na | 2\n" + bad(2)},
		{name: "in parts", script: times, rows: rows, use: expr.Use{Enough: 2}, want: "0 [2]\na | 1\na | 2\n1 [0 0 3]\nd | 1\nd | 2\nd | 3\n" + bad(1) + "4 [1]\n- | 1\n"},
		{name: "in parts up to a failure", script: times, rows: rows, use: expr.Use{Enough: 2, StopAtFailure: true}, want: "0 [2]\na | 1\na | 2\n1 [0]\n" + bad(1)},
		{
			name: "what a failing call emitted is dropped", rows: "1,a; 2,b; 3,c",
			script: `return function(row, emit) emit { n = row.n } if row.n == 2 then error("two", 0) end end`,
			want:   "0 [1 0 1]\n1\n3\n" + lines(`row 1 column "" value ""`, "job.lua:1:66: error[lua.error]: f: two", "  note: row: n = 2"),
		},
		{
			name: "missing fields are NULL, and tables are copied", rows: "1,a", returns: "n int, l list(int), s string",
			script: `return function(row, emit) local t = { l = { 1 } } emit(t) t.l[1], t.n = 2, 5 emit(t) emit {} emit { s = nil } end`,
			want:   "0 [4]\n- | [1] | -\n5 | [2] | -\n- | - | -\n- | - | -\n",
		},
		{
			name: "a value that no column takes", rows: "1,a", returns: "n int",
			script: `return function(row, emit) local t = { n = tostring(row.n) } emit(t) end`,
			want: "0 [0]\n" + lines(`row 0 column "" value ""`,
				`job.lua:1:62: error[column.type]: f: a string is no value for the int column "n"`, "  note: row: n = 1", "  hint: convert it with tonumber(...)"),
		},
		{
			name: "a field that is no column", rows: "1,a", returns: "n int",
			script: `return function(row, emit) local t = { m = 1 } emit(t) end`,
			want: "0 [0]\n" + lines(`row 0 column "" value ""`,
				`job.lua:1:48: error[map.field]: f: the emitted row has the field "m", which is not among its declared columns`, "  hint: did you mean \"n\"?"),
		},
		{
			name: "emit of two", rows: "1,a", returns: "n int",
			script: `return function(row, emit) emit({}, {}) end`,
			want:   "0 [0]\n" + lines(`row 0 column "" value ""`, "job.lua:1:28: error[flat_map.emit]: f: emit takes one table, but was given 2 values", "  hint: call it once for each new row"),
		},
		{
			name: "emit of a number", rows: "1,a", returns: "n int",
			script: `return function(row, emit) emit(row.n) end`,
			want: "0 [0]\n" + lines(`row 0 column "" value ""`, "job.lua:1:28: error[flat_map.emit]: f: emit takes a table, not the number 1",
				"  note: row: n = 1", "  hint: write the fields of the new row: emit { id = row.id }"),
		},
		{
			name: "a result", rows: "1,a",
			script: `return function(row, emit) emit { n = 1 } return next({ [row.s] = 1 }) end`,
			want: "0 [0]\n" + lines(`row 0 column "" value ""`,
				`job.lua:1:8: error[flat_map.result]: f: the function of the flat_map returned a string, but rows are given with its second parameter`,
				`  note: row: s = "a"`, "  hint: function(row, emit) emit { id = row.id } end"),
		},
		{
			name: "emit that is kept", rows: "1,a; 2,b", returns: "n int",
			script: `local kept return function(row, emit) if kept then kept { n = 9 } end kept = emit emit { n = row.n } end`,
			want: "0 [1 0]\n1\n" + lines(`row 1 column "" value ""`,
				"job.lua:1:52: error[flat_map.late]: f: emit was called when the call that it belongs to had ended", "  note: row: n = 2",
				"  hint: call it before the function returns, and do not keep it for later rows"),
		},
		{
			name: "too many rows", rows: "1,a; 2,b",
			script: `return function(row, emit) for i = 1, row.n == 1 and 1e7 or 1 do emit { i = 1 } end end`,
			want: "0 [0 1]\n1\n" + lines(`row 0 column "" value ""`,
				"job.lua:1:66: error[flat_map.much]: f: the function emitted more than a million rows for one row", "  note: row: n = 1",
				"  hint: the rows of one call are held in memory until it ends; emit fewer, or read them from a source"),
		},
		{
			name: "too much text", rows: "1,a",
			script: `return function(row, emit) local s = ("x"):rep(1e7) for i = 1, 100 do emit { s = s } end end`,
			want: "0 [0]\n" + lines(`row 0 column "" value ""`,
				"job.lua:1:71: error[flat_map.much]: f: the function emitted more than 256 MiB for one row",
				"  hint: the rows of one call are held in memory until it ends; emit fewer, or read them from a source"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, emitted(t, c.script, c.returns, c.rows, c.use)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// A function emits the same rows in parts of any size, and refuses the same ones.
func TestEmissionInParts(t *testing.T) {
	t.Parallel()
	const script = `return function(row, emit)
		for i = 1, row.n do emit { s = row.s, i = i } end
		if row.n == 3 then error("three", 0) end
	end`
	use := expr.Use{Role: expr.FlatMap, In: schemaOf(t, "n int, s string")}
	f := loadFuncs(t, script)[0]
	rapid.Check(t, func(rt *rapid.T) {
		counts := rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1", "2", "3", "5", "x"}), 1, 12).Draw(rt, "counts")
		var want []string
		for i, n := range counts {
			for nth := range map[string]int{"1": 1, "2": 2, "5": 5}[n] {
				want = append(want, fmt.Sprintf("r%d | %d", i, nth+1))
			}
			if n == "3" || n == "x" {
				want = append(want, fmt.Sprint("refused ", i))
			}
			counts[i] = fmt.Sprintf("%s,r%d", n, i)
		}
		use := use
		use.Enough = rapid.IntRange(0, 7).Draw(rt, "enough")
		r, in := open(t, f, use), batchOf(t, use.In, strings.Join(counts, "; "))
		got := inParts(t, r, in)
		if d := cmp.Diff(want, got); d != "" {
			rt.Fatal(d)
		}
	})
}

// inParts runs a function over all rows, and lists what it emits and refuses.
func inParts(t *testing.T, r expr.Runner, in *record.Batch) []string {
	t.Helper()
	var got []string
	for done := 0; done < in.Len(); {
		res, err := r.Run(t.Context(), in.Slice(done, in.Len()))
		if err != nil {
			t.Fatal(err)
		}
		made := strings.Split(strings.TrimSuffix(show(t, res.Batch), "\n"), "\n")[1:]
		failed := res.Failed
		for i, n := range res.Counts {
			got = append(got, made[:n]...)
			made = made[n:]
			if len(failed) > 0 && failed[0].Row == i {
				got, failed = append(got, fmt.Sprint("refused ", done+i)), failed[1:]
			}
		}
		if len(made) > 0 || len(failed) > 0 || len(res.Counts) == 0 {
			t.Fatalf("%d rows and %d failures too many in %d", len(made), len(failed), len(res.Counts))
		}
		done += len(res.Counts)
	}
	return got
}

// A function that writes a captured variable emits in order, in parts too.
func TestEmissionWithState(t *testing.T) {
	t.Parallel()
	const script = `local n = 0 return function(row, emit) for i = 1, row.n do n = n + 1 emit { n = n } end end`
	want := "0 [2]\n1\n2\n1 [3]\n3\n4\n5\n2 [1]\n6\n"
	if d := cmp.Diff(want, emitted(t, script, "", "2,a; 3,b; 1,c", expr.Use{Enough: 1})); d != "" {
		t.Error(d)
	}
}
