package syntax

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
)

// syntaxProblem is the diagnostic of a text that the scanner or the parser
// refused. c.tokens are all tokens, or those before the place that is none.
func syntaxProblem(c *Chunk, err error) *diag.Diagnostic {
	var p *parse.Error
	if !errors.As(err, &p) {
		return diag.Errorf("lua.syntax", diag.Pos{File: c.Name}, "%w", err)
	}
	if strings.HasPrefix(p.Message, "Invalid") {
		return c.strangeSymbol(p.Pos)
	}
	i := c.offending(p.Pos)
	if p.Message != "syntax error" && p.Message != "parse error" && !strings.HasPrefix(p.Message, "ambiguous") {
		return c.tokenProblem(p)
	}
	d := diag.Errorf("lua.syntax", c.placeOf(i), "%s", c.syntaxMessage(p.Message, i))
	d.Hint = syntaxHint(c.Tokens, i)
	if d.Hint == "" {
		c.noteUnclosed(d, i)
	}
	return d
}

// offending is the index of the token at which the parser stopped; it gives
// the place of the token's last byte. len(c.tokens) is the end of the file.
func (c *Chunk) offending(at ast.Position) int {
	for i, t := range c.Tokens {
		if t.line == at.Line && t.Col <= at.Column && at.Column < t.End {
			return i
		}
	}
	return len(c.Tokens)
}

// placeOf is the place of token i, or the end of the text.
func (c *Chunk) placeOf(i int) diag.Pos {
	if i < len(c.Tokens) {
		return c.PosOf(i, i)
	}
	lines := strings.Split(strings.TrimRight(c.text, "\r\n"), "\n")
	return diag.Pos{File: c.Name, Line: len(lines), Col: len(lines[len(lines)-1]) + 1}
}

func (c *Chunk) syntaxMessage(message string, i int) string {
	near := "the end of the file"
	if i < len(c.Tokens) {
		near = fmt.Sprintf("%q", Abridged(c.Tokens[i].Str))
	}
	switch message {
	case "syntax error":
		return "unexpected " + strings.TrimPrefix(near, "the ")
	case "parse error":
		return "an expression alone is no statement; it stands before " + near
	}
	return message
}

// tokenProblem is the diagnostic of a string or number that does not end well.
// The scanner's own place is behind it.
func (c *Chunk) tokenProblem(p *parse.Error) *diag.Diagnostic {
	pos := c.nextStart()
	switch p.Message {
	case "unterminated string":
		return diag.Errorf("lua.syntax", pos, "a string is not closed on its line").
			WithHint("close it with the same quote, or write [[...]] for text of several lines")
	case "unterminated multiline string":
		return diag.Errorf("lua.syntax", pos, "a text that began with [[ or --[[ is not closed with ]]")
	case "illegal hexadecimal number":
		return malformedNumber(pos, p.Token)
	}
	return diag.Errorf("lua.syntax", pos, "%s", p.Message)
}

func malformedNumber(pos diag.Pos, text string) *diag.Diagnostic {
	return diag.Errorf("lua.syntax", pos, "malformed number near %q", Abridged(text)).
		WithHint("numbers are written as in 12, 0.5, 1e6 or 0xff")
}

// nextStart is where the token behind the last of c.tokens begins.
func (c *Chunk) nextStart() diag.Pos {
	pos := diag.Pos{File: c.Name, Line: 1, Col: 1}
	if n := len(c.Tokens); n > 0 {
		pos.Line, pos.Col = c.Tokens[n-1].line, c.Tokens[n-1].End
	}
	lines := strings.Split(c.source(), "\n")
	for ; pos.Line <= len(lines); pos.Line, pos.Col = pos.Line+1, 1 {
		line := lines[pos.Line-1]
		rest := strings.TrimLeft(line[min(pos.Col-1, len(line)):], value.Blanks)
		if rest != "" && (!strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "--[")) {
			pos.Col = len(line) - len(rest) + 1
			return pos
		}
	}
	return c.placeOf(len(c.Tokens))
}

