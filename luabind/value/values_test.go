package value

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestWideArithmetic compares with arithmetic of any size.
func TestWideArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		for name, op := range map[string]struct {
			ours  func(a, b Wide) (Wide, bool)
			exact *big.Int
		}{
			"+": {Wide.Add, new(big.Int).Add(x, y)},
			"-": {Wide.Sub, new(big.Int).Sub(x, y)},
			"*": {Wide.Mul, new(big.Int).Mul(x, y)},
		} {
			w, fits := op.ours(MakeWide(a), MakeWide(b))
			n, isInt := w.Int64()
			if op.exact.IsInt64() != (fits && isInt) || fits && isInt && n != op.exact.Int64() {
				t.Fatalf("%d %s %d = %d (%v), want %s", a, name, b, n, fits && isInt, op.exact)
			}
		}
	})
}
