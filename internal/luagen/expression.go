package luagen

import (
	"fmt"
	"strconv"
)

// expr is an expression of the kind, nested at most that deep.
func (g *generator) expr(k kind, depth int) string {
	if name, ok := g.visible(k); ok && g.chance(35) {
		return name
	}
	switch k {
	case integer:
		return g.integer(depth)
	case number:
		return g.number(depth)
	case raw:
		return g.raw(depth)
	case text:
		return g.text(depth)
	case boolean:
		return g.boolean(depth)
	case list:
		return g.list(depth)
	case words:
		return "{ " + joined(g.r.IntN(5), func() string { return g.text(depth - 1) }) + " }"
	case record:
		return g.record(depth)
	case adder:
		return g.adder(depth)
	}
	return g.anything()
}

// integer is a whole number of few digits.
func (g *generator) integer(depth int) string {
	if depth <= 0 {
		return strconv.Itoa(g.r.IntN(30) - 9)
	}
	sub := func() string { return g.expr(integer, depth-1) }
	return pick(g, []choice[string]{
		{6, func() string { return strconv.Itoa(g.r.IntN(30) - 9) }},
		{1, func() string { return strconv.Itoa(g.r.IntN(2000)) }},
		{1, func() string { return g.oneOf("0x10", "0xff", "1e2", "3.0", "0007", "2e+1", "50e-1") }},
		{4, func() string { return "(" + sub() + g.oneOf(" + ", " - ") + sub() + ")" }},
		// PUC Lua folds 0 * -1 to -0, and then has -0 for each 0 of the function; the remainder makes it 0.
		{2, func() string { return "((" + sub() + " * " + sub() + ") % 1009)" }},
		{2, func() string { return "(" + sub() + " % " + g.oneOf("7", "-7", "3", "10", "-1") + ")" }},
		{1, func() string { return "(0 - " + sub() + ")" }},
		{2, func() string { return "#" + g.expr(words, 0) }},
		{2, func() string { return "#" + g.expr(list, 0) }},
		{2, func() string { return "#(" + g.expr(text, depth-1) + ")" }},
		{2, func() string {
			return "(" + g.oneOf("math.floor", "math.ceil") + "(" + g.expr(number, depth-1) + ") + 0)"
		}},
		{1, func() string { return g.oneOf("math.max", "math.min") + "(" + joined(1+g.r.IntN(3), sub) + ")" }},
		{1, func() string { return "math.abs(" + sub() + ")" }},
		{2, func() string { return "((" + g.expr(list, 0) + ")[" + sub() + "] or 0)" }},
		{2, func() string { return "((" + g.expr(record, 0) + ")." + g.oneOf("a", "b", "c") + " or 1)" }},
		{2, func() string { return "(" + g.expr(boolean, depth-1) + " and " + sub() + " or " + sub() + ")" }},
		{1, func() string { return `("` + g.numeral() + `" + ` + sub() + ")" }},
		{1, func() string { return g.isNumeral(g.expr(text, depth-1)) }},
		{1, func() string { return "(string.byte(" + g.expr(text, depth-1) + ", " + sub() + ") or -1)" }},
		{1, func() string {
			return "(string.find(" + g.expr(text, depth-1) + ", " + quote(g.pattern()) + ") or 0)"
		}},
		{1, func() string {
			return `select("#", ` + joined(1+g.r.IntN(4), func() string { return g.anything() }) + ")"
		}},
		{3, func() string { return "(" + g.expr(adder, 1) + ")(" + sub() + ", " + sub() + ")" }},
	})
}

// isNumeral is an integer that tells whether a text means a number. PUC Lua reads
// the text up to a zero byte.
func (g *generator) isNumeral(text string) string {
	return "(tonumber((string.gsub(" + text + ", \"%z\", \".\"))) and 1 or 2)"
}

// numeral is an integer in digits, as text.
func (g *generator) numeral() string {
	return g.oneOf("10", "010", "0x1F", " 7 ", "1e2", "-3", "+4", "08", "5.", "12\\n", "0x0a", "\\t9", "3e0", "-0x2")
}

// number is a number of few digits.
func (g *generator) number(depth int) string {
	if depth <= 0 {
		return g.oneOf("0.5", "2.25", "-1.75", "10", "0.125", "100.5", "-3", "1e3", ".5", "3.")
	}
	return pick(g, []choice[string]{
		{3, func() string { return g.number(0) }},
		{3, func() string { return g.expr(integer, depth-1) }},
		{2, func() string { return "(" + g.expr(integer, depth-1) + ") / " + g.oneOf("2", "4", "8") }},
		{2, func() string {
			return "r(" + g.expr(number, depth-1) + g.oneOf(" + ", " - ", " * ") + g.expr(number, depth-1) + " + 0)"
		}},
		{2, func() string { return "r(" + g.expr(raw, depth-1) + ")" }},
		{1, func() string {
			return "r(" + g.oneOf("math.sin", "math.cos", "math.exp", "math.sqrt", "math.log", "math.rad", "math.deg", "math.tan", "math.atan") +
				"(" + g.expr(number, depth-1) + "))"
		}},
		{1, func() string {
			return "r(" + g.oneOf("math.pow", "math.fmod", "math.atan2") + "(" + g.expr(number, depth-1) + ", " + g.expr(number, depth-1) + "))"
		}},
		{1, func() string { return "r((" + g.expr(number, depth-1) + ") ^ " + g.oneOf("2", "0.5", "-1", "3") + ")" }},
	})
}

