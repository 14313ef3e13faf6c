package pattern

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The search finds what the standard library finds, also where parts repeat
// themselves.
func TestIndexAgreesWithStrings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 1, 6, -1)
		long := rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(piece.Draw(t, "piece"), rapid.IntRange(1, 8).Draw(t, "times")) + piece.Draw(t, "rest")
		})
		part := long.Draw(t, "part")
		s := strings.Join(rapid.SliceOfN(rapid.OneOf(long, piece, rapid.Just(part), rapid.Just(part[1:])), 0, 6).Draw(t, "texts"), "")
		if got, want := twoWay(s+" ", part), strings.Index(s, part); got != want {
			t.Fatalf("%q in %q: %d, want %d", part, s, got, want)
		}
	})
}

// A search looks at each byte a few times, on texts made for the hash of the
// standard library too. The test ends in time, or not at all.
func TestIndexIsLinear(t *testing.T) {
	t.Parallel()
	s, half := strings.Repeat("a", 2_400_000), strings.Repeat("a", 1_200_000)
	for _, part := range []string{half + "suxxtqda", half + "b", "b" + half, half + "b" + half} {
		if got := Index(s, part); got != -1 {
			t.Errorf("it is found at %d", got)
		}
	}
	if got := Index(s, half); got != 0 {
		t.Errorf("it is found at %d", got)
	}
}
