package rowfunc

import (
	"hash/fnv"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/vm"
)

// dice keys math.random by the run's seed, the node, and the place of the row
// in its source, so that a row gets the same numbers in any worker and in any
// repetition, and no two rows get the same. Only rows that nobody numbered are
// keyed by their place in the batch.
type dice struct {
	state  *vm.State
	seed   uint64 // of the run and the node
	source *record.Source
	salt   uint64 // of the source
}

func newDice(s *vm.State, use expr.Use) *dice {
	return &dice{state: s, seed: use.Fixed.Seed ^ hashText(use.Node)}
}

// roll prepares the numbers of a row.
func (d *dice) roll(lineage record.Lineage, i int) {
	o := lineage.At(i)
	if o.Source == nil && o.Row == 0 {
		o.Row = int64(i)
	}
	if o.Source != d.source {
		d.source, d.salt = o.Source, 0
		if o.Source != nil {
			d.salt = hashText(o.Source.Name)
		}
	}
	d.state.Randomize(d.seed, d.salt^uint64(o.Row)^o.Part)
}

func hashText(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash takes everything
	return h.Sum64()
}
