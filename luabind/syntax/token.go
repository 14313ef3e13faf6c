package syntax

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// Token is a token of the original text. The columns count bytes from 1; end
// lies behind the token. A token that spans lines ends behind its first byte.
type Token struct {
	Typ      int    // of package parse, or the character itself
	Str      string // its text; of a string, what it means
	line     int
	Col, End int // the first column and the one behind the last
}

// Is reports whether the token is this word or symbol of the language, and not
// a string that reads the same.
func (t Token) Is(word string) bool { return t.Str == word && t.Typ != parse.TString }

// scan splits a text into tokens. On failure it returns the tokens before the
// place of the error.
func scan(name, text string) ([]Token, error) {
	scanner := parse.NewScanner(strings.NewReader(text), name)
	lexer := &parse.Lexer{}
	var tokens []Token
	for {
		tok, err := scanner.Scan(lexer)
		if err != nil {
			return tokens, err
		}
		if tok.Type == parse.EOF {
			return tokens, nil
		}
		tokens = append(tokens, newToken(tok, scanner.Pos))
		lexer.PrevTokenType = tok.Type
	}
}

func newToken(tok ast.Token, after ast.Position) Token {
	t := Token{Typ: tok.Type, Str: tok.Str, line: tok.Pos.Line, Col: tok.Pos.Column, End: tok.Pos.Column + 1}
	if t.Str == "" && t.Typ < 256 && t.Typ > 0 && t.Typ != parse.TString {
		t.Str = string(rune(t.Typ))
	}
	if after.Line == tok.Pos.Line {
		t.End = after.Column + 1
	}
	return t
}

// TokensAt is the tokens of one line; the tokens are in order.
func TokensAt(tokens []Token, line int) []Token {
	lo := 0
	for lo < len(tokens) && tokens[lo].line < line {
		lo++
	}
	hi := lo
	for hi < len(tokens) && tokens[hi].line == line {
		hi++
	}
	return tokens[lo:hi]
}

// nesting is 1 for a token that opens a bracket or a block, -1 for one that
// closes it. The loops "while" and "for" open theirs with "do".
func nesting(typ int) int {
	switch typ {
	case '(', '{', '[', parse.TFunction, parse.TDo, parse.TIf, parse.TRepeat:
		return 1
	case ')', '}', ']', parse.TEnd, parse.TUntil:
		return -1
	}
	return 0
}

// PosOf marks the tokens from..to, as far as they are on the first one's line.
func (c *Chunk) PosOf(from, to int) diag.Pos {
	first := c.Tokens[from]
	end := first.End
	for i := from + 1; i <= to && c.Tokens[i].line == first.line; i++ {
		end = c.Tokens[i].End
	}
	return diag.Pos{File: c.Name, Line: first.line, Col: first.Col, End: end}
}

// Abridged is a text short enough for a message.
func Abridged(text string) string {
	const most = 40
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "..."
		}
		n++
	}
	return text
}

// CutLast cuts a text at the last separator in it.
func CutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
