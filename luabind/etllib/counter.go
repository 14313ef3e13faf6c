package etllib

import (
	"cmp"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

func counterMethods() []Method {
	key := Param{Name: "key", Takes: Any}
	return slices.Concat([]Method{
		{
			Of: "counter", Name: "add", Params: []Param{key, {Name: "n", Takes: Whole, Optional: true}}, Changes: true, Gives: "nothing",
			Doc: "Adds n, 1 by default, to the count of the key.", run: counterAdd,
		},
		{
			Of: "counter", Name: "get", Params: []Param{key}, Kind: record.Int, Gives: "number",
			Doc: "The count of the key, 0 if it was never added.", run: counterGet,
		},
		{Of: "counter", Name: "total", Kind: record.Int, Gives: "number", Doc: "The sum of all counts.", run: counterTotal},
		{
			Of: "counter", Name: "top", Params: []Param{{Name: "n", Takes: Whole}}, Gives: "list of { key =, count = }",
			Doc: "The n keys with the highest counts; of equals, the ones that came first.", run: counterTop,
		},
	}, common[int64]("counter", "key"))
}

func counterAdd(c call) int {
	place, _ := self[int64](c).place(c, c.arg(0), 0)
	counts := self[int64](c).table.values
	counts[place] = c.sum(counts[place], int64(c.whole(1, 1)))
	return 0
}

// sum is a sum of counts. Beyond 2^53 it would not be exact in a script.
func (c call) sum(a, b int64) int64 {
	sum := a + b
	if sum >= value.ExactLimit || sum <= -value.ExactLimit {
		vm.Raise(c.L, diag.Errorf("int64.overflow", diag.Pos{}, "the count is beyond 2^53"))
	}
	return sum
}

func counterGet(c call) int {
	t := self[int64](c).table
	if place, _ := t.find(c.key(c.arg(0), 0)); place >= 0 {
		return c.giveInt(int(t.values[place]))
	}
	return c.giveInt(0)
}

func counterTotal(c call) int {
	t := self[int64](c).table
	vm.Spend(c.L, int64(len(t.kinds))/bytesPerInstruction)
	total := int64(0)
	for place := t.next(0); place >= 0; place = t.next(place + 1) {
		total = c.sum(total, t.values[place])
	}
	return c.giveInt(int(total))
}

func counterTop(c call) int {
	t := self[int64](c).table
	vm.Spend(c.L, int64(len(t.kinds)))
	places := make([]int, 0, t.live)
	for place := t.next(0); place >= 0; place = t.next(place + 1) {
		places = append(places, place)
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(t.values[b], t.values[a]) })
	out := c.L.NewTable()
	for _, place := range places[:min(len(places), max(0, c.whole(0, 0)))] {
		row := c.L.NewTable()
		row.RawSetString("key", t.key(place).lua())
		row.RawSetString("count", lua.LNumber(t.values[place]))
		out.Append(row)
	}
	return c.give(out)
}
