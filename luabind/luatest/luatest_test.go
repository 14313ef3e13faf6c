package luatest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// What cases expect and do not get is told, with its place.
func TestCases(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "some_test.lua")
	err := os.WriteFile(path, []byte(`local test = require "luatest.cases"
test.case("passes", function()
  test.equal({ a = { 1, "x" } }, { a = { 1, "x" } })
  test.raises("at two", function(n) error("at " .. n) end, "two")
end)
test.case("differs", function() test.equal({ 1, n = nil }, { 1, n = 2 }) end)
test.case("lacks", function() test.equal({ a = 1, b = 2 }, { a = 1 }) end)
test.case("raises nothing", function() test.raises("x", function() end) end)
test.case("raises something else", function() test.raises("x", error, "y") end)
test.case("raises", function() local x = nil + 1 end)
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	got, err := run(t, Config{}, path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i].problem = trimPath(got[i].problem, filepath.Dir(path))
	}
	want := []outcome{
		{"passes", ""},
		{"differs", "some_test.lua:6: got { 1 = 1 }, want { 1 = 1, n = 2 }"},
		{"lacks", "some_test.lua:7: got { a = 1, b = 2 }, want { a = 1 }"},
		{"raises nothing", `some_test.lua:8: nothing was raised, but an error with "x" was expected`},
		{"raises something else", `some_test.lua:9: raised "y", want an error with "x"`},
		{"raises", "some_test.lua:10: attempt to perform arithmetic on a nil value"},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); d != "" {
		t.Error(d)
	}
}

func trimPath(text, dir string) string {
	if len(text) > len(dir) && text[:len(dir)] == dir {
		return text[len(dir)+1:]
	}
	return text
}

func TestFuncs(t *testing.T) {
	t.Parallel()
	f := Funcs(t, "function(row) return row.n > 1 end")[0]
	schema := record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)})
	use := expr.Use{Role: expr.Filter, In: schema, Out: schema}
	r, err := f.Open(use)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	made := record.NewBuilder(schema, 2)
	made.Column(0).Append(record.IntValue(1))
	made.Column(0).Append(record.IntValue(2))
	res, err := r.Run(t.Context(), made.Build())
	if d := cmp.Diff([]int32{1}, res.Keep); d != "" || err != nil {
		t.Error(err, d)
	}
	if both := Funcs(t, "function() return {} end, function(row, emit, s) s.n = 1 end"); both[0].Info().Group == "" || both[0].Info().Group != both[1].Info().Group {
		t.Error("functions that are given together do not work on one state")
	}
}
