package etllib

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

func newSet(c call) int {
	b := newBox[struct{}](c, "set", 1)
	list := c.table(0)
	if list == nil {
		return c.give(c.lib.wrap(b, b.kind))
	}
	at := lua.LNumber(1)
	for k, v := list.Next(lua.LNil); k != lua.LNil; k, v = list.Next(k) {
		if k != at {
			c.refuse(0, "a list expected, got a table with the key %s; options come second", value.PlainText(k))
		}
		c.spend(bytesPerInstruction)
		b.place(c, v, 0)
		at++
	}
	return c.give(c.lib.wrap(b, b.kind))
}

func setMethods() []Method {
	return slices.Concat([]Method{{
		Of: "set", Name: "add", Params: []Param{{Name: "value", Takes: Any}}, Changes: true, Kind: record.Bool, Gives: "boolean",
		Doc: "Adds a value and tells whether it is new.",
		run: func(c call) int {
			_, fresh := self[struct{}](c).place(c, c.arg(0), 0)
			return c.giveBool(fresh)
		},
	}}, common[struct{}]("set", "value"))
}
