package checks

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// The rules say of random numbers what a simple model says, in batches of any size.
func TestRulesAgainstAModel(t *testing.T) {
	t.Parallel()
	built, said := componenttest.Build(AssertSpec(), `{ columns = { n = { nullable = false, unique = true, min = -2, max = 3 } } }`, nil)
	if said != "" {
		t.Fatal(said)
	}
	r := built.(*op.Assert).Test.(*assertion).Columns
	in := record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)})
	rapid.Check(t, func(t *rapid.T) {
		tests, problems := newTester(r, in)
		if problems != nil {
			t.Fatal(problems)
		}
		var got, want []string
		seen := map[int64]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			b := record.NewBuilder(in, 0)
			for range rapid.IntRange(1, 5).Draw(t, "rows") {
				b.AppendOrigin(record.Origin{})
				if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
					b.Column(0).AppendNull()
					want = append(want, "nullable")
					continue
				}
				n := rapid.Int64Range(-4, 5).Draw(t, "n")
				b.Column(0).Append(record.IntValue(n))
				if n < -2 {
					want = append(want, "min")
				}
				if n > 3 {
					want = append(want, "max")
				}
				if seen[n] {
					want = append(want, "unique")
				}
				seen[n] = true
			}
			batch := b.Build()
			for row := range batch.Len() {
				for _, found := range tests.breaches(batch, row) {
					got = append(got, found.rule)
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}
