package vm

import (
	"context"
	"testing"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"
)

func TestUTF8Library(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return utf8.char(), utf8.char(72, 228, 8364, 0x1F600), #utf8.char(0, 0x10FFFF)`: " Hä€😀 5",
		`return pcall(utf8.char, 0x110000)`:                                              "false bad argument #1 to '?' (value out of range)",
		`return pcall(utf8.char, 65, 0xD800)`:                                            "false bad argument #2 to '?' (value out of range)",
		`return pcall(utf8.char, -1)`:                                                    "false bad argument #1 to '?' (value out of range)",

		`return utf8.len("Hä€😀"), utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4), utf8.len("abc", -1), utf8.len("äb", 1, 1), utf8.len("äb", 3, 2)`: "4 0 2 0 1 1 0",
		`return utf8.len("a\228b")`:           "nil 2",
		`return utf8.len("ä", 2)`:             "nil 2",
		`return utf8.len("\237\160\128")`:     "nil 1",
		`return utf8.len("\192\128")`:         "nil 1",
		`return pcall(utf8.len, "abc", 5)`:    "false bad argument #2 to '?' (initial position out of string)",
		`return pcall(utf8.len, "abc", 0)`:    "false bad argument #2 to '?' (initial position out of string)",
		`return pcall(utf8.len, "abc", 1, 4)`: "false bad argument #3 to '?' (final position out of string)",

		`return utf8.codepoint("Hä€"), utf8.codepoint("Hä€", 1, -1)`:                 "72 72 228 8364",
		`return utf8.codepoint("Hä€", 2, 4)`:                                         "228 8364",
		`return utf8.codepoint("Hä€", -3), select("#", utf8.codepoint("abc", 3, 2))`: "8364 0",
		`return pcall(utf8.codepoint, "ä", 2)`:                                       "false invalid UTF-8 code",
		`return pcall(utf8.codepoint, "abc", 4)`:                                     "false bad argument #3 to '?' (out of range)",
		`return pcall(utf8.codepoint, "abc", 0)`:                                     "false bad argument #2 to '?' (out of range)",

		`return utf8.offset("aä€b", 1), utf8.offset("aä€b", 3), utf8.offset("aä€b", 5), utf8.offset("aä€b", 6)`:         "1 4 8 nil",
		`return utf8.offset("aä€b", -1), utf8.offset("aä€b", -2), utf8.offset("aä€b", -4), utf8.offset("aä€b", -5)`:     "7 4 1 nil",
		`return utf8.offset("aä€b", 0, 3), utf8.offset("aä€b", 0, 6), utf8.offset("aä€b", 2, 2), utf8.offset("abc", 0)`: "2 4 4 1",
		`return pcall(utf8.offset, "ä", 1, 2)`: "false initial position is a continuation byte",
		`return pcall(utf8.offset, "ä", 1, 9)`: "false bad argument #3 to '?' (position out of range)",

		`local out = ""; for at, code in utf8.codes("aä€😀") do out = out .. at .. ":" .. code .. " " end; return out`:     "1:97 2:228 4:8364 7:128512 ",
		`for at in utf8.codes("") do error("one") end; return "none"`:                                                     "none",
		`local n = 0; local ok, e = pcall(function() for _ in utf8.codes("a\128") do n = n + 1 end end); return n, ok, e`: "1 false job.lua:1: invalid UTF-8 code",
		`local n = 0; for c in ("aä€"):gmatch(utf8.charpattern) do n = n + 1 end; return n`:                               "3",
	})
}

// Every text that Go takes for UTF-8 comes back from its numbers, and has as many
// characters as Go counts.
func TestUTF8AgreesWithGo(t *testing.T) {
	t.Parallel()
	s := openState(t)
	fn := s.Load(mustCompile(t, `return function(text)
	local back, n = "", 0
	if utf8.len(text) then
		for _, code in utf8.codes(text) do back = back .. utf8.char(code); n = n + 1 end
		if n > 0 and (utf8.offset(text, n + 1) ~= #text + 1 or select("#", utf8.codepoint(text, 1, -1)) ~= n) then error("count") end
	end
	return { back, n, utf8.len(text) }
end`))
	out, err := s.Call(context.Background(), 0, fn, 1)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		results, err := s.Call(context.Background(), 0, out[0].(*lua.LFunction), 1, lua.LString(text))
		if err != nil {
			t.Fatal(err)
		}
		got := results[0].(*lua.LTable)
		if !utf8.ValidString(text) {
			if got.RawGetInt(3) != lua.LNil {
				t.Fatalf("%q has %v characters", text, got.RawGetInt(3))
			}
			return
		}
		want := lua.LNumber(utf8.RuneCountInString(text))
		if got.RawGetInt(1) != lua.LString(text) || got.RawGetInt(2) != want || got.RawGetInt(3) != want {
			t.Fatalf("%q became %v, %v characters of %v", text, got.RawGetInt(1), got.RawGetInt(2), want)
		}
	})
}
