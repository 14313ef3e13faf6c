package vm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// survive compiles and runs a source under a small budget, and says what is
// wrong with how that went, "" if nothing.
func survive(source string) string {
	c, d := syntax.Compile("job.lua", source)
	if d != nil {
		if d.Pos.File != "job.lua" || d.Message == "" || !strings.HasPrefix(string(d.Code), "lua.") {
			return fmt.Sprintf("refused with %s: %+v", d.Code, d)
		}
		return ""
	}
	s := New(Options{})
	defer s.Close()
	if _, err := s.Call(context.Background(), 20_000, s.Load(c), lua.MultRet); err != nil {
		if d := s.Diagnose(err); d.Code == "internal.panic" {
			return fmt.Sprintf("ended with %s: %v", d.Code, d)
		}
	}
	return ""
}

// Ten thousand hostile sources neither hang nor kill the process, nor break the
// machine. They are the same in each run.
func TestHostileSources(t *testing.T) {
	t.Parallel()
	const shards = 10
	each := 1000
	if raceEnabled {
		each = 100 // one goroutine each: there is nothing to race for
	}
	for shard := range uint64(shards) {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			h := &hostile{rand: rand.New(rand.NewPCG(shard, 4))}
			for i := range each {
				source := h.source()
				hangs := time.AfterFunc(time.Minute, func() {
					panic(fmt.Sprintf("source %d of shard %d hangs: %.1000q", i, shard, source))
				})
				problem := survive(source)
				hangs.Stop()
				if problem != "" {
					t.Errorf("source %d: %s\n%.1000q", i, problem, source)
				}
			}
		})
	}
}

// FuzzHostileSource begins with sources of each kind.
func FuzzHostileSource(f *testing.F) {
	h := &hostile{rand: rand.New(rand.NewPCG(1, 4))}
	for range 200 {
		if source := h.source(); len(source) < 10_000 {
			f.Add(source)
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		if problem := survive(source); problem != "" {
			t.Error(problem)
		}
	})
}

// hostile makes sources that are meant to do harm.
type hostile struct{ rand *rand.Rand }

func (h *hostile) pick(from []string) string { return from[h.rand.IntN(len(from))] }

// size is a length: small ones often, up to most seldom.
func (h *hostile) size(most int) int {
	for n := 10; n < most; n *= 10 {
		if h.rand.IntN(3) > 0 {
			return 1 + h.rand.IntN(n)
		}
	}
	return 1 + h.rand.IntN(most)
}

func (h *hostile) source() string {
	switch h.rand.IntN(8) {
	case 0:
		return h.soup()
	case 1:
		return h.nested()
	case 2:
		return h.chain()
	case 3:
		return h.literal()
	case 4:
		return h.bytes()
	case 5, 6:
		return h.mutated()
	}
	return h.program(3)
}

func hostileTokens() []string {
	return strings.Fields(`and break do else elseif end false for function goto if in local nil not or repeat return then true until
		while + - * / % ^ # == ~= <= >= < > = ( ) { } [ ] ; : , . .. ... :: a b t s f x "s" 'q' 0 1 2.5 1e308 0xff 9e99 1e
		[[ ]] [==[ ]==] -- --[[ pcall error tostring setmetatable string table coroutine unpack select next # \ ! @ $ & |`)
}

// soup is tokens in any order.
func (h *hostile) soup() string {
	tokens := hostileTokens()
	var b strings.Builder
	for range h.size(3000) {
		b.WriteString(h.pick(tokens))
		b.WriteString(h.pick([]string{" ", " ", " ", "\n", ""}))
	}
	return b.String()
}

