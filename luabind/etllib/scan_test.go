package etllib

import (
	"context"
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestScanAgreesWithRegexp compares both ways to find all matches.
func TestScanAgreesWithRegexp(t *testing.T) {
	t.Parallel()
	s := newState(t)
	c := call{L: s.L, lib: libraryOf(s), name: "test"}
	part := rapid.SampledFrom([]string{"a", "b", "é", ".", "a*", "b+?", "^", "$", `\b`, `\B`, "(?m:^)", "(?m:$)", "(a|b)", "(ab)?", "(?i:A)", "", `\s`, "a|", "[^a]"})
	text := rapid.StringOfN(rapid.SampledFrom([]rune("aabbé \n\uFFFD")), 0, 30, -1)
	rapid.Check(t, func(r *rapid.T) {
		expression := strings.Join(rapid.SliceOfN(part, 1, 5).Draw(r, "expression"), "")
		subject := text.Draw(r, "subject") + rapid.SampledFrom([]string{"", "\xff", "\xe2\x82"}).Draw(r, "bad bytes") + text.Draw(r, "more")
		re, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		tree, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			r.Fatal(err)
		}
		n := rapid.IntRange(0, 40).Draw(r, "n")
		want := re.FindAllStringSubmatchIndex(subject, n)
		got := c.scan(subject, &pattern{Regexp: re, steps: 10, text: tree.String()}, n)
		if d := cmp.Diff(want, got); d != "" {
			r.Fatalf("%q in %q (-want +got)\n%s", expression, subject, d)
		}
	})
}

// TestSearchesEnd cancels a search that would take hours: each of its matches
// looks at all the rest.
func TestSearchesEnd(t *testing.T) {
	t.Parallel()
	s := newState(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	const script = `local x = ("a"):rep(1000000) for i = 1, 100 do pcall(etl.re.gsub, x, "a(?:.*b)?", "") end`
	chunk := compile(t, script)
	if _, err := s.Call(ctx, 1<<50, s.Load(chunk), 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	_, err := s.Call(t.Context(), 1_000_000, s.Load(chunk), 0)
	if d := s.Diagnose(err); d.Code != "lua.budget" {
		t.Errorf("got %v", d)
	}
}
