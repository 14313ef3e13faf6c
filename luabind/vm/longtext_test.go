package vm

import (
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/value"
)

// bytesPerInstruction is how many bytes of a long text a function may handle for
// each instruction that is counted. It is what bounds how long a budget lasts.
const bytesPerInstruction = 256

// longTextCalls are expressions over a text s of 1 MiB, a text d of as many digits, a
// text big of 40 MiB and a function fails, each of which handles at least one of the texts
// in a single call; also calls that fail.
func longTextCalls() map[string]struct {
	call  string
	bytes int
} {
	type c = struct {
		call  string
		bytes int
	}
	const mib = 1 << 20
	return map[string]c{
		"upper":                        {"s:upper()", mib},
		"lower":                        {"s:lower()", mib},
		"upper beyond ASCII":           {"u:upper()", mib},
		"reverse":                      {"s:reverse()", mib},
		"rep":                          {"s:rep(2)", 2 * mib},
		"quoted":                       {"string.format('%q', s)", mib},
		"format":                       {"string.format('%s', s)", mib},
		"format in a width":            {"string.format('%5s', s)", mib},
		"format fails late":            {"pcall(string.format, '%s%d', s, 'x')", mib},
		"a long layout":                {"string.format(s)", mib},
		"a long layout fails late":     {"pcall(string.format, s .. '%d', 'x')", mib},
		"format of too much":           {"pcall(string.format, '%s%s', big, big)", 64 * mib},
		"format of a number":           {"pcall(string.format, '%d', d)", mib},
		"concat of too much":           {"pcall(table.concat, { big, big })", 64 * mib},
		"concat fails late":            {"pcall(table.concat, { s, {} })", mib},
		"separators":                   {"pcall(table.concat, { 1, 2, {} }, s)", mib},
		"dots":                         {"s .. 'x'", mib},
		"dots of too much":             {"pcall(function() return big .. big end)", 64 * mib},
		"dots fail late":               {"pcall(function() return s .. s .. {} end)", mib},
		"gsub of too much":             {"pcall(string.gsub, 'xx', 'x', big)", 64 * mib},
		"gsub with itself":             {"pcall(string.gsub, s, '.', s)", 64 * mib},
		"gsub fails late":              {"pcall(string.gsub, 'xx', 'x', fails(s))", mib},
		"gsub of nothing":              {"('x'):gsub('y', s)", mib},
		"gsub with a bad template":     {"pcall(string.gsub, 'x', 'y', s .. '%9')", mib},
		"find":                         {"s:find('y', 1, true)", mib},
		"find what is long":            {"('x'):find(s)", mib},
		"find a long pattern":          {"('x'):find(s .. '.')", mib},
		"a malformed long pattern":     {"pcall(string.find, 'x', s .. '%')", mib},
		"gmatch of a long pattern":     {"('x'):gmatch(s .. '.')", mib},
		"a captured text":              {"s:match('^.*$')", mib},
		"tonumber":                     {"tonumber(d)", mib},
		"tonumber in base two":         {"tonumber(d, 2)", mib},
		"tonumber of blanks":           {"tonumber(blanks)", mib},
		"arithmetic":                   {"d + 1", mib},
		"negation":                     {"-d", mib},
		"arithmetic with no number":    {"pcall(function() return s + 1 end)", mib},
		"math":                         {"math.floor(d)", mib},
		"a loop":                       {"pcall(function() for i = d, 1 do end end)", 0},
		"an error":                     {"pcall(error, s)", mib},
		"an error without a place":     {"pcall(error, s, 0)", 0},
		"an error of colons":           {"pcall(error, colons)", mib},
		"an error like one of ours":    {"pcall(error, 'attempt to index nil' .. s)", mib},
		"an assertion":                 {"pcall(assert, false, s)", mib},
		"a key":                        {"pcall(function() local t = nil; t[s] = 1 end)", mib},
		"length in characters":         {"utf8.len(s)", mib},
		"length up to a bad byte":      {"utf8.len(s .. '\\255')", mib},
		"a character far away":         {"utf8.offset(s, 1000000)", mib},
		"a character far back":         {"utf8.offset(s, -1000000)", mib},
		"inside of a character":        {"utf8.offset(inside, 0, 1000000)", mib},
		"print":                        {"print(s)", mib},
		"find what is made for a hash": {"(('a'):rep(2 * mib)):find(('a'):rep(mib) .. 'suxxtqda', 1, true)", mib},
		"os.date":                      {"os.date(s)", mib},
		"a field of a value":           {"pcall(function() return thing[s] end)", 0},
		"an error and a text":          {"failed .. s", mib},
		"sort of texts":                {"table.sort({ s .. 'a', s .. 'b' })", mib},
		"characters":                   {"utf8.codepoint(s, 1, 7000)", 7000},
		"many arguments":               {"math.max(unpack(items, 1, 7000))", 7000},
		"many bits":                    {"bit.bor(unpack(items, 1, 7000))", 7000},
		"many characters":              {"pcall(string.char, unpack(items, 1, 7000))", 7000},
		"many digits":                  {"string.format('%.99e', 1e-300)", 4000},
		"maxn":                         {"table.maxn(items)", 1 << 14},
		"many results":                 {"pcall(string.byte, s, 1, 8000)", 8000},
		"unpack":                       {"pcall(unpack, items, 1, 7000)", 7000},
	}
}

// Whatever a script does with long texts is counted by their length, also when
// it fails: the budget ends a script after so many bytes.
func TestLongTextsAreCounted(t *testing.T) {
	t.Parallel()
	const prepare = `
		local mib = 2^20
		local s, d, u, blanks, colons = ('x'):rep(mib), ('1'):rep(mib), ('é'):rep(mib / 2), (' '):rep(mib), (':'):rep(mib)
		local inside, items, big = ('\128'):rep(mib), {}, ('x'):rep(40 * mib)
		for i = 1, 2^14 do items[i] = i end
		local _, failed = pcall(raise)
		local function fails(text) local n = 0 return function() n = n + 1 return n == 1 and text or {} end end
		return function() while true do tick() local a = CALL end end`
	const budget = 100_000
	for name, c := range longTextCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := New(Options{})
			defer s.Close()
			calls := 0
			s.SetGlobal("tick", s.Bind("tick", func(L *lua.LState) int {
				if calls++; (calls-1)*c.bytes > budget*bytesPerInstruction {
					s.meter.kill(errors.New("the budget lasts too long"))
				}
				return 0
			}))
			s.SetGlobal("thing", value.Int64(1))
			s.SetGlobal("raise", s.Bind("raise", func(L *lua.LState) int { Raise(L, errors.New("x")); return 0 }))
			out, err := s.Call(t.Context(), 0, s.Load(mustCompile(t, strings.ReplaceAll(prepare, "CALL", c.call))), 1)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Call(t.Context(), budget, out[0].(*lua.LFunction), 0)
			if d := s.Diagnose(err); d.Code != "lua.budget" {
				t.Errorf("%v after %d calls for %d bytes each", err, calls, c.bytes)
			}
		})
	}
}
