package diag

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		word       string
		candidates string
		want       string
	}{
		{"pth", "path header path2", "path"},
		{"fliter", "filter flat_map", "filter"},
		{"Carrier", "carrier", "carrier"},
		{"dep_dely", "dep_delay arr_delay", "dep_delay"},
		{"x", "y", "y"},
		{"x", "xyz", ""},
		{"origin", "destination", ""},
		{"größe", "grösse größen", "größen"},
		{"ab", "ba abcd", "ba"},
		{"delay", "relay decay", "relay"}, // the first of equals
		{"delay", "relay delay", "delay"},
		{"header", "hdr", ""},
		{"name", "", ""},
		{"", "a", "a"},
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, strings.Fields(tt.candidates)); got != tt.want {
			t.Errorf("%q among %q: got %q, want %q", tt.word, tt.candidates, got, tt.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 22 {
		many = append(many, fmt.Sprintf("column%02d", i))
	}
	tests := []struct {
		word       string
		candidates []string
		want       string
	}{
		{"pth", []string{"path"}, `did you mean "path"?`},
		{"zzzz", []string{"path", "header"}, "known: path, header"},
		{"zzzz", nil, ""},
		{"zzzz", many, "known: " + strings.Join(many[:20], ", ") + " and 2 more"},
	}
	for _, tt := range tests {
		if got := DidYouMean(tt.word, tt.candidates); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.word, got, tt.want)
		}
	}
}

// The distance is at most the number of edits that were made.
func TestDistanceIsAtMostTheEdits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := []rune(rapid.StringMatching(`[a-dä]{0,8}`).Draw(t, "word"))
		edited := append([]rune(nil), word...)
		edits := 0
		if n := len(edited); n > 0 && rapid.Bool().Draw(t, "delete") {
			i := rapid.IntRange(0, n-1).Draw(t, "at")
			edited = append(edited[:i:i], edited[i+1:]...)
			edits++
		}
		if n := len(edited); n > 1 && rapid.Bool().Draw(t, "swap") {
			i := rapid.IntRange(0, n-2).Draw(t, "at")
			edited[i], edited[i+1] = edited[i+1], edited[i]
			edits++
		}
		got, back := distance(string(word), string(edited)), distance(string(edited), string(word))
		// The two edits may overlap, which the restricted distance counts apart.
		if got > edits+1 || edits <= 1 && got > edits || got != back {
			t.Fatalf("%q to %q by %d edits: distance %d, back %d", string(word), string(edited), edits, got, back)
		}
		if (got == 0) != (string(word) == string(edited)) {
			t.Fatalf("%q and %q have distance %d", string(word), string(edited), got)
		}
	})
}

func ExampleNearest() {
	fmt.Println(Nearest("fliter", []string{"map", "filter"}))
	// Output: filter
}
