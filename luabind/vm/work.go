package vm

import lua "github.com/yuin/gopher-lua"

// Go functions handle that many bytes in the time of about one instruction.
// Their work is counted before it is done, and so also when they fail.
const (
	copiedPerInstruction = 128 // moved, or searched for a byte
	readPerInstruction   = 16  // looked at one by one
)

// spendArguments counts the work of a function that looks at all its arguments,
// where they are many.
func spendArguments(L *lua.LState) {
	if n := L.GetTop(); n > fewArguments {
		Spend(L, int64(n))
	}
}

// fewArguments is how many arguments the call itself stands for.
const fewArguments = 8

// copying counts the work of moving so many bytes.
func (m *meter) copying(L *lua.LState, bytes int) {
	if bytes >= copiedPerInstruction {
		m.spend(L, int64(bytes/copiedPerInstruction))
	}
}

// reading counts the work of looking at so many bytes one by one.
func (m *meter) reading(L *lua.LState, bytes int) {
	if bytes >= readPerInstruction {
		m.spend(L, int64(bytes/readPerInstruction))
	}
}

// checkSize counts the work of making a text of that many bytes, and raises when
// it is too long to be made.
func (s *State) checkSize(L *lua.LState, size int) {
	s.meter.copying(L, min(size, maxText))
	if size > maxText {
		L.RaiseError("the text would be longer than %d MiB", maxText>>20)
	}
}
