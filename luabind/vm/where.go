package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// spot is a place as the virtual machine knows it: a file and what it takes for
// a line, which the file's chunk can tell an expression from.
type spot struct {
	chunk *syntax.Chunk // nil if the file is not known
	file  string        // "" for no place
	line  int
}

func (p spot) pos() diag.Pos {
	if p.chunk != nil {
		return p.chunk.At(p.line)
	}
	return diag.Pos{File: p.file, Line: p.line}
}

// spot makes a place of what the virtual machine tells.
func (s *State) spot(file string, line int) spot {
	return spot{chunk: s.Chunk(file), file: file, line: line}
}

// Where is the place in the script that runs: the call, operator or name that
// is at work.
func Where(L *lua.LState) diag.Pos {
	if s := StateOf(L); s != nil {
		return s.here(L).pos()
	}
	return diag.Pos{}
}

// here is the innermost place in a script, on this thread or one that waits
// for it.
func (s *State) here(L *lua.LState) spot {
	for thread := L; thread != nil; thread = thread.Parent {
		if file, line, ok := lineOn(thread); ok {
			return s.spot(file, line)
		}
	}
	for i := len(s.outer) - 1; i >= 0; i-- {
		if file, line, ok := lineOn(s.outer[i]); ok {
			return s.spot(file, line)
		}
	}
	return spot{}
}

// lineOn is the line of the innermost Lua function of a thread.
func lineOn(L *lua.LState) (file string, line int, ok bool) {
	for level := 0; level <= maxCalls; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			break
		}
		// GetInfo fails for values that are no function only.
		_, _ = L.GetInfo("Sl", frame, lua.LNil)
		if frame.Source != "" && frame.CurrentLine > 0 {
			return frame.Source, frame.CurrentLine, true
		}
	}
	return "", 0, false
}

// blameHere names what the picker picks of the expression that runs, as messages
// end, and keeps it for the diagnostic of the error that is about to be raised.
func (s *State) blameHere(L *lua.LState, pick syntax.Picker) string {
	at := s.here(L)
	if at.chunk == nil {
		return ""
	}
	b := at.chunk.Blame(at.line, pick)
	s.blame = blame{at: at, what: b}
	return b.String()
}

// blame is what an error that was just raised is to be blamed on.
type blame struct {
	at   spot
	what syntax.Blamed
}
