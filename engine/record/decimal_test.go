package record

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	nines, zeros := strings.Repeat("9", 38), strings.Repeat("0", 60)
	tests := []struct{ text, want, wantErr string }{
		{text: "0", want: "0"},
		{text: "-0", want: "0"},
		{text: "-0.000", want: "0"},
		{text: "+12", want: "12"},
		{text: "007", want: "7"},
		{text: "19.990", want: "19.99"},
		{text: ".5", want: "0.5"},
		{text: "5.", want: "5"},
		{text: "-1.5e3", want: "-1500"},
		{text: "1500E-3", want: "1.5"},
		{text: "1e-38", want: "0." + zeros[:37] + "1"},
		{text: "1e37", want: "1" + zeros[:37]},
		{text: "0e99999999999999999999", want: "0"},
		{text: nines, want: nines},
		{text: "-" + nines, want: "-" + nines},
		{text: "0." + nines, want: "0." + nines},
		{text: zeros + "1." + zeros, want: "1"},
		{text: "1" + zeros + "e-60", want: "1"},
		{text: "18446744073709551616", want: "18446744073709551616"},
		{text: "10000000000000000001", want: "10000000000000000001"},
		{text: "10000000000000000000000000000000000001", want: "10000000000000000000000000000000000001"},

		{text: "", wantErr: "empty"},
		{text: "-", wantErr: "not a number"},
		{text: ".", wantErr: "not a number"},
		{text: "1,5", wantErr: "not a number"},
		{text: "1.2.3", wantErr: "not a number"},
		{text: "--1", wantErr: "not a number"},
		{text: "1e", wantErr: "not a number"},
		{text: "1e+-3", wantErr: "not a number"},
		{text: "1_000", wantErr: "not a number"},
		{text: "0x10", wantErr: "not a number"},
		{text: "NaN", wantErr: "not a number"},
		{text: "1e38", wantErr: "more than 38 digits"},
		{text: "1e-39", wantErr: "more than 38 digits"},
		{text: "1e99999999999999999999", wantErr: "more than 38 digits"},
		{text: "1e-99999999999999999999", wantErr: "more than 38 digits"},
		{text: nines + ".9", wantErr: "more than 38 digits"},
		{text: "1" + zeros + "1", wantErr: "more than 38 digits"},
	}
	for _, tt := range tests {
		d, err := ParseDecimal(tt.text)
		if got := reasonOf(err); got != tt.wantErr || err == nil && d.String() != tt.want {
			t.Errorf("%q: got %s and %q, want %s and %q", tt.text, d, got, tt.want, tt.wantErr)
		}
	}
}

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// anyDecimal has up to 38 digits and a scale up to 38, with a liking for round
// numbers and for those at the limits.
func anyDecimal(t *rapid.T, label string) Decimal {
	digits := rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,38}`), rapid.StringMatching(`[1-9]0{0,37}`), rapid.StringMatching(`9{1,38}`),
		rapid.StringMatching(`[0-9]{1,6}`),
	).Draw(t, label)
	d, err := ParseDecimal(digits)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = newDecimal(false, d.size, rapid.IntRange(0, 38).Draw(t, "scale")); err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "negative") {
		return d.Neg()
	}
	return d
}

func rat(d Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic("no number: " + d.String())
	}
	return r
}

// holds reports whether a Decimal holds the number: its digits behind the point
// end, and there are at most 38 in all and behind the point.
func holds(r *big.Rat) bool {
	text := strings.TrimLeft(r.FloatString(100), "-0")
	if back, _ := new(big.Rat).SetString(r.FloatString(100)); back.Cmp(r) != 0 {
		return false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	digits := strings.TrimLeft(whole+fraction, "0")
	return len(digits) <= 38 && len(fraction) <= 38
}

// sameDecimal fails unless d is the number, or the error is ErrDecimalRange and
// no Decimal holds it.
func sameDecimal(t *rapid.T, what string, d Decimal, err error, want *big.Rat) {
	t.Helper()
	switch {
	case !holds(want):
		if !errors.Is(err, ErrDecimalRange) {
			t.Fatalf("%s = %s, %v, want ErrDecimalRange for %s", what, d, err, want.FloatString(80))
		}
	case err != nil || rat(d).Cmp(want) != 0:
		t.Fatalf("%s = %s, %v, want %s", what, d, err, want.FloatString(80))
	default:
		normalised(t, d)
	}
}

func normalised(t *rapid.T, d Decimal) {
	t.Helper()
	again, err := ParseDecimal(d.String())
	if err != nil || again != d {
		t.Fatalf("%#v is not normalised: its text %s is %#v, %v", d, d, again, err)
	}
}

func TestDecimalArithmeticIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, e := anyDecimal(t, "d"), anyDecimal(t, "e")
		sum, err := d.Add(e)
		sameDecimal(t, d.String()+" + "+e.String(), sum, err, new(big.Rat).Add(rat(d), rat(e)))
		difference, err := d.Sub(e)
		sameDecimal(t, d.String()+" - "+e.String(), difference, err, new(big.Rat).Sub(rat(d), rat(e)))
		product, err := d.Mul(e)
		sameDecimal(t, d.String()+" * "+e.String(), product, err, new(big.Rat).Mul(rat(d), rat(e)))
		if got, want := d.Cmp(e), rat(d).Cmp(rat(e)); got != want || (d == e) != (want == 0) {
			t.Fatalf("%s and %s: Cmp is %d, == is %v, want %d", d, e, got, d == e, want)
		}
		if got, want := d.Sign(), rat(d).Sign(); got != want {
			t.Fatalf("%s has sign %d, want %d", d, got, want)
		}
	})
}

func TestDecimalRem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, e := anyDecimal(t, "d"), anyDecimal(t, "e")
		got, err := d.Rem(e)
		if e.Sign() == 0 {
			if !errors.Is(err, ErrDecimalZero) {
				t.Fatalf("%s %% 0: %v", d, err)
			}
			return
		}
		whole := floor(new(big.Rat).Quo(rat(d), rat(e)))
		want := new(big.Rat).Sub(rat(d), new(big.Rat).Mul(new(big.Rat).SetInt(whole), rat(e)))
		sameDecimal(t, d.String()+" % "+e.String(), got, err, want)
	})
}

func floor(r *big.Rat) *big.Int { // Div rounds down for positive divisors
	return new(big.Int).Div(r.Num(), r.Denom())
}

// rounded is the number to so many places.
func rounded(r *big.Rat, places int, mode Rounding) *big.Rat {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places > 0 {
		unit.Inv(unit)
	}
	steps := new(big.Rat).Quo(new(big.Rat).Abs(r), unit)
	whole := floor(steps)
	rest := new(big.Rat).Sub(steps, new(big.Rat).SetInt(whole))
	half := rest.Cmp(big.NewRat(1, 2))
	if half > 0 || half == 0 && (mode == HalfUp || whole.Bit(0) == 1) {
		whole.Add(whole, big.NewInt(1))
	}
	out := unit.Mul(unit, new(big.Rat).SetInt(whole))
	if r.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

func TestDecimalRound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, places := anyDecimal(t, "d"), rapid.IntRange(-40, 40).Draw(t, "places")
		for _, mode := range []Rounding{HalfUp, HalfEven} {
			got, err := d.Round(places, mode)
			sameDecimal(t, "round "+d.String(), got, err, rounded(rat(d), places, mode))
		}
	})
}

func TestDecimalRoundHalves(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		places int
		up     string
		even   string
	}{
		{"2.5", 0, "3", "2"},
		{"3.5", 0, "4", "4"},
		{"-2.5", 0, "-3", "-2"},
		{"2.500001", 0, "3", "3"},
		{"2.499999", 0, "2", "2"},
		{"0.125", 2, "0.13", "0.12"},
		{"1.005", 2, "1.01", "1"},
		{"-0.4", 0, "0", "0"},
		{"1250", -2, "1300", "1200"},
		{"50", -2, "100", "0"},
		{"19.99", 5, "19.99", "19.99"},
		{"25", math.MaxInt, "25", "25"},
		{"25", math.MinInt, "0", "0"},
	}
	for _, tt := range tests {
		d, _ := ParseDecimal(tt.text)
		up, err := d.Round(tt.places, HalfUp)
		even, err2 := d.Round(tt.places, HalfEven)
		if up.String() != tt.up || even.String() != tt.even || err != nil || err2 != nil {
			t.Errorf("%s to %d places: up %s, even %s, want %s and %s (%v, %v)", tt.text, tt.places, up, even, tt.up, tt.even, err, err2)
		}
	}
}

func TestDecimalQuo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, e := anyDecimal(t, "d"), anyDecimal(t, "e")
		got, err := d.Quo(e)
		if e.Sign() == 0 {
			if !errors.Is(err, ErrDecimalZero) {
				t.Fatalf("%s / 0: %v", d, err)
			}
			return
		}
		quotient := new(big.Rat).Quo(rat(d), rat(e))
		places := 38
		if whole := floor(new(big.Rat).Abs(quotient)); whole.Sign() > 0 {
			places -= len(whole.String())
		}
		want := rounded(quotient, places, HalfEven)
		if places < 0 || want.Sign() == 0 && d.Sign() != 0 {
			if !errors.Is(err, ErrDecimalRange) {
				t.Fatalf("%s / %s = %s, %v, want ErrDecimalRange", d, e, got, err)
			}
			return
		}
		sameDecimal(t, d.String()+" / "+e.String(), got, err, want)
	})
}

func TestDecimalQuotients(t *testing.T) {
	t.Parallel()
	tests := []struct{ d, e, want string }{
		{"1", "4", "0.25"},
		{"-7", "2", "-3.5"},
		{"1", "3", "0." + strings.Repeat("3", 38)},
		{"200", "3", "66." + strings.Repeat("6", 35) + "7"},
		{"0", "3", "0"},
	}
	for _, tt := range tests {
		d, _ := ParseDecimal(tt.d)
		e, _ := ParseDecimal(tt.e)
		if got, err := d.Quo(e); err != nil || got.String() != tt.want {
			t.Errorf("%s / %s = %s, %v, want %s", tt.d, tt.e, got, err, tt.want)
		}
	}
}

func TestDecimalConversions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDecimal(t, "d")
		want, _ := rat(d).Float64()
		if got := d.Float64(); got != want {
			t.Fatalf("%s is %g, want %g", d, got, want)
		}
		if got := d.isFloat(); got != (new(big.Rat).SetFloat64(want).Cmp(rat(d)) == 0) {
			t.Fatalf("%s: isFloat is %v", d, got)
		}
		n, okN := d.Int64()
		u, okU := d.Uint64()
		if whole := rat(d).Num(); okN != (d.IsInteger() && whole.IsInt64()) || okU != (d.IsInteger() && whole.IsUint64()) {
			t.Fatalf("%s: int64 %v, uint64 %v", d, okN, okU)
		}
		if okN && DecimalFromInt(n) != d || okU && DecimalFromUint(u) != d {
			t.Fatalf("%s is %d or %d", d, n, u)
		}
		if d.IsInteger() != rat(d).IsInt() {
			t.Fatalf("%s: IsInteger is %v", d, d.IsInteger())
		}
	})
}

func TestDecimalFromFloat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		f    float64
		want string // "" for an error
	}{
		{0.1, "0.1"},
		{math.Copysign(0, -1), "0"},
		{-19.99, "-19.99"},
		{1e21, "1000000000000000000000"},
		{5e-7, "0.0000005"},
		{math.NaN(), ""},
		{math.Inf(-1), ""},
		{1e38, ""},
		{5e-324, ""},
	}
	for _, tt := range tests {
		d, err := DecimalFromFloat(tt.f)
		if (err == nil) != (tt.want != "") || err == nil && d.String() != tt.want {
			t.Errorf("%g: got %s and %v, want %s", tt.f, d, err, tt.want)
		}
	}
}

func TestDecimalFit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text             string
		precision, scale int
		want             string
	}{
		{"19.99", 4, 2, ""},
		{"0", 1, 1, ""},
		{"0.05", 2, 2, ""},
		{"1.500", 2, 1, ""},
		{"19.99", 4, 1, "it loses digits: 2 stand behind the point, the type has 1"},
		{"19.99", 3, 2, "it loses digits: 2 stand before the point, the type has 1"},
		{"-100", 4, 2, "it loses digits: 3 stand before the point, the type has 2"},
	}
	for _, tt := range tests {
		d, _ := ParseDecimal(tt.text)
		if got := reasonOf(d.Fit(tt.precision, tt.scale)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Digits tells the smallest type that fits.
func TestDecimalDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDecimal(t, "d")
		precision, scale := d.Digits()
		if err := d.Fit(precision, scale); err != nil {
			t.Fatalf("%s: decimal(%d,%d): %v", d, precision, scale, err)
		}
		if scale > 0 && d.Fit(precision, scale-1) == nil || precision > max(scale, 1) && d.Fit(precision-1, scale) == nil {
			t.Fatalf("%s: decimal(%d,%d) is not the smallest", d, precision, scale)
		}
	})
}

func TestAppendDecimalPads(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		scale int
		want  string
	}{
		{"19.9", 2, "19.90"},
		{"19", 2, "19.00"},
		{"0", 3, "0.000"},
		{"-0.05", 4, "-0.0500"},
		{"19.999", 2, "19.999"},
		{"19", 0, "19"},
		{"100000000000000000000", 1, "100000000000000000000.0"},
	}
	for _, tt := range tests {
		d, _ := ParseDecimal(tt.text)
		if got := string(AppendDecimal(nil, d, tt.scale)); got != tt.want {
			t.Errorf("%s to %d places: got %s, want %s", tt.text, tt.scale, got, tt.want)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.5e3", "99999999999999999999999999999999999999", "1e-38", "+.5", "5.", "1e", "1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil || len(s) > 200 {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if at := strings.IndexAny(s, "eE"); at >= 0 && len(s)-at > 6 && d.Sign() == 0 {
			return // big.Rat refuses such exponents, also of 0
		}
		if !ok || rat(d).Cmp(want) != 0 {
			t.Fatalf("%q is read as %s, big.Rat reads %v", s, d, want)
		}
	})
}

func BenchmarkDecimal(b *testing.B) {
	d, _ := ParseDecimal("1234567.89")
	e, _ := ParseDecimal("0.19")
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			_, _ = d.Add(e)
		}
	})
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			_, _ = d.Mul(e)
		}
	})
	b.Run("quo", func(b *testing.B) {
		for b.Loop() {
			_, _ = d.Quo(e)
		}
	})
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			_, _ = ParseDecimal("1234567.89")
		}
	})
	b.Run("append", func(b *testing.B) {
		dst := make([]byte, 0, 64)
		for b.Loop() {
			_ = AppendDecimal(dst, d, 4)
		}
	})
	b.Run("key", func(b *testing.B) {
		dst := make([]byte, 0, 64)
		for b.Loop() {
			_ = appendDecimalKey(dst, d)
		}
	})
}
