package pattern_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// The number of calls and the seed of TestAgainstPUC can be set by these
// variables of the environment.
const (
	casesVariable = "ETLSCRIPT_PATTERN_CASES"
	seedVariable  = "ETLSCRIPT_PATTERN_SEED"
)

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAgainstPUC compares generated calls with PUC Lua 5.1.
func TestAgainstPUC(t *testing.T) {
	t.Parallel()
	puc := newOracle(t)
	if puc == nil {
		t.Skip("lua5.1 is not installed: patterns are NOT compared with PUC Lua")
	}
	cases, seed := setting(t, casesVariable, 20_000), setting(t, seedVariable, 1)
	g := generator{rand.New(rand.NewPCG(uint64(seed), 0))}
	matched, faulty := 0, 0
	for range cases {
		c := g.call()
		got := ours(c, nil)
		compare(t, c, got, puc.ask(t, c))
		switch {
		case strings.HasPrefix(got[1], "E:"):
			faulty++
		case got[1] != "nil":
			matched++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d calls: %d matched, %d malformed", cases, matched, faulty)
	if matched < cases/4 || faulty < cases/20 {
		t.Errorf("of %d calls %d matched and %d were malformed; that is too few", cases, matched, faulty)
	}
}

// generator makes calls over a small alphabet, so that matches happen.
type generator struct{ *rand.Rand }

// letters are the bytes of subjects and the plain bytes of patterns.
const letters = "aaaabbbb1A  .,-_=()[]%^$\x00\x7f\xe9\n"

func (g generator) call() call {
	c := call{subject: g.subject(), init: 1, limit: 1000}
	c.pattern = g.pattern()
	if g.IntN(4) == 0 {
		c.init = g.IntN(40) - 20
	}
	if g.IntN(8) == 0 {
		c.limit = g.IntN(4)
	}
	c.replacement = g.replacement()
	return c
}

func (g generator) pick(s string) byte { return s[g.IntN(len(s))] }

func (g generator) text(alphabet string, longest int) string {
	var b strings.Builder
	for range g.IntN(longest + 1) {
		b.WriteByte(g.pick(alphabet))
	}
	return b.String()
}

func (g generator) subject() string {
	switch g.IntN(4) {
	case 0:
		return g.text("ab", 12)
	case 1:
		return g.text("ab 1=", 16)
	case 2:
		return strings.Repeat(g.text("ab1(", 4), g.IntN(5))
	}
	return g.text(letters, 20)
}

func (g generator) replacement() string {
	text := g.text("ab%%012.", 5)
	if strings.HasSuffix(text, "%") {
		return text + "0"
	}
	return text
}

// pattern is one that follows the grammar, or seldom any special bytes.
func (g generator) pattern() string {
	if g.IntN(5) == 0 {
		return g.text("aab1%%[]()^$*+-?.fbz", 9)
	}
	var b strings.Builder
	if g.IntN(5) == 0 {
		b.WriteByte('^')
	}
	g.sequence(&b, 2)
	if g.IntN(6) == 0 {
		b.WriteByte('$')
	}
	return b.String()
}

func (g generator) sequence(b *strings.Builder, depth int) {
	for range 1 + g.IntN(3) {
		g.item(b, depth)
	}
}

func (g generator) item(b *strings.Builder, depth int) {
	switch g.IntN(24) {
	case 0, 1, 2, 3:
		if depth == 0 {
			return
		}
		b.WriteByte('(')
		if g.IntN(4) > 0 {
			g.sequence(b, depth-1)
		}
		b.WriteByte(')')
	case 4:
		b.WriteString("%b" + []string{"()", "ab", "aa", "=1", "1a", "("}[g.IntN(6)])
	case 5:
		b.WriteString("%f")
		g.set(b)
	case 6:
		b.WriteByte('%')
		b.WriteByte(g.pick("11112220"))
	default:
		g.single(b)
		b.WriteString([]string{"", "", "*", "+", "-", "?"}[g.IntN(6)])
	}
}

func (g generator) single(b *strings.Builder) {
	switch g.IntN(6) {
	case 0:
		b.WriteByte('.')
	case 1:
		g.escape(b)
	case 2:
		g.set(b)
	default:
		b.WriteByte(g.plain())
	}
}

func (g generator) escape(b *strings.Builder) {
	b.WriteByte('%')
	b.WriteByte(g.pick("acdlpsuwxzACDLPSUWXZqQ.%-]["))
}

// plain is a byte other than 0, with which PUC ends the pattern.
func (g generator) plain() byte {
	if c := g.pick(letters); c != 0 {
		return c
	}
	return 'a'
}

func (g generator) set(b *strings.Builder) {
	b.WriteByte('[')
	if g.IntN(3) == 0 {
		b.WriteByte('^')
	}
	for range 1 + g.IntN(3) {
		switch g.IntN(5) {
		case 0:
			g.escape(b)
		case 1:
			b.WriteByte(g.plain())
			b.WriteByte('-')
			b.WriteByte(g.plain())
		default:
			b.WriteByte(g.plain())
		}
	}
	b.WriteByte(']')
}