// nested is brackets, blocks and operators in one another, closed or not.
func (h *hostile) nested() string {
	pairs := [][2]string{
		{"(", ")"},
		{"{", "}"},
		{"f(", ")"},
		{"t[", "]"},
		{"not ", ""},
		{"-", ""},
		{"#", ""},
		{"- -", ""},
		{"do ", " end"},
		{"if x then ", " end"},
		{"while x do ", " end"},
		{"repeat ", " until x"},
		{"for i = 1, 2 do ", " end"},
		{"f(function() ", " end)"},
		{"return function() ", " end"},
		{"{a = ", "}"},
		{"{[", "] = 1}"},
		{"a = {", "}"},
		{"(a or ", ")"},
		{"a .. (", ")"},
		{"[[", "]]"},
		{"::a:: ", ""},
	}
	open, closing := "", ""
	for range 1 + h.rand.IntN(2) {
		p := pairs[h.rand.IntN(len(pairs))]
		open, closing = open+p[0], p[1]+closing
	}
	n := h.size(100_000)
	end := n
	if h.rand.IntN(3) == 0 {
		end = h.rand.IntN(n)
	}
	return h.pick([]string{"", "return ", "local x = ", "x = "}) + strings.Repeat(open, n) + h.pick([]string{"", "1", "x", "return 1"}) + strings.Repeat(closing, end)
}

// chain is one thing after the other.
func (h *hostile) chain() string {
	links := []string{
		"+x", "..x", "^2", " and x", " == x", " < x", "()", ".x", ":x()", "[x]", "{}", "''", ",1", ", x", ";", " x = 1;", " f();", " local a;",
		" goto a;", " ::a%d::", " x%d = %d;", " if x then end", " local function f() end", " elseif x then", "\n", "--\n", " do local a%d <const> = 1 end",
	}
	link := h.pick(links)
	var b strings.Builder
	b.WriteString(h.pick([]string{"return x", "x = x", "f", "return {1", "if x then", "local a", "", "local t = {} return f"}))
	for i := range h.size(60_000) {
		b.WriteString(strings.ReplaceAll(link, "%d", fmt.Sprint(i)))
	}
	b.WriteString(h.pick([]string{"", "}", " end", ")"}))
	return b.String()
}

