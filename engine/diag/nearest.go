package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that word most probably means: the smallest
// edit distance (insert, delete, replace, swap of neighbours), at most a third
// of the word's length and at least one; "" when none is near enough. Letters
// that differ only in case count as equal.
func Nearest(word string, candidates []string) string {
	if len(word) > longestWord {
		return ""
	}
	limit := max(1, utf8.RuneCountInString(word)/3)
	best, bestDistance := "", limit+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// longestWord is how many bytes a word has at most that is compared, which takes
// time by the square of its length.
const longestWord = 200

// DidYouMean is the hint `did you mean "x"?`, or `known: a, b, c` when no
// candidate is near, or "" without candidates.
func DidYouMean(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(candidates) == 0 {
		return ""
	}
	const most = 20
	if len(candidates) > most {
		return fmt.Sprintf("known: %s and %d more", strings.Join(candidates[:most], ", "), len(candidates)-most)
	}
	return "known: " + strings.Join(candidates, ", ")
}

// distance is the optimal string alignment distance (Damerau–Levenshtein
// without overlapping edits).
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	before, prev, cur := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		cur[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(rb)]
}