// strangeSymbol is the diagnostic of a character that begins no token.
func (c *Chunk) strangeSymbol(at ast.Position) *diag.Diagnostic {
	pos := diag.Pos{File: c.Name, Line: at.Line, Col: at.Column}
	symbol := '\uFFFD'
	if lines := strings.Split(c.text, "\n"); at.Line >= 1 && at.Line <= len(lines) {
		if line := lines[at.Line-1]; at.Column >= 1 && at.Column <= len(line) {
			var size int
			symbol, size = utf8.DecodeRuneInString(line[at.Column-1:])
			pos.End = pos.Col + size
		}
	}
	d := diag.Errorf("lua.syntax", pos, "unexpected symbol %q", string(symbol))
	switch symbol {
	case '!', '~':
		d.Hint = "write ~= for not equal, and not for the opposite"
	case '&':
		d.Hint = "write and"
	case '|':
		d.Hint = "write or"
	case '“', '”', '„', '‘', '’':
		d.Hint = `write strings in straight quotes, "..."`
	case '?':
		d.Hint = "Lua has no ?: ; write if, or condition and a or b"
	}
	return d
}

// syntaxHint is the mend of a common mistake before or at token i.
func syntaxHint(tokens []Token, i int) string {
	at, before, next := tokenAt(tokens, i), tokenAt(tokens, i-1), tokenAt(tokens, i+1)
	adjacent := at.line == next.line && at.End == next.Col
	switch {
	case next.Is("=") && adjacent && isOperator(at):
		return fmt.Sprintf("Lua has no %s=; write x = x %s ...", at.Str, at.Str)
	case at.Is("+") && next.Is("+") && adjacent:
		return "Lua has no ++; write x = x + 1"
	case before.Is("continue"):
		return "Lua has no continue; put the rest of the loop into an if"
	case before.Is("elif"), before.Is("elsif"):
		return "write elseif"
	case at.Is("local") && before.Is("function"):
		return "write local function name(...)"
	case at.Is("=") && inCondition(tokens, i):
		return "write == to compare"
	case insideBracket(tokens, i, '{') && (before.Is(":") || tokenAt(tokens, i-2).Is(":")):
		return "write name = value in a table"
	}
	return missingWord(tokens, i, at, before)
}

// tokenAt is token i; one that is nothing where there is none.
func tokenAt(tokens []Token, i int) Token {
	if i < 0 || i >= len(tokens) {
		return Token{}
	}
	return tokens[i]
}

func isOperator(t Token) bool {
	switch t.Typ {
	case '+', '-', '*', '/', '%', '^', parse.T2Comma:
		return true
	}
	return false
}

// missingWord finds a missing then, do or comma before token i.
func missingWord(tokens []Token, i int, at, before Token) string {
	if word := openHead(tokens[:i]); word != "" && at.line != before.line {
		line := tokens[lastHead(tokens[:i])].line
		return fmt.Sprintf("%s is missing behind the condition of line %d", word, line)
	}
	if endsValue(before) && beginsValue(at) && (insideBracket(tokens, i, '{') || insideBracket(tokens, i, '(')) {
		return fmt.Sprintf("is a comma missing before %q?", Abridged(at.Str))
	}
	return ""
}

func endsValue(t Token) bool {
	switch t.Typ {
	case parse.TIdent, parse.TString, parse.TNumber, parse.TTrue, parse.TFalse, parse.TNil, parse.TEnd, ')', '}', ']':
		return true
	}
	return false
}

func beginsValue(t Token) bool {
	switch t.Typ {
	case parse.TIdent, parse.TString, parse.TNumber, parse.TTrue, parse.TFalse, parse.TNil, parse.TFunction, '{':
		return true
	}
	return false
}

// inCondition reports whether token i stands between if and then, or the like.
func inCondition(tokens []Token, i int) bool { return openHead(tokens[:i]) != "" }

// openHead is the word that a condition at the end of the tokens waits for.
func openHead(tokens []Token) string {
	if i := lastHead(tokens); i >= 0 {
		if tokens[i].Typ == parse.TWhile {
			return "do"
		}
		return "then"
	}
	return ""
}

// lastHead is the index of the if, elseif or while whose condition is open at
// the end of the tokens, or -1.
func lastHead(tokens []Token) int {
	depth := 0
	for i := len(tokens) - 1; i >= 0; i-- {
		switch tokens[i].Typ {
		case parse.TThen, parse.TDo, parse.TEnd, parse.TReturn, parse.TLocal, parse.TFunction, parse.TElse:
			return -1
		case ')', '}', ']':
			depth++
		case '(', '{', '[':
			depth--
		case parse.TIf, parse.TElseIf, parse.TWhile:
			if depth == 0 {
				return i
			}
			return -1
		}
	}
	return -1
}

