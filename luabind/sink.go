package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// sinkTable is etl.sink, which gives a table of functions back for stream:sink(...).
// The stream's method checks all of it; only what cannot be meant is refused here.
func (l *loading) sinkTable(L *lua.LState) int {
	at := callSite(L, "sink")
	t, ok := L.Get(1).(*lua.LTable)
	if _, isStream := toStream(L.Get(1)); isStream {
		vm.Raise(L, diag.Errorf("argument.type", at.Arg(0).Pos, "etl.sink takes functions, not a stream").
			WithHint("write stream:sink { write = function(row) ... end }"))
	}
	if !ok || L.GetTop() > 1 {
		vm.Raise(L, diag.Errorf("argument.type", at.Arg(0).Pos, "etl.sink takes one table of functions, not %s", value.Describe(L.Get(1))).
			WithHint("etl.sink { write = function(row) ... end }"))
	}
	L.Push(t)
	return 1
}