// literal is one that is too long, or no literal.
func (h *hostile) literal() string {
	n := h.size(1 << 20)
	return "return " + h.pick([]string{
		strings.Repeat("9", n), "0." + strings.Repeat("3", n), "0x" + strings.Repeat("f", n), "1e" + strings.Repeat("9", n),
		"'" + strings.Repeat("a", n) + "'", "'" + strings.Repeat(`\n`, n/2) + "'", "'" + strings.Repeat(`\255`, n/4) + "'", `'\` + strings.Repeat("0", n) + "'",
		"[" + strings.Repeat("=", n) + "[", "[[" + strings.Repeat("]", n), strings.Repeat("a", n), "'" + strings.Repeat("\x00", n), "--[" + strings.Repeat("=", n) + "[",
		"{" + strings.Repeat("'x',", n/4) + "}",
	})
}

// bytes is no text at all, sometimes behind a beginning of a script.
func (h *hostile) bytes() string {
	b := make([]byte, h.size(10_000))
	for i := range b {
		b[i] = byte(h.rand.Uint32())
	}
	return h.pick([]string{"", "return ", "\x1bLua", "\ufeff", "#!", "local s = '"}) + string(b)
}

// mutated is a script of people, damaged.
func (h *hostile) mutated() string {
	source := []byte(h.pick(realScripts()))
	tokens := hostileTokens()
	for range h.size(30) {
		at, to := h.rand.IntN(len(source)+1), h.rand.IntN(len(source)+1)
		at, to = min(at, to), max(at, to)
		part := append([]byte{}, source[at:to]...)
		switch h.rand.IntN(5) {
		case 0: // a part is lost
			source = append(source[:at:at], source[min(at+h.rand.IntN(20), len(source)):]...)
		case 1: // a part stands elsewhere as well
			if len(part)+len(source) < 50_000 {
				into := h.rand.IntN(len(source) + 1)
				source = append(append(append([]byte{}, source[:into]...), part...), source[into:]...)
			}
		case 2: // a word comes in
			source = append(append(append([]byte{}, source[:at]...), " "+h.pick(tokens)+" "...), source[at:]...)
		case 3: // a byte is another one
			if at < len(source) {
				source[at] = byte(h.rand.Uint32())
			}
		case 4: // a part is repeated
			if n := len(part) * 20; n > 0 && n+len(source) < 50_000 {
				source = append(append(append([]byte{}, source[:at]...), strings.Repeat(string(part), 20)...), source[at:]...)
			}
		}
	}
	return string(source)
}

func realScripts() []string {
	return []string{
		`local n, t = 0, {} for i = 1, 1e9 do t[#t + 1] = ("x"):rep(i) n = n + #t[i] end return n, t`,
		`local function deep(n) if n == 0 then error({ code = n }) end local ok, e = pcall(deep, n - 1) error(e, 0) end return pcall(deep, 50)`,
		`local co = coroutine.wrap(function(...) local a = coroutine.yield(...) while true do a = coroutine.yield(a) end end) for i = 1, 100 do co(i) end`,
		`local s = ("a"):rep(100) return s:gsub("(a)(a*)", "%2%1"), s:find("^(.-)%1$"), s:match("%b()"), s:gmatch(".-")()`,
		`local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end, __call = function(f, x) return f(x) end, __concat = function(a) return a .. a end })
		 return pcall(function() return t[1], t(1), t .. t end)`,
		`local t = {} for i = 1, 200 do t[i] = (i * 7) % 13 end table.sort(t, function(a, b) return a <= b end) return table.concat(t, ","), unpack(t)`,
		`local f f = function(...) return f(1, ...) end return select("#", pcall(f))`,
		`return string.format("%5.2f %s %q %d %x %c", 1/3, {}, "a\nb\0", 2^31, 255, 65), tostring(-0/0), tonumber("0x1p4"), 2^53 % 3, -2^2`,
		`goto done do local a <close> = 1 end ::done:: for k, v in pairs({ a = 1, 2, nil, 3 }) do if k then break end end repeat local z = 1 until z`,
		`local row = { qty = 2, price = "1.5", country = "DE" } if row.country == "DE" then row.vat = row.qty * row.price * 0.19 end return row.vat`,
	}
}

// program is statements that run, most of them without end.
func (h *hostile) program(depth int) string {
	var b strings.Builder
	b.WriteString("local a, s, t, f = 1, 'abc', {}, tostring ")
	for range 1 + h.rand.IntN(4) {
		b.WriteString(h.statement(depth) + " ")
	}
	return b.String()
}

func (h *hostile) statement(depth int) string {
	if depth == 0 {
		return h.pick([]string{
			"a = a + 1", "s = s .. s", "t[#t + 1] = s", "t[a] = t", "s = s:rep(3)", "error(s)", "error(t)", "error()", "a = a .. a", "f = coroutine.wrap(f)",
			"s = s:gsub('.', s)", "s = (s:upper():gsub('%w*', '%0%0'))", "t = setmetatable(t, t)", "t.__index = t", "t.__index = f", "t.__tostring = tostring",
			"s = string.format('%99.99f%s', a, s)", "f(t)", "f()", "coroutine.yield(a)", "table.sort(t, f)", "s = table.concat(t)", "a = #t", "a = -s", "t = t.x.y",
			"s:find(('a-'):rep(30) .. 'b')", "f(unpack(t))", "a = tonumber(s)", "t[s], a = a, t", "setmetatable(s, t)", "rawset(t, a, t)", "next(t, a)", "a = 0/0", "t[a] = nil",
			"t.__call = f", "t()", "t.__concat = function(x, y) return x .. y end", "s = t .. t", "a = math.random(a)", "string.rep = f", "tostring = f", "pcall = error",
		})
	}
	inner := func() string { return h.statement(h.rand.IntN(depth)) }
	switch h.rand.IntN(10) {
	case 0:
		return "while true do " + inner() + " " + inner() + " end"
	case 1:
		return "for i = 1, 1e9 do " + inner() + " end"
	case 2:
		return "pcall(function() " + inner() + " " + inner() + " end)"
	case 3:
		return "xpcall(function() " + inner() + " end, function(...) " + inner() + " end)"
	case 4:
		return "coroutine.wrap(function() " + inner() + " end)()"
	case 5:
		return "f = function(...) " + inner() + " return f(...) end"
	case 6:
		return "s = s:gsub('.', function(...) " + inner() + " return f(...) end)"
	case 7:
		return "t = setmetatable({}, { __index = function(...) " + inner() + " return f(...) end, __newindex = function(x, k, v) " + inner() + " x[k] = v end })"
	case 8:
		return "for k, v in pairs(t) do " + inner() + " end"
	}
	return inner() + " " + inner()
}
