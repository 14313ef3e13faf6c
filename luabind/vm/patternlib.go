package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/pattern"
)

// stepsPerInstruction is how many steps of the pattern matcher take about as
// long as an instruction.
const stepsPerInstruction = 8

// matcher finds patterns for the string functions of a state.
type matcher struct {
	patterns *pattern.Cache
	match    *pattern.Match // an idle one, so that a call needs no new one
	spend    func(steps int) error
}

func newMatcher(m *meter) *matcher {
	return &matcher{
		patterns: pattern.NewCache(),
		spend:    func(steps int) error { return m.charge(int64(steps/stepsPerInstruction) + 1) },
	}
}

// take is a match that nobody else uses. give hands it back.
func (m *matcher) take() *pattern.Match {
	if free := m.match; free != nil {
		m.match = nil
		return free
	}
	return &pattern.Match{}
}

func (m *matcher) give(free *pattern.Match) { m.match = free }

// compiled is argument i as a pattern.
func compiled(L *lua.LState, i int, compile func(string) (*pattern.Pattern, error)) *pattern.Pattern {
	wanted := text(L, i)
	Spend(L, int64(len(wanted)/readPerInstruction))
	p, err := compile(wanted)
	must(L, err)
	return p
}

// must raises an error, if it is one: a malformed pattern, the end of a budget.
func must(L *lua.LState, err error) {
	if err != nil {
		L.RaiseError("%s", err.Error())
	}
}

// startOf is the offset in s that the optional argument i asks for.
func startOf(L *lua.LState, s string, i int) int {
	at := optInteger(L, i, 1)
	if at < 0 {
		at += len(s) + 1
	}
	return min(max(at-1, 0), len(s))
}

func (s *State) stringFind(L *lua.LState) int {
	subject, wanted := text(L, 1), text(L, 2)
	offset := startOf(L, subject, 3)
	if lua.LVAsBool(L.Get(4)) || pattern.Plain(wanted) {
		return s.findPlain(L, subject, wanted, offset)
	}
	m := s.matcher.take()
	if !s.found(L, subject, offset, m) {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(m.Start + 1))
	L.Push(lua.LNumber(m.End))
	n := pushCaptures(L, m, false)
	s.matcher.give(m)
	return 2 + n
}

func (s *State) findPlain(L *lua.LState, subject, wanted string, offset int) int {
	s.meter.reading(L, len(subject)-offset+len(wanted))
	i := pattern.Index(subject[offset:], wanted)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(offset + i + 1))
	L.Push(lua.LNumber(offset + i + len(wanted)))
	return 2
}

func (s *State) stringMatch(L *lua.LState) int {
	subject := text(L, 1)
	m := s.matcher.take()
	if !s.found(L, subject, startOf(L, subject, 3), m) {
		L.Push(lua.LNil)
		return 1
	}
	n := pushCaptures(L, m, true)
	s.matcher.give(m)
	return n
}

// found finds the pattern that is argument 2. The match is idle again when
// there is none.
func (s *State) found(L *lua.LState, subject string, offset int, m *pattern.Match) bool {
	ok, err := compiled(L, 2, s.matcher.patterns.Compile).Find(subject, offset, m, s.matcher.spend)
	must(L, err)
	if !ok {
		s.matcher.give(m)
	}
	return ok
}

func (s *State) stringGmatch(L *lua.LState) int {
	subject := text(L, 1)
	p := compiled(L, 2, s.matcher.patterns.CompileGmatch)
	m := &pattern.Match{}
	scan := p.Scan(subject, m)
	L.Push(s.Bind("gmatch", func(L *lua.LState) int {
		ok, err := scan.Next(s.matcher.spend)
		must(L, err)
		if !ok {
			return 0
		}
		return pushCaptures(L, m, true)
	}))
	return 1
}

// pushCaptures pushes what a match captured; with whole, a match without
// captures is its own.
func pushCaptures(L *lua.LState, m *pattern.Match, whole bool) int {
	n := m.Captures()
	if n == 0 && whole {
		n = 1
	}
	for i := 1; i <= n; i++ {
		L.Push(capture(m, i))
	}
	return n
}

func capture(m *pattern.Match, i int) lua.LValue {
	text, position, isPosition := m.Capture(i)
	if isPosition {
		return lua.LNumber(position)
	}
	return lua.LString(text)
}

// stringGsub is gsub(subject, pattern, replacement, limit).
func (s *State) stringGsub(L *lua.LState) int {
	subject := text(L, 1)
	text(L, 2)
	limit := optInteger(L, 4, len(subject)+1)
	needsReplacement(L, 3)
	p := compiled(L, 2, s.matcher.patterns.Compile)
	replace := s.replacer(L, p)
	m := s.matcher.take()
	out := s.scratch.take()
	scan, at, n := p.Scan(subject, m), 0, 0
	for n < limit {
		ok, err := scan.Next(s.matcher.spend)
		must(L, err)
		if !ok {
			break
		}
		n++
		before := len(out)
		out = append(out, subject[at:m.Start]...)
		out = replace(out, m)
		s.meter.copying(L, len(out)-before)
		at = m.End
		if len(out) > maxText {
			s.checkSize(L, len(out))
		}
	}
	s.matcher.give(m)
	if n == 0 {
		L.Push(lua.LString(subject))
		s.scratch.give(out)
	} else {
		out = append(out, subject[at:]...)
		s.checkSize(L, len(out))
		s.scratch.push(L, out)
	}
	L.Push(lua.LNumber(n))
	return 2
}

// replacer is what the third argument of gsub puts in the place of a match.
func (s *State) replacer(L *lua.LState, p *pattern.Pattern) func(dst []byte, m *pattern.Match) []byte {
	switch r := L.Get(3).(type) {
	case *lua.LTable:
		return func(dst []byte, m *pattern.Match) []byte {
			return appendReplaced(L, dst, m, L.GetTable(r, capture(m, 1)))
		}
	case *lua.LFunction:
		return func(dst []byte, m *pattern.Match) []byte {
			L.Push(r)
			L.Call(pushCaptures(L, m, true), 1)
			v := L.Get(-1)
			L.Pop(1)
			return appendReplaced(L, dst, m, v)
		}
	}
	template := pattern.Replacement(text(L, 3))
	s.meter.copying(L, len(template))
	must(L, template.Check(p))
	return template.Append
}

// needsReplacement raises if argument i cannot be a replacement.
func needsReplacement(L *lua.LState, i int) {
	switch L.Get(i).(type) {
	case *lua.LTable, *lua.LFunction, lua.LString, lua.LNumber:
		return
	}
	L.ArgError(i, "string/function/table expected")
}

// appendReplaced appends the text of a replacement; nil and false keep the
// match.
func appendReplaced(L *lua.LState, dst []byte, m *pattern.Match, v lua.LValue) []byte {
	switch v := v.(type) {
	case lua.LString:
		return append(dst, v...)
	case lua.LNumber:
		return record.AppendFloat(dst, float64(v))
	}
	if lua.LVAsBool(v) {
		L.RaiseError("invalid replacement value (a %s)", v.Type())
	}
	whole, _, _ := m.Capture(0)
	return append(dst, whole...)
}
