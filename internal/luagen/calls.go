package luagen

import (
	"strconv"
	"strings"
)

// libraryCall calls a function of the library with arguments that often do not
// fit, and emits what happens.
func (g *generator) libraryCall() []*node {
	call := pick(g, []choice[string]{
		{8, g.stringCall}, {4, g.tableCall}, {4, g.mathCall}, {5, g.baseCall}, {3, g.formatCall}, {1, g.coroutineCall},
	})
	name, args, _ := strings.Cut(call, " ")
	switch g.r.IntN(4) {
	case 0:
		return []*node{line("emit(pcall(" + name + prefixed(args) + "))")}
	case 1:
		return []*node{line("emit(pcall(function() return " + name + "(" + args + ") end))")}
	case 2:
		local := g.fresh("fn")
		return []*node{line("local " + local + " = " + name + " emit(pcall(function() local a, b, c = " + local + "(" + args + ") return a, b, c end))")}
	}
	return []*node{line("emit(pcall(function() emit(" + name + "(" + args + ")) end))")}
}

// gathered calls gmatch and emits all that it finds.
func (g *generator) gathered() []*node {
	t := g.fresh("t")
	args := g.args(g.expr(text, 1), quote(g.gmatchPattern()))
	return []*node{
		line("local " + t + " = {}"),
		line("emit(pcall(function() for a, b in string.gmatch(" + args + ") do " + t + "[#" + t + " + 1] = { a, b } end end), " + t + ")"),
	}
}

func prefixed(args string) string {
	if args == "" {
		return ""
	}
	return ", " + args
}

// args are arguments, of which now and then one is missing, wrong or too much.
func (g *generator) args(good ...string) string {
	switch g.r.IntN(12) {
	case 0:
		good = good[:g.r.IntN(len(good)+1)]
	case 1:
		if len(good) > 0 {
			good[g.r.IntN(len(good))] = g.misfit()
		}
	case 2:
		good = append(good, g.anything())
	}
	return strings.Join(good, ", ")
}

// misfit is a value that is wrong for many arguments, but as a pattern is right.
func (g *generator) misfit() string {
	return g.oneOf("nil", "{}", "true", "5", "2.5", `"x"`, `""`, "type", "function() end")
}

// index is a position in a short text or list, often beside it.
func (g *generator) index() string {
	return g.oneOf("1", "2", "3", "-1", "-2", "0", "5", "-9", "100", "1.9", "-1.5", `"2"`, "nil", "1e9", "-1e9", "2^31", g.integer(0))
}

func (g *generator) stringCall() string {
	s := func() string { return g.expr(text, 1) }
	p := func() string { return quote(g.pattern()) }
	return pick(g, []choice[string]{
		{2, func() string { return "string.sub " + g.args(s(), g.index(), g.index()) }},
		{2, func() string { return "string.byte " + g.args(s(), g.index(), g.index()) }},
		{1, func() string { return "string.char " + g.args(g.oneOf("65", "0", "255", "256", "-1", "65.9"), "66") }},
		{6, func() string {
			return "string.find " + g.args(s(), p(), g.index(), g.oneOf("nil", "false", "true", "1"))
		}},
		{2, func() string { return "string.find " + g.args(s(), p()) }},
		{6, func() string { return "string.match " + g.args(s(), p(), g.index()) }},
		{2, func() string { return "string.match " + g.args(s(), p()) }},
		{6, func() string { return "string.gsub " + g.gsubArguments(2) }},
		{2, func() string {
			return "string.gsub " + s() + ", " + quote(g.gsubPattern()) + ", " + g.oneOf(quote("%"+g.letters("01%a", 1)), "{}", "nil", "true", "5", "function() return {} end", "function() error(\"in\", 0) end")
		}},
		{1, func() string { return "string.rep " + g.args(s(), g.oneOf("0", "1", "3", "-1", "2.9", "nil", `"2"`)) }},
		{1, func() string {
			return g.oneOf("string.len", "string.upper", "string.lower", "string.reverse") + " " + g.args(s())
		}},
	})
}

// formatCall calls string.format with conversions and arguments that may not
// fit.
func (g *generator) formatCall() string {
	layout := g.oneOf("", "x") + "%" + g.flagsOf() + g.oneOf("d", "s", "x", "g", "f", "q", "c", "y", "%", "", "i", "e", "a", "p", "S", "D")
	arg := func() string {
		return g.oneOf("1", "nil", "{}", "\"x\"", "\"12\"", "3.75", "true", "-7", "\"0x10\"", "65", quote(g.letters("ab\n\"%. ", g.r.IntN(6))))
	}
	return "string.format " + quote(layout) + g.oneOf("", ", "+arg(), ", "+arg(), ", "+arg()+", "+arg())
}

// flagsOf are flags, width and precision, sometimes too many.
func (g *generator) flagsOf() string {
	if g.chance(70) {
		return ""
	}
	return g.oneOf("5", "-5", "05", "+", ".2", "10.3", "--5", "-----5", "++++++5", "100", ".100", "5.5.5", "1234", "#", " ")
}

