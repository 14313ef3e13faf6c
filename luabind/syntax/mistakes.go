package syntax

import (
	"fmt"

	"github.com/yuin/gopher-lua/parse"
)

// mistake is a place at which the parser stopped, with the tokens around it.
type mistake struct {
	tokens               []Token
	i                    int // the token that does not fit; the end of the file
	at, before, earlier  Token
	next                 Token
	glued, gluedToBefore bool // at touches next, or before
}

func mistakeAt(tokens []Token, i int) mistake {
	m := mistake{tokens: tokens, i: i, at: tokenAt(tokens, i), before: tokenAt(tokens, i-1), earlier: tokenAt(tokens, i-2), next: tokenAt(tokens, i+1)}
	m.glued = touches(m.at, m.next)
	m.gluedToBefore = touches(m.before, m.at)
	return m
}

// touches reports whether nothing is between two tokens.
func touches(a, b Token) bool { return a.line == b.line && a.End == b.Col }

// startsLine reports whether the token is the first of its line.
func (m mistake) startsLine() bool { return !m.atEnd() && m.at.line != m.before.line }

// atEnd reports whether the file ends there.
func (m mistake) atEnd() bool { return m.i >= len(m.tokens) }

// syntaxHint is the mend of a common mistake before or at token i.
func syntaxHint(tokens []Token, i int) string {
	m := mistakeAt(tokens, i)
	for _, hint := range []func() string{m.foreignOperator, m.foreignWord, m.assignment, m.loop, m.statement, m.missingWord, m.unfinished} {
		if text := hint(); text != "" {
			return text
		}
	}
	return ""
}

const functionHint = "functions are written: function(x) return ... end"

// foreignOperator knows the operators and comments of other languages.
func (m mistake) foreignOperator() string {
	pair := ""
	if m.glued {
		pair = m.at.Str + m.next.Str
	}
	behind := ""
	if m.gluedToBefore {
		behind = m.before.Str + m.at.Str
	}
	switch {
	case m.startsLine() && (pair == "//" || m.at.Is("#")):
		return "comments begin with --"
	case m.startsLine() && pair == "/*":
		return "comments are written --[[ ... ]]"
	case m.next.Is("=") && m.glued && isOperator(m.at):
		return fmt.Sprintf("Lua has no %s=; write x = x %s ...", m.at.Str, m.at.Str)
	case pair == "++":
		return "Lua has no ++; write x = x + 1"
	case behind == "//":
		return "Lua has no //; write math.floor(a / b)"
	case behind == "<<", behind == ">>":
		return "Lua has no operators for bits; the library bit has functions"
	case behind == "<>":
		return "write ~= for not equal"
	case behind == "===":
		return "write == to compare"
	case behind == "->", pair == "=>" && !inCondition(m.tokens, m.i):
		return functionHint
	case pair == "=>" || pair == "=<":
		return fmt.Sprintf("write %s=", m.next.Str)
	case behind == ":=":
		return "write = to assign"
	case m.at.Is("[") && !endsValue(m.before):
		return "lists are written in braces: { 1, 2, 3 }"
	}
	return ""
}

// foreignWord knows the words of other languages, which look like names.
func (m mistake) foreignWord() string {
	if m.before.Typ != parse.TIdent || m.gluedToBefore {
		return ""
	}
	switch m.before.Str {
	case "continue":
		return "Lua has no continue; put the rest of the loop into an if"
	case "elif", "elsif":
		return "write elseif"
	case "def", "func", "fn", "lambda":
		return "functions are written: function name(x) ... end, or function(x) return ... end"
	case "var", "let", "const":
		return "write local"
	case "import", "from", "require":
		return `write local etl = require "etl"`
	case "switch", "case":
		return "Lua has no switch; write if, elseif and else"
	case "foreach":
		return "write for key, value in pairs(t) do ... end"
	case "try":
		return "Lua has no try; write local ok, problem = pcall(function() ... end)"
	}
	return ""
}

// assignment knows what is wrong around an = or the word local.
func (m mistake) assignment() string {
	switch {
	case m.before.Is("function") && m.at.Is("local"):
		return "write local function name(...)"
	case m.earlier.Is("local") && m.before.Is("function"):
		return "a local function has a name: local function name(...)"
	case m.before.Is("local") && m.at.Typ != parse.TIdent && isWord(m.at):
		return fmt.Sprintf("%s is a word of the language; take another name", m.at.Str)
	case m.earlier.Is("local") && m.at.Is("=="):
		return "write = to assign"
	case m.earlier.Is("local") && m.at.Is(":"), m.earlier.Is("local") && m.at.Is("<"):
		return "variables have no types: write local x = ..."
	case m.earlier.Is("local") && m.at.Is("."):
		return "write a field without local: t.x = ..."
	case m.at.Is("=") && inCondition(m.tokens, m.i):
		return "write == to compare"
	case m.at.Is("=") && insideBracket(m.tokens, m.i, '['):
		return `is a "]" missing before "="?`
	case m.at.Is("=") && m.before.Is(")"), m.at.Typ == parse.TNumber && m.next.Is("="):
		return "only variables and fields can be assigned"
	case insideBracket(m.tokens, m.i, '{') && (m.before.Is(":") || m.earlier.Is(":")):
		return "write name = value in a table"
	}
	return ""
}

