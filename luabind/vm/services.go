package vm

import (
	"math/rand/v2"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// MaxText is how many bytes a text has at most that a function of a library
// makes.
const MaxText = maxText

// Spend counts n instructions for work that a Go function does by itself. It
// raises when the budget is used up or the run was cancelled.
func Spend(L *lua.LState, n int64) {
	if s := StateOf(L); s != nil {
		s.meter.spend(L, n)
	}
}

// CheckSize raises when a text of that many bytes is too long to be made, and
// counts the work of making it.
func CheckSize(L *lua.LState, size int) {
	if s := StateOf(L); s != nil {
		s.checkSize(L, size)
	}
}

// Random is the source of math.random.
func (s *State) Random() *rand.Rand { return s.random.source() }

// Now is the time that the script sees, in UTC.
func (s *State) Now() time.Time { return s.now() }
