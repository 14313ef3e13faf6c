package etllib

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Method is a method of a container.
type Method struct {
	// Of is the kind of the container: "set", "map" or "counter".
	Of     string
	Name   string
	Params []Param
	// Changes is whether the method changes the container.
	Changes bool
	// Kind is the kind of its result; Null when that differs from call to call.
	Kind  record.Kind
	Gives string
	Doc   string

	run func(c call) int
}

// Signature is how the method is called: "set:add(value)".
func (m Method) Signature() string { return m.Of + ":" + m.Name + parameters(m.Params) }

// Methods are the methods of all containers, in the order of the reference.
func Methods() []Method {
	return slices.Concat(setMethods(), mapMethods(), counterMethods())
}

// Container is a set, map or counter of a script. It holds texts, numbers and
// the like, no tables and no functions.
type Container interface {
	// Kind is "set", "map" or "counter".
	Kind() string
	// HoldsOwn reports whether it may hold values of types that Lua lacks.
	HoldsOwn() bool
	// CopyTo makes a copy for another state, which scripts can change there if
	// it is writable. Both share their memory until then; the first must not
	// change any more.
	CopyTo(s *vm.State, writable bool) *lua.LUserData
}

// ContainerOf is the container that a value is, if it is one.
func ContainerOf(v lua.LValue) (Container, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	c, ok := ud.Value.(Container)
	return c, ok
}

// Changes reports whether some container has a method of that name that changes
// it.
func Changes(method string) bool {
	return slices.ContainsFunc(Methods(), func(m Method) bool { return m.Name == method && m.Changes })
}

// LookupMethod finds a method of a kind of container.
func LookupMethod(kind, name string) (Method, bool) {
	for _, m := range Methods() {
		if m.Of == kind && m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}

// box is a container with values of type V.
type box[V any] struct {
	kind   string
	limit  int  // of keys
	own    bool // it may hold values of our own types
	shared bool // the table belongs to another box as well
	fixed  bool // it must not change
	table  *table[V]
}

var (
	_ Container = (*box[struct{}])(nil)
	_ Container = (*box[lua.LValue])(nil)
	_ Container = (*box[int64])(nil)
)

// Kind implements Container.
func (b *box[V]) Kind() string { return b.kind }

// kindOf is the kind of container that a value is, "" if it is none.
func kindOf(v lua.LValue) string {
	if c, ok := ContainerOf(v); ok {
		return c.Kind()
	}
	return ""
}

// described names a value for messages.
func described(v lua.LValue) string {
	if c, ok := ContainerOf(v); ok {
		return "a " + c.Kind()
	}
	return value.Describe(v)
}

// HoldsOwn implements Container.
func (b *box[V]) HoldsOwn() bool { return b.own }

// CopyTo implements Container.
func (b *box[V]) CopyTo(s *vm.State, writable bool) *lua.LUserData {
	c := *b
	c.shared, c.fixed = true, !writable
	return libraryOf(s).wrap(&c, b.kind)
}

// written is the table for a change of it.
func (b *box[V]) written(c call) *table[V] {
	if b.fixed {
		vm.Raise(c.L, diag.Errorf("container.fixed", diag.Pos{}, "the %s cannot change here, since the text does not show which %s it is", b.kind, b.kind).
			WithHint("call the method with a colon on the captured variable: %s:%s(...)", "name", strings.TrimPrefix(c.name, b.kind+":")))
	}
	if b.shared {
		vm.Spend(c.L, int64(len(b.table.kinds)))
		b.table, b.shared = b.table.clone(), false
	}
	return b.table
}

// place is the place of the key in a parameter, which is added unless it is
// there.
func (b *box[V]) place(c call, v lua.LValue, param int) (place int, fresh bool) {
	k := c.key(v, param)
	t := b.written(c)
	if place, _ = t.find(k); place >= 0 {
		return place, false
	}
	if t.live >= b.limit {
		vm.Raise(c.L, diag.Errorf("container.full", diag.Pos{}, "the %s is full: its limit is %d", b.kind, b.limit))
	}
	b.note(v)
	return t.add(k)
}

// note keeps in mind that a value of our own types came in.
func (b *box[V]) note(v lua.LValue) {
	_, own := value.Record(v)
	b.own = b.own || own
}

// key is the value of a parameter as a key.
func (c call) key(v lua.LValue, param int) key {
	if text, isText := v.(lua.LString); isText {
		c.spend(len(text))
	}
	k, ok := keyOf(v)
	if !ok {
		c.refuse(param, "strings, numbers, booleans and dates can be keys, not %s", described(v))
	}
	return k
}

// self is the container that a method was called on.
func self[V any](c call) *box[V] { return c.L.Get(1).(*lua.LUserData).Value.(*box[V]) }

// newBox makes a container; the options are in argument i.
func newBox[V any](c call, kind string, i int) *box[V] {
	b := &box[V]{kind: kind, limit: math.MaxUint32 - 1, table: newTable[V]()}
	t := c.table(i)
	if t == nil {
		return b
	}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if k != lua.LString("limit") {
			c.refuse(i, "there is no option %s; the only one is limit", value.PlainText(k))
		}
		n, ok := v.(lua.LNumber)
		if !ok || !Whole.holds(n) || n < 1 || n > lua.LNumber(b.limit) {
			c.refuse(i, "limit is a number of keys, not %s", value.Describe(v))
		}
		b.limit = int(n)
	}
	return b
}

