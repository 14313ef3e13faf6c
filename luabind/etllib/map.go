package etllib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func newMap(c call) int {
	b := newBox[lua.LValue](c, "map", 1)
	if entries := c.table(0); entries != nil {
		for k, v := entries.Next(lua.LNil); k != lua.LNil; k, v = entries.Next(k) {
			c.spend(bytesPerInstruction)
			b.set(c, k, v, 0, 0)
		}
	}
	return c.give(c.lib.wrap(b, b.kind))
}

// set puts a value behind a key; both came in parameters, which messages name.
func (b *box[V]) set(c call, k, v lua.LValue, keyParam, valueParam int) {
	switch x := v.(type) {
	case lua.LString:
		c.spend(len(x))
		v = lua.LString(strings.Clone(string(x))) // it may be a small part of a large text
	case *lua.LTable, *lua.LUserData, *lua.LFunction, *lua.LState, lua.LChannel:
		c.refuse(valueParam, "a map holds strings, numbers, booleans and dates, not %s", described(v))
	}
	place, _ := b.place(c, k, keyParam)
	b.note(v)
	any(b.table.values).([]lua.LValue)[place] = v
}

func mapMethods() []Method {
	key := Param{Name: "key", Takes: Any}
	return slices.Concat([]Method{
		{
			Of: "map", Name: "get", Params: []Param{key, {Name: "default", Takes: Any, Optional: true}}, Gives: "value",
			Doc: "The value behind the key, or the default, nil if none is given.", run: mapGet,
		},
		{
			Of: "map", Name: "set", Params: []Param{key, {Name: "value", Takes: Any}}, Changes: true, Gives: "nothing",
			Doc: "Puts a string, number, boolean or date behind the key; remove takes it away.",
			run: func(c call) int {
				self[lua.LValue](c).set(c, c.arg(0), c.arg(1), 0, 1)
				return 0
			},
		},
	}, common[lua.LValue]("map", "key"))
}

func mapGet(c call) int {
	t := self[lua.LValue](c).table
	if place, _ := t.find(c.key(c.arg(0), 0)); place >= 0 {
		return c.give(t.values[place])
	}
	return c.give(c.arg(1))
}
