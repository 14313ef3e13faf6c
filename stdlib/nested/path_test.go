package nested

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A path that is written is read back, whatever its names are.
func TestPathsThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a.\[\]\\ ä0]{1,4}`)
		p := path{{name: name.Draw(t, "column")}}
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "place") {
				p = append(p, step{index: rapid.IntRange(0, maxPlace).Draw(t, "index"), place: true})
			} else {
				p = append(p, step{name: name.Draw(t, "name")})
			}
		}
		back, err := parsePath(p.String())
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if d := cmp.Diff(p, back, cmp.AllowUnexported(step{})); d != "" {
			t.Fatalf("%s: %s", p, d)
		}
	})
}
