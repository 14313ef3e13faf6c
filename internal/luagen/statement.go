package luagen

import (
	"fmt"
	"strconv"
	"strings"
)

// deepest is how many blocks stand in one another at most.
const deepest = 4

// statement is a statement, or several that belong together.
func (g *generator) statement() []*node {
	simple := []choice[[]*node]{
		{8, g.local}, {10, g.assign}, {8, g.emit}, {5, g.mutate}, {3, g.several}, {10, g.libraryCall}, {1, g.gathered}, {4, g.fault},
	}
	if g.depth >= deepest {
		return pick(g, simple)
	}
	return pick(g, append(simple, []choice[[]*node]{
		{5, g.ifs},
		{4, g.numericFor},
		{2, g.while},
		{2, g.repeats},
		{4, g.genericFor},
		{1, g.do},
		{4, g.define},
		{3, g.definesVaried},
		{2, g.recursion},
		{2, g.closures},
		{6, g.protected},
		{4, g.sharedErrors},
		{2, g.handled},
		{4, g.metatable},
		{2, g.class},
		{3, g.proxy},
		{4, g.coroutine},
		{2, g.wrapped},
		{1, g.producer},
	}...))
}

// anyKind is a kind to declare or emit.
func (g *generator) anyKind() kind {
	return []kind{integer, integer, number, raw, text, text, boolean, list, words, record, adder}[g.r.IntN(11)]
}

func (g *generator) local() []*node { return g.declare(g.anyKind()) }

// declare makes a local variable.
func (g *generator) declare(k kind) []*node {
	value := g.expr(k, 3)
	if k != adder {
		value = g.copied(k, value)
	}
	name := g.fresh("v")
	g.enter(variable{name, k})
	return []*node{line("local " + name + " = " + value)}
}

// copied is an expression for a table of its own, so that loops which change
// one do not see another change.
func (g *generator) copied(k kind, value string) string {
	switch k {
	case list, words:
		return "{ unpack(" + value + ") }"
	case record:
		return g.record(2)
	case integer:
		return "(" + value + ") % 1009"
	case text:
		return "string.sub(" + value + ", 1, 60)"
	}
	return value
}

// assign changes a variable. What is assigned stays small.
func (g *generator) assign() []*node {
	k := g.anyKind()
	name, ok := g.visible(k)
	if !ok || k == adder {
		return g.declare(k)
	}
	return []*node{line(name + " = " + g.copied(k, g.expr(k, 2)))}
}

// several assigns several values at once, also more or fewer than variables.
func (g *generator) several() []*node {
	a, okA := g.visible(integer)
	b, okB := g.visible(integer)
	if okA && okB && a != b && g.chance(50) {
		return []*node{line(a + ", " + b + " = " + b + ", " + a)}
	}
	x, y, z := g.fresh("v"), g.fresh("v"), g.fresh("v")
	values := g.oneOf("pcall("+g.expr(adder, 1)+", 1, 2)", "("+g.expr(text, 1)+"):byte(1, 2)", "unpack("+g.expr(list, 1)+")",
		g.anything()+", "+g.anything(), "string.find("+g.expr(text, 1)+", "+quote(g.simplePattern())+")", "(unpack({ 1, 2 }))")
	for _, name := range []string{x, y, z} {
		g.enter(variable{name, opaque})
	}
	return []*node{line("local " + x + ", " + y + ", " + z + " = " + values)}
}

func (g *generator) emit() []*node {
	return []*node{line("emit(" + joined(1+g.r.IntN(3), func() string { return g.expr(g.anyKind(), 2) }) + ")")}
}

