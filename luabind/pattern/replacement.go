package pattern

import (
	"strconv"
	"strings"
)

// Replacement is the text that gsub puts in the place of a match: %0 stands for
// the match, %1 to %9 for its captures, and % before any other byte for that
// byte.
type Replacement string

// Check tells whether the text can replace matches of p. The error is a
// *SyntaxError.
func (r Replacement) Check(p *Pattern) error {
	text := string(r)
	for i := strings.IndexByte(text, '%'); i >= 0 && i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		if i+1 == len(text) {
			return &SyntaxError{Message: "malformed replacement (ends with '%')", Offset: i}
		}
		n := text[i+1]
		if '0' <= n && n <= '9' && int(n-'0') > max(p.captures, 1) {
			return &SyntaxError{Message: "invalid capture index", Offset: i}
		}
		i++
	}
	return nil
}

// Append appends the replacement of the match m to dst. Positions are written
// in decimal. The text must have passed Check for the pattern of m.
func (r Replacement) Append(dst []byte, m *Match) []byte {
	text := string(r)
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		dst = appendEscaped(dst, text[i+1], m)
		text = text[i+2:]
	}
}

func appendEscaped(dst []byte, c byte, m *Match) []byte {
	if c < '0' || c > '9' {
		return append(dst, c)
	}
	text, position, isPosition := m.Capture(int(c - '0'))
	if isPosition {
		return strconv.AppendInt(dst, int64(position), 10)
	}
	return append(dst, text...)
}
