package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// openString adds the library string. The functions are our own: gopher-lua's
// write numbers by another rule and let wrong arguments into the data. Patterns
// are still matched by gopher-lua's package pm.
func (s *State) openString() {
	s.setLibrary("string", map[string]lua.LGFunction{
		"byte": stringByte, "char": stringChar, "find": s.stringFind, "format": s.stringFormat,
		"gmatch": s.stringGmatch, "gsub": s.stringGsub, "len": stringLen, "lower": stringMap(strings.ToLower),
		"match": s.stringMatch, "rep": s.stringRep, "reverse": stringMap(reversed), "sub": stringSub,
		"upper": stringMap(strings.ToUpper),
	})
}

// text is argument i as a string; numbers are written by our rule.
func text(L *lua.LState, i int) string {
	t, ok := concatText(L.Get(i))
	if !ok {
		L.TypeError(i, lua.LTString)
	}
	return t
}

func stringMap(change func(string) string) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(lua.LString(change(text(L, 1))))
		return 1
	}
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(text(L, 1))))
	return 1
}

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

func stringByte(L *lua.LState) int {
	s := text(L, 1)
	i := optInteger(L, 2, 1)
	from, to := span(s, i, optInteger(L, 3, i))
	if to-from > maxUnpack {
		L.RaiseError("string slice too long")
	}
	for _, b := range []byte(s[from:to]) {
		L.Push(lua.LNumber(b))
	}
	return to - from
}

func stringChar(L *lua.LState) int {
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
	if len(t) > 0 && n > maxText/len(t) {
		s.checkSize(L, maxText+1)
	}
	s.checkSize(L, n*len(t))
	L.Push(lua.LString(strings.Repeat(t, n)))
	return 1
}

// matches finds a pattern in a subject from the byte offset on, up to limit
// times (-1 is without limit).
func (s *State) matches(L *lua.LState, subject, pattern string, offset, limit int) []*pm.MatchData {
	s.meter.spend(L, int64(len(subject)-offset)/16)
	found, err := pm.Find(pattern, []byte(subject), offset, limit)
	if err != nil {
		L.RaiseError("malformed pattern %q: %s", syntax.Abridged(pattern), err.Error())
	}
	return found
}

// startOf is the offset of the optional argument i, and whether it lies in s.
func startOf(L *lua.LState, s string, i int) (int, bool) {
	at := optInteger(L, i, 1)
	if at < 0 {
		at = max(len(s)+at+1, 1)
	}
	offset := max(at, 1) - 1
	return offset, offset <= len(s)
}

func (s *State) stringFind(L *lua.LState) int {
	subject, pattern := text(L, 1), text(L, 2)
	offset, inside := startOf(L, subject, 3)
	if !inside {
		L.Push(lua.LNil)
		return 1
	}
	if lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-") {
		return findPlain(L, subject, pattern, offset)
	}
	found := s.matches(L, subject, pattern, offset, 1)
	if len(found) == 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(found[0].Capture(0) + 1))
	L.Push(lua.LNumber(found[0].Capture(1)))
	return 2 + pushAll(L, captures(subject, found[0], false))
}

func findPlain(L *lua.LState, subject, pattern string, offset int) int {
	i := strings.Index(subject[offset:], pattern)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(offset + i + 1))
	L.Push(lua.LNumber(offset + i + len(pattern)))
	return 2
}

func (s *State) stringMatch(L *lua.LState) int {
	subject, pattern := text(L, 1), text(L, 2)
	offset, inside := startOf(L, subject, 3)
	if inside {
		if found := s.matches(L, subject, pattern, offset, 1); len(found) > 0 {
			return pushAll(L, captures(subject, found[0], true))
		}
	}
	L.Push(lua.LNil)
	return 1
}

