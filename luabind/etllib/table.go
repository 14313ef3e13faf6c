package etllib

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// key is a value that a table finds again. Equal numbers are equal keys,
// however the script holds them: whole ones are ints or uints.
type key struct {
	record.Value
	plain bool // the script holds it as a plain number
}

// keyOf is a value as a key; ok is false for what cannot be one.
func keyOf(v lua.LValue) (k key, ok bool) {
	switch x := v.(type) {
	case lua.LString:
		return key{Value: record.StringValue(string(x))}, true
	case lua.LBool:
		return key{Value: record.BoolValue(bool(x))}, true
	case lua.LNumber:
		return key{Value: canonicalFloat(float64(x)), plain: true}, x == x
	}
	own, ok := value.Record(v)
	switch own.Kind() {
	case record.Uint:
		own = canonicalUint(own.Uint())
	case record.DecimalOf:
		own = canonicalDecimal(own)
	}
	return key{Value: own}, ok
}

// lua is the key as the script gave it, or as one that is equal.
func (k key) lua() lua.LValue {
	switch {
	case k.plain && k.Kind() == record.Int:
		return lua.LNumber(k.Int())
	case k.plain && k.Kind() == record.Uint:
		return lua.LNumber(k.Uint())
	}
	return value.ToLua(k.Value)
}

func canonicalFloat(f float64) record.Value {
	switch {
	case f != math.Trunc(f):
	case -(1<<63) <= f && f < 1<<63:
		return record.IntValue(int64(f))
	case 0 < f && f < 1<<64:
		return record.UintValue(uint64(f))
	}
	return record.FloatValue(f)
}

func canonicalUint(n uint64) record.Value {
	if n <= math.MaxInt64 {
		return record.IntValue(int64(n))
	}
	return record.UintValue(n)
}

func canonicalDecimal(v record.Value) record.Value {
	d := v.Decimal()
	if n, ok := d.Int64(); ok {
		return record.IntValue(n)
	}
	if n, ok := d.Uint64(); ok {
		return record.UintValue(n)
	}
	if f := record.FloatValue(d.Float64()); record.Compare(record.Any, v, f) == 0 {
		return f
	}
	return v
}

// table is a hash table that keeps the order in which the keys came. Keys and
// values stand in columns, one byte and one word a key beside its value, and
// the cells of the hash point into them. A removed key leaves a gap until the
// table grows.
type table[V any] struct {
	seed     maphash.Seed
	cells    []uint32      // open addressing: the place of a key, from 1; 0 is a free cell
	kinds    []record.Kind // Null is a gap; plainBit is set for plain numbers
	words    []uint64      // the bits of a key, or where it stands in texts or decimals
	texts    []string
	decimals []record.Decimal
	values   []V
	live     int
	moves    int // how often keys got other places
}

// plainBit tells plain numbers from values of our own types.
const plainBit record.Kind = 0x80

func newTable[V any]() *table[V] { return &table[V]{seed: maphash.MakeSeed()} }

// clone is a copy that may be changed by itself.
func (t *table[V]) clone() *table[V] {
	c := *t
	c.cells, c.kinds, c.words = slices.Clone(t.cells), slices.Clone(t.kinds), slices.Clone(t.words)
	c.texts, c.decimals, c.values = slices.Clone(t.texts), slices.Clone(t.decimals), slices.Clone(t.values)
	return &c
}

// bits are the word of a key that is neither a text nor a decimal.
func bits(k key) uint64 {
	switch k.Kind() {
	case record.Float:
		return math.Float64bits(k.Float())
	case record.Uint:
		return k.Uint()
	case record.Bool:
		if k.Bool() {
			return 1
		}
		return 0
	}
	return uint64(k.Int())
}

func (t *table[V]) hash(k key) uint64 {
	switch k.Kind() {
	case record.String:
		return maphash.String(t.seed, k.Str())
	case record.DecimalOf:
		return maphash.Comparable(t.seed, k.Decimal())
	}
	return maphash.Comparable(t.seed, bits(k)) ^ uint64(k.Kind())
}

// is reports whether a key stands in a place.
func (t *table[V]) is(place int, k key) bool {
	if t.kinds[place]&^plainBit != k.Kind() {
		return false
	}
	switch k.Kind() {
	case record.String:
		return t.texts[t.words[place]] == k.Str()
	case record.DecimalOf:
		return t.decimals[t.words[place]] == k.Decimal()
	}
	return t.words[place] == bits(k)
}

