package cli

import "testing"

func TestQuantity(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"7": 7, "20k": 20_000, "20M": 20_000_000, "3G": 3_000_000_000, "": 0, "0": 0, "-1": 0, "1.5M": 0, "M": 0, "20 M": 0, "9223372036854775807G": 0,
	} {
		if got, err := quantity(text, thousands()); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]int64{"off": -1, "2GiB": 2 << 30, "512MiB": 512 << 20, "1000": 1000, "1GB": 0} {
		if got, err := memory(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}
