package pattern_test

import (
	"strings"
	"testing"
)

// FuzzPattern compares with PUC Lua 5.1 where it is installed. Everywhere it
// wants searches to end within their budget and without a panic.
func FuzzPattern(f *testing.F) {
	f.Add("on 2024-03-17", "(%d+)-(%d+)-(%d+)", 1, "%3.%2.%1")
	f.Add("  a b  ", "^%s*(.-)%s*$", 1, "%1")
	f.Add("f(a(b)c)d", "%b()()%f[%w]", -4, "%0")
	f.Add("abab", "(a[b-d^%]])%1$", 2, "")
	f.Add("x", "[a%", 1, "%2")
	puc := newOracle(f)
	if puc == nil {
		f.Log("lua5.1 is not installed: patterns are NOT compared with PUC Lua")
	}
	f.Fuzz(func(t *testing.T, subject, text string, init int, replacement string) {
		c := call{subject, text, init, replacement, 1000}
		budget := purse{limit: 100_000}
		got := ours(c, budget.spend)
		if puc != nil && comparable51(c) && !spentUp(got) {
			compare(t, c, got, puc.ask(t, c))
		}
	})
}

func spentUp(a answer) bool {
	return strings.Contains(strings.Join(a[:], "\t"), errSpent.Error())
}

// comparable51 tells whether PUC answers soon and by the same rules: it ends a
// pattern at a byte 0, writes one for a % at the end of a replacement, and has
// no budget.
func comparable51(c call) bool {
	loops := 0
	for i := range len(c.pattern) {
		if strings.IndexByte("*+-?", c.pattern[i]) >= 0 {
			loops++
		}
	}
	return loops <= 4 && len(c.subject) <= 40 && len(c.pattern) <= 200 &&
		-1e9 < c.init && c.init < 1e9 &&
		!strings.Contains(c.pattern, "\x00") && !strings.HasSuffix(c.replacement, "%")
}
