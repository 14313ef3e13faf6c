package etllib

import (
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// reEntries are the functions over regular expressions.
func reEntries() []Entry {
	search := func(more ...Param) []Param {
		return append([]Param{{Name: "subject"}, {Name: "pattern"}}, more...)
	}
	start := Param{Name: "init", Takes: Whole, Optional: true}
	return []Entry{
		{
			Name: "re.test", Params: search(), Pure: true, Kind: record.Bool, Gives: "boolean", run: reTest,
			Doc:     "Whether the pattern matches somewhere in the subject; anchor it with `^` and `$` to test the whole.",
			Example: `etl.re.test("AB-12", "^[A-Z]+-\\d+$")`,
		},
		{
			Name: "re.match", Params: search(start), Pure: true, Kind: record.String, OrNil: true, run: reMatch,
			Gives:   "captures, or the whole match if the pattern has no groups; nil",
			Doc:     "The first match from byte init on. A group that took no part in it is nil.",
			Example: `etl.re.match("2024-05-01", "^(\\d+)-") == "2024"`,
		},
		{
			Name: "re.find", Params: search(start), Pure: true, Kind: record.Int, OrNil: true, run: reFind,
			Gives:   "first byte, last byte, captures; nil",
			Doc:     "Where the first match is, as string.find tells it. `^` matches at init.",
			Example: `select(2, etl.re.find("a  b", "\\s+")) == 3`,
		},
		{
			Name: "re.groups", Params: search(), Pure: true, OrNil: true, Gives: "table, nil", run: reGroups,
			Doc:     "The named groups of the first match, by name. A group that took no part in it is missing.",
			Example: `etl.re.groups("k=v", "(?P<key>\\w+)=(?P<value>\\w+)").value == "v"`,
		},
		{
			Name: "re.gmatch", Params: search(), Pure: true, Gives: "iterator", run: reGmatch,
			Doc:     "Walks all matches: `for a, b in etl.re.gmatch(s, \"(\\\\w)(\\\\d)\") do`. Each turn has what match gives.",
			Example: `etl.re.gmatch("1,2", "\\d")() == "1"`,
		},
		{
			Name: "re.gsub", Params: search(Param{Name: "replacement", Takes: Any}, Param{Name: "limit", Takes: Whole, Optional: true}),
			Pure: true, Calls: true, Kind: record.String, Gives: "string, number of replacements", run: reGsub,
			Doc: "Replaces all matches. The replacement is a string, in which `$1` and `${name}` mean groups and `$$` a dollar sign, " +
				"a table that has the first capture as a key, or a function of the captures; nil and false keep the match.",
			Example: `etl.re.gsub("a1b22", "\\d+", "<$0>") == "a<1>b<22>"`,
		},
		{
			Name: "re.split", Params: search(Param{Name: "limit", Takes: Whole, Optional: true}), Pure: true, Gives: "list of strings", run: reSplit,
			Doc:     "The parts between the matches, at most limit of them, the last being the rest.",
			Example: `#etl.re.split("a, b,c", ",\\s*") == 3`,
		},
		{
			Name: "re.escape", Params: []Param{{Name: "text"}}, Pure: true, Kind: record.String, Gives: "string",
			Doc:     "A pattern that matches the text itself.",
			Example: `etl.re.escape("1.5") == "1\\.5"`,
			run:     func(c call) int { return c.giveText(regexp.QuoteMeta(c.text(0))) },
		},
	}
}

func reTest(c call) int {
	p := c.pattern(1)
	return c.giveBool(p.MatchString(c.subject(0, p)))
}

// first is the first match in the subject from the optional position in
// argument at on, where ^ matches as well, as in string.find. at is -1 when
// there is no such argument.
func (c call) first(at int) (subject string, p *pattern, found []int) {
	p = c.pattern(1)
	subject = c.subject(0, p)
	init := 1
	if at >= 0 {
		init = c.whole(at, 1)
	}
	if init < 0 {
		init = len(subject) + init + 1
	}
	offset := max(init, 1) - 1
	if offset > len(subject) {
		return subject, p, nil
	}
	found = p.FindStringSubmatchIndex(subject[offset:])
	for i := range found {
		if found[i] >= 0 {
			found[i] += offset
		}
	}
	return subject, p, found
}

func reMatch(c call) int {
	subject, _, found := c.first(2)
	if found == nil {
		return c.give(lua.LNil)
	}
	return c.give(captures(subject, found)...)
}

func reFind(c call) int {
	subject, _, found := c.first(2)
	if found == nil {
		return c.give(lua.LNil)
	}
	c.give(lua.LNumber(found[0]+1), lua.LNumber(found[1]))
	if len(found) == 2 {
		return 2
	}
	return 2 + c.give(captures(subject, found)...)
}

// captures are what the groups of a match took, or the whole match when the
// expression has none.
func captures(subject string, found []int) []lua.LValue {
	if len(found) == 2 {
		return []lua.LValue{lua.LString(subject[found[0]:found[1]])}
	}
	out := make([]lua.LValue, 0, len(found)/2-1)
	for i := 2; i < len(found); i += 2 {
		out = append(out, group(subject, found, i/2))
	}
	return out
}

// group is what group n took, nil when it took no part.
func group(subject string, found []int, n int) lua.LValue {
	if found[2*n] < 0 {
		return lua.LNil
	}
	return lua.LString(subject[found[2*n]:found[2*n+1]])
}

func reGroups(c call) int {
	subject, p, found := c.first(-1)
	if found == nil {
		return c.give(lua.LNil)
	}
	t := c.L.NewTable()
	for i, name := range p.SubexpNames() {
		if v := group(subject, found, i); name != "" && v != lua.LNil {
			t.RawSetString(name, v)
		}
	}
	return c.give(t)
}

func reGmatch(c call) int {
	p := c.pattern(1)
	subject := c.subject(0, p)
	found := c.matches(subject, p, -1)
	return c.give(c.lib.state.Bind("gmatch", func(L *lua.LState) int {
		if len(found) == 0 {
			L.Push(lua.LNil)
			return 1
		}
		m := found[0]
		found = found[1:]
		return call{L: L}.give(captures(subject, m)...)
	}))
}

func reSplit(c call) int {
	p := c.pattern(1)
	subject := c.subject(0, p)
	limit := maxParts
	if c.given(2) {
		limit = c.atLeastOne(2)
	}
	var parts []string
	at := 0
	for _, m := range c.matches(subject, p, -1) {
		if len(parts) == limit-1 {
			break
		}
		if m[1] == 0 || m[0] == len(subject) && m[0] == m[1] {
			continue // nothing at the start or end separates nothing
		}
		parts = append(parts, subject[at:m[0]])
		at = m[1]
	}
	return c.give(c.list(append(parts, subject[at:])))
}

func reGsub(c call) int {
	p := c.pattern(1)
	subject := c.subject(0, p)
	replace := c.replacer(2, p)
	limit := -1
	if c.given(3) {
		limit = max(c.whole(3, 0), 0)
	}
	found := c.matches(subject, p, limit)
	var b strings.Builder
	at := 0
	for _, m := range found {
		b.WriteString(subject[at:m[0]])
		b.WriteString(replace(subject, m))
		at = m[1]
		if b.Len() > vm.MaxText {
			break // CheckSize raises
		}
	}
	b.WriteString(subject[at:])
	c.giveText(b.String())
	return 1 + c.giveInt(len(found))
}

// replacer is what argument i makes of a match.
func (c call) replacer(i int, p *pattern) func(subject string, found []int) string {
	switch r := c.arg(i).(type) {
	case lua.LString:
		return c.template(i, string(r), p)
	case *lua.LTable:
		return func(subject string, found []int) string {
			return c.replaced(subject, found, c.L.GetTable(r, captures(subject, found)[0]))
		}
	case *lua.LFunction:
		return func(subject string, found []int) string {
			c.L.Push(r)
			c.L.Call(c.give(captures(subject, found)...), 1)
			v := c.L.Get(-1)
			c.L.Pop(1)
			return c.replaced(subject, found, v)
		}
	}
	c.refuse(i, "string, table or function expected, got %s", c.got(i))
	return nil
}

// replaced is the text that a table or function gave for a match; nil and false
// keep it.
func (c call) replaced(subject string, found []int, v lua.LValue) string {
	if !lua.LVAsBool(v) {
		return subject[found[0]:found[1]]
	}
	if v.Type() != lua.LTString && v.Type() != lua.LTNumber {
		c.L.RaiseError("'%s' got a replacement that is no string (%s)", c.name, value.Describe(v))
	}
	return value.PlainText(v)
}
