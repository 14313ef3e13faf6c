package vm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// openString adds the library string. The functions are our own: gopher-lua's
// write numbers by another rule and let wrong arguments into the data.
func (s *State) openString() {
	s.setLibrary("string", map[string]lua.LGFunction{
		"byte": s.stringByte, "char": stringChar, "find": s.stringFind, "format": s.stringFormat,
		"gmatch": s.stringGmatch, "gsub": s.stringGsub, "len": stringLen, "lower": s.stringMap(lower),
		"match": s.stringMatch, "rep": s.stringRep, "reverse": s.stringMap(reversed), "sub": stringSub,
		"upper": s.stringMap(upper),
	})
}

func (s *State) stringMap(change func(string) string) lua.LGFunction {
	return func(L *lua.LState) int {
		t := text(L, 1)
		s.meter.reading(L, len(t))
		L.Push(lua.LString(change(t)))
		return 1
	}
}

func upper(s string) string { return cased(s, 'a', 'z', unicode.ToUpper) }

func lower(s string) string { return cased(s, 'A', 'Z', unicode.ToLower) }

// cased changes the case of the letters of a text: those from first to last,
// and beyond ASCII those that change does. Bytes that are no UTF-8 stay.
func cased(s string, first, last byte, change func(rune) rune) string {
	b := []byte(s)
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return string(b[:i]) + casedRunes(s[i:], change)
		}
		if first <= c && c <= last {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}

func casedRunes(s string, change func(rune) rune) string {
	b := make([]byte, 0, len(s)+utf8.UTFMax)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(b, s[i])
		} else {
			b = utf8.AppendRune(b, change(r))
		}
		i += size
	}
	return string(b)
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func stringLen(L *lua.LState) int { return pushNumber(L, float64(len(text(L, 1)))) }

// span turns the positions i and j of Lua, counted from 1 or from the end when
// negative, into s[from:to].
func span(s string, i, j int) (from, to int) {
	if i < 0 {
		i = max(len(s)+i+1, 1)
	}
	if j < 0 {
		j = len(s) + j + 1
	}
	from, to = max(i, 1)-1, min(j, len(s))
	if from >= to {
		return 0, 0
	}
	return from, to
}

func stringSub(L *lua.LState) int {
	s := text(L, 1)
	from, to := span(s, integer(L, 2), optInteger(L, 3, -1))
	L.Push(lua.LString(s[from:to]))
	return 1
}

func (s *State) stringByte(L *lua.LState) int {
	t := text(L, 1)
	i := optInteger(L, 2, 1)
	from, to := span(t, i, optInteger(L, 3, i))
	if to-from > maxUnpack {
		L.RaiseError("string slice too long")
	}
	s.meter.spend(L, int64(to-from))
	for _, b := range []byte(t[from:to]) {
		L.Push(lua.LNumber(b))
	}
	return to - from
}

func stringChar(L *lua.LState) int {
	spendArguments(L)
	bytes := make([]byte, L.GetTop())
	for i := range bytes {
		n := integer(L, i+1)
		if n < 0 || n > 255 {
			L.ArgError(i+1, "invalid value")
		}
		bytes[i] = byte(n)
	}
	L.Push(lua.LString(bytes))
	return 1
}

func (s *State) stringRep(L *lua.LState) int {
	t, n := text(L, 1), max(0, integer(L, 2))
	if len(t) > 0 {
		n = min(n, maxText/len(t)+1) // so that the product cannot overflow
	}
	s.checkSize(L, n*len(t))
	L.Push(lua.LString(strings.Repeat(t, n)))
	return 1
}
