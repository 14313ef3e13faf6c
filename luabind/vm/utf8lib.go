package vm

import (
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// openUTF8 adds the library utf8, as Lua 5.3 has it. Surrogates are no
// characters.
func (s *State) openUTF8() {
	library := s.setLibrary("utf8", map[string]lua.LGFunction{
		"char": utf8Char, "codepoint": utf8Codepoint, "codes": s.utf8Codes(), "len": s.utf8Len, "offset": s.utf8Offset,
	})
	library.RawSetString("charpattern", lua.LString("[%z\x01-\x7F\xC2-\xF4][\x80-\xBF]*"))
}

// utf8Char is char(...): the characters of the given numbers.
func utf8Char(L *lua.LState) int {
	spendArguments(L)
	var b []byte
	for i := 1; i <= L.GetTop(); i++ {
		n := integer(L, i)
		if n < 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			L.ArgError(i, "value out of range")
		}
		b = utf8.AppendRune(b, rune(n))
	}
	L.Push(lua.LString(b))
	return 1
}

// bytePlace is the position of an argument, counted from 1, or from the end when it
// is negative.
func bytePlace(L *lua.LState, i, missing, length int) int {
	at := optInteger(L, i, missing)
	if at < 0 {
		at = max(0, length+at+1)
	}
	return at
}

// decode is the character that begins at the byte offset, if one does.
func decode(s string, at int) (r rune, size int, ok bool) {
	r, size = utf8.DecodeRuneInString(s[at:])
	return r, size, r != utf8.RuneError || size > 1
}

// utf8Codepoint is codepoint(s, i, j): the numbers of the characters that begin
// between the bytes i and j.
func utf8Codepoint(L *lua.LState) int {
	s := text(L, 1)
	from := bytePlace(L, 2, 1, len(s))
	to := bytePlace(L, 3, from, len(s))
	if from < 1 {
		L.ArgError(2, "out of range")
	}
	if to > len(s) {
		L.ArgError(3, "out of range")
	}
	Spend(L, int64(min(max(0, to-from), maxUnpack)))
	n := 0
	for at := from - 1; at < to; n++ {
		r, size, ok := decode(s, at)
		if !ok {
			L.RaiseError("invalid UTF-8 code")
		}
		if n == maxUnpack {
			L.RaiseError("string slice too long")
		}
		L.Push(lua.LNumber(r))
		at += size
	}
	return n
}

// utf8Len is len(s, i, j): the number of characters that begin between the
// bytes i and j, or nil and the place of the first byte that begins none.
func (s *State) utf8Len(L *lua.LState) int {
	t := text(L, 1)
	from := bytePlace(L, 2, 1, len(t)) - 1
	to := bytePlace(L, 3, -1, len(t)) - 1
	if from < 0 || from > len(t) {
		L.ArgError(2, "initial position out of string")
	}
	if to >= len(t) {
		L.ArgError(3, "final position out of string")
	}
	s.meter.reading(L, to-from)
	n := 0
	for at := from; at <= to; n++ {
		_, size, ok := decode(t, at)
		if !ok {
			L.Push(lua.LNil)
			return 1 + pushNumber(L, float64(at+1))
		}
		at += size
	}
	return pushNumber(L, float64(n))
}

// utf8Offset is offset(s, n, i): the byte where character n begins, counted
// from the byte i. Character 0 is the one that the byte i belongs to.
func (s *State) utf8Offset(L *lua.LState) int {
	t, n := text(L, 1), integer(L, 2)
	first := 1
	if n < 0 {
		first = len(t) + 1
	}
	at := bytePlace(L, 3, first, len(t)) - 1
	if at < 0 || at > len(t) {
		L.ArgError(3, "position out of range")
	}
	if n != 0 && continues(t, at) {
		L.RaiseError("initial position is a continuation byte")
	}
	from := at
	at, ok := offset(t, n, at)
	s.meter.reading(L, max(at-from, from-at))
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	return pushNumber(L, float64(at+1))
}

// offset goes n characters on from the byte at, or back.
func offset(s string, n, at int) (int, bool) {
	switch {
	case n == 0:
		for at > 0 && continues(s, at) {
			at--
		}
		return at, true
	case n < 0:
		for ; n < 0 && at > 0; n++ {
			for at--; at > 0 && continues(s, at); {
				at--
			}
		}
		return at, n == 0
	}
	for n--; n > 0 && at < len(s); n-- {
		for at++; continues(s, at); {
			at++
		}
	}
	return at, n == 0
}

// continues reports whether the byte is one inside of a character.
func continues(s string, at int) bool { return at < len(s) && !utf8.RuneStart(s[at]) }

// utf8Codes is codes(s), for loops over place and number of each character.
func (s *State) utf8Codes() lua.LGFunction {
	next := s.Bind("codes", func(L *lua.LState) int {
		s, at := text(L, 1), integer(L, 2)
		if at > 0 {
			_, size, _ := decode(s, at-1)
			at += size - 1
		}
		if at >= len(s) {
			return 0
		}
		r, _, ok := decode(s, at)
		if !ok {
			L.RaiseError("invalid UTF-8 code")
		}
		L.Push(lua.LNumber(at + 1))
		L.Push(lua.LNumber(r))
		return 2
	})
	return func(L *lua.LState) int {
		s := text(L, 1)
		L.Push(next)
		L.Push(lua.LString(s))
		L.Push(lua.LNumber(0))
		return 3
	}
}
