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
	{regexp.MustCompile(`'\((?:anonymous|for generator)\)'`), "'?'"},
	{regexp.MustCompile(`\\000`), ""}, // C cuts a text of format there
	{regexp.MustCompile(`\b(table|function|userdata|thread): (?:builtin: )?0x[0-9a-f]+`), "$1: ADDRESS"},
	{regexp.MustCompile(`^syntax: [^\n]*`), "syntax"},
	{regexp.MustCompile(`bad argument #\d+ to '(fmod|pow|atan2|ldexp|\?)' \([^)\n]*\)`), "bad argument to '$1'"},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to compare (?:two )?[a-z]+(?: with [a-z]+| values)`), "attempt to compare"},
	{regexp.MustCompile(` \((?:local|upvalue|global|field|method|result of) '[^']*'\)`), ""},
	{regexp.MustCompile(`: \\"[^\n]*?\\" is no number`), ""},
	{regexp.MustCompile(` with key '[^\n]*?'`), ""},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to yield (?:across a metamethod, an iterator or a callback|from outside a coroutine)`), "attempt to yield"},
	{regexp.MustCompile(`a value that is no function`), "a table value"},
}

var theirRules = []rule{
	{regexp.MustCompile(`'\((?:anonymous|for generator)\)'`), "'?'"},
	{regexp.MustCompile(`\\000`), ""}, // C cuts a text of format there
	{regexp.MustCompile(`\b(table|function|userdata|thread): (?:builtin: )?0x[0-9a-f]+`), "$1: ADDRESS"},
	{regexp.MustCompile(`^syntax: [^\n]*`), "syntax"},
	{regexp.MustCompile(`bad argument #\d+ to '(fmod|pow|atan2|ldexp|\?)' \([^)\n]*\)`), "bad argument to '$1'"},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to compare (?:two )?[a-z]+(?: with [a-z]+| values)`), "attempt to compare"},
	{regexp.MustCompile(`attempt to yield across metamethod/C-call boundary`), "attempt to yield"},
	{regexp.MustCompile(`\(command line\):\d+: `), ""},
	{regexp.MustCompile(`attempt to ([a-z ]+) (?:local|upvalue|global|field|method) '[^'\n]*' \((a [a-z]+ value)\)`), "attempt to $1 $2"},
}

// excuse is a program in which both answers are right, or ours is better, as far
// as the text or an answer shows it.
type excuse struct {
	reason                string
	program, ours, theirs *regexp.Regexp // nil: any
}

func excuses() []excuse {
	return []excuse{
		{reason: "table.insert refuses a position out of bounds, as later versions do", ours: regexp.MustCompile(`position out of bounds`)},
		{reason: "print is a function of Lua in the reference", program: regexp.MustCompile(`print`), ours: regexp.MustCompile(`Lua function expected`)},
		{reason: "next of a key that the table lacks is nil or the first key", theirs: regexp.MustCompile(`invalid key to 'next'`)},
		{reason: "the metatable of strings is hidden", theirs: regexp.MustCompile(`"gfind"=function`)},
		{reason: "tonumber with a base gives the number for a text with a minus, PUC Lua wraps it", theirs: regexp.MustCompile(`1\.8446744073709552e\+19`)},
		{reason: "the length of a list with holes is any of its borders", program: regexp.MustCompile(`\{[^}]*\bnil\b|#\{ \.\.\. \}`)},
	}
}

func excused(program, ours, theirs string) bool {
	for _, e := range excuses() {
		if fits(e.program, program) && fits(e.ours, ours) && fits(e.theirs, theirs) {
			return true
		}
	}
	return false
}

func fits(pattern *regexp.Regexp, text string) bool {
	return pattern == nil || pattern.MatchString(text)
}