// mutate changes a table in place. It stays a list without holes.
func (g *generator) mutate() []*node {
	k := g.container()
	t, ok := g.visible(k)
	if !ok {
		return g.declare(k)
	}
	if k == record {
		field := g.oneOf(".a", ".b", ".c", `["c"]`)
		return []*node{line(t + field + " = " + g.oneOf(g.copied(integer, g.expr(integer, 2)), "nil"))}
	}
	element := integer
	if k == words {
		element = text
	}
	value := func() string { return g.copied(element, g.expr(element, 2)) }
	place := func() string { return "1 + (" + g.expr(integer, 1) + ") % " }
	return []*node{line(pick(g, []choice[string]{
		{3, func() string { return "if #" + t + " < 12 then table.insert(" + t + ", " + value() + ") end" }},
		{2, func() string {
			return "if #" + t + " < 12 then table.insert(" + t + ", " + place() + "(#" + t + " + 1), " + value() + ") end"
		}},
		{2, func() string { return "if #" + t + " < 12 then " + t + "[#" + t + " + 1] = " + value() + " end" }},
		{2, func() string { return "emit(table.remove(" + t + "))" }},
		{2, func() string { return "emit(table.remove(" + t + ", " + place() + "(#" + t + " + 1)))" }},
		{1, func() string { return t + "[#" + t + " > 0 and #" + t + " or 1] = nil" }},
		{2, func() string {
			return "if #" + t + " > 0 then " + t + "[" + place() + "#" + t + "] = " + value() + " end"
		}},
		{3, func() string {
			return "table.sort(" + t + g.oneOf("", ", function(a, b) return a > b end", ", function(a, b) return a < b end") + ")"
		}},
		{1, func() string { return "emit(#" + t + ", table.maxn(" + t + "), table.getn(" + t + "))" }},
	}))}
}

func (g *generator) ifs() []*node {
	n := &node{parts: []part{{"if " + g.expr(boolean, 2) + " then", g.block()}}, end: "end"}
	if g.chance(30) {
		n.parts = append(n.parts, part{"elseif " + g.expr(boolean, 2) + " then", g.block()})
	}
	if g.chance(50) {
		n.parts = append(n.parts, part{"else", g.block()})
	}
	return []*node{n}
}

func (g *generator) do() []*node { return []*node{block("do", g.block(), "end")} }

// loop makes the block of a loop. Loops in loops get fewer statements, so that
// a program ends soon.
func (g *generator) loop(vars ...variable) []*node {
	g.loops++
	defer func() { g.loops-- }()
	return g.scoped(func() []*node {
		for _, v := range vars {
			g.enter(v)
		}
		body := g.block()
		if g.chance(15) {
			body = append(body, line("if "+g.expr(boolean, 1)+" then break end"))
		}
		return body
	})
}

// turns is how often a loop runs, at most.
func (g *generator) turns() int {
	if g.loops > 0 {
		return 1 + g.r.IntN(3)
	}
	return 1 + g.r.IntN(8)
}

func (g *generator) numericFor() []*node {
	i, n := g.fresh("i"), strconv.Itoa(g.turns())
	bounds := g.oneOf("1, "+n, n+", 1, -1", "0, 1, 0.25", "-2, 2", "1, 0", "3, 3", n+", 0, -2", `1, #`+g.expr(words, 0), "1, 2.5", "5, 1, -1.5")
	return []*node{block("for "+i+" = "+bounds+" do", g.loop(variable{i, number}), "end")}
}

func (g *generator) while() []*node {
	n := g.fresh("n")
	body := append([]*node{line(n + " = " + n + " + 1")}, g.loop(variable{n, opaque})...)
	head := fmt.Sprintf("while %s < %d and %s do", n, g.turns(), g.oneOf("true", g.expr(boolean, 1)))
	return []*node{line("local " + n + " = 0"), block(head, body, "end")}
}

func (g *generator) repeats() []*node {
	n, last := g.fresh("n"), g.fresh("v")
	body := append([]*node{line(n + " = " + n + " + 1")}, g.loop()...)
	body = withoutBreak(body)
	body = append(body, line("local "+last+" = "+n+" >= "+strconv.Itoa(g.turns())))
	return []*node{line("local " + n + " = 0"), block("repeat", body, "until "+last+" or "+g.expr(boolean, 1))}
}

// withoutBreak drops a break, since a repeat's condition could not see
// the locals behind it.
func withoutBreak(body []*node) []*node {
	if last := len(body) - 1; last > 0 && strings.HasSuffix(body[last].parts[0].head, "then break end") {
		return body[:last]
	}
	return body
}

func (g *generator) genericFor() []*node {
	k, v := g.fresh("k"), g.fresh("e")
	switch g.r.IntN(6) {
	case 0:
		return []*node{block("for "+k+", "+v+" in ipairs("+g.copied(list, g.expr(list, 2))+") do",
			g.loop(variable{k, integer}, variable{v, integer}), "end")}
	case 1:
		return []*node{block("for "+k+", "+v+" in ipairs("+g.copied(words, g.expr(words, 2))+") do",
			g.loop(variable{k, integer}, variable{v, text}), "end")}
	case 2:
		return []*node{block("for "+v+" in string.gmatch("+g.expr(text, 2)+", "+quote(g.gmatchPattern())+") do",
			g.loop(variable{v, opaque}), "end")}
	case 3:
		return g.sumOfPairs(k, v)
	case 4:
		return []*node{block("for "+k+", "+v+" in next, "+g.copied(list, g.expr(list, 1))+" do", []*node{line("emit(" + k + ", " + v + ")")}, "end")}
	}
	n := strconv.Itoa(g.turns())
	step := "function(s, c) if c < s then return c + 1, c * 2 end end"
	return []*node{block("for "+k+", "+v+" in "+step+", "+n+", 0 do", g.loop(variable{k, integer}, variable{v, integer}), "end")}
}

