package etllib

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/etlscript/etlscript/engine/record"
	search "github.com/etlscript/etlscript/luabind/pattern"
	"github.com/etlscript/etlscript/luabind/vm"
)

// textEntries are the functions over texts that Lua lacks. They count in
// characters, where string counts in bytes.
func textEntries() []Entry {
	one := Param{Name: "text"}
	pad := []Param{one, {Name: "width", Takes: Whole}, {Name: "fill", Optional: true}}
	holds := func(name, doc, example string, test func(text, part string) bool) Entry {
		return Entry{
			Name: "text." + name, Params: []Param{one, {Name: "part"}}, Pure: true, Kind: record.Bool, Gives: "boolean", Doc: doc, Example: example,
			run: func(c call) int {
				return c.giveBool(test(c.text(0), c.text(1)))
			},
		}
	}
	return []Entry{
		{
			Name: "text.trim", Params: []Param{one, {Name: "characters", Optional: true}}, Pure: true, Kind: record.String, Gives: "string", run: textTrim,
			Doc:     "The text without the blanks, or the characters given, at both ends. Blanks are those of Unicode, also the one that does not break.",
			Example: `etl.text.trim("  a b\194\160") == "a b"`,
		},
		{
			Name: "text.split", Params: []Param{one, {Name: "separator"}, {Name: "limit", Takes: Whole, Optional: true}}, Pure: true,
			Gives: "list of strings", run: textSplit,
			Doc:     "The parts between the separators, at most limit of them, the last being the rest. re.split splits at patterns.",
			Example: `#etl.text.split("a;b;", ";") == 3`,
		},
		{
			Name: "text.replace", Params: []Param{one, {Name: "old"}, {Name: "new"}}, Pure: true, Kind: record.String, Gives: "string", run: textReplace,
			Doc:     "The text with all occurrences of one text replaced by another; no character has a special meaning.",
			Example: `etl.text.replace("1.000.000", ".", "") == "1000000"`,
		},
		holds("starts_with", "Whether the text starts with the part.", `etl.text.starts_with("abc", "ab")`, strings.HasPrefix),
		holds("ends_with", "Whether the text ends with the part.", `etl.text.ends_with("abc", "bc")`, strings.HasSuffix),
		holds("contains", "Whether the part occurs in the text.", `etl.text.contains("a.b", ".")`, func(text, part string) bool {
			return search.Index(text, part) >= 0
		}),
		{
			Name: "text.lpad", Params: pad, Pure: true, Kind: record.String, Gives: "string",
			Doc:     "The text with fill, a blank by default, repeated on its left up to that many characters. A longer text stays whole.",
			Example: `etl.text.lpad("7", 3, "0") == "007"`,
			run:     func(c call) int { return c.giveText(c.padding() + c.text(0)) },
		},
		{
			Name: "text.rpad", Params: pad, Pure: true, Kind: record.String, Gives: "string",
			Doc:     "The same on its right.",
			Example: `etl.text.rpad("é", 3, ".") == "é.."`,
			run:     func(c call) int { return c.giveText(c.text(0) + c.padding()) },
		},
		{
			Name: "text.len", Params: []Param{one}, Pure: true, Kind: record.Int, Gives: "number",
			Doc:     "The number of characters (code points). A byte that is no UTF-8 counts as one.",
			Example: `etl.text.len("né") == 2`,
			run: func(c call) int {
				return c.giveInt(utf8.RuneCountInString(c.text(0)))
			},
		},
		{
			Name: "text.sub", Params: []Param{one, {Name: "i", Takes: Whole}, {Name: "j", Takes: Whole, Optional: true}}, Pure: true,
			Kind: record.String, Gives: "string", run: textSub,
			Doc:     "Characters i to j, counted from 1 or, when negative, from the end, as string.sub counts bytes.",
			Example: `etl.text.sub("Größe", 3, -2) == "öß"`,
		},
		{
			Name: "text.normalize", Params: []Param{one, {Name: "form", Optional: true}}, Pure: true, Kind: record.String, Gives: "string", run: textNormalize,
			Doc:     "The text in a normal form of Unicode, so that what looks alike is equal: \"NFC\" by default, \"NFD\", \"NFKC\" or \"NFKD\".",
			Example: `etl.text.normalize("e\204\129") == "\195\169"`,
		},
		{
			Name: "text.is_utf8", Params: []Param{one}, Pure: true, Kind: record.Bool, Gives: "boolean",
			Doc:     "Whether all bytes of the text are valid UTF-8.",
			Example: `not etl.text.is_utf8("\233")`,
			run: func(c call) int {
				return c.giveBool(utf8.ValidString(c.text(0)))
			},
		},
	}
}