// containerEntries are the functions that make containers.
func containerEntries() []Entry {
	options := Param{Name: "options", Takes: Table, Optional: true}
	doc := " The option limit bounds the number of keys."
	return []Entry{
		{
			Name: "set", Params: []Param{{Name: "list", Takes: Table, Optional: true}, options}, Pure: true, Gives: "set", run: newSet,
			Doc:     "A set of values, at first those of the list." + doc,
			Example: `etl.set({ "a", "b" }):has("b")`,
		},
		{
			Name: "map", Params: []Param{{Name: "entries", Takes: Table, Optional: true}, options}, Pure: true, Gives: "map", run: newMap,
			Doc:     "A map from keys to values, at first those of the table." + doc,
			Example: `etl.map({ DE = "Germany" }):get("DE") == "Germany"`,
		},
		{
			Name: "counter", Params: []Param{options}, Pure: true, Gives: "counter",
			Doc:     "A counter of keys, all at 0." + doc,
			Example: `#etl.counter() == 0`,
			run:     func(c call) int { return c.give(c.lib.wrap(newBox[int64](c, "counter", 0), "counter")) },
		},
	}
}

// shown is tostring of a container.
func (b *box[V]) shown() string { return b.kind + " of " + strconv.Itoa(b.table.live) }

// common are the methods that all containers have.
func common[V any](kind, item string) []Method {
	key := []Param{{Name: "key", Takes: Any}}
	return []Method{
		{
			Of: kind, Name: "has", Params: key, Kind: record.Bool, Gives: "boolean", Doc: fmt.Sprintf("Whether the %s is there.", item),
			run: func(c call) int {
				place, _ := self[V](c).table.find(c.key(c.arg(0), 0))
				return c.giveBool(place >= 0)
			},
		},
		{
			Of: kind, Name: "remove", Params: key, Changes: true, Kind: record.Bool, Gives: "boolean",
			Doc: fmt.Sprintf("Removes the %s and tells whether it was there.", item),
			run: func(c call) int { return c.giveBool(self[V](c).written(c).remove(c.key(c.arg(0), 0))) },
		},
		{
			Of: kind, Name: "len", Kind: record.Int, Gives: "number", Doc: "How many there are, as # tells as well.",
			run: func(c call) int { return c.giveInt(self[V](c).table.live) },
		},
		{
			Of: kind, Name: "each", Gives: "iterator", run: each[V],
			Doc: "Walks all in the order in which they came, as pairs does as well. What is added meanwhile may be met or not.",
		},
	}
}

// gapsPerInstruction is how many removed entries are passed in the time of about
// one instruction.
const gapsPerInstruction = 32

// each gives an iterator over keys and values.
func each[V any](c call) int {
	b := self[V](c)
	place, moves := 0, b.table.moves
	return c.give(c.lib.state.Bind("each", func(L *lua.LState) int {
		t := b.table
		if t.moves != moves {
			L.RaiseError("so many were removed and added while the %s was walked that their order is lost", b.kind)
		}
		from := place
		if place = t.next(place); place < 0 {
			place = len(t.kinds)
		}
		vm.Spend(L, 1+int64(place-from)/gapsPerInstruction)
		if place == len(t.kinds) {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(t.key(place).lua())
		L.Push(asLua(t.values[place]))
		place++
		return 2
	}))
}

// asLua is the value behind a key as scripts see it.
func asLua(v any) lua.LValue {
	switch x := v.(type) {
	case lua.LValue:
		return x
	case int64:
		return lua.LNumber(x)
	}
	return lua.LTrue
}
