package rowfunc

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// What a row gets depends on the run, the node and the row, not on what was
// run before it or in which batch it comes.
func TestRandomIsKeyedByRow(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `return function(row) if row.a % 3 == 0 then math.random() end return math.random(1000000) .. " " .. os.time() end`)[0]
	source := &record.Source{Name: "in.csv"}
	roll := func(node string, seed uint64, from int64, rows string) []string {
		use := expr.Use{
			Role: expr.Value, In: schemaOf(t, "a int"), Node: node,
			Fixed: expr.Fixed{Seed: seed, Now: time.Unix(1_700_000_000, 0)},
		}
		in := batchOf(t, use.In, rows)
		in = record.NewBatch(in.Schema, in.Len(), in.Columns, record.FromSource(source, from))
		res, err := open(t, f, use).Run(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for i := range in.Len() {
			v, err := res.Value.Value(i)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v.Str())
		}
		return out
	}
	whole := roll("f", 1, 1, "1; 2; 3; 4; 5")
	parts := append(roll("f", 1, 1, "1; 2"), roll("f", 1, 3, "3; 4; 5")...)
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Errorf("-one batch +two:\n%s", diff)
	}
	if whole[0] == whole[1] {
		t.Errorf("two rows got the same: %q", whole)
	}
	for name, other := range map[string][]string{
		"node": roll("g", 1, 1, "1; 2; 3; 4; 5"), "seed": roll("f", 2, 1, "1; 2; 3; 4; 5"), "row": roll("f", 1, 11, "1; 2; 3; 4; 5"),
	} {
		if cmp.Equal(whole, other) {
			t.Errorf("another %s gives the same numbers", name)
		}
	}
}
