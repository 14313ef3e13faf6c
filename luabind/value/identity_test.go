package value

import (
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	for _, f := range []float64{0, math.Copysign(0, -1), 1, 127, 128, -5, 1.5, math.MaxFloat64, math.Inf(1)} {
		own := ownNumber(lua.LNumber(f))
		if n, ok := own.(lua.LNumber); !ok || math.Float64bits(float64(n)) != math.Float64bits(f) || own.Type() != lua.LTNumber {
			t.Fatalf("the box of %v holds %v", f, own)
		}
		handedOn := own
		if !Identical(own, handedOn) {
			t.Errorf("%v is not itself", f)
		}
		for _, other := range []lua.LValue{lua.LNumber(f), ownNumber(lua.LNumber(f))} {
			if Identical(own, other) {
				t.Errorf("%v is another %v", f, f)
			}
		}
	}
}
