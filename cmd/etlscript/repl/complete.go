package repl

import (
	"regexp"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
)

// complete gives the lines that a line may become: its last word completed.
func (s *Session) complete(line string) []string {
	at := strings.LastIndexFunc(line, func(r rune) bool { return !isWordRune(r) }) + 1
	head, word := line[:at], line[at:]
	var out []string
	for _, c := range s.candidates(head) {
		if strings.HasPrefix(c, word) && c != word {
			out = append(out, head+c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func isWordRune(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r > 127
}

// candidates are the words that may stand behind the beginning of a line.
func (s *Session) candidates(head string) []string {
	member := moduleMember.FindStringSubmatch(head)
	switch {
	case head == ":":
		var out []string
		for _, c := range append(commands(), stopCommands()...) {
			out = append(out, c.name)
		}
		return out
	case member != nil:
		return s.members(member[1])
	case strings.HasSuffix(head, ":"):
		return append(s.config.Registry.Names(component.Transform, component.Sink), "rejects", "dropped")
	case strings.HasPrefix(head, ":doc "):
		return s.config.Registry.Names()
	case strings.HasPrefix(head, ":break "):
		return s.nodeNames()
	case insideOptions(head) != "":
		return s.options(insideOptions(head))
	}
	return append(s.script.Names(), keywords()...)
}

// moduleMember is the beginning of a member of the module at the end of a line: the
// table that it is in, as "json.", is what it captures.
var moduleMember = regexp.MustCompile(`\betl\.((?:\w+\.)*)$`)

// members are the names in a table of the module, "" for the module itself.
func (s *Session) members(table string) []string {
	var out []string
	for _, name := range s.script.Members() {
		if rest, ok := strings.CutPrefix(name, table); ok {
			first, _, _ := strings.Cut(rest, ".")
			out = append(out, first)
		}
	}
	return out
}

// insideOptions is the component whose options table is open at the end of a
// text, "" if there is none.
func insideOptions(text string) string {
	open := strings.LastIndexByte(text, '{')
	if open < 0 || strings.IndexByte(text[open:], '}') >= 0 {
		return ""
	}
	before := strings.TrimRight(text[:open], " (")
	at := strings.LastIndexFunc(before, func(r rune) bool { return !isWordRune(r) }) + 1
	return before[at:]
}

// options are the options of a component.
func (s *Session) options(name string) []string {
	spec, ok := s.config.Registry.Lookup(name)
	if !ok {
		return nil
	}
	params, err := spec.Params()
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range params {
		if p.Place == component.Opt {
			out = append(out, p.Name)
		}
	}
	return out
}

func keywords() []string {
	return []string{
		"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or", "repeat", "return",
		"then", "true", "until", "while", "etl", "math", "pairs", "ipairs", "print", "string", "table", "tonumber", "tostring", "type",
	}
}
