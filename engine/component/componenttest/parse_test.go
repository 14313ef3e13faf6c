package componenttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestArgs(t *testing.T) {
	t.Parallel()
	at := func(col, end int) diag.Pos { return diag.Pos{File: "f", Line: 1, Col: col, End: end} }
	got, err := Args("f", `-2.5, { "a", on = true, s = etl.sum "x" }, fn`, map[string]any{"fn": "a function"})
	if err != nil {
		t.Fatal(err)
	}
	want := []component.Value{
		{X: -2.5, Pos: at(1, 5)},
		{Pos: at(7, 42), X: &component.Table{
			Pos:  at(7, 8),
			List: []component.Value{{X: "a", Pos: at(9, 12)}},
			Entries: []component.Entry{
				{Key: op.Name{Text: "on", Pos: at(14, 16)}, Value: component.Value{X: true, Pos: at(19, 23)}},
				{Key: op.Name{Text: "s", Pos: at(25, 26)}, Value: component.Value{Pos: at(29, 40), X: &component.Aggregate{
					Kind: op.Sum, Input: op.Name{Text: "x", Pos: at(37, 40)},
				}}},
			},
		}},
		{X: "a function", Pos: at(44, 46)},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestArgsRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{ "a"`: `f:1:6: want ",", not ""`, `x`: `no variable "x"`, `1 2`: `want ",", not "2"`,
		`?`: `no value begins with "?"`, `"a`: "invalid syntax", `etl.sum 1`: `want "(", not "1"`,
	} {
		if _, err := Args("f", text, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
