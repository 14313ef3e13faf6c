package etllib

import (
	"net/url"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// urlEntries are the functions over URLs.
func urlEntries() []Entry {
	text := []Param{{Name: "text"}}
	return []Entry{
		{
			Name: "url.encode", Params: text, Pure: true, Kind: record.String, Gives: "string", run: urlEncode,
			Doc:     "The text with everything but letters, digits and `-._~` percent-encoded, for any part of a URL.",
			Example: `etl.url.encode("a b/ü") == "a%20b%2F%C3%BC"`,
		},
		{
			Name: "url.decode", Params: text, Pure: true, Kind: record.String, Gives: "string", run: urlDecode,
			Doc:     "The text that was percent-encoded. `+` stays as it is; url.query reads forms.",
			Example: `etl.url.decode("a%20b%2F%C3%BC") == "a b/ü"`,
		},
		{
			Name: "url.parse", Params: text, Pure: true, Gives: "table", run: urlParse,
			Doc: "The parts of a URL, decoded: scheme, user, password, host, port, path, query (as of url.query), raw_query, fragment. " +
				"A part that is not there is missing.",
			Example: `etl.url.parse("https://x.org:8080/a?b=c").port == "8080"`,
		},
		{
			Name: "url.query", Params: text, Pure: true, Gives: "table", run: urlQuery,
			Doc:     "The parameters of a query, decoded, by name; `+` is a blank. A name that occurs several times has a list of strings.",
			Example: `etl.url.query("a=1&b=x+y").b == "x y"`,
		},
		{
			Name: "url.build_query", Params: []Param{{Name: "parameters", Takes: Table}}, Pure: true, Kind: record.String, Gives: "string", run: urlBuildQuery,
			Doc:     "A query of the entries of a table, in their order. Values are strings, numbers, booleans or lists of them.",
			Example: `etl.url.build_query({ q = "a b", page = 2 }) == "q=a%20b&page=2"`,
		},
	}
}

// percentEncoded is a text of unreserved characters of RFC 3986 and
// percent-encoded bytes.
func percentEncoded(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func urlEncode(c call) int { return c.expand(percentEncoded, 3) }

func urlDecode(c call) int {
	out, err := url.PathUnescape(c.text(0))
	if err != nil {
		c.fail("url.decode", "%w", err)
	}
	return c.giveText(out)
}

// maxURL is how many bytes of a URL or query are parsed.
const maxURL = 1 << 20

// location is the first argument, a URL or query.
func (c call) location() string {
	text := c.text(0)
	if len(text) > maxURL {
		c.refuse(0, "a text of %d bytes is too long; the limit is %d MiB", len(text), maxURL>>20)
	}
	vm.Spend(c.L, int64(len(text))/8)
	return text
}

func urlParse(c call) int {
	u, err := url.Parse(c.location())
	if err != nil {
		c.fail("url.parse", "%w", unwrapped(err))
	}
	t := c.L.NewTable()
	set := func(name, part string) {
		if part != "" {
			t.RawSetString(name, lua.LString(part))
		}
	}
	set("scheme", u.Scheme)
	set("user", u.User.Username())
	password, _ := u.User.Password()
	set("password", password)
	set("host", u.Hostname())
	set("port", u.Port())
	set("path", u.Path+u.Opaque)
	set("raw_query", u.RawQuery)
	set("fragment", u.Fragment)
	if u.RawQuery != "" {
		t.RawSetString("query", c.query(u.RawQuery))
	}
	return c.give(t)
}

// unwrapped is what went wrong, without the URL itself.
func unwrapped(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

func urlQuery(c call) int { return c.give(c.query(strings.TrimPrefix(c.location(), "?"))) }

// query is the table of a query's parameters, in their order.
func (c call) query(text string) *lua.LTable {
	t := c.L.NewTable()
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, content, _ := strings.Cut(part, "=")
		c.addParameter(t, c.formText(name), lua.LString(c.formText(content)))
	}
	return t
}

func (c call) formText(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		c.fail("url.query", "%w", err)
	}
	return out
}

// addParameter adds a parameter to a table, which has a list for those that
// come several times.
func (c call) addParameter(t *lua.LTable, name string, v lua.LString) {
	switch old := t.RawGetString(name).(type) {
	case *lua.LNilType:
		t.RawSetString(name, v)
	case *lua.LTable:
		old.Append(v)
	default:
		list := c.L.NewTable()
		list.Append(old)
		list.Append(v)
		t.RawSetString(name, list)
	}
}

func urlBuildQuery(c call) int {
	var b strings.Builder
	add := func(key, v lua.LValue) {
		name, ok := key.(lua.LString)
		content, ok2 := parameterText(v)
		if !ok || !ok2 {
			c.refuse(0, "%s cannot be the parameter %q", value.Describe(v), value.PlainText(key))
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		c.spend(len(name) + len(content))
		b.WriteString(percentEncoded(string(name)) + "=" + percentEncoded(content))
		if b.Len() > vm.MaxText {
			vm.CheckSize(c.L, b.Len())
		}
	}
	t := c.table(0)
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		list, several := v.(*lua.LTable)
		if !several {
			add(k, v)
			continue
		}
		n := list.Len()
		vm.Spend(c.L, int64(n))
		for i := 1; i <= n; i++ {
			add(k, list.RawGetInt(i))
		}
	}
	return c.giveText(b.String())
}

// parameterText is the text of a value of a parameter, and whether it may be
// one.
func parameterText(v lua.LValue) (string, bool) {
	switch v.Type() {
	case lua.LTString, lua.LTNumber, lua.LTBool:
		return value.PlainText(v), true
	}
	_, own := value.Record(v)
	return value.PlainText(v), own
}
