package value

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// Not parallel, since AllocsPerRun forbids it.
func TestBoxes(t *testing.T) {
	var boxes Boxes
	var values []lua.LValue
	for i := range 100 {
		values = append(values, boxes.Box(lua.LNumber(i)))
	}
	for i, v := range values {
		if v != lua.LValue(lua.LNumber(i)) || v.Type() != lua.LTNumber || v.String() != lua.LNumber(i).String() {
			t.Fatalf("value %d is %v", i, v)
		}
		if i > 0 && Identical(v, values[i-1]) {
			t.Fatalf("value %d shares the box of the one before", i)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() {
		for range boxesInPage {
			boxes.Box(7)
		}
	}); allocs > 1 {
		t.Errorf("%v allocations for a page", allocs)
	}
}
