package etllib

import (
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/luabind/vm"
)

// template is the replacement text in argument i, in which $1 and ${name} mean
// groups. Everything that it does not say clearly is an error.
func (c call) template(i int, text string, p *pattern) func(subject string, found []int) string {
	if !strings.Contains(text, "$") {
		return func(string, []int) string { return text }
	}
	parts := c.templateParts(i, text, p)
	return func(subject string, found []int) string {
		size := 0
		for _, part := range parts {
			size += len(part.text) + len(part.taken(subject, found))
		}
		vm.CheckSize(c.L, size)
		var b strings.Builder
		b.Grow(size)
		for _, part := range parts {
			b.WriteString(part.text)
			b.WriteString(part.taken(subject, found))
		}
		return b.String()
	}
}

// maxTemplateGroups is how often a replacement text may mention groups.
const maxTemplateGroups = 10_000

// templatePart is a piece of text and the group behind it, -1 for none.
type templatePart struct {
	text  string
	group int
}

// taken is what the group of the part took.
func (p templatePart) taken(subject string, found []int) string {
	if p.group < 0 || found[2*p.group] < 0 {
		return ""
	}
	return subject[found[2*p.group]:found[2*p.group+1]]
}

func (c call) templateParts(i int, text string, p *pattern) []templatePart {
	var parts []templatePart
	var plain strings.Builder // before the next group
	for text != "" {
		before, rest, found := strings.Cut(text, "$")
		plain.WriteString(before)
		if !found {
			break
		}
		if after, double := strings.CutPrefix(rest, "$"); double {
			plain.WriteByte('$')
			text = after
			continue
		}
		name, after := groupName(rest)
		n := groupNumber(name, p)
		if name == "" {
			c.refuse(i, "a $ that means no group; write $$ for a dollar sign")
		}
		if n < 0 {
			c.refuse(i, "the pattern has no group %q", name)
		}
		if parts, text = append(parts, templatePart{text: plain.String(), group: n}), after; len(parts) > maxTemplateGroups {
			c.refuse(i, "more than %d groups", maxTemplateGroups)
		}
		plain.Reset()
	}
	return append(parts, templatePart{text: plain.String(), group: -1})
}

// groupName cuts the name of a group off: digits, or what stands in braces.
func groupName(text string) (name, rest string) {
	if inside, ok := strings.CutPrefix(text, "{"); ok {
		name, rest, ok = strings.Cut(inside, "}")
		if ok {
			return name, rest
		}
		return "", text
	}
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return text[:n], text[n:]
}

// groupNumber is the number of a group, -1 when there is none of that name.
func groupNumber(name string, p *pattern) int {
	if n, err := strconv.Atoi(name); err == nil {
		if n > p.NumSubexp() {
			return -1
		}
		return n
	}
	return p.SubexpIndex(name)
}
