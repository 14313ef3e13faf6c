package syntax

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// Incomplete reports whether a text that does not compile is only the beginning
// of one that may: it ends inside of a statement, a long text or a comment.
func Incomplete(d *diag.Diagnostic) bool {
	return d.Code == "lua.syntax" && slices.ContainsFunc([]string{
		"unexpected end of the file", "is not closed with ]]", "invalid multiline comment",
	}, func(message string) bool { return strings.HasSuffix(d.Message, message) })
}

// FinalReturn splits the text of a chunk before the return statement of its main
// code, which is its last one. final is "" when there is none.
func (c *Chunk) FinalReturn() (body, final string) {
	depth := 0
	for _, t := range c.Tokens {
		depth += nesting(t.Typ)
		if depth == 0 && t.Typ == parse.TReturn {
			at := c.offset(t)
			return c.text[:at], c.text[at:]
		}
	}
	return c.text, ""
}

// offset is where a token begins in the text.
func (c *Chunk) offset(t Token) int {
	at := 0
	for range t.line - 1 {
		at += strings.IndexByte(c.text[at:], '\n') + 1
	}
	return at + t.Col - 1
}

// Locals are the local variables of the main code, in the order of their
// declarations.
func (c *Chunk) Locals() []string {
	var out []string
	for _, s := range c.Stmts {
		if l, ok := s.(*ast.LocalAssignStmt); ok {
			out = append(out, l.Names...)
		}
	}
	return out
}
