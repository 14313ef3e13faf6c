package luagen

import (
	"strconv"
	"strings"
)

// metatable makes two tables with metamethods and operates on them.
func (g *generator) metatable() []*node {
	mt, a, b := g.fresh("mt"), g.fresh("o"), g.fresh("o")
	body := []*node{line("local " + mt + " = {}")}
	for _, event := range []string{"add", "sub", "mul", "div", "mod", "pow", "concat", "eq", "lt", "le", "call", "unm", "tostring", "index", "newindex", "metatable"} {
		if g.chance(45) {
			body = append(body, line(mt+".__"+event+" = "+g.metamethod(event)))
		}
	}
	body = append(body, line("local "+a+", "+b+" = setmetatable({ n = "+strconv.Itoa(g.r.IntN(9))+" }, "+mt+"), setmetatable({ n = 4 }, "+mt+")"))
	for range 3 + g.r.IntN(5) {
		body = append(body, line("emit(pcall(function() "+g.operation(a, b)+" end))"))
	}
	return append(body, line("emit("+a+", "+b+", rawget("+a+", \"x\"))"))
}

// metamethod is a function, or another value, for an event.
func (g *generator) metamethod(event string) string {
	number := "local function n(v) return type(v) == \"table\" and rawget(v, \"n\") or tonumber(v) or 0 end "
	switch event {
	case "eq", "lt":
		return "function(a, b) return a.n " + map[string]string{"eq": "==", "lt": "<"}[event] + " b.n end"
	case "le":
		return g.oneOf("function(a, b) return a.n <= b.n end", "function(a, b) return nil end", "function(a, b) return 1 end")
	case "unm":
		return "function(a) return -a.n end"
	case "tostring":
		return g.oneOf("function(a) return \"<\" .. a.n .. \">\" end", "function() error(\"no\", 0) end")
	case "index":
		return g.oneOf("function(t, k) return k end", "{ x = 7, y = 8 }", "setmetatable({ x = 1 }, { __index = { y = 2 } })",
			"function(t, k) if k == \"x\" then error(\"no x\") end return rawget(t, \"n\") end")
	case "newindex":
		return g.oneOf("function(t, k, v) rawset(t, k, v) end", "function() end", "function(t, k, v) error(k, 0) end", "{}")
	case "call":
		return g.oneOf("function(self, ...) return self.n, ... end", "function(self, x) return x end", "function(...) return select(\"#\", ...) end")
	case "metatable":
		return g.oneOf("\"locked\"", "false")
	case "concat":
		return "function(a, b) " + number + "return n(a) .. \"~\" .. n(b) end"
	}
	return "function(a, b) " + number + "return n(a) * 10 + n(b) end"
}

// operation uses objects in a way that calls a metamethod, if there is one.
func (g *generator) operation(a, b string) string {
	other := g.oneOf(b, b, a, "3", `"5"`, "\"x\"", "nil", "{}")
	return pick(g, []choice[string]{
		{4, func() string {
			left, right := a, other
			if g.chance(30) {
				left, right = other, a
			}
			return "return " + left + g.oneOf(" + ", " - ", " * ", " / ", " % ", " ^ ") + right
		}},
		{2, func() string { return "return " + a + " .. " + other }},
		{1, func() string { return "return " + other + " .. " + a }},
		{1, func() string { return "return 1 .. " + a + " .. \"z\"" }},
		{2, func() string { return "return " + a + g.oneOf(" == ", " ~= ", " < ", " <= ", " > ", " >= ") + b }},
		{1, func() string { return "return " + a + " == " + other }},
		{2, func() string { return "return " + a + "(" + joined(g.r.IntN(3), g.anything) + ")" }},
		{1, func() string { return "return -" + a }},
		{1, func() string { return "return #" + a }},
		{1, func() string { return "return tostring(" + a + ") == tostring(" + a + ")" }},
		{2, func() string { return "return " + a + "." + g.oneOf("x", "y", "n") }},
		{1, func() string { return "return " + a + "[" + g.anything() + "]" }},
		{2, func() string { return a + "." + g.oneOf("x", "y", "n") + " = " + g.integer(0) }},
		{1, func() string { return "return getmetatable(" + a + ")" }},
		{1, func() string { return "return (setmetatable(" + a + ", nil))" }},
		{1, func() string { return "return rawequal(" + a + ", " + b + "), rawget(" + a + ", \"n\")" }},
		{1, func() string {
			return "local t = { " + a + ", " + b + " } table.sort(t, function(p, q) return p.n < q.n end) return #t"
		}},
	})
}

// class is a class with a method, a constructor and an heir.
func (g *generator) class() []*node {
	base, heir, o := g.fresh("C"), g.fresh("C"), g.fresh("o")
	return []*node{
		line("local " + base + " = {}"),
		line(base + ".__index = " + base),
		line("function " + base + ".new(v) return setmetatable({ v = v }, " + base + ") end"),
		line("function " + base + ":get(d) return self.v, d end"),
		line("function " + base + ":add(d) self.v = (self.v + d) % 1009 return self end"),
		line("local " + heir + " = setmetatable({}, { __index = " + base + " })"),
		line(heir + ".__index = " + heir),
		line("function " + heir + ":get(d) return \"heir\", " + base + ".get(self, d) end"),
		line("local " + o + " = " + g.oneOf(base+".new("+g.integer(1)+")", "setmetatable({ v = 1 }, "+heir+")")),
		line("emit(" + o + ":add(" + g.integer(1) + "):add(1):get(" + g.anything() + "))"),
		line("emit(pcall(" + o + ".get), pcall(function() return " + o + ":" + g.oneOf("none", "get", "add") + "() end))"),
	}
}

// proxy is a table that notes what is read and written through it.
func (g *generator) proxy() []*node {
	seen, p := g.fresh("seen"), g.fresh("p")
	body := []*node{
		line("local " + seen + " = {}"),
		line("local " + p + " = setmetatable({}, { __index = function(_, k) " + seen + "[#" + seen + " + 1] = tostring(k) return #" + seen +
			" end, __newindex = function(t, k, v) rawset(t, k, v) end })"),
	}
	for range 1 + g.r.IntN(4) {
		key := g.oneOf("x", "y", "z")
		body = append(body, line(g.oneOf(p+"."+key+" = "+g.integer(1), "emit("+p+"."+key+")", "emit("+p+"["+g.integer(0)+"])",
			p+"."+key+" = ("+p+"."+key+" or 0) + 1")))
	}
	return append(body, line("emit("+strings.Join([]string{"#" + seen, seen, p}, ", ")+")"))
}
