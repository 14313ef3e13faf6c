package vm

import "math/rand/v2"

// random is the source of math.random. It is keyed, so that the numbers that a
// row gets depend on nothing that happened before it.
type random struct {
	seed, key uint64
	stale     bool // they were set and not used yet
	pcg       *rand.PCG
	numbers   *rand.Rand
}

func newRandom() *random {
	pcg := rand.NewPCG(0, 0)
	return &random{pcg: pcg, numbers: rand.New(pcg)}
}

// begin starts a new sequence of numbers.
func (r *random) begin(seed, key uint64) { r.seed, r.key, r.stale = seed, key, true }

// source gives the next numbers of the sequence.
func (r *random) source() *rand.Rand {
	if r.stale {
		r.pcg.Seed(r.seed, r.key)
		r.stale = false
	}
	return r.numbers
}

// Randomize makes math.random begin a new sequence, which seed and key decide.
func (s *State) Randomize(seed, key uint64) { s.random.begin(seed, key) }
