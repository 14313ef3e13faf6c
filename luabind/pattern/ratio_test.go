package pattern_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/yuin/gopher-lua/pm"

	"github.com/etlscript/etlscript/luabind/pattern"
)

// task is some work with one pattern, done with this package and with the
// package pm of gopher-lua. Both give the same number of bytes or matches.
type task struct {
	name, subject, pattern, replacement string
	// limit is the number of matches looked for, -1 for all.
	limit int
}

const words = "the quick brown fox jumps over the lazy dog, "

func tasks() []task {
	long := strings.Repeat(words, 20<<10/len(words))
	return []task{
		{name: "gsub short", subject: "hello world, hello moon", pattern: "o", replacement: "0", limit: -1},
		{name: "gsub class", subject: " a b\tc  d ", pattern: "%s+", replacement: "", limit: -1},
		{name: "gsub capture", subject: "width=10, height=20", pattern: "(%w+)=(%w+)", replacement: "%2=%1", limit: -1},
		{name: "gsub 20 KB", subject: long, pattern: "%w+", replacement: "<%0>", limit: -1},
		{name: "gsub 20 KB literal", subject: long, pattern: "lazy", replacement: "keen", limit: -1},
		{name: "match date", subject: "2024-03-17", pattern: "(%d+)-(%d+)-(%d+)", limit: 1},
		{name: "match date later", subject: "delivered on 2024-03-17", pattern: "(%d+)-(%d+)-(%d+)", limit: 1},
		{name: "match trim", subject: "   some text in blanks   ", pattern: "^%s*(.-)%s*$", limit: 1},
		{name: "match field", subject: "first;second;third", pattern: "^([^;]*);([^;]*);", limit: 1},
		{name: "gmatch words", subject: strings.Repeat(words, 4), pattern: "%a+", limit: -1},
		{name: "find late", subject: strings.Repeat(words, 20) + "x=1", pattern: "%d", limit: 1},
		{name: "find nothing", subject: strings.Repeat(words, 20), pattern: "l%a-y%d", limit: 1},
	}
}

func (k *task) gsub() bool { return strings.HasPrefix(k.name, "gsub") }

// workspace is what a Lua state keeps from call to call.
type workspace struct {
	cache *pattern.Cache
	match pattern.Match
	out   []byte
}

// ours does the task with this package, as the library string would.
func (k *task) ours(t testing.TB, w *workspace) int {
	p, err := w.cache.Compile(k.pattern)
	if err != nil {
		t.Fatal(err)
	}
	if k.gsub() {
		return k.replaced(t, w, p)
	}
	n := 0
	scan := p.Scan(k.subject, &w.match)
	for n != k.limit {
		found, err := scan.Next(unlimited)
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		n++
	}
	return n
}

func (k *task) replaced(t testing.TB, w *workspace, p *pattern.Pattern) int {
	r := pattern.Replacement(k.replacement)
	if err := r.Check(p); err != nil {
		t.Fatal(err)
	}
	out, n, err := replaceAll(w.out[:0], p, k.subject, r, math.MaxInt, &w.match, unlimited)
	if err != nil {
		t.Fatal(err)
	}
	w.out = out
	return n + len(string(out))
}

func unlimited(int) error { return nil }

// theirs does the task with pm.
func (k *task) theirs(t testing.TB) int {
	matches, err := pm.Find(k.pattern, []byte(k.subject), 0, k.limit)
	if err != nil {
		t.Fatal(err)
	}
	if !k.gsub() {
		return len(matches)
	}
	var b strings.Builder
	at := 0
	for _, m := range matches {
		b.WriteString(k.subject[at:m.Capture(0)])
		at = m.Capture(1)
		k.fill(&b, m)
	}
	b.WriteString(k.subject[at:])
	return len(matches) + b.Len()
}

func (k *task) fill(b *strings.Builder, m *pm.MatchData) {
	for i := 0; i < len(k.replacement); i++ {
		if k.replacement[i] != '%' {
			b.WriteByte(k.replacement[i])
			continue
		}
		i++
		n := 2 * int(k.replacement[i]-'0')
		b.WriteString(k.subject[m.Capture(n):m.Capture(n+1)])
	}
}

// TestFasterThanStock wants every task done at least five times as fast as by
// pm. Both are measured in turns, the best turn of each counts, and a bad ratio
// is measured again, so that a busy machine does not matter.
func TestFasterThanStock(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("speed is not measured under the race detector or with -short")
	}
	const atLeast = 5
	for _, k := range tasks() {
		ratio := k.ratio(t)
		for range 3 {
			if ratio < atLeast {
				ratio = k.ratio(t)
			}
		}
		t.Logf("%-20s %6.1f times as fast as pm", k.name, ratio)
		if ratio < atLeast {
			t.Errorf("%s: %.1f times as fast as pm, want %d", k.name, ratio, atLeast)
		}
	}
}

// ratio is the time of pm divided by ours.
func (k *task) ratio(t *testing.T) float64 {
	t.Helper()
	w := &workspace{cache: pattern.NewCache()}
	mine, stock := func() int { return k.ours(t, w) }, func() int { return k.theirs(t) }
	if ours, theirs := mine(), stock(); ours != theirs {
		t.Fatalf("%s: %d, pm gives %d", k.name, ours, theirs)
	}
	turns := 1 + int(2*time.Millisecond/(1+elapsed(1, stock)))
	ours, theirs := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for range 9 {
		ours = min(ours, elapsed(turns, mine))
		theirs = min(theirs, elapsed(turns, stock))
	}
	return float64(theirs) / float64(ours)
}

func elapsed(turns int, f func() int) time.Duration {
	start := time.Now()
	for range turns {
		f()
	}
	return time.Since(start)
}

func BenchmarkPattern(b *testing.B) {
	for _, k := range tasks() {
		b.Run(k.name+"/ours", func(b *testing.B) {
			w := &workspace{cache: pattern.NewCache()}
			b.ReportAllocs()
			for b.Loop() {
				k.ours(b, w)
			}
		})
		b.Run(k.name+"/pm", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.theirs(b)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pattern.Compile("^%s*(.-)%s*$"); err != nil {
			b.Fatal(err)
		}
	}
}
