package luabind

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// token is a token of the original text. The columns count bytes from 1; end
// lies behind the token. A token that spans lines ends behind its first byte.
type token struct {
	typ            int
	str            string
	line, col, end int
}

// is reports whether the token is this word or symbol of the language, and not
// a string that reads the same.
func (t token) is(word string) bool { return t.str == word && t.typ != parse.TString }

// scan splits a text into tokens. On failure it returns the tokens before the
// place of the error.
func scan(name, text string) ([]token, error) {
	scanner := parse.NewScanner(strings.NewReader(text), name)
	lexer := &parse.Lexer{}
	var tokens []token
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

func newToken(tok ast.Token, after ast.Position) token {
	t := token{typ: tok.Type, str: tok.Str, line: tok.Pos.Line, col: tok.Pos.Column, end: tok.Pos.Column + 1}
	if t.str == "" && t.typ < 256 && t.typ > 0 && t.typ != parse.TString {
		t.str = string(rune(t.typ))
	}
	if after.Line == tok.Pos.Line {
		t.end = after.Column + 1
	}
	return t
}

// tokensAt is the tokens of one line; the tokens are in order.
func tokensAt(tokens []token, line int) []token {
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
