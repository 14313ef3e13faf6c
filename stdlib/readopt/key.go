package readopt

import (
	"regexp"
	"slices"
	"strconv"
)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Key writes a column's name as the key of a Lua table, for hints.
func Key(name string) string {
	keywords := []string{
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
	}
	if identifier.MatchString(name) && !slices.Contains(keywords, name) {
		return name
	}
	return "[" + strconv.Quote(name) + "]"
}
