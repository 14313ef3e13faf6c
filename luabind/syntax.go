package luabind

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// scanProblem is the diagnostic of text that is no token.
func scanProblem(c *chunk, err error) *diag.Diagnostic {
	return parseProblem(c, err)
}

// parseProblem is the diagnostic of tokens that are no script.
func parseProblem(c *chunk, err error) *diag.Diagnostic {
	var p *parse.Error
	if !errors.As(err, &p) {
		return diag.Errorf("lua.syntax", diag.Pos{File: c.name}, "%w", err)
	}
	pos := diag.Pos{File: c.name, Line: p.Pos.Line, Col: p.Pos.Column}
	if p.Pos.Line == parse.EOF {
		pos.Line, pos.Col = strings.Count(c.text, "\n")+1, 0
	}
	return diag.Errorf("lua.syntax", pos, "%s near %q", p.Message, p.Token)
}

// compileProblem is the diagnostic of a script that does not compile.
func compileProblem(c *chunk, err error) *diag.Diagnostic {
	pos := diag.Pos{File: c.name}
	message := err.Error()
	var e *lua.CompileError
	if errors.As(err, &e) {
		pos.Line, message = e.Line, e.Message
	}
	return diag.Errorf("lua.syntax", pos, "%s", message)
}
