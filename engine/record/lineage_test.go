package record

import "testing"

func TestLineageOfSelections(t *testing.T) {
	t.Parallel()
	a := &Source{Name: "a.csv"}
	origins := FromOrigins([]Origin{{a, 9}, {}, {a, 7}})
	tests := map[string]struct {
		lineage Lineage
		want    []Origin
	}{
		"unknown":            {Lineage{}.Select([]int32{2, 0}), []Origin{{}, {}}},
		"in order":           {FromSource(a, 5), []Origin{{a, 5}, {a, 6}}},
		"selected":           {FromSource(a, 5).Select([]int32{2, 0}), []Origin{{a, 7}, {a, 5}}},
		"selected twice":     {FromSource(a, 5).Select([]int32{4, 2, 0}).Select([]int32{2, 0}), []Origin{{a, 5}, {a, 9}}},
		"anywhere, selected": {origins.Select([]int32{2, 1}), []Origin{{a, 7}, {}}},
	}
	for name, tt := range tests {
		for i, want := range tt.want {
			if got := tt.lineage.At(i); got != want {
				t.Errorf("%s: row %d is %v, want %v", name, i, got, want)
			}
		}
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
