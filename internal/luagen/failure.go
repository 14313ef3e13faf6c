package luagen

import (
	"strconv"
	"strings"
)

// failure raises an error of some kind.
func (g *generator) failure() []*node {
	return []*node{line(pick(g, []choice[string]{
		{4, func() string { return "error(" + quote(g.letters("oops", 4)) + ")" }},
		{2, func() string {
			return "error(" + quote(g.letters("oops", 4)) + ", " + g.oneOf("0", "1", "2", "3") + ")"
		}},
		{2, func() string { return "error({ code = " + strconv.Itoa(g.r.IntN(9)) + " })" }},
		{1, func() string { return g.oneOf("error()", "error(nil)", "error(true)", "error(17)", "error(12.5, 2)") }},
		{1, func() string {
			return "assert(" + g.oneOf("false", "nil") + ", " + g.oneOf("nil", "2.5", quote("no")) + ")"
		}},
		{1, func() string { return "assert(" + g.oneOf("false", "nil") + ")" }},
		{3, g.misuse},
	}))}
}

// misuse is a statement that fails in most cases: an operation on values that
// it is not for.
func (g *generator) misuse() string {
	a, b := g.anything, g.anything
	return pick(g, []choice[string]{
		{4, func() string { return "emit((" + a() + ")" + g.oneOf(" + ", " - ", " * ", " / ") + "(" + b() + "))" }},
		{3, func() string { return "emit((" + a() + ")" + g.oneOf(" < ", " <= ", " > ", " >= ") + "(" + b() + "))" }},
		{3, func() string { return "emit((" + a() + ") .. (" + b() + "))" }},
		{2, func() string { return "emit((" + a() + ").x)" }},
		{1, func() string { return "local t = " + a() + " t.x = 1 emit(t)" }},
		{1, func() string { return "local t = " + a() + " emit(t[" + b() + "])" }},
		{2, func() string { return "local f = " + a() + " emit(f(1))" }},
		{1, func() string { return "local t = " + a() + " emit(t:m(1))" }},
		{1, func() string { return "emit(#(" + a() + "))" }},
		{1, func() string { return "emit(-(" + a() + "))" }},
		{1, func() string { return "local t = {} t[" + a() + "] = 1 emit(t)" }},
		{1, func() string { return "local t = {} t[nil] = 1" }},
		{1, func() string { return "local t = {} t[0 / 0] = 1" }},
		{1, func() string { return "for i = 1, " + g.oneOf("nil", "{}", "true") + " do emit(i) end" }},
		{1, func() string { return "for i in " + a() + " do emit(i) break end" }},
		{1, func() string { return "local t = setmetatable({}, " + a() + ") emit(t)" }},
		{1, func() string { return "local a = { b = {} } emit(a.b.c.d)" }},
	})
}

// fault is a misuse under pcall.
func (g *generator) fault() []*node {
	return []*node{block("emit(pcall(function()", []*node{line(g.misuse())}, "end))")}
}

// protected is a block under pcall, which fails often.
func (g *generator) protected() []*node {
	ok, e := g.fresh("v"), g.fresh("e")
	body := g.function(nil, func() string { return "" })
	body = append(body, g.outcome()...)
	g.enter(variable{e, opaque})
	after := []*node{block("local "+ok+", "+e+" = pcall(function()", body, "end)"), line("emit(" + ok + ", " + e + ")")}
	switch g.r.IntN(8) {
	case 0:
		after = append(after, line("if not "+ok+" then emit(pcall(error, "+e+", "+g.oneOf("0", "1", "2")+")) end"))
	case 1:
		after = append(after, line("emit(type("+e+"), type("+e+") == \"table\" and "+e+".code)"))
	case 2:
		after = append(after, line("emit(select(\"#\", pcall(error, "+e+", 0)))"))
	}
	return after
}

// outcome ends the body of a protected function.
func (g *generator) outcome() []*node {
	if g.chance(40) {
		return []*node{line("return " + joined(1+g.r.IntN(2), g.anything))}
	}
	failing := g.failure()
	if g.chance(40) {
		return []*node{block("if "+g.expr(boolean, 2)+" then", failing, "end")}
	}
	return failing
}

// sharedErrors is the idiom of data jobs: a loop that counts or sums up in
// variables around a pcall, whose function fails for some of the rows.
func (g *generator) sharedErrors() []*node {
	n, inc, i := g.fresh("v"), g.fresh("f"), g.fresh("i")
	g.enter(variable{n, integer})
	fails := g.failure()
	protect := g.oneOf("pcall(function()", "xpcall(function()", "coroutine.wrap(function() return pcall(function()")
	end := "end)"
	switch {
	case strings.HasPrefix(protect, "xpcall"):
		end = "end, function(e) " + inc + "() return e end)"
	case strings.HasPrefix(protect, "coroutine"):
		end = "end) end)()"
	}
	body := []*node{
		line(inc + "(" + i + ")"),
		block("if "+i+" % "+strconv.Itoa(2+g.r.IntN(3))+" == 0 then", fails, "end"),
		line(n + " = " + n + " + 1"),
		line("return " + n),
	}
	return []*node{
		line("local " + n + " = 0"),
		line("local function " + inc + "(d) " + n + " = " + n + " + (d or 1) return " + n + " end"),
		block("for "+i+" = 1, "+strconv.Itoa(2+g.r.IntN(5))+" do", []*node{
			block("emit("+protect, body, end+")"),
		}, "end"),
		line("emit(" + n + ", " + inc + "())"),
	}
}

// handled is an xpcall, whose handler may fail itself.
func (g *generator) handled() []*node {
	body := append(g.function(nil, func() string { return "" }), g.outcome()...)
	handler := g.oneOf("function(e) return type(e) end", "function(e) return e, 2 end", "tostring", "type", "function(e) return { e } end",
		"function() end", "function(e) return select('#', pcall(error, e)) end")
	return []*node{block("emit(xpcall(function()", body, "end, "+handler+"))")}
}