func (g *generator) tableCall() string {
	t := func() string { return g.expr([]kind{list, words}[g.r.IntN(2)], 1) }
	mixed := func() string { return "{ " + joined(g.r.IntN(4), g.something) + " }" }
	return pick(g, []choice[string]{
		{3, func() string {
			return "table.concat " + g.args(t(), quote(g.letters(", ", 1)), g.smallIndex(), g.smallIndex())
		}},
		{1, func() string { return "table.concat " + g.args("{ 1, {}, \"x\" }", g.anything()) }},
		{1, func() string { return "table.concat " + g.args("{ 1, 2, 3 }", "\"-\"", "2", "5") }},
		{2, func() string { return "unpack " + g.args(t(), g.smallIndex(), g.smallIndex()) }},
		{1, func() string { return "table.remove " + g.args("{ 1, 2, 3 }", g.smallIndex()) }},
		{1, func() string {
			return "table.insert { 1, 2, 3 }, " + g.oneOf("1", "2", "3", "4", `"2"`, "1.5", `"x"`, "{}", "nil") + g.oneOf("", ", 9", ", 9, 9")
		}},
		// Which pair does not compare depends on how sort goes on.
		{1, func() string { return "select 1, (pcall(table.sort, " + mixed() + "))" }},
		{1, func() string {
			return "table.maxn " + g.args(g.oneOf("{ [3] = 1, [2.5] = 2, x = 9 }", "{}", "{ 1, 2, nil, 4 }", "{ [-1] = 1 }"))
		}},
		{1, func() string { return "table.getn " + g.args(t()) }},
	})
}

// smallIndex is a position not far beyond a short list.
func (g *generator) smallIndex() string {
	return g.oneOf("1", "2", "3", "0", "-1", "4", "1.9", `"2"`, "nil", strconv.Itoa(g.r.IntN(7)))
}

func (g *generator) mathCall() string {
	x := func() string {
		return g.oneOf("0", "1", "-1", "0.5", "-0.5", "2.5", "1e9", "math.huge", "-math.huge", `"10"`, `" 0x1F "`, "\"abc\"", "7", "-7", "nil", "1e300")
	}
	return pick(g, []choice[string]{
		{4, func() string {
			return g.oneOf("math.floor", "math.ceil", "math.abs", "math.sqrt", "math.modf") + " " + g.args(x())
		}},
		{1, func() string { return "math.frexp " + g.args(g.oneOf("0", "1", "-1", "0.5", "1024", "\"3\"", "1e300")) }},
		{3, func() string { return "math.fmod " + g.args(x(), x()) }},
		{2, func() string {
			return "math.ldexp " + g.args(g.oneOf("1", "0.5", "-3", "\"2\""), g.oneOf("1", "0", "-3", "60", "\"4\""))
		}},
		{3, func() string { return g.oneOf("math.max", "math.min") + " " + g.args(x(), x(), x()) }},
	})
}

func (g *generator) baseCall() string {
	a := g.anything
	return pick(g, []choice[string]{
		{6, func() string { return "tonumber " + g.oneOf(quote(g.word()), `"`+g.numeral()+`"`, a(), "") }},
		{4, func() string {
			return "tonumber " + g.oneOf(`"10"`, `"ff"`, `"0xff"`, `"zz"`, `"12"`, `" 7 "`, `"1e1"`, `"8"`, `""`, `"1.5"`, "11", "\"7fffffff\"", `"+7"`, "{}", "nil") +
				", " + g.oneOf("2", "8", "10", "16", "36", "1", "37", `"16"`, "3.9", "nil", "{}", `"x"`)
		}},
		{2, func() string {
			return g.oneOf("tostring", "type") + " " + g.args(g.oneOf(g.expr(integer, 1), g.expr(text, 1), "nil", "true"))
		}},
		{2, func() string {
			return "select " + g.args(g.oneOf("1", "2", "-1", "-2", "0", "-9", "5", `"#"`, "1.9", `"2"`), a(), a())
		}},
		{1, func() string { return "rawget " + g.args("{ 5, a = 6 }", a()) }},
		{1, func() string { return "rawset " + g.args("{ 5 }", g.oneOf("1", "2", "\"k\"", "true"), a()) }},
		{1, func() string { return "rawequal " + g.args(a(), a()) }},
		{1, func() string {
			return "next " + g.oneOf("{}", "{ 1 }", "{ 1, 2 }", "{ a = 1 }", "5", "nil", "\"x\"") + g.oneOf("", ", nil")
		}},
		{1, func() string { return "ipairs " + g.args(g.expr(list, 1)) }},
		{1, func() string { return "pairs " + g.args(g.expr(list, 1)) }},
		{1, func() string {
			return "getmetatable " + g.oneOf("{}", "1", "nil", "", "setmetatable({}, { __metatable = 4 })", "setmetatable({}, { a = 1 })")
		}},
		{1, func() string {
			return "setmetatable " + g.args(g.oneOf("{}", a(), "setmetatable({}, { __metatable = 4 })"), g.oneOf("{}", "nil", a()))
		}},
		{2, func() string {
			return "pcall " + g.args(g.oneOf("error", a(), "type", "function(...) return ... end"), a())
		}},
		{1, func() string {
			return "xpcall " + g.args(g.oneOf("error", "function() error(\"e\", 0) end", a()), g.oneOf("type", "function(e) return e end", a()))
		}},
		{2, func() string { return "error " + g.args(a(), g.oneOf("0", "1", "2", "nil")) }},
		{1, func() string { return "assert " + a() + g.oneOf("", ", nil", ", 2.5", ", \"no\"") }},
	})
}

func (g *generator) coroutineCall() string {
	return pick(g, []choice[string]{
		{1, func() string {
			return g.oneOf("coroutine.create", "coroutine.wrap") + " " + g.args(g.oneOf("function() end", "function(a) return a end", "5", "nil"))
		}},
		{1, func() string {
			return g.oneOf("coroutine.status", "coroutine.resume") + " " + g.args(g.oneOf("coroutine.create(function() return 1 end)", g.anything()))
		}},
		{1, func() string { return "coroutine.running " }},
	})
}
