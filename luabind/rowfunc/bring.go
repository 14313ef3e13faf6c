package rowfunc

import (
	"slices"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// bringsOwn reports whether the loaded batch may bring values of our own, which
// the relational operators of the virtual machine do not know.
func (t *rowTable) bringsOwn() bool {
	return slices.ContainsFunc(t.slots, func(s slot) bool { return s.in >= 0 && bringsOwn(s.kind, s.vector) })
}

func bringsOwn(k record.Kind, v *record.Vector) bool {
	switch k {
	case record.String, record.Bytes, record.Float, record.Bool:
		return false
	case record.Int:
		return slices.ContainsFunc(v.Ints, func(n int64) bool { return n <= -value.ExactLimit || n >= value.ExactLimit })
	case record.Uint:
		return slices.ContainsFunc(v.Uints, func(n uint64) bool { return n >= value.ExactLimit })
	}
	return true
}
