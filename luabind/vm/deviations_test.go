package vm

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/lua-deviations.md anew")

// rule makes answers alike that differ in a word only. Everything else that
// deviations lists does not occur in generated programs.
type rule struct {
	pattern *regexp.Regexp
	with    string
}

// normalOurs is an answer of ours without the words that differ.
func normalOurs(text string) string { return normal(ourRules, text) }

// normalTheirs is an answer of PUC Lua without the words that differ.
func normalTheirs(text string) string { return normal(theirRules, text) }

func normal(rules []rule, text string) string {
	for _, r := range rules {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	return text
}

var ourRules = []rule{
	// Addresses differ from run to run.
	{regexp.MustCompile(`\b(table|function|userdata|thread): (?:builtin: )?0x[0-9a-f]+`), "$1: ADDRESS"},
	// Names of what is to blame stand elsewhere.
	{regexp.MustCompile(` \((?:local|upvalue|global|field|method|result of) '[^']*'\)`), ""},
	{regexp.MustCompile(` with key '[^\n]*?'`), ""},
	{regexp.MustCompile(`'\(anonymous\)'`), "'?'"},
	// The text is quoted twice: by the message, and by the answer.
	{regexp.MustCompile(`: \\"(?:[^\n"\\]|\\\d|\\\\(?:\\\\|\\"|[^"\\]))*\\" is no number`), ""},
	{regexp.MustCompile(`attempt to call a (?:table|string|userdata) value`), "attempt to call a value that is no function"},
	{regexp.MustCompile(`(?:p:\d+: )?attempt to yield (?:across a metamethod, an iterator or a callback|from outside a coroutine)`), "attempt to yield"},
	// PUC Lua tells types apart by their third letter there.
	{regexp.MustCompile(`attempt to compare (?:thread with string|string with thread|two thread values)`), "attempt to compare thread and string"},
}

var theirRules = []rule{
	{regexp.MustCompile(`\b(table|function|userdata|thread): 0x[0-9a-f]+`), "$1: ADDRESS"},
	{regexp.MustCompile(`attempt to ([a-z ]+) (?:local|upvalue|global|field|method) '[^'\n]*' \((a [a-z]+ value)\)`), "attempt to $1 $2"},
	// gopher-lua tells the kind of what was called only for some.
	{regexp.MustCompile(`attempt to call a (?:table|string|userdata) value`), "attempt to call a value that is no function"},
	{regexp.MustCompile(`'\(for generator\)'`), "'?'"},
	{regexp.MustCompile(`attempt to yield across metamethod/C-call boundary`), "attempt to yield"},
	{regexp.MustCompile(`attempt to compare two (?:thread|string) values`), "attempt to compare thread and string"},
	// The levels above the program are those of the driver.
	{regexp.MustCompile(`\(command line\):\d+: `), ""},
}

// excuse says why a program differs, if that is a deviation of the list which
// happens seldom, so that the generator does not avoid it.
func excuse(t *testing.T, o Options, text, ours, theirs string) string {
	t.Helper()
	for _, limit := range []string{"too many results to unpack", "string slice too long"} {
		if strings.Contains(ours, limit) || strings.Contains(theirs, limit) {
			return "a limit: " + limit
		}
	}
	for _, v := range variants() {
		variant := v.of(text)
		if variant == text {
			continue
		}
		theirs, err := askReference(t, variant)
		if _, _, same := agree(o, variant, theirs); err == nil && same {
			return v.why
		}
	}
	return ""
}

// variant is a program that lacks what a deviation is about. If both agree on
// it, then they disagree on the program because of that deviation.
type variant struct {
	why string
	// of gives the program as it is if the deviation cannot happen there.
	of func(text string) string
}

func variants() []variant {
	return []variant{
		{"a number ends at a zero byte", withoutZeroBytes},
		{"the length of a list with holes", withFirstBorders},
		{"the last digit of a power", withNudgedNumbers},
	}
}

// withoutZeroBytes is a program with other bytes where its text makes such.
func withoutZeroBytes(text string) string {
	text = strings.ReplaceAll(text, `\000`, `\001`)
	return regexp.MustCompile(`string\.char\([^()]*\)`).ReplaceAllStringFunc(text, func(call string) string {
		return regexp.MustCompile(`\b0\b`).ReplaceAllString(call, "1")
	})
}

// withFirstBorders is a program in which the length of a list is its first
// border. A length that is no border at all stays what it is.
func withFirstBorders(text string) string {
	const border = `local function border(t) local n = #t ` +
		`if type(t) ~= "table" or t[n + 1] ~= nil or (n > 0 and t[n] == nil) then return n end ` +
		`n = 0 while t[n + 1] ~= nil do n = n + 1 end return n end `
	with := regexp.MustCompile(`#(v\d+)`).ReplaceAllString(text, "border($1)")
	if with == text {
		return text
	}
	return border + with
}

// withNudgedNumbers is a program whose numbers are not cut at where the last
// digit of a power decides.
func withNudgedNumbers(text string) string {
	const nudged = `local cut = r local function r(x) if type(x) == "number" then x = x * (1 + 2^-49) end return cut(x) end `
	if !strings.Contains(text, "^") && !strings.Contains(text, "pow") {
		return text
	}
	return nudged + text
}

// Every deviation of the list is one: the answers differ, and they are those of
// docs/lua-deviations.md.
func TestDeviations(t *testing.T) {
	t.Parallel()
	const path = "../../docs/lua-deviations.md"
	got := deviationsPage(t)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what happens; -update writes it anew (-file +now):\n%s", path, diff)
	}
}

func deviationsPage(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	page.WriteString(deviationsIntroduction)
	for _, c := range deviations() {
		fmt.Fprintf(&page, "\n## %s\n", c.title)
		for _, d := range c.deviations {
			d.write(t, &page)
		}
	}
	return page.String()
}

// deviationsIntroduction is the top of the page.
const deviationsIntroduction = `# How scripts differ from Lua 5.1

<!-- Written by the tests of luabind/vm; change deviationlist_test.go and run them with -update. -->

Scripts are Lua 5.1. This is the list of what is different, each with a program and what it emits here and in PUC Lua 5.1, the
reference implementation. What is not on it is a fault; please report it.

Generated programs over the language, the library, coercions, pcall and coroutines are run by both, and must emit the same. What this
page lists is left out of them, but for names and words of messages, which are not compared; so are os and math.random.

Texts are shown in quotes, with bytes that are no ASCII as in ` + "`\\228`" + `.
`

// write runs the program of a deviation and writes its paragraph.
func (d deviation) write(t *testing.T, page *strings.Builder) {
	t.Helper()
	fmt.Fprintf(page, "\n### %s\n", d.title)
	if d.why != "" {
		fmt.Fprintf(page, "\n%s\n", d.why)
	}
	if d.program == "" {
		return
	}
	reference := startReference(t)
	defer reference.Close()
	theirs, err := reference.Run(time.Minute, d.program)
	if err != nil {
		t.Fatalf("%s: %v", d.program, err)
	}
	ours := runReference(Options{}, d.program)
	if ours == theirs[0] {
		t.Errorf("%s: both answer %s; it is no deviation", d.program, ours)
	}
	fmt.Fprintf(page, "\n```lua\n%s\n```\n\nHere:\n\n```\n%s\n```\n\nPUC Lua:\n\n```\n%s\n```\n", d.program, answer(ours), answer(theirs[0]))
}

// answer leaves out the line that tells that a program ended well.
func answer(text string) string { return strings.TrimSuffix(strings.TrimSuffix(text, "ok"), "\n") }
