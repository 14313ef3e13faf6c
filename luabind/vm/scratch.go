package vm

import lua "github.com/yuin/gopher-lua"

// scratch is memory in which texts are put together before they become strings.
type scratch struct{ idle []byte }

// maxScratch is how many bytes are kept for the next text.
const maxScratch = 64 << 10

// take is empty memory that nobody else uses. give hands it back.
func (s *scratch) take() []byte {
	idle := s.idle
	s.idle = nil
	return idle[:0]
}

func (s *scratch) give(b []byte) {
	if cap(b) <= maxScratch {
		s.idle = b
	}
}

// push returns a text to the script and hands its memory back.
func (s *scratch) push(L *lua.LState, b []byte) int {
	L.Push(lua.LString(b))
	s.give(b)
	return 1
}
