package luabind

import "math/rand/v2"

func (s *state) openMath() { s.setLibrary("math", nil) }

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