// isWord reports whether a token is a word.
func isWord(t Token) bool {
	return t.Str != "" && t.Typ != parse.TString && t.Str[0] >= 'a' && t.Str[0] <= 'z'
}

// loop knows what is wrong with the head of a for loop.
func (m mistake) loop() string {
	head := lastHead(m.tokens[:m.i])
	switch {
	case m.before.Is("for") && m.at.Is("("):
		return "write for i = 1, 10 do ... end, without parentheses"
	case head < 0 || !m.tokens[head].Is("for"):
		return ""
	case m.at.Is("do") && tokenAt(m.tokens, head+2).Is("="):
		return "a loop over numbers has a first and a last one: for i = 1, 10 do"
	case m.startsLine() || endsValue(m.before) && beginsValue(m.at):
		return fmt.Sprintf("do is missing behind the for of line %d", m.tokens[head].line)
	}
	return ""
}

// statement knows what is wrong with whole statements.
func (m mistake) statement() string {
	switch {
	case m.at.Is("elseif") || m.at.Is("else"):
		if open := unclosed(m.tokens[:m.i]); len(open) == 0 || !m.tokens[open[len(open)-1]].Is("if") {
			return fmt.Sprintf("there is no if to which this %s belongs, or a block before it was not closed", m.at.Str)
		}
	case m.at.Is("..") && m.before.Typ == parse.TString && m.earlier.Typ == parse.TIdent:
		return fmt.Sprintf("put what is joined into parentheses: %s(... .. ...)", m.earlier.Str)
	case isComparison(m.at) && endsValue(m.before):
		return "the result is not used; is return missing before it?"
	case m.behindReturn():
		return "return is the last statement of a block; nothing stands behind it"
	case m.at.Is(")") && m.before.Is(","):
		return "the comma before it is one too many"
	}
	return ""
}

// behindReturn reports whether a statement follows a return.
func (m mistake) behindReturn() bool {
	open := unclosed(m.tokens[:min(m.i, len(m.tokens))])
	inBracket := len(open) > 0 && closer(m.tokens[open[len(open)-1]].Typ) != "end"
	ended := m.before.Is(";") || endsValue(m.before) && m.startsLine()
	return ended && !m.atEnd() && !inBracket && nesting(m.at.Typ) >= 0 && tokenAt(m.tokens, m.lineStart()).Is("return")
}

// lineStart is the index of the first token of the line before the mistake.
func (m mistake) lineStart() int {
	i := m.i - 1
	for i > 0 && m.tokens[i-1].line == m.before.line {
		i--
	}
	return i
}

func isComparison(t Token) bool {
	switch t.Typ {
	case '<', '>', parse.TEqeq, parse.TNeq, parse.TLte, parse.TGte, parse.TAnd, parse.TOr:
		return true
	}
	return false
}

// missingWord finds a missing then, do or comma.
func (m mistake) missingWord() string {
	if word := openHead(m.tokens[:m.i]); word != "" && m.at.line != m.before.line {
		line := m.tokens[lastHead(m.tokens[:m.i])].line
		return fmt.Sprintf("%s is missing behind the condition of line %d", word, line)
	}
	if endsValue(m.before) && beginsValue(m.at) && (insideBracket(m.tokens, m.i, '{') || insideBracket(m.tokens, m.i, '(')) {
		return fmt.Sprintf("is a comma missing before %q?", Abridged(m.at.Str))
	}
	return ""
}

// unfinished finds an operator, comma or method behind which nothing stands.
func (m mistake) unfinished() string {
	if m.earlier.Is(":") && m.before.Typ == parse.TIdent && !m.at.Is("=") {
		return fmt.Sprintf("a method is called with parentheses: %s(...)", m.before.Str)
	}
	switch m.before.Typ {
	case parse.TNot, '=', ',', '.', ':', '#':
	default:
		if !isOperator(m.before) && !isComparison(m.before) {
			return ""
		}
	}
	if m.at.line != m.before.line || !beginsValue(m.at) {
		return fmt.Sprintf("something is missing behind %q", m.before.Str)
	}
	return ""
}

// isOperator reports whether a token is an arithmetic operator or "..".
func isOperator(t Token) bool {
	switch t.Typ {
	case '+', '-', '*', '/', '%', '^', parse.T2Comma:
		return true
	}
	return false
}