func (s *State) stringGmatch(L *lua.LState) int {
	subject, pattern := text(L, 1), text(L, 2)
	found := s.matches(L, subject, pattern, 0, -1)
	L.Push(s.Bind("gmatch", func(L *lua.LState) int {
		if len(found) == 0 {
			L.Push(lua.LNil)
			return 1
		}
		m := found[0]
		found = found[1:]
		return pushAll(L, captures(subject, m, true))
	}))
	return 1
}

// captures are what a match captured; with whole, a match without captures is
// its own.
func captures(subject string, m *pm.MatchData, whole bool) []lua.LValue {
	if m.CaptureLength() == 2 && whole {
		return []lua.LValue{lua.LString(subject[m.Capture(0):m.Capture(1)])}
	}
	var out []lua.LValue
	for i := 2; i < m.CaptureLength(); i += 2 {
		if m.IsPosCapture(i) {
			out = append(out, lua.LNumber(m.Capture(i)))
		} else {
			out = append(out, lua.LString(subject[m.Capture(i):m.Capture(i+1)]))
		}
	}
	return out
}

func pushAll(L *lua.LState, values []lua.LValue) int {
	for _, v := range values {
		L.Push(v)
	}
	return len(values)
}

// stringGsub is gsub(subject, pattern, replacement, limit).
func (s *State) stringGsub(L *lua.LState) int {
	subject, pattern := text(L, 1), text(L, 2)
	replace := s.replacer(L)
	limit := optInteger(L, 4, -1)
	if limit == 0 {
		L.Push(lua.LString(subject))
		L.Push(lua.LNumber(0))
		return 2
	}
	found := s.matches(L, subject, pattern, 0, max(limit, -1))
	var b strings.Builder
	at := 0
	for _, m := range found {
		whole := subject[m.Capture(0):m.Capture(1)]
		b.WriteString(subject[at:m.Capture(0)])
		b.WriteString(replaced(L, whole, replace(captures(subject, m, true), whole)))
		at = m.Capture(1)
		s.checkSize(L, b.Len())
	}
	b.WriteString(subject[at:])
	L.Push(lua.LString(b.String()))
	L.Push(lua.LNumber(len(found)))
	return 2
}

// replaced is the text of a replacement; nil and false keep the match.
func replaced(L *lua.LState, whole string, v lua.LValue) string {
	if !lua.LVAsBool(v) {
		return whole
	}
	t, ok := concatText(v)
	if !ok {
		L.RaiseError("invalid replacement value (a %s)", v.Type())
	}
	return t
}

// replacer is what the third argument of gsub does with the captures of a
// match.
func (s *State) replacer(L *lua.LState) func(captured []lua.LValue, whole string) lua.LValue {
	switch r := L.Get(3).(type) {
	case *lua.LTable:
		return func(captured []lua.LValue, _ string) lua.LValue { return L.GetTable(r, captured[0]) }
	case *lua.LFunction:
		return func(captured []lua.LValue, _ string) lua.LValue {
			L.Push(r)
			L.Call(pushAll(L, captured), 1)
			v := L.Get(-1)
			L.Pop(1)
			return v
		}
	case lua.LString, lua.LNumber:
		template := text(L, 3)
		return func(captured []lua.LValue, whole string) lua.LValue {
			return lua.LString(fillTemplate(L, template, captured, whole))
		}
	}
	L.ArgError(3, "string/function/table expected, got "+L.Get(3).Type().String())
	return nil
}

// fillTemplate puts captures in the places of %0 to %9.
func fillTemplate(L *lua.LState, template string, captured []lua.LValue, whole string) string {
	if !strings.Contains(template, "%") {
		return template
	}
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		c := template[i]
		if c != '%' || i+1 == len(template) {
			b.WriteByte(c)
			continue
		}
		i++
		switch n := int(template[i]) - '0'; {
		case n < 0 || n > 9:
			b.WriteByte(template[i])
		case n == 0:
			b.WriteString(whole)
		case n > len(captured):
			L.RaiseError("invalid capture index %%%d in the replacement", n)
		default:
			t, _ := concatText(captured[n-1])
			b.WriteString(t)
		}
	}
	return b.String()
}
