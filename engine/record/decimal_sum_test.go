package record

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalSumIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sum DecimalSum
		want := new(big.Rat)
		n := rapid.IntRange(1, 6).Draw(t, "n")
		for range n {
			d := anyDecimal(t, "d")
			sum.Add(d)
			want.Add(want, rat(d))
		}
		got, err := sum.Value()
		sameDecimal(t, "the sum", got, err, want)
		mean, err := sum.Mean(int64(n), MaxDigits)
		wantMean := want.Quo(want, big.NewRat(int64(n), 1))
		places := MaxDigits
		if whole := floor(new(big.Rat).Abs(wantMean)); whole.Sign() > 0 {
			places -= len(whole.String())
		}
		exact := rounded(wantMean, places, HalfEven)
		if exact.Sign() == 0 && wantMean.Sign() != 0 {
			if err != nil || mean != (Decimal{}) {
				t.Fatalf("the mean is %s, %v, want 0", mean, err)
			}
			return
		}
		sameDecimal(t, "the mean", mean, err, exact)
	})
}

func TestDecimalSumGoesBeyondAndBack(t *testing.T) {
	t.Parallel()
	var sum DecimalSum
	large, small := decimal("9e37").Decimal(), decimal("0.01").Decimal()
	sum.Add(large)
	sum.Add(large)
	sum.Add(small)
	if _, err := sum.Value(); !errors.Is(err, ErrDecimalRange) {
		t.Errorf("beyond the range: %v", err)
	}
	if mean, err := sum.Mean(2, 2); err != nil || mean != large {
		t.Errorf("mean %s, %v", mean, err)
	}
	sum.Add(large.Neg())
	sum.Add(large.Neg())
	if got, err := sum.Value(); err != nil || got != small {
		t.Errorf("and back: %s, %v", got, err)
	}
	if mean, err := sum.Mean(4, 2); err != nil || mean != (Decimal{}) {
		t.Errorf("the mean 0.0025 to 2 places: %s, %v", mean, err)
	}
}
