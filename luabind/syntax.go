package luabind

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
)

// syntaxProblem is the diagnostic of a text that the scanner or the parser
// refused. c.tokens are all tokens, or those before the place that is none.
func syntaxProblem(c *chunk, err error) *diag.Diagnostic {
	var p *parse.Error
	if !errors.As(err, &p) {
		return diag.Errorf("lua.syntax", diag.Pos{File: c.name}, "%w", err)
	}
	if strings.HasPrefix(p.Message, "Invalid") {
		return c.strangeSymbol(p.Pos)
	}
	i := c.offending(p.Pos)
	if p.Message != "syntax error" && p.Message != "parse error" && !strings.HasPrefix(p.Message, "ambiguous") {
		return c.tokenProblem(p)
	}
	d := diag.Errorf("lua.syntax", c.placeOf(i), "%s", c.syntaxMessage(p.Message, i))
	d.Hint = syntaxHint(c.tokens, i)
	if d.Hint == "" {
		c.noteUnclosed(d, i)
	}
	return d
}

// offending is the index of the token at which the parser stopped; it gives
// the place of the token's last byte. len(c.tokens) is the end of the file.
func (c *chunk) offending(at ast.Position) int {
	for i, t := range c.tokens {
		if t.line == at.Line && t.col <= at.Column && at.Column < t.end {
			return i
		}
	}
	return len(c.tokens)
}

// placeOf is the place of token i, or the end of the text.
func (c *chunk) placeOf(i int) diag.Pos {
	if i < len(c.tokens) {
		return c.posOf(i, i)
	}
	lines := strings.Split(strings.TrimRight(c.text, "\r\n"), "\n")
	return diag.Pos{File: c.name, Line: len(lines), Col: len(lines[len(lines)-1]) + 1}
}

