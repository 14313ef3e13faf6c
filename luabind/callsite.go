package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// callSite is the call, as the text shows it, by which the running Go function
// was called under that name.
func callSite(L *lua.LState, name string) syntax.Site {
	pos := vm.Where(L)
	if c := vm.StateOf(L).Chunk(pos.File); c != nil {
		return c.SiteAt(pos, name)
	}
	return syntax.Site{Pos: pos}
}