// gmatchPattern is a pattern without an anchor, which gmatch of 5.1 takes for
// the character.
func (g *generator) gmatchPattern() string {
	p := g.simplePattern()
	if p[0] == '^' {
		p = p[1:]
	}
	return p
}

// sumOfPairs goes through a record in an order that does not show.
func (g *generator) sumOfPairs(k, v string) []*node {
	sum, keys := g.fresh("v"), g.fresh("v")
	t := g.expr(record, 2)
	g.enter(variable{sum, integer})
	g.enter(variable{keys, words})
	return []*node{
		line("local " + sum + ", " + keys + " = 0, {}"),
		block("for "+k+", "+v+" in pairs("+t+") do", []*node{
			line(sum + " = (" + sum + " + " + v + ") % 1009"),
			line(keys + "[#" + keys + " + 1] = tostring(" + k + ")"),
		}, "end"),
		line("table.sort(" + keys + ")"),
	}
}

// define makes a function that adds up, with statements of its own.
func (g *generator) define() []*node {
	name, x, y := g.fresh("f"), g.fresh("x"), g.fresh("y")
	body := g.function([]variable{{x, integer}, {y, integer}}, func() string { return "(" + g.expr(integer, 2) + ") % 1009" })
	g.enter(variable{name, adder})
	return []*node{block("local function "+name+"("+x+", "+y+")", body, "end")}
}

// definesVaried makes a function with ... and calls it.
func (g *generator) definesVaried() []*node {
	name, x := g.fresh("f"), g.fresh("x")
	params, known := x+", ...", []variable{{x, opaque}}
	if g.chance(40) {
		params, known = "...", nil
	}
	result := func() string {
		return g.oneOf("...", `select("#", ...), ...`, "select(2, ...)", "(...)", "{ n = select('#', ...), ... }", "nil, ...", "..., 1",
			"pcall(error, (...))", "select(-1, 0, ...)", "")
	}
	body := g.function(known, result)
	body = append([]*node{line("emit(select(\"#\", ...), ...)")}, body...)
	calls := []*node{block("local function "+name+"("+params+")", body, "end")}
	for range 1 + g.r.IntN(2) {
		calls = append(calls, line("emit("+g.oneOf("", "0, ")+name+"("+joined(g.r.IntN(4), g.anything)+")"+g.oneOf("", ", 9")+")"))
	}
	return calls
}

// recursion is a function that calls itself some times.
func (g *generator) recursion() []*node {
	f, n := g.fresh("f"), g.fresh("n")
	bottom, up := g.anything(), g.oneOf("return "+f+"("+n+" - 1)", "local v = "+f+"("+n+" - 1) return v", "return "+n+", "+f+"("+n+" - 1)",
		"return (select('#', "+f+"("+n+" - 1)))")
	return []*node{
		block("local function "+f+"("+n+")", []*node{
			line("if " + n + " <= 0 then return " + bottom + " end"),
			line(up),
		}, "end"),
		line("emit(" + f + "(" + g.oneOf("0", "1", "3", "20") + "))"),
	}
}

// closures are functions that share a variable of a loop or of a block.
func (g *generator) closures() []*node {
	fs, i := g.fresh("fs"), g.fresh("i")
	return []*node{
		line("local " + fs + " = {}"),
		block("for "+i+" = 1, "+strconv.Itoa(1+g.r.IntN(3))+" do", []*node{
			line("local c = " + i + " * " + g.integer(0)),
			line(fs + "[#" + fs + " + 1] = function(d) c = c + (d or 1) " + g.oneOf("", i+" = "+i+" + 1 ", "if c % 2 == 0 then error(c, 0) end ") + "return c, " + i + " end"),
			line(fs + "[#" + fs + " + 1] = function() return c end"),
		}, "end"),
		line("for _, f in ipairs(" + fs + ") do emit(pcall(f)) end"),
		line("for _, f in ipairs(" + fs + ") do emit(pcall(f, 10)) end"),
	}
}