func (c *chunk) syntaxMessage(message string, i int) string {
	near := "the end of the file"
	if i < len(c.tokens) {
		near = fmt.Sprintf("%q", abridged(c.tokens[i].str))
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
func (c *chunk) tokenProblem(p *parse.Error) *diag.Diagnostic {
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
	return diag.Errorf("lua.syntax", pos, "malformed number near %q", abridged(text)).
		WithHint("numbers are written as in 12, 0.5, 1e6 or 0xff")
}

// nextStart is where the token behind the last of c.tokens begins.
func (c *chunk) nextStart() diag.Pos {
	pos := diag.Pos{File: c.name, Line: 1, Col: 1}
	if n := len(c.tokens); n > 0 {
		pos.Line, pos.Col = c.tokens[n-1].line, c.tokens[n-1].end
	}
	lines := strings.Split(c.source(), "\n")
	for ; pos.Line <= len(lines); pos.Line, pos.Col = pos.Line+1, 1 {
		line := lines[pos.Line-1]
		rest := strings.TrimLeft(line[min(pos.Col-1, len(line)):], blanks)
		if rest != "" && (!strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "--[")) {
			pos.Col = len(line) - len(rest) + 1
			return pos
		}
	}
	return c.placeOf(len(c.tokens))
}

// strangeSymbol is the diagnostic of a character that begins no token.
func (c *chunk) strangeSymbol(at ast.Position) *diag.Diagnostic {
	pos := diag.Pos{File: c.name, Line: at.Line, Col: at.Column}
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
func syntaxHint(tokens []token, i int) string {
	at, before, next := tokenAt(tokens, i), tokenAt(tokens, i-1), tokenAt(tokens, i+1)
	adjacent := at.line == next.line && at.end == next.col
	switch {
	case next.is("=") && adjacent && isOperator(at):
		return fmt.Sprintf("Lua has no %s=; write x = x %s ...", at.str, at.str)
	case at.is("+") && next.is("+") && adjacent:
		return "Lua has no ++; write x = x + 1"
	case before.is("continue"):
		return "Lua has no continue; put the rest of the loop into an if"
	case before.is("elif"), before.is("elsif"):
		return "write elseif"
	case at.is("local") && before.is("function"):
		return "write local function name(...)"
	case at.is("=") && inCondition(tokens, i):
		return "write == to compare"
	case insideBracket(tokens, i, '{') && (before.is(":") || tokenAt(tokens, i-2).is(":")):
		return "write name = value in a table"
	}
	return missingWord(tokens, i, at, before)
}

// tokenAt is token i; one that is nothing where there is none.
func tokenAt(tokens []token, i int) token {
	if i < 0 || i >= len(tokens) {
		return token{}
	}
	return tokens[i]
}

func isOperator(t token) bool {
	switch t.typ {
	case '+', '-', '*', '/', '%', '^', parse.T2Comma:
		return true
	}
	return false
}

// missingWord finds a missing then, do or comma before token i.
func missingWord(tokens []token, i int, at, before token) string {
	if word := openHead(tokens[:i]); word != "" && at.line != before.line {
		line := tokens[lastHead(tokens[:i])].line
		return fmt.Sprintf("%s is missing behind the condition of line %d", word, line)
	}
	if endsValue(before) && beginsValue(at) && (insideBracket(tokens, i, '{') || insideBracket(tokens, i, '(')) {
		return fmt.Sprintf("is a comma missing before %q?", abridged(at.str))
	}
	return ""
}

func endsValue(t token) bool {
	switch t.typ {
	case parse.TIdent, parse.TString, parse.TNumber, parse.TTrue, parse.TFalse, parse.TNil, parse.TEnd, ')', '}', ']':
		return true
	}
	return false
}

func beginsValue(t token) bool {
	switch t.typ {
	case parse.TIdent, parse.TString, parse.TNumber, parse.TTrue, parse.TFalse, parse.TNil, parse.TFunction, '{':
		return true
	}
	return false
}

// inCondition reports whether token i stands between if and then, or the like.
func inCondition(tokens []token, i int) bool { return openHead(tokens[:i]) != "" }

// openHead is the word that a condition at the end of the tokens waits for.
func openHead(tokens []token) string {
	if i := lastHead(tokens); i >= 0 {
		if tokens[i].typ == parse.TWhile {
			return "do"
		}
		return "then"
	}
	return ""
}

// lastHead is the index of the if, elseif or while whose condition is open at
// the end of the tokens, or -1.
func lastHead(tokens []token) int {
	depth := 0
	for i := len(tokens) - 1; i >= 0; i-- {
		switch tokens[i].typ {
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
func insideBracket(tokens []token, i, bracket int) bool {
	open := unclosed(tokens[:min(i, len(tokens))])
	return len(open) > 0 && tokens[open[len(open)-1]].typ == bracket
}

// unclosed are the indexes of the tokens that open brackets and blocks which
// nothing closes, outermost first.
func unclosed(tokens []token) []int {
	var open []int
	for i, t := range tokens {
		switch n := nesting(t.typ); {
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
func (c *chunk) noteUnclosed(d *diag.Diagnostic, i int) {
	atEnd := i == len(c.tokens)
	if !atEnd && nesting(c.tokens[i].typ) >= 0 {
		return
	}
	open := unclosed(c.tokens[:i])
	if len(open) == 0 && atEnd {
		return
	}
	if len(open) == 0 {
		d.Hint = fmt.Sprintf("there is one %q too many here, or a block was closed too early", c.tokens[i].str)
		return
	}
	opener := open[len(open)-1]
	if atEnd {
		if suspect, ok := misindented(c.tokens); ok {
			opener = suspect
		}
	}
	if atEnd && c.tokens[opener].typ == parse.TIf {
		opener = elseIf(c.tokens, opener)
	}
	t := c.tokens[opener]
	d.WithNote(c.posOf(opener, opener), "%q is opened here and not closed", t.str)
	d.Hint = fmt.Sprintf("add %q", closer(t.typ))
	if opener > 0 && t.typ == parse.TIf && c.tokens[opener-1].is("else") {
		d.Hint = "write elseif as one word, or add another end"
	}
}

// elseIf is the if of the first "else if" on one line behind the if at i, or i
// where there is none.
func elseIf(tokens []token, i int) int {
	for j := i + 1; j < len(tokens); j++ {
		if tokens[j].typ == parse.TIf && tokens[j-1].typ == parse.TElse && tokens[j].line == tokens[j-1].line {
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
func misindented(tokens []token) (opener int, ok bool) {
	var open []int
	indent := map[int]int{} // of each line
	for i, t := range tokens {
		if _, seen := indent[t.line]; !seen {
			indent[t.line] = t.col
		}
		switch n := nesting(t.typ); {
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
func compileProblem(c *chunk, err error) *diag.Diagnostic {
	var e *lua.CompileError
	if !errors.As(err, &e) {
		return diag.Errorf("lua.syntax", diag.Pos{File: c.name}, "%w", err)
	}
	d := diag.Errorf("lua.syntax", diag.Pos{File: c.name, Line: e.Line}, "%s", e.Message)
	switch {
	case strings.HasPrefix(e.Message, "register overflow"), e.Message == "too many local variables":
		d.Hint = "a function has room for about 200 local variables and values; split it, or keep values in a table"
	case e.Message == "no loop to break":
		d.Message = "break stands outside of a loop"
	case strings.HasPrefix(e.Message, "no visible label"):
		message, line, _ := cutLast(e.Message, " at line ")
		d.Message = message
		d.Pos.Line, _ = strconv.Atoi(line) // 0, unknown, where it is none
	}
	return d
}
