package luabind

import (
	"github.com/etlscript/etlscript/engine/diag"
)

// nodeIndex tells what stands on which line.
type nodeIndex struct{}

// clarify says a message of gopher-lua in the words of Lua.
func clarify(c *chunk, line int, message string) string { return message }

// pinpoint adds the column of what the message names, where that is plain.
func (c *chunk) pinpoint(pos diag.Pos, message string) diag.Pos { return pos }
