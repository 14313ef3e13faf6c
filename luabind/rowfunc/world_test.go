package rowfunc

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
)

// Comparisons of large integers with plain numbers are exact wherever they
// stand: in the function, in helpers, in closures made by earlier rows.
func TestExactComparisons(t *testing.T) {
	t.Parallel()
	const at, above = "9007199254740992", "9007199254740993"
	for _, c := range []struct{ name, script, rows, want string }{
		{"a literal", `return function(row) return row.a > 5 end`, "1; " + above + "; 7", "keep [1 2] dropped 1"},
		{"reversed", `return function(row) return 5 < row.a end`, "1; " + above, "keep [1] dropped 1"},
		{"equality with a float", `return function(row) return row.a == 2^53 end`, at + "; " + above, "keep [0] dropped 1"},
		{"inequality", `return function(row) return row.a ~= 2^53 end`, at + "; " + above, "keep [1] dropped 1"},
		{"just above a float", `return function(row) return row.a > 2^53 end`, at + "; " + above, "keep [1] dropped 1"},
		{"at most a float", `return function(row) return row.a <= 2^53 end`, at + "; " + above, "keep [0] dropped 1"},
		{
			"a helper", `local function positive(x) return x >= 0 end return function(row) return positive(row.a) end`,
			"-1; " + above + "; -" + above, "keep [1] dropped 2",
		},
		{
			"a helper in a table", `local t = { check = function(x) return x > 1 end } return function(row) return t.check(row.a) end`,
			"1; " + above, "keep [1] dropped 1",
		},
		{
			"a closure made earlier", `local made; return function(row)
				local first = row.a
				made = made or function(x) return x > first end
				return made(row.a)
			end`, "1; 2; " + above, "keep [1 2] dropped 1",
		},
		{
			"tonumber", `return function(row) return tonumber("` + above + `") > row.a end`,
			"1; " + above, "keep [0] dropped 1",
		},
		{
			"a captured value", `local big = tonumber("` + above + `") return function(row) return big > row.a end`,
			"1; " + above, "keep [0] dropped 1",
		},
		{"a condition", `return function(row) if row.a < 10 then return true elseif not (row.a <= 20) then return true end end`, "1; 15; " + above, "keep [0 2] dropped 1"},
		{"in pcall", `return function(row) local ok, v = pcall(function() return row.a > 1 end) return ok and v end`, "1; " + above, "keep [1] dropped 1"},
		{"with nil", `return function(row) return row.a == nil or row.a > 1 end`, "0; " + above, "keep [1] dropped 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := loadFuncs(t, c.script)[0]
			for _, batches := range [][]string{{c.rows}, {"1", c.rows}} {
				use := expr.Use{Role: expr.Filter, In: schemaOf(t, "a int"), Scope: &expr.Scope{}, Node: "f"}
				defer use.Scope.Close()
				r := open(t, f, use)
				var got string
				for _, rows := range batches {
					got = applyTo(t, r, use, batchOf(t, use.In, rows))
				}
				if diff := cmp.Diff(c.want+"\n", got); diff != "" && (c.name != "a closure made earlier" || len(batches) == 1) {
					t.Errorf("%d batches: -want +got:\n%s", len(batches), diff)
				}
			}
		})
	}
}

// What cannot be compared raises as it does in the virtual machine.
func TestExactComparisonsRaise(t *testing.T) {
	t.Parallel()
	for _, rows := range []string{"1", "9007199254740993"} {
		f := loadFuncs(t, `return function(row) return row.a > "x" end`)[0]
		use := expr.Use{Role: expr.Filter, In: schemaOf(t, "a int"), Node: "f", StopAtFailure: true}
		got := apply(t, f, use, rows)
		blamed, value := "a", "1"
		problem, hint := "1:33: error[lua.error]: f: attempt to compare string with number (field 'a')", "compare row.a with a number, without quotes"
		if rows != "1" {
			blamed, value = "", ""
			problem = "1:35: error[value.compare]: f: attempt to compare string with int"
			hint = `make both of one type, as in row.day < etl.date("2013-01-31") or row.price < etl.decimal("9.99")`
		}
		want := fmt.Sprintf("keep [] dropped 0\nrow 0 column %q value %q\njob.lua:%s\n  note: row: a = %s\n  hint: %s\n", blamed, value, problem, rows, hint)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// The functions of a worker run in one state, and share what they capture.
func TestWorkerWorld(t *testing.T) {
	t.Parallel()
	fns := loadFuncs(t, `
		local words = { "one", "two" }
		return function(row) row.w = words[row.a] end, function(row) return words[row.a] == "two" end`)
	worker := &expr.Scope{}
	defer worker.Close()
	runners := make([]*runner, len(fns))
	for i, role := range []expr.Role{expr.Map, expr.Filter} {
		use := expr.Use{Role: role, In: schemaOf(t, "a int"), Worker: worker, Node: "f"}
		runners[i] = open(t, fns[i], use).(*runner)
		want := []string{lines("a int, w string", "'1' | one", "'2' | two"), "keep [1] dropped 1\n"}[i]
		if diff := cmp.Diff(want, applyTo(t, runners[i], use, batchOf(t, use.In, "1; 2"))); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if runners[0].state != runners[1].state {
		t.Error("each function has a state of its own")
	}
	if a, b := upvalueOf(runners[0].fn, "words"), upvalueOf(runners[1].fn, "words"); a != b {
		t.Error("a captured table was copied twice")
	}
}
