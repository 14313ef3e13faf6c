package vm

import (
	"regexp"
	"strings"
)

// rule makes answers alike that differ for a documented reason.
type rule struct {
	pattern *regexp.Regexp
	with    string
}

func normal(rules []rule, text string) string {
	for _, r := range rules {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	return withoutNegativeZeros(text)
}

// withoutNegativeZeros takes the sign off zeros, in texts that were turned round
// as well: the virtual machine knows no negative zero.
func withoutNegativeZeros(text string) string {
	var b strings.Builder
	for i := range len(text) {
		before := i > 0 && text[i-1] == '0' && (i < 2 || !partOfNumber(text[i-2]))
		behind := i+1 < len(text) && text[i+1] == '0' && (i+2 == len(text) || !partOfNumber(text[i+2]))
		if text[i] != '-' || !before && !behind {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func partOfNumber(c byte) bool { return c == '.' || '0' <= c && c <= '9' }

func normalOurs(text string) string   { return normal(ourRules, text) }
func normalTheirs(text string) string { return normal(theirRules, text) }

var ourRules = []rule{
	{regexp.MustCompile(`bad argument #\d+ to '(fmod|pow|atan2|ldexp)' \([^)\n]*\)`), "bad argument to '$1'"},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to compare (?:two )?[a-z]+(?: with [a-z]+| values)`), "attempt to compare"},
	{regexp.MustCompile(` \((?:local|upvalue|global|field|method|result of) '[^']*'\)`), ""},
	{regexp.MustCompile(`: \\"[^\n]*?\\" is no number`), ""},
	{regexp.MustCompile(` with key '[^\n]*?'`), ""},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to yield (?:across a metamethod, an iterator or a callback|from outside a coroutine)`), "attempt to yield"},
	{regexp.MustCompile(`a value that is no function`), "a table value"},
}

var theirRules = []rule{
	{regexp.MustCompile(`bad argument #\d+ to '(fmod|pow|atan2|ldexp)' \([^)\n]*\)`), "bad argument to '$1'"},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to compare (?:two )?[a-z]+(?: with [a-z]+| values)`), "attempt to compare"},
	{regexp.MustCompile(`attempt to yield across metamethod/C-call boundary`), "attempt to yield"},
	{regexp.MustCompile(`\(command line\):\d+: `), ""},
	{regexp.MustCompile(`attempt to ([a-z ]+) (?:local|upvalue|global|field|method) '[^'\n]*' \((a [a-z]+ value)\)`), "attempt to $1 $2"},
}
