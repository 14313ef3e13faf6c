package value

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// parseNumber takes what strconv takes for a decimal, and nothing else.
func TestParseNumberAgreesWithGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ ]?[-+]?[0-9.eExX_naifb+-]{0,8}`).Draw(t, "s")
		got, ok := ParseNumber(s)
		trimmed := strings.Trim(s, " ")
		want, err := strconv.ParseFloat(trimmed, 64)
		decimal := err == nil && strings.Trim(trimmed, "0123456789.eE+-") == "" || math.IsInf(want, 0) && strings.ContainsAny(trimmed, "0123456789")
		if strings.ContainsAny(trimmed, "xX") {
			return // hexadecimal has a test of its own
		}
		if ok != decimal || ok && got != want {
			t.Fatalf("%q: got %v %v, Go says %v %v", s, got, ok, want, err)
		}
	})
}

func TestParseHex(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]float64{"0x10": 16, "-0xff": -255, "0XA": 10, "0xffffffffffffffff": 1 << 64} {
		if got, ok := ParseNumber(s); !ok || got != want {
			t.Errorf("%s: got %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"0x", "0x1p4", "0x1.8", "0xg", "x10", "0x_1", "--0x1"} {
		if got, ok := ParseNumber(s); ok {
			t.Errorf("%s is %v", s, got)
		}
	}
}