// raw is any number. It is computed exactly, or as the hardware does.
func (g *generator) raw(depth int) string {
	if depth <= 0 {
		return g.oneOf("math.huge", "-math.huge", "math.pi", "0.1", "1e15", "2^53", "1e300", "123456789.123", "1e-7", "0.3")
	}
	sub := func() string { return g.expr(raw, depth-1) }
	return pick(g, []choice[string]{
		{3, func() string { return g.raw(0) }},
		{3, func() string { return g.expr(number, depth-1) }},
		{5, func() string { return "(" + sub() + g.oneOf(" + ", " - ", " * ", " / ") + sub() + " + 0)" }},
		{1, func() string { return "(0 - " + sub() + ")" }},
		{2, func() string {
			return "(" + g.oneOf("math.floor", "math.ceil", "math.abs", "math.sqrt") + "(" + sub() + ") + 0)"
		}},
		{1, func() string { return "(math.fmod(" + sub() + ", " + sub() + ") + 0)" }},
		{1, func() string {
			return "math.ldexp(" + g.expr(number, depth-1) + ", " + g.oneOf("3", "-3", "0", "20") + ")"
		}},
		{1, func() string { return g.oneOf("math.max", "math.min") + "(" + joined(1+g.r.IntN(3), sub) + ")" }},
		{1, func() string { return "((math.modf(" + sub() + ")) + 0)" }},
		{1, func() string { return "(math.frexp(" + g.expr(number, depth-1) + "))" }},
		{1, func() string {
			return "(" + quote(g.oneOf("0.1", "1e15", "1e308", "123456789012345678")) + " + " + sub() + ")"
		}},
	})
}

// boolean is true or false.
func (g *generator) boolean(depth int) string {
	if depth <= 0 {
		return g.oneOf("true", "false")
	}
	sub := func() string { return g.expr(boolean, depth-1) }
	return pick(g, []choice[string]{
		{2, func() string { return g.boolean(0) }},
		{4, func() string { return g.compared(raw, depth) }},
		{4, func() string { return g.compared(integer, depth) }},
		{4, func() string { return g.compared(text, depth) }},
		{2, func() string { return "(" + g.anything() + g.oneOf(" == ", " ~= ") + g.anything() + ")" }},
		{2, func() string { return "not " + sub() }},
		{2, func() string { return "(" + sub() + g.oneOf(" and ", " or ") + sub() + ")" }},
		{1, func() string {
			return "(type(" + g.anything() + ") == " + quote(g.oneOf("number", "string", "table", "nil")) + ")"
		}},
		{1, func() string { return "rawequal(" + g.anything() + ", " + g.anything() + ")" }},
		{1, func() string { return "(next(" + g.expr(g.container(), depth-1) + ") == nil)" }},
	})
}

func (g *generator) compared(k kind, depth int) string {
	return "(" + g.expr(k, depth-1) + g.oneOf(" < ", " <= ", " > ", " >= ", " == ", " ~= ") + g.expr(k, depth-1) + ")"
}

// container is a kind of table.
func (g *generator) container() kind { return []kind{list, words, record}[g.r.IntN(3)] }

func (g *generator) list(depth int) string {
	if depth > 0 && g.chance(20) {
		return "{ (" + g.expr(adder, 1) + ")(1, 2), unpack(" + g.expr(list, depth-1) + ") }"
	}
	return "{ " + joined(g.r.IntN(6), func() string { return "(" + g.expr(integer, depth-1) + ")" }) + " }"
}

func (g *generator) record(depth int) string {
	return fmt.Sprintf("{ %s = %s, c = %s%s }", g.oneOf("a", "b"), g.integer(depth-1), g.integer(depth-1),
		g.oneOf("", "", `, ["b"] = 3`, "; a = 0"))
}

// adder is a function of two integers.
func (g *generator) adder(depth int) string {
	if name, ok := g.visible(adder); ok && (depth <= 0 || g.chance(70)) {
		return name
	}
	x, y := g.fresh("x"), g.fresh("y")
	body := g.scoped(func() []*node {
		g.enter(variable{x, integer})
		g.enter(variable{y, integer})
		result := g.integer(min(depth, 2))
		return []*node{line(result)}
	})
	return "function(" + x + ", " + y + ") return (" + body[0].parts[0].head + ") % 1009 end"
}

// anything is a value of any type whose text, if it has one, is the same
// everywhere.
func (g *generator) anything() string {
	if g.chance(10) {
		return "nil"
	}
	return g.something()
}

// something is anything but nil.
func (g *generator) something() string {
	return pick(g, []choice[string]{
		{3, func() string { return g.expr(integer, 1) }},
		{2, func() string { return g.expr(number, 1) }},
		{4, func() string { return g.expr(text, 1) }},
		{2, func() string { return g.oneOf("true", "false") }},
		{2, func() string { return g.oneOf("{}", "{ 1, 2 }", "{ a = 1 }", "{ { 3 } }") }},
		{1, func() string { return g.expr(g.container(), 1) }},
		{1, func() string { return g.oneOf("type", "function() end", "string.sub", "function(...) return ... end") }},
		{1, func() string { return "coroutine.create(function() end)" }},
	})
}
