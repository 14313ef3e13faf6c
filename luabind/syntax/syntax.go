package syntax

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
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
		if n := len(c.Tokens); n > 1 && c.Tokens[n-1].Typ == parse.TIdent && c.Tokens[n-2].Typ == parse.TString && touches(c.Tokens[n-2], c.Tokens[n-1]) {
			return diag.Errorf("lua.syntax", c.PosOf(n-2, n-2), "this text ends at the quote in it").
				WithHint(`write it in the other quotes, as in "it's", or put a \ before the quote`)
		}
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
	case '`':
		d.Hint = `write strings in straight quotes, "..."`
	case '?':
		d.Hint = "Lua has no ?: ; write if, or condition and a or b"
	}
	if unicode.IsLetter(symbol) || symbol == '$' || symbol == '@' {
		d.Hint = `names have the letters a to z, digits and _; a column of another name is row["..."]`
	}
	return d
}

// tokenAt is token i; one that is nothing where there is none.
func tokenAt(tokens []Token, i int) Token {
	if i < 0 || i >= len(tokens) {
		return Token{}
	}
	return tokens[i]
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
func inCondition(tokens []Token, i int) bool {
	head := lastHead(tokens[:i])
	return head >= 0 && tokens[head].Typ != parse.TFor
}

// openHead is the word that a condition at the end of the tokens waits for.
func openHead(tokens []Token) string {
	if i := lastHead(tokens); i >= 0 {
		if tokens[i].Typ != parse.TIf && tokens[i].Typ != parse.TElseIf {
			return "do"
		}
		return "then"
	}
	return ""
}

// lastHead is the index of the if, elseif, while or for whose head is open at the
// end of the tokens, or -1.
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
		case parse.TIf, parse.TElseIf, parse.TWhile, parse.TFor:
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
		d.Pos = c.wordOn(e.Line, "break")
	case strings.HasPrefix(e.Message, "no visible label"):
		message, line, _ := CutLast(e.Message, " at line ")
		d.Message = message
		n, _ := strconv.Atoi(line) // 0, unknown, where it is none
		d.Pos = c.wordOn(n, "goto")
	}
	return d
}

// wordOn is the place of a word that stands once on a line; else the line.
func (c *Chunk) wordOn(line int, word string) diag.Pos {
	pos := diag.Pos{File: c.Name, Line: line}
	for i, t := range c.Tokens {
		if t.line == line && t.Is(word) {
			if pos.Col > 0 {
				return diag.Pos{File: c.Name, Line: line}
			}
			pos = c.PosOf(i, i)
		}
	}
	return pos
}
