package luagen

import "strconv"

// coroutine makes a thread and resumes it more often than it yields.
func (g *generator) coroutine() []*node {
	co, i := g.fresh("co"), g.fresh("i")
	nodes := []*node{block("local "+co+" = coroutine.create(function(...)", g.threadBody(), "end)")}
	resume := "emit(coroutine.status(" + co + "), coroutine.resume(" + co + g.oneOf("", ", "+i, ", "+g.anything()) + "))"
	return append(nodes,
		block("for "+i+" = 1, "+strconv.Itoa(1+g.r.IntN(5))+" do", []*node{line(resume)}, "end"),
		line("emit(coroutine.status("+co+"))"))
}

// threadBody is the body of a coroutine: it yields, in loops and functions
// too, and may fail.
func (g *generator) threadBody() []*node {
	var body []*node
	for range 1 + g.r.IntN(4) {
		body = append(body, g.yield()...)
	}
	if g.chance(20) {
		body = append(body, g.failure()...)
		return body
	}
	return append(body, line("return "+g.oneOf("...", g.anything(), `select("#", ...)`)))
}

func (g *generator) yield() []*node {
	v := g.fresh("y")
	return pick(g, []choice[[]*node]{
		{4, func() []*node { return []*node{line("emit(coroutine.yield(" + joined(g.r.IntN(3), g.anything) + "))")} }},
		{2, func() []*node {
			return []*node{line("local " + v + " = coroutine.yield(" + g.anything() + ") emit(" + v + ")")}
		}},
		{2, func() []*node { return []*node{line("for i = 1, 3 do coroutine.yield(i) end")} }},
		{2, func() []*node {
			return []*node{line("local function " + v + "(n) if n > 0 then coroutine.yield(n) return " + v + "(n - 1) end return \"end\" end emit(" + v + "(2))")}
		}},
		{1, func() []*node { return []*node{line("for _, e in ipairs({ 5, 6 }) do coroutine.yield(e) end")} }},
		{1, func() []*node { return []*node{line("emit(pcall(coroutine.yield, 1))")} }},
		{1, func() []*node { return []*node{line("emit(pcall(function() coroutine.yield(2) end))")} }},
		{1, func() []*node {
			return []*node{line("emit(coroutine.resume(coroutine.create(function(a) local b = coroutine.yield(a) return b end), 3))")}
		}},
		{1, func() []*node {
			return []*node{line("emit(pcall(function() return setmetatable({}, { __index = function() return coroutine.yield(3) end }).x end))")}
		}},
		{1, func() []*node {
			return []*node{line("emit(pcall(table.sort, { 3, 2, 1 }, function() return coroutine.yield(4) end))")}
		}},
		{1, func() []*node {
			return []*node{line("emit(type(coroutine.running()), coroutine.status(coroutine.running()))")}
		}},
		{1, func() []*node {
			return []*node{line("emit(pcall(string.gsub, \"ab\", \".\", function(c) return coroutine.yield(c) end))")}
		}},
		{1, func() []*node {
			return []*node{line("local n = 0 pcall(function() n = n + 1 error(\"x\") end) coroutine.yield(n)")}
		}},
		{2, g.emit},
	})
}

// wrapped calls a wrapped coroutine until it fails.
func (g *generator) wrapped() []*node {
	w := g.fresh("w")
	return []*node{
		block("local "+w+" = coroutine.wrap(function(...)", g.threadBody(), "end)"),
		block("for i = 1, "+strconv.Itoa(1+g.r.IntN(4))+" do", []*node{line("emit(pcall(" + w + ", i))")}, "end"),
		// The second result differs: PUC Lua puts the place of the call before
		// every text that wrap raises.
		line("emit((pcall(function() return " + w + "() end)))"),
	}
}

// producer is a generator in a for loop.
func (g *generator) producer() []*node {
	from, e := g.fresh("from"), g.fresh("e")
	return []*node{
		block("local function "+from+"(n)", []*node{
			block("return coroutine.wrap(function()", []*node{
				line("for i = 1, n do coroutine.yield(i, i * 2) end"),
				line(g.oneOf("", "coroutine.yield()", "error({ \"done\" })")),
			}, "end)"),
		}, "end"),
		line("emit(pcall(function() for " + e + ", d in " + from + "(" + strconv.Itoa(g.r.IntN(4)) + ") do emit(" + e + ", d) end end))"),
	}
}
