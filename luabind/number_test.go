package luabind

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"
)

// What a script prints it reads back as the same number, from text, as a
// literal and in arithmetic.
func TestNumbersRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		if math.IsNaN(f) || math.IsInf(f, 0) {
			t.Skip("these have no literal")
		}
		got, ok := parseNumber(" " + formatNumber(f) + "\n")
		if !ok || got != f {
			t.Fatalf("%s reads as %v", formatNumber(f), got)
		}
		s := newState(stateOptions{})
		defer s.close()
		text := formatNumber(f)
		literal := text
		if losesDigits(strings.TrimPrefix(text, "-")) {
			literal = strconv.FormatFloat(f, 'e', -1, 64) // as the diagnostic advises
		}
		c, d := compile("job.lua", "local x = "+literal+" return x, '"+text+"' + 0, tostring(x), x .. ''")
		if d != nil {
			t.Fatal(d)
		}
		out, err := s.call(context.Background(), 0, s.load(c), 4)
		if err != nil {
			t.Fatal(err)
		}
		want := text
		if f == 0 {
			want = "0" // there is no literal of negative zero
		}
		if out[0] != lua.LNumber(f) || out[1] != lua.LNumber(f) || out[2].String() != want || out[3].String() != want {
			t.Fatalf("%s became %v", text, out)
		}
	})
}

// parseNumber takes what strconv takes for a decimal, and nothing else.
func TestParseNumberAgreesWithGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ ]?[-+]?[0-9.eExX_naifb+-]{0,8}`).Draw(t, "s")
		got, ok := parseNumber(s)
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
		if got, ok := parseNumber(s); !ok || got != want {
			t.Errorf("%s: got %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"0x", "0x1p4", "0x1.8", "0xg", "x10", "0x_1", "--0x1"} {
		if got, ok := parseNumber(s); ok {
			t.Errorf("%s is %v", s, got)
		}
	}
}

func TestLiteralsThatLoseDigitsAreRefused(t *testing.T) {
	t.Parallel()
	for literal, refused := range map[string]bool{
		"9007199254740991": false, "9007199254740992": false, "9007199254740993": true, "18446744073709551615": true,
		"1e18": false, "123456789012345678901234567890": false, "9007199254740993.5": false,
	} {
		_, d := compile("job.lua", "local x = "+literal)
		if got := d != nil && d.Code == "lua.number"; got != refused {
			t.Errorf("%s: %v", literal, d)
		}
	}
}
