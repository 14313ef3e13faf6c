package luagen

import (
	"fmt"
	"strconv"
	"strings"
)

// quote is a Lua string literal.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// word is a short text. None of its bytes begins a character of several bytes,
// so that only ASCII has letters.
func (g *generator) word() string {
	return pick(g, []choice[string]{
		{6, func() string { return g.letters("abcxyz", 1+g.r.IntN(5)) }},
		{3, func() string { return g.letters("aab b,;=.-", g.r.IntN(9)) }},
		{2, func() string { return g.letters("0123456789", 1+g.r.IntN(4)) }},
		{2, func() string {
			return g.oneOf("hello world", "k=v", "a,b,,c", "2013-01-31", "  trim me ", "THE (quick) fox", "f(a(b)c)d", "x_1 = 'y'", "%d+", "[a-z]", "line1\nline2", "tab\there")
		}},
		{2, func() string {
			return g.oneOf("", " ", "10", " 7 ", "1e2", "1e", "-3", "5.", ".5", "--1", "1 2", "1e+")
		}},
		{1, func() string { return "a" + g.letters("a\x00\x7f\xff\x80\r\n\"\\%", g.r.IntN(5)) }},
		{1, func() string { return g.letters("AbCdEfZ", 2+g.r.IntN(6)) }},
	})
}

func (g *generator) letters(from string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[g.r.IntN(len(from))]
	}
	return string(b)
}

// text is an expression that is a short string.
func (g *generator) text(depth int) string {
	if depth <= 0 {
		return quote(g.word())
	}
	sub := func() string { return g.expr(text, depth-1) }
	n := func() string { return g.expr(integer, depth-1) }
	return pick(g, []choice[string]{
		{6, func() string { return quote(g.word()) }},
		{4, func() string { return "(" + sub() + " .. " + sub() + ")" }},
		{2, func() string { return "(" + sub() + " .. " + g.expr(number, depth-1) + ")" }},
		{1, func() string { return "(" + n() + " .. " + n() + " .. " + sub() + ")" }},
		{2, func() string {
			return "tostring(" + g.expr([]kind{integer, number, text, boolean}[g.r.IntN(4)], depth-1) + ")"
		}},
		{3, func() string { return "string.sub(" + sub() + ", " + n() + ", " + n() + ")" }},
		{1, func() string { return "(" + sub() + "):sub(" + n() + ")" }},
		{2, func() string { return "(" + sub() + "):" + g.oneOf("reverse", "lower", "upper") + "()" }},
		{1, func() string { return "(" + sub() + "):rep(" + g.oneOf("0", "1", "2", "3", "-1") + ")" }},
		{3, func() string { return "(string.gsub(" + g.gsubArguments(depth) + "))" }},
		{1, func() string {
			return "tostring((string.match(" + sub() + ", " + quote(g.simplePattern()) + ")) or \"-\")"
		}},
		{2, func() string { return g.formatted(depth) }},
		{1, func() string { return "table.concat(" + g.expr(words, depth-1) + ", " + sub() + ")" }},
		{1, func() string { return "table.concat(" + g.expr(list, depth-1) + ", \" \")" }},
		{1, func() string { return "type(" + g.anything() + ")" }},
		{1, func() string {
			return "string.char(" + joined(g.r.IntN(4), func() string { return strconv.Itoa(g.r.IntN(192)) }) + ")"
		}},
		{1, func() string { return "((" + g.expr(words, depth-1) + ")[" + n() + "] or " + sub() + ")" }},
	})
}

// formatted is a call of string.format with arguments that fit.
func (g *generator) formatted(depth int) string {
	var layout strings.Builder
	var args strings.Builder
	for range 1 + g.r.IntN(3) {
		layout.WriteString(g.oneOf("", " ", "a", "%%", "|"))
		verb := g.oneOf("d", "d", "i", "u", "x", "X", "o", "c", "s", "s", "q", "f", "e", "E", "g", "G")
		flags, arg := g.flags(verb), ""
		switch verb {
		case "s":
			arg = quote(g.letters("abc xyz", g.r.IntN(8)))
		case "q":
			flags, arg = "", g.expr(text, depth-1)
		case "c":
			arg = strconv.Itoa(1 + g.r.IntN(126))
		case "d", "i":
			arg = g.expr(integer, depth-1)
		case "u", "x", "X", "o":
			arg = "math.abs(" + g.expr(integer, depth-1) + ")"
		default:
			arg = g.expr(number, depth-1)
		}
		layout.WriteString("%" + flags + verb)
		args.WriteString(", " + arg)
	}
	return "string.format(" + quote(layout.String()) + args.String() + ")"
}

// flags are flags, width and precision that C defines for the verb.
func (g *generator) flags(verb string) string {
	var b strings.Builder
	signs, zero := "-+ ", true
	switch verb {
	case "s", "c":
		signs, zero = "-", false
	case "u":
		signs = "-"
	case "o":
		signs = "-#"
	case "x", "X":
		signs = "-" // with 0x before it, a fraction behind it would be hexadecimal
	case "f", "e", "E":
		signs = "-+ #"
	case "g", "G":
		signs = "-+ " // with #, glibc leaves the zeros out where it rounds up to a power of ten
	}
	for _, c := range signs {
		if g.chance(15) {
			b.WriteRune(c)
		}
	}
	if zero && g.chance(15) {
		b.WriteByte('0')
	}
	if g.chance(30) {
		b.WriteString(strconv.Itoa(1 + g.r.IntN(12)))
	}
	if verb != "c" && g.chance(25) {
		b.WriteString(g.oneOf(".0", ".1", ".3", ".5", ".10", "."))
	}
	return b.String()
}