// insideBracket reports whether the innermost thing open before token i is the
// given bracket.
func insideBracket(tokens []Token, i, bracket int) bool {
	open := unclosed(tokens[:min(i, len(tokens))])
	return len(open) > 0 && tokens[open[len(open)-1]].Typ == bracket
}

// unclosed are the indexes of the tokens that open brackets and blocks which
// nothing closes, outermost first.
func unclosed(tokens []Token) []int {
	var open []int
	for i, t := range tokens {
		switch n := nesting(t.Typ); {
		case n > 0:
			open = append(open, i)
		case n < 0 && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	return open
}

// noteUnclosed adds where the block or bracket was opened that the problem at
// token i comes from: the file ends, or something else is closed.
func (c *Chunk) noteUnclosed(d *diag.Diagnostic, i int) {
	atEnd := i == len(c.Tokens)
	if !atEnd && nesting(c.Tokens[i].Typ) >= 0 {
		return
	}
	open := unclosed(c.Tokens[:i])
	if len(open) == 0 && atEnd {
		return
	}
	if len(open) == 0 {
		d.Hint = fmt.Sprintf("there is one %q too many here, or a block was closed too early", c.Tokens[i].Str)
		return
	}
	opener := open[len(open)-1]
	if atEnd {
		if suspect, ok := misindented(c.Tokens); ok {
			opener = suspect
		}
	}
	if atEnd && c.Tokens[opener].Typ == parse.TIf {
		opener = elseIf(c.Tokens, opener)
	}
	t := c.Tokens[opener]
	d.WithNote(c.PosOf(opener, opener), "%q is opened here and not closed", t.Str)
	d.Hint = fmt.Sprintf("add %q", closer(t.Typ))
	if opener > 0 && t.Typ == parse.TIf && c.Tokens[opener-1].Is("else") {
		d.Hint = "write elseif as one word, or add another end"
	}
}

// elseIf is the if of the first "else if" on one line behind the if at i, or i
// where there is none.
func elseIf(tokens []Token, i int) int {
	for j := i + 1; j < len(tokens); j++ {
		if tokens[j].Typ == parse.TIf && tokens[j-1].Typ == parse.TElse && tokens[j].line == tokens[j-1].line {
			return j
		}
	}
	return i
}

func closer(opener int) string {
	switch opener {
	case '(':
		return ")"
	case '{':
		return "}"
	case '[':
		return "]"
	case parse.TRepeat:
		return "until"
	}
	return "end"
}

// misindented finds the first block whose end stands further left than the
// line that opens it: most probably that block lacks its end.
func misindented(tokens []Token) (opener int, ok bool) {
	var open []int
	indent := map[int]int{} // of each line
	for i, t := range tokens {
		if _, seen := indent[t.line]; !seen {
			indent[t.line] = t.Col
		}
		switch n := nesting(t.Typ); {
		case n > 0:
			open = append(open, i)
		case n < 0 && len(open) > 0:
			last := open[len(open)-1]
			open = open[:len(open)-1]
			if t.line != tokens[last].line && indent[t.line] < indent[tokens[last].line] {
				return last, true
			}
		}
	}
	return 0, false
}

// compileProblem is the diagnostic of a script that does not compile.
func compileProblem(c *Chunk, err error) *diag.Diagnostic {
	var e *lua.CompileError
	if !errors.As(err, &e) {
		return diag.Errorf("lua.syntax", diag.Pos{File: c.Name}, "%w", err)
	}
	d := diag.Errorf("lua.syntax", c.At(e.Line), "%s", e.Message)
	switch {
	case strings.HasPrefix(e.Message, "register overflow"), e.Message == "too many local variables":
		d.Hint = "a function has room for about 200 local variables and values; split it, or keep values in a table"
	case e.Message == "no loop to break":
		d.Message = "break stands outside of a loop"
	case strings.HasPrefix(e.Message, "no visible label"):
		message, line, _ := CutLast(e.Message, " at line ")
		d.Message = message
		d.Pos.Line, _ = strconv.Atoi(line) // 0, unknown, where it is none
	}
	return d
}