// find is the place of a key, -1 if it is not there, and the cell where the
// search ended.
func (t *table[V]) find(k key) (place int, cell uint64) {
	if len(t.cells) == 0 {
		return -1, 0
	}
	mask := uint64(len(t.cells) - 1)
	for cell = t.hash(k) & mask; t.cells[cell] != 0; cell = (cell + 1) & mask {
		if place = int(t.cells[cell] - 1); t.is(place, k) {
			return place, cell
		}
	}
	return -1, cell
}

// add is the place of a key, and whether it was not there before.
func (t *table[V]) add(k key) (place int, fresh bool) {
	place, cell := t.find(k)
	if place >= 0 {
		return place, false
	}
	if 4*(len(t.kinds)+1) > 3*len(t.cells) {
		t.rebuild()
		_, cell = t.find(k)
	}
	if k.Kind() == record.String {
		k.Value = record.StringValue(strings.Clone(k.Str())) // it may be a small part of a large text
	}
	t.put(k, cell)
	var none V
	t.values = append(t.values, none)
	t.live++
	return len(t.kinds) - 1, true
}

// put appends a key, to which a free cell points from now on.
func (t *table[V]) put(k key, cell uint64) {
	word := uint64(0)
	switch k.Kind() {
	case record.String:
		word = uint64(len(t.texts))
		t.texts = append(t.texts, k.Str())
	case record.DecimalOf:
		word = uint64(len(t.decimals))
		t.decimals = append(t.decimals, k.Decimal())
	default:
		word = bits(k)
	}
	kind := k.Kind()
	if k.plain {
		kind |= plainBit
	}
	t.kinds, t.words = append(t.kinds, kind), append(t.words, word)
	t.cells[cell] = uint32(len(t.kinds))
}

// rebuild makes room for as many keys again as there are and closes the gaps.
func (t *table[V]) rebuild() {
	old := *t
	size := 8
	for size < 2*t.live {
		size *= 2
	}
	if old.live == len(old.kinds) {
		size = max(size, 2*len(old.cells))
	}
	n := size - size/4
	t.cells, t.kinds, t.words = make([]uint32, size), make([]record.Kind, 0, n), make([]uint64, 0, n)
	t.texts, t.decimals, t.values = nil, nil, make([]V, 0, n)
	for place := range old.kinds {
		k := old.key(place)
		if k.IsNull() {
			continue
		}
		_, cell := t.find(k)
		t.put(k, cell)
		t.values = append(t.values, old.values[place])
	}
	if old.live < len(old.kinds) {
		t.moves++
	}
}

// key is the key in a place, NULL where one was removed.
func (t *table[V]) key(place int) key {
	kind, word := t.kinds[place], t.words[place]
	return key{Value: t.value(kind&^plainBit, word), plain: kind&plainBit != 0}
}

func (t *table[V]) value(kind record.Kind, word uint64) record.Value {
	switch kind {
	case record.Null:
		return record.Value{}
	case record.String:
		return record.StringValue(t.texts[word])
	case record.DecimalOf:
		return record.DecimalValue(t.decimals[word])
	case record.Int:
		return record.IntValue(int64(word))
	case record.Uint:
		return record.UintValue(word)
	case record.Float:
		return record.FloatValue(math.Float64frombits(word))
	case record.Bool:
		return record.BoolValue(word != 0)
	}
	return record.TemporalValue(kind, int64(word))
}

// remove frees a key and its value, and reports whether it was there. Its cell
// keeps pointing to the gap, so that a search goes on behind it.
func (t *table[V]) remove(k key) bool {
	place, _ := t.find(k)
	if place < 0 {
		return false
	}
	if k.Kind() == record.String {
		t.texts[t.words[place]] = ""
	}
	var none V
	t.kinds[place], t.values[place] = record.Null, none
	if t.live--; t.live == 0 {
		*t = table[V]{seed: t.seed, moves: t.moves}
	}
	return true
}

// next is the first place from a place on that has a key, -1 if there is none.
func (t *table[V]) next(place int) int {
	for ; place < len(t.kinds); place++ {
		if t.kinds[place] != record.Null {
			return place
		}
	}
	return -1
}
