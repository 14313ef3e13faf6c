package pattern_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/luabind/pattern"
)

// pollEvery is the number of steps that may be left over.
const pollEvery = 1024

var errSpent = errors.New("the budget is spent")

// purse is a budget that remembers what was spent.
type purse struct{ spent, limit int }

func (p *purse) spend(steps int) error {
	p.spent += steps
	if p.spent > p.limit {
		return errSpent
	}
	return nil
}

// TestBudgetEndsExponentialSearches runs patterns that would take hours.
func TestBudgetEndsExponentialSearches(t *testing.T) {
	t.Parallel()
	const limit, slack = 100_000, 5_000
	as := strings.Repeat("a", 28)
	tests := []struct{ pattern, subject string }{
		{strings.Repeat("a-", 28) + "[bc]", as},
		{strings.Repeat("a*", 28) + "[bc]", as},
		{strings.Repeat("a?", 28) + as + "[bc]", as},
		{strings.Repeat(".-", 28) + "%d", as + as},
		{strings.Repeat("(a*)", 20) + "%1b", as + "b" + as},
		{strings.Repeat(".-a", 28) + "$", strings.Repeat("ab", 40)},
	}
	for _, test := range tests {
		budget := purse{limit: limit}
		var m pattern.Match
		found, err := mustCompile(t, test.pattern).Find(test.subject, 0, &m, budget.spend)
		if found || !errors.Is(err, errSpent) {
			t.Errorf("%q: found %v, error %v", test.pattern, found, err)
		}
		if budget.spent > limit+slack {
			t.Errorf("%q: %d steps at once over the limit of %d", test.pattern, budget.spent, limit)
		}
	}
}

// TestBudgetHoldsOverManyMatches wants also the steps of short matches spent.
func TestBudgetHoldsOverManyMatches(t *testing.T) {
	t.Parallel()
	budget := purse{limit: 10_000}
	var m pattern.Match
	_, n, err := replaceAll(nil, mustCompile(t, "."), strings.Repeat("a", 1<<20), "b", 1<<20, &m, budget.spend)
	if !errors.Is(err, errSpent) || budget.spent > 12_000 {
		t.Errorf("%d replacements, %d steps spent, error %v", n, budget.spent, err)
	}
}

// TestLongSubjects wants one pass over a subject that no match is in.
func TestLongSubjects(t *testing.T) {
	t.Parallel()
	const size = 50 << 20
	subject := strings.Repeat("a", size)
	for _, text := range []string{".-b", "a*b", "(.-)[bc]", "%w+=%w+", "[^b]-[bc]", "ab", "%s+$", "a-%d"} {
		budget := purse{limit: size}
		var m pattern.Match
		found, err := mustCompile(t, text).Find(subject, 0, &m, budget.spend)
		if found || err != nil {
			t.Errorf("%q: found %v, %d steps, error %v", text, found, budget.spent, err)
		}
	}
}

// TestGsubIsLinear wants steps that grow as the subject does.
func TestGsubIsLinear(t *testing.T) {
	t.Parallel()
	tests := []struct{ pattern, unit string }{
		{"%w+", "the quick brown fox "},
		{"%s", "a b "},
		{"fox", "the quick brown fox "},
		{"(%w+)=(%w+)", "key=value, "},
		{"(%w+)=(%w+)", "abcdefgh"},
		{"%d+-%d+-%d+", "12-34"},
		{"%s+$", "     "},
		{"%s+$", "  a  "},
		{"^%s*(.-)%s*$", " a  "},
		{"[^,]*", "field,,"},
		{"\"(.-)\"", `"quoted" `},
		{"", "abc"},
		{".-b", "aaaa"},
		{"x.-y", "xaxb"},
		{"%f[%w]%w+", "some words "},
		{"%b()", "(a(b)) "},
		{"(%a)%1", "aabbc"},
	}
	for _, test := range tests {
		short, long := gsubSteps(t, test.pattern, test.unit, 2_000), gsubSteps(t, test.pattern, test.unit, 20_000)
		if long > 11*(short+pollEvery) {
			t.Errorf("%q over %q: %d steps for 2000, %d for 20000", test.pattern, test.unit, short, long)
		}
	}
}

func gsubSteps(t *testing.T, text, unit string, times int) int {
	t.Helper()
	budget := purse{limit: 1 << 40}
	var m pattern.Match
	_, _, err := replaceAll(nil, mustCompile(t, text), strings.Repeat(unit, times), "", 1<<40, &m, budget.spend)
	if err != nil {
		t.Fatal(err)
	}
	return budget.spent
}

// TestStepsAreReproducible wants the same work counted the same.
func TestStepsAreReproducible(t *testing.T) {
	t.Parallel()
	first := gsubSteps(t, "(%w+)%s(%w-)%d", "some words 1 ", 1000)
	if first == 0 {
		t.Fatal("no steps")
	}
	if second := gsubSteps(t, "(%w+)%s(%w-)%d", "some words 1 ", 1000); second != first {
		t.Errorf("%d steps, then %d", first, second)
	}
}
