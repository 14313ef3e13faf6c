package record

import "testing"

func TestLineageOfSelections(t *testing.T) {
	t.Parallel()
	a := &Source{Name: "a.csv"}
	origins := FromOrigins([]Origin{{a, 9, 0}, {}, {a, 7, 0}})
	tests := map[string]struct {
		lineage Lineage
		want    []Origin
	}{
		"unknown":            {Lineage{}.Select([]int32{2, 0}), []Origin{{}, {}}},
		"in order":           {FromSource(a, 5), []Origin{{a, 5, 0}, {a, 6, 0}}},
		"selected":           {FromSource(a, 5).Select([]int32{2, 0}), []Origin{{a, 7, 0}, {a, 5, 0}}},
		"selected twice":     {FromSource(a, 5).Select([]int32{4, 2, 0}).Select([]int32{2, 0}), []Origin{{a, 5, 0}, {a, 9, 0}}},
		"anywhere, selected": {origins.Select([]int32{2, 1}), []Origin{{a, 7, 0}, {}}},
		"numbered":           {FromSource(nil, 5), []Origin{{nil, 5, 0}, {nil, 6, 0}}},
		"others":             {FromSource(a, 5).Others(7, 1), []Origin{Origin{a, 5, 0}.Other(7, 1), Origin{a, 6, 0}.Other(7, 1)}},
		"others, selected":   {FromSource(a, 5).Others(7, 1).Select([]int32{1}), []Origin{Origin{a, 6, 0}.Other(7, 1)}},
		"the same":           {FromSource(a, 5).Others(7, 0), []Origin{{a, 5, 0}}},
		"others anywhere":    {origins.Others(7, 3), []Origin{Origin{a, 9, 0}.Other(7, 3), Origin{}.Other(7, 3)}},
	}
	for name, tt := range tests {
		for i, want := range tt.want {
			if got := tt.lineage.At(i); got != want {
				t.Errorf("%s: row %d is %v, want %v", name, i, got, want)
			}
		}
	}
}

// Rows that were made of one row, in several steps, are different ones.
func TestOthersAreDifferent(t *testing.T) {
	t.Parallel()
	seen := map[Origin]bool{}
	for i := range uint64(100) {
		for j := range uint64(100) {
			seen[Origin{Row: 1}.Other(1, i).Other(2, j)] = true
		}
	}
	if len(seen) != 100*100 {
		t.Errorf("%d different rows", len(seen))
	}
}

func TestBits(t *testing.T) {
	t.Parallel()
	var none Bits
	none.Clear(3)
	if none.Get(3) || none.Any() || none.Count() != 0 {
		t.Error("a nil set is not empty")
	}
	b := NewBits(130)
	for _, i := range []int{0, 63, 64, 129} {
		b.Set(i)
	}
	b.Clear(63)
	if !b.Get(0) || b.Get(63) || !b.Get(64) || !b.Get(129) || b.Get(500) || b.Count() != 3 || !b.Any() {
		t.Errorf("got %b", b)
	}
}
