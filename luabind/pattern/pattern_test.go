package pattern_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/luabind/pattern"
)

func mustCompile(t testing.TB, text string) *pattern.Pattern {
	t.Helper()
	p, err := pattern.Compile(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return p
}

// texts are the captures of the first match, nil if there is none. Positions
// are written as @ and the number.
func texts(t *testing.T, text, subject string) []string {
	t.Helper()
	var m pattern.Match
	found, err := mustCompile(t, text).Find(subject, 0, &m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return nil
	}
	var out []string
	for i := 1; i <= max(m.Captures(), 1); i++ {
		c, position, isPosition := m.Capture(i)
		if isPosition {
			c = "@" + string(rune('0'+position))
		}
		out = append(out, c)
	}
	return out
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, subject string
		want             []string
	}{
		{"(%d+)-(%d+)-(%d+)", "on 2024-03-17", []string{"2024", "03", "17"}},
		{"^%s*(.-)%s*$", "  a b  ", []string{"a b"}},
		{"^%s*(.-)%s*$", "   ", []string{""}},
		{"^(.-)%s+$", "a b", nil},
		{"^(.-)%s+$", "a b \n", []string{"a b"}},
		{"(%w+)=(%w+)", "x = 1, yy=22", []string{"yy", "22"}},
		{"()ll()", "hello", []string{"@3", "@5"}},
		{"((a)(b))", "ab", []string{"ab", "a", "b"}},
		{"(.)%1", "abccd", []string{"c"}},
		{"()%1", "aa", nil},
		{"%b()", "f(a(b)c)d", []string{"(a(b)c)"}},
		{"%bxx", "axbxc", []string{"xbx"}},
		{"%b()", "((a)", []string{"(a)"}},
		{"%f[%w]%w+", "!! word", []string{"word"}},
		{"%f[%z]", "ab", []string{""}},
		{"d%f[^%w]", "add d", []string{"d"}},
		{"[]]", "a]", []string{"]"}},
		{"[^]]", "]a", []string{"a"}},
		{"[a-]+", "b-a-", []string{"-a-"}},
		{"[%a-z]+", "0b-z", []string{"b-z"}},
		{"[z-a]", "abyz-", nil},
		{"[+-%%]", "]", []string{"]"}},
		{"a-b", "aaab", []string{"aaab"}},
		{"^a-", "aaa", []string{""}},
		{"a?b", "aab", []string{"ab"}},
		{"a**", "aa*", []string{"aa*"}},
		{"^*", "*", []string{"*"}},
		{"a$b", "a$b", []string{"a$b"}},
		{"a^b", "a^b", []string{"a^b"}},
		{"$", "ab", []string{""}},
		{"%y%Y%-", "yY-", []string{"yY-"}},
		{"%a+", "\xc3\xa9t\xc3", []string{"t"}},
		{"%A+", "a\xc3\xa9t", []string{"\xc3\xa9"}},
		{"%z", "a\x00", []string{"\x00"}},
		{"a\x00b", "a a\x00b", []string{"a\x00b"}},
		{"[\x00-\x02]+", "a\x01\x02\x03", []string{"\x01\x02"}},
		{".-", "abc", []string{""}},
		{".*,", "a,b,c", []string{"a,b,"}},
		{"(.*%S)%s*$", "ab c  ", []string{"ab c"}},
		{"<.->", "a<b>c>", []string{"<b>"}},
		{".-end", "the en end end", []string{"the en end"}},
		{"[^,]*$", "a,b,cd", []string{"cd"}},
		{"", "abc", []string{""}},
		{strings.Repeat("(a)", 32), strings.Repeat("a", 32), strings.Split(strings.Repeat("a", 32), "")},
		{strings.Repeat("a?", 5000), "aaa", []string{"aaa"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, texts(t, test.pattern, test.subject)); diff != "" {
			t.Errorf("%.40q in %q (-want +got):\n%s", test.pattern, test.subject, diff)
		}
	}
}

func TestFindFromAnOffset(t *testing.T) {
	t.Parallel()
	var m pattern.Match
	tests := []struct {
		pattern    string
		from       int
		found      bool
		start, end int
	}{
		{"a", 1, true, 3, 4},
		{"^a", 1, false, 0, 0},
		{"^b", 1, true, 1, 2},
		{"%f[%a]%a+", 1, true, 3, 5},
		{"", 5, true, 5, 5},
		{"$", 0, true, 5, 5},
		{"", 6, false, 0, 0},
	}
	for _, test := range tests {
		found, err := mustCompile(t, test.pattern).Find("ab ac", test.from, &m, nil)
		if err != nil || found != test.found || found && (m.Start != test.start || m.End != test.end) {
			t.Errorf("%q from %d: %v at %d to %d, error %v", test.pattern, test.from, found, m.Start, m.End, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, message string
		offset           int
	}{
		{"ab%", "malformed pattern (ends with '%')", 2},
		{"^ab%", "malformed pattern (ends with '%')", 3},
		{"a[b", "malformed pattern (missing ']')", 1},
		{"[]", "malformed pattern (missing ']')", 0},
		{"[^]", "malformed pattern (missing ']')", 0},
		{"[a%]", "malformed pattern (missing ']')", 0},
		{"[a%", "malformed pattern (missing ']')", 0},
		{"%f[a", "malformed pattern (missing ']')", 2},
		{"%fa", "missing '[' after '%f' in pattern", 0},
		{"%b", "unbalanced pattern", 0},
		{"%b(", "unbalanced pattern", 0},
		{"(a", "unfinished capture", 2},
		{"a)", "invalid pattern capture", 1},
		{"())", "invalid pattern capture", 2},
		{"%0", "invalid capture index", 0},
		{"%1", "invalid capture index", 0},
		{"(a%1)", "invalid capture index", 2},
		{"(a)%2", "invalid capture index", 3},
		{strings.Repeat("()", 33), "too many captures", 64},
		{strings.Repeat("a?", 70000), "pattern too complex", 131074},
	}
	for _, test := range tests {
		_, err := pattern.Compile(test.pattern)
		var syntax *pattern.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40q: error %v", test.pattern, err)
			continue
		}
		if diff := cmp.Diff(&pattern.SyntaxError{Message: test.message, Offset: test.offset}, syntax); diff != "" {
			t.Errorf("%.40q (-want +got):\n%s", test.pattern, diff)
		}
	}
}

func TestGmatchTakesACaretAsItself(t *testing.T) {
	t.Parallel()
	p, err := pattern.CompileGmatch("^a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("x5e61;x5e61", walk(p, "a^a^a", -1, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": true, ")]": true, "a\x00b": true, "a.b": false, "(": false, "a-b": false} {
		if got := pattern.Plain(text); got != want {
			t.Errorf("Plain(%q) is %v", text, got)
		}
	}
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	tests := []struct {
		subject, pattern, replacement string
		limit                         int
		want                          string
	}{
		{"abc", "", "-", math.MaxInt, "-a-b-c-"},
		{"abc", "%w*", "x", math.MaxInt, "xx"},
		{"abc", "b*", "x", math.MaxInt, "xaxxcx"},
		{"aaa", "^a", "b", math.MaxInt, "baa"},
		{"aaa", "a", "b", 2, "bba"},
		{"aaa", "a", "b", 0, "aaa"},
		{"hello world", "(o)()", "<%1%2%0>", math.MaxInt, "hell<o6o> w<o9o>rld"},
		{"ab", "%w", "%1%%%.", math.MaxInt, "a%.b%."},
		{"a,b", "%w", "", math.MaxInt, ","},
	}
	for _, test := range tests {
		var m pattern.Match
		p, r := mustCompile(t, test.pattern), pattern.Replacement(test.replacement)
		if err := r.Check(p); err != nil {
			t.Fatal(err)
		}
		got, _, err := replaceAll(nil, p, test.subject, r, test.limit, &m, nil)
		if err != nil || string(got) != test.want {
			t.Errorf("%q with %q: %q, want %q, error %v", test.pattern, test.replacement, got, test.want, err)
		}
	}
}

func TestMalformedReplacement(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, replacement, message string
		offset                        int
	}{
		{"a", "x%", "malformed replacement (ends with '%')", 1},
		{"a", "%%%", "malformed replacement (ends with '%')", 2},
		{"a", "%1%2", "invalid capture index", 2},
		{"(a)(b)", "%2%3", "invalid capture index", 2},
	}
	for _, test := range tests {
		err := pattern.Replacement(test.replacement).Check(mustCompile(t, test.pattern))
		want := &pattern.SyntaxError{Message: test.message, Offset: test.offset}
		if diff := cmp.Diff(error(want), err); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.replacement, diff)
		}
	}
}

func TestPatternsCanBeShared(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, "(%w-)=(.-);")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			got := walk(p, strings.Repeat("a=b;", i), -1, nil)
			want := strings.TrimSuffix(strings.Repeat("x61,x62;", i), ";")
			if got != want {
				t.Errorf("%d times: %s", i, got)
			}
		})
	}
	group.Wait()
}

func TestMatchingDoesNotAllocate(t *testing.T) {
	cache := pattern.NewCache()
	var m pattern.Match
	subject := strings.Repeat("key1=value-1; ", 20)
	work := func() {
		p, err := cache.Compile("(%w+)=(.-)();")
		if err != nil {
			t.Fatal(err)
		}
		scan := p.Scan(subject, &m)
		for found := true; found; {
			if found, err = scan.Next(unlimited); err != nil {
				t.Fatal(err)
			}
		}
	}
	work()
	if n := testing.AllocsPerRun(100, work); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
