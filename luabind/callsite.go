package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// callTracker hands out the calls of a load in the order in which they happen.
type callTracker struct {
	calls  map[callKey]int         // how often each was met
	depths map[*syntax.Chunk][]int // how many functions each token stands in
}

type callKey struct {
	file, name string
	line       int
}

func newCallTracker() *callTracker {
	return &callTracker{calls: map[callKey]int{}, depths: map[*syntax.Chunk][]int{}}
}

// find is the place where the running Go function was called by that name.
// Where several calls of the name stand on one line, they take turns.
func (s *callTracker) find(L *lua.LState, name string) syntax.Site {
	pos := vm.Where(L)
	c := vm.StateOf(L).Chunk(pos.File)
	if c == nil {
		return syntax.Site{Pos: pos}
	}
	found := s.running(L, c, c.CallSites(pos.Line, name))
	if len(found) == 0 {
		return syntax.Site{Pos: pos}
	}
	key := callKey{file: pos.File, name: name, line: pos.Line}
	n := s.calls[key]
	s.calls[key]++
	return found[n%len(found)]
}

// running leaves the calls out that stand in another function than the one
// that runs, as far as their nesting tells; a function written among the
// arguments of a call runs later.
func (s *callTracker) running(L *lua.LState, c *syntax.Chunk, sites []syntax.Site) []syntax.Site {
	if len(sites) < 2 {
		return sites
	}
	if s.depths[c] == nil {
		s.depths[c] = c.FunctionDepths()
	}
	depth := c.DepthOf(runningProto(L))
	return slices.DeleteFunc(sites, func(x syntax.Site) bool { return s.depths[c][x.Last] != depth })
}

// runningProto is the innermost Lua function that runs, nil if none does.
func runningProto(L *lua.LState) *lua.FunctionProto {
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return nil
		}
		// A frame always has a function.
		fn, _ := L.GetInfo("f", frame, lua.LNil)
		if f, ok := fn.(*lua.LFunction); ok && !f.IsG {
			return f.Proto
		}
	}
}

// mention is the place where the name stands behind one of the separators on
// the line that runs; the line where it does not, since a name may be computed.
func mention(L *lua.LState, name string, separators ...int) diag.Pos {
	pos := vm.Where(L)
	c := vm.StateOf(L).Chunk(pos.File)
	if c == nil {
		return pos
	}
	for _, separator := range separators {
		for _, i := range c.Named(pos.Line, name) {
			if i > 0 && c.Tokens[i-1].Typ == separator {
				return c.PosOf(i, i)
			}
		}
	}
	return pos
}