// trimmedAtOnce is how many characters to be trimmed are compared in the time that
// it takes to read a byte.
const trimmedAtOnce = 8

func textTrim(c call) int {
	text := c.text(0)
	if c.given(1) {
		characters := c.text(1)
		c.spend(len(text) * len(characters) / trimmedAtOnce)
		return c.giveText(strings.Trim(text, characters))
	}
	return c.giveText(strings.TrimSpace(text))
}

// maxParts is how many parts a text is split into.
const maxParts = 1 << 20

func textSplit(c call) int {
	text, separator := c.text(0), c.text(1)
	if separator == "" {
		c.refuse(1, "a separator expected, got an empty string")
	}
	limit := maxParts + 1
	if c.given(2) {
		limit = c.atLeastOne(2)
	}
	parts := splitText(text, separator, min(limit, maxParts+1))
	if len(parts) > maxParts {
		c.refuse(0, "it would have more than %d parts", maxParts)
	}
	return c.give(c.list(parts))
}

// longPart is the length from which parts are searched in a way of their own, since
// texts can be made for that of the standard library.
const longPart = 64

// countText is strings.Count in linear time, whatever the texts.
func countText(text, part string) int {
	if len(part) < longPart {
		return strings.Count(text, part)
	}
	return len(splitText(text, part, len(text)+1)) - 1
}

// splitText is strings.SplitN in linear time, whatever the texts.
func splitText(text, separator string, n int) []string {
	if len(separator) < longPart {
		return strings.SplitN(text, separator, n)
	}
	var parts []string
	for len(parts) < n-1 {
		i := search.Index(text, separator)
		if i < 0 {
			break
		}
		parts = append(parts, text[:i])
		text = text[i+len(separator):]
	}
	return append(parts, text)
}

func textReplace(c call) int {
	text, old, fresh := c.text(0), c.text(1), c.text(2)
	if old == "" {
		c.refuse(1, "a text to replace expected, got an empty string")
	}
	n := countText(text, old)
	if n > 0 && len(fresh) > len(old) {
		if len(fresh) > vm.MaxText/n {
			vm.CheckSize(c.L, vm.MaxText+1)
		}
		vm.CheckSize(c.L, len(text)+n*(len(fresh)-len(old)))
	}
	if len(old) < longPart {
		return c.giveText(strings.ReplaceAll(text, old, fresh))
	}
	return c.giveText(strings.Join(splitText(text, old, n+1), fresh))
}

// padding is what is missing of the first argument to the width in the second.
func (c call) padding() string {
	fill := " "
	if c.given(2) {
		fill = c.text(2)
	}
	if fill == "" {
		c.refuse(2, "a text to fill with expected, got an empty string")
	}
	missing := c.whole(1, 0) - utf8.RuneCountInString(c.text(0))
	if missing <= 0 {
		return ""
	}
	whole, rest := missing/utf8.RuneCountInString(fill), missing%utf8.RuneCountInString(fill)
	if whole > vm.MaxText/len(fill) {
		vm.CheckSize(c.L, vm.MaxText+1)
	}
	vm.CheckSize(c.L, len(c.text(0))+(whole+1)*len(fill))
	return strings.Repeat(fill, whole) + fill[:offset(fill, rest)]
}

// offset is the byte where character n begins, counted from 0; the length of
// the text if it has no more than n.
func offset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func textSub(c call) int {
	text := c.text(0)
	i, j := c.whole(1, 1), c.whole(2, -1)
	if i < 0 || j < 0 {
		n := utf8.RuneCountInString(text)
		if i < 0 {
			i = max(n+i+1, 1)
		}
		if j < 0 {
			j = n + j + 1
		}
	}
	i = max(i, 1)
	if j < i {
		return c.giveText("")
	}
	rest := text[offset(text, i-1):]
	return c.giveText(rest[:offset(rest, j-i+1)])
}

func textNormalize(c call) int {
	form, ok := norm.NFC, true
	if c.given(1) {
		form, ok = normalForm(c.text(1))
	}
	if !ok {
		c.refuse(1, "NFC, NFD, NFKC or NFKD expected, got %q", c.text(1))
	}
	vm.Spend(c.L, int64(len(c.text(0)))/8)
	return c.expand(form.String, mostExpansion)
}

// mostExpansion is how many bytes a normal form has at most for one byte of
// UTF-8.
const mostExpansion = 11

func normalForm(name string) (norm.Form, bool) {
	switch name {
	case "NFC":
		return norm.NFC, true
	case "NFD":
		return norm.NFD, true
	case "NFKC":
		return norm.NFKC, true
	case "NFKD":
		return norm.NFKD, true
	}
	return 0, false
}
