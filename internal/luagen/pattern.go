package luagen

import "strings"

// pattern is a pattern, well formed in most cases. The malformed ones are so
// from the first item on, since PUC Lua does not look further than it matches.
func (g *generator) pattern() string {
	if g.chance(1) {
		return g.oneOf("(", "(()") // gsub does not notice these
	}
	return g.gsubPattern()
}

// gsubPattern is a pattern that is malformed for gsub as well, if it is.
func (g *generator) gsubPattern() string {
	switch n := g.r.IntN(100); {
	case n < 5:
		return g.oneOf("[", "[^", "[a", "[a-", "%", "%b", "%bx", "%f", "%fa", "[]", "[]a", "%1", "(%1)", "[%", ")")
	case n < 12:
		return g.oneOf("^", "$", "^$", "a$b", "a^b", "a**", "^*", "-", "*", "a-", "%z", "[^]a]", "[a-%%]", "[%a-z]", "[z-a]", "")
	}
	return g.simplePattern()
}

// simplePattern is a well formed pattern.
func (g *generator) simplePattern() string {
	var b strings.Builder
	if g.chance(15) {
		b.WriteByte('^')
	}
	open, captures := 0, 0
	for range 1 + g.r.IntN(4) {
		switch n := g.r.IntN(20); {
		case n < 3 && captures < 5:
			b.WriteByte('(')
			open++
			captures++
			if g.chance(25) {
				b.WriteByte(')')
				open--
				continue
			}
		case n == 3:
			b.WriteString(g.oneOf("%b()", "%f[%w]", "%f[%W]", "%bxy", "%f[^a]", "%f[%z]"))
			continue
		case n == 4 && captures > 0 && open == 0:
			b.WriteString("%1")
			continue
		}
		b.WriteString(g.single() + g.oneOf("", "", "", "*", "+", "-", "?"))
		if open > 0 && g.chance(50) {
			b.WriteByte(')')
			open--
		}
	}
	b.WriteString(strings.Repeat(")", open))
	if g.chance(15) {
		b.WriteByte('$')
	}
	return b.String()
}

// single is a pattern for one character.
func (g *generator) single() string {
	return pick(g, []choice[string]{
		{5, func() string { return g.letters("abcxyz01", 1) }},
		{2, func() string { return g.letters(" =,;_", 1) }},
		{2, func() string { return "." }},
		{5, func() string { return "%" + g.letters("adlswxupcADLSWXUPC", 1) }},
		{1, func() string { return "%" + g.letters(".%-+*?[]()^$", 1) }},
		{3, func() string {
			return g.oneOf("[abc]", "[^abc]", "[a-c]", "[%w_]", "[^%s]", "[a-zA-Z]", "[%d.]", "[^,]", "[]]", "[a-]", "[-a]", "[%-a]", "[^%w]")
		}},
	})
}

// gsubArguments are a subject, a pattern, a replacement and perhaps a limit.
// The replacement is right for the pattern in most cases only.
func (g *generator) gsubArguments(depth int) string {
	replacement := pick(g, []choice[string]{
		{4, func() string { return quote(g.letters("ab-", g.r.IntN(3))) }},
		{2, func() string { return quote(g.oneOf("<%0>", "%0%0", "%%", "%1", "[%0", "x%0y")) }},
		{2, func() string { return "{ a = \"1\", b = 2, [\"x\"] = false, hello = \"bye\", [1] = \"one\" }" }},
		{2, func() string {
			return g.oneOf("function(m) return m end", "function(m) return #tostring(m) end", "function() end",
				"function(m) return false end", "function(a, b) return b or a end", "string.upper")
		}},
	})
	p := g.simplePattern()
	if strings.Contains(replacement, "%1") && !strings.Contains(p, "(") {
		p = "(" + strings.TrimPrefix(p, "^") + ")"
	}
	args := g.expr(text, depth-1) + ", " + quote(p) + ", " + replacement
	if g.chance(20) {
		args += ", " + g.oneOf("0", "1", "2", "-1", "10")
	}
	return args
}
