package etllib

import (
	"testing"
)

func TestFunctions(t *testing.T) {
	t.Parallel()
	tests := []struct{ script, want string }{
		{`return etl.re.match("key=val", "(\\w+)=(\\w+)")`, "key, val"},
		{`return etl.re.match("b", "(a)?(b)")`, "nil, b"},
		{`return etl.re.match("abc", "x")`, "nil"},
		{`return etl.re.match("aab", "a+", 2)`, "a"},
		{`return etl.re.match("aab", "^a", -2)`, "a"},
		{`return etl.re.match("aab", "a", 5)`, "nil"},
		{`return etl.re.match("aab", "$", 4)`, ""},
		{`return etl.re.find("hello", "l+")`, "3, 4"},
		{`return etl.re.find("hello", "(l)(l)", 2)`, "3, 4, l, l"},
		{`return etl.re.find("hello", "")`, "1, 0"},
		{`return etl.re.find("hello", "x")`, "nil"},
		{`return etl.re.test("Straße", "(?i)STRASSE")`, "false"},
		{`return etl.re.test("ÄRGER", "(?i)ärger")`, "true"},
		{`local g = etl.re.groups("2024", "(?P<y>\\d+)(?P<m>-\\d+)?") return g.y, g.m`, "2024, nil"},
		{`return etl.re.groups("x", "(?P<y>\\d+)")`, "nil"},
		{`local out = "" for k, v in etl.re.gmatch("a=1,b=2", "(\\w)=(\\d)") do out = out .. k .. v end return out`, "a1b2"},
		{`local out = "" for w in etl.re.gmatch("to be", "\\w+") do out = out .. w .. "." end return out`, "to.be."},
		{`return etl.re.gsub("hello", "l", "L")`, "heLLo, 2"},
		{`return etl.re.gsub("hello", "l", "L", 1)`, "heLlo, 1"},
		{`return etl.re.gsub("hello", "l", "L", 0)`, "hello, 0"},
		{`return etl.re.gsub("hello", "", "-")`, "-h-e-l-l-o-, 6"},
		{`return etl.re.gsub("ab", "(a)(?P<x>b)", "${x}$1$$")`, "ba$, 1"},
		{`return etl.re.gsub("ab", "(a)|(b)", "<$2>")`, "<><b>, 2"},
		{`return etl.re.gsub("a1", "(\\d)", "$1x")`, "a1x, 1"},
		{`return etl.re.gsub("abc", "\\w", { a = "1", b = false, c = 3 })`, "1b3, 3"},
		{`return etl.re.gsub("abc", "(\\w)(\\w)", function(x, y) return y .. x end)`, "bac, 1"},
		{`return etl.re.gsub("abc", "b", function() end)`, "abc, 1"},
		{`return unpack(etl.re.split("a1b22c", "\\d+"))`, "a, b, c"},
		{`return unpack(etl.re.split("a1b22c", "\\d+", 2))`, "a, b22c"},
		{`return unpack(etl.re.split("abc", ""))`, "a, b, c"},
		{`return unpack(etl.re.split("abc", "", 1))`, "abc"},
		{`return unpack(etl.re.split("abc", "", 2))`, "a, bc"},
		{`return unpack(etl.re.split(",a,", ","))`, ", a, "},
		{`return unpack(etl.re.split("", ","))`, ""},

		{`return etl.hash.sha256("")`, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{`return #etl.hash.sha512("x"), #etl.hash.md5("x"), #etl.hash.sha1("x")`, "128, 32, 40"},

		{`return etl.base64.decode("")`, ""},
		{`return etl.base64url.decode(etl.base64url.encode("\0\255"))`, "\x00\xff"},
		{`return etl.hex.decode("AbC0")`, "\xab\xc0"},
		{`return etl.html.escape("<a href='x'>&\"")`, "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"},
		{`return etl.html.unescape("&#x41;&nope;&euro;")`, "A&nope;€"},

		{`return etl.url.encode("-._~aZ09 +/")`, "-._~aZ09%20%2B%2F"},
		{`return etl.url.decode("a+b%2Bc")`, "a+b+c"},
		{
			`local u = etl.url.parse("https://me:pw@x.org:80/a%20b?q=1&q=2&r=%C3%BC#top")
			return u.scheme, u.user, u.password, u.host, u.port, u.path, u.fragment, u.query.q[2], u.query.r, u.raw_query`,
			"https, me, pw, x.org, 80, /a b, top, 2, ü, q=1&q=2&r=%C3%BC",
		},
		{`local u = etl.url.parse("mailto:a@b.c") return u.scheme, u.path, u.host`, "mailto, a@b.c, nil"},
		{`local q = etl.url.query("?a=1&b&&c=") return q.a, q.b, q.c, q.d`, "1, , , nil"},
		{`return etl.url.build_query({ b = true, list = { 1, "x y" }, a = "ü&" })`, "b=true&list=1&list=x%20y&a=%C3%BC%26"},
		{`return etl.url.build_query({})`, ""},

		{`return etl.uuid.v5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")`, "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
		{`return etl.uuid.parse("urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2")`, "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
		{`return etl.uuid.parse("2ed6657de927568b95e12665a8aea6a2")`, "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
		{`return etl.uuid.parse("[2ed6657d-e927-568b-95e1-2665a8aea6a2]")`, "nil"},
		{`return etl.uuid.parse("2ed6657d")`, "nil"},
		{`return etl.uuid.v4() ~= etl.uuid.v4(), etl.uuid.v7():sub(15, 15)`, "true, 7"},

		{`return etl.text.trim("--a-b--", "-")`, "a-b"},
		{`return unpack(etl.text.split("a.b.c", ".", 2))`, "a, b.c"},
		{`return unpack(etl.text.split("", ","))`, ""},
		{`return etl.text.replace("aaa", "aa", "b")`, "ba"},
		{`return etl.text.contains("abc", ""), etl.text.starts_with("abc", "c"), etl.text.ends_with("abc", "a")`, "true, false, false"},
		{`return etl.text.lpad("äö", 5, "xyz"), etl.text.rpad("äö", 5, "ü"), etl.text.lpad("abc", 2), etl.text.lpad("a", -1)`, "xyzäö, äöüüü, abc, a"},
		{`return etl.text.lpad("a", 3)`, "  a"},
		{`return etl.text.len(""), etl.text.len("日本"), etl.text.len("\255a")`, "0, 2, 2"},
		{`return etl.text.sub("日本語", 2), etl.text.sub("日本語", -2, -2), etl.text.sub("日本語", 0, 1), etl.text.sub("日本語", 3, 2)`, "本語, 本, 日, "},
		{`return etl.text.sub("abc", 5), etl.text.sub("abc", -9, 9)`, ", abc"},
		{`return etl.text.normalize("ﬁ", "NFKC"), #etl.text.normalize("é", "NFD")`, "fi, 3"},
		{`return etl.text.is_utf8("日本"), etl.text.is_utf8("\237\160\128")`, "true, false"},
	}
	s := newState(t)
	for _, tt := range tests {
		if got := results(t, s, tt.script); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.script, got, tt.want)
		}
	}
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	tests := []struct{ script, want string }{
		{`etl.re.test(nil, "a")`, "bad argument #1 to 'etl.re.test' (subject: string expected, got nil)"},
		{`etl.re.test("a")`, "bad argument #2 to 'etl.re.test' (pattern: string expected, got no value)"},
		{`etl.re.test("a", "b", "c")`, "too many arguments to 'etl.re.test' (it takes 2 at most, got 3)"},
		{`etl.re.test(12, "b")`, "bad argument #1 to 'etl.re.test' (subject: string expected, got number 12)"},
		{`etl.re.test("a", "(")`, "bad argument #2 to 'etl.re.test' (pattern: missing closing ): `(`)"},
		{`etl.re.test("a", "a(?=b)")`, "bad argument #2 to 'etl.re.test' (pattern: invalid or unsupported Perl syntax: `(?=`)"},
		{`etl.re.test("a", "(((a{100}){100}){100})")`, "bad argument #2 to 'etl.re.test' (pattern: invalid repeat count: `{100}`)"},
		{`etl.re.test("a", ("(a{30}){30}"):rep(20))`, "bad argument #2 to 'etl.re.test' (pattern: the expression is too large once its repetitions are written out)"},
		{`etl.re.test("a", ("a"):rep(70000))`, "bad argument #2 to 'etl.re.test' (pattern: an expression of 70000 bytes is too large; the limit is 64 KiB)"},
		{`etl.re.test(("a"):rep(17000000), "a")`, "bad argument #1 to 'etl.re.test' (subject: a text of 17000000 bytes is too long to search; the limit is 16 MiB)"},
		{`etl.re.test(("a"):rep(3000000), ("a?"):rep(300))`, "bad argument #1 to 'etl.re.test' (subject: a text of 3000000 bytes is too long to search with so large an expression)"},
		{`etl.re.gsub("a", "a", "$b")`, "bad argument #3 to 'etl.re.gsub' (replacement: a $ that means no group; write $$ for a dollar sign)"},
		{`etl.re.gsub("a", "a", "$")`, "bad argument #3 to 'etl.re.gsub' (replacement: a $ that means no group; write $$ for a dollar sign)"},
		{`etl.re.gsub("a", "a", "${b}")`, "bad argument #3 to 'etl.re.gsub' (replacement: the pattern has no group \"b\")"},
		{`etl.re.gsub("a", "a", "$1")`, "bad argument #3 to 'etl.re.gsub' (replacement: the pattern has no group \"1\")"},
		{`etl.re.gsub("a", "a", true)`, "bad argument #3 to 'etl.re.gsub' (replacement: string, table or function expected, got boolean)"},
		{`etl.re.gsub("a", "a", function() return {} end)`, "'etl.re.gsub' got a replacement that is no string (a table)"},
		{`etl.re.gsub(("a"):rep(10000000), "a+", ("$0"):rep(10))`, "the text would be longer than 64 MiB"},
		{`etl.re.gsub(("a"):rep(2000000), "", "x")`, "'etl.re.gsub' finds more than 1048576 matches"},
		{`etl.re.match("a", "a", 1.5)`, "bad argument #3 to 'etl.re.match' (init: whole number expected, got number 1.5)"},
		{`etl.re.split("a", "a", 0)`, "bad argument #3 to 'etl.re.split' (limit: at least 1 expected, got 0)"},
		{`etl.base64.decode("a b=")`, "etl.base64.decode: the text is no base64 from byte 2 on"},
		{`etl.base64.decode("aGk")`, "etl.base64.decode: the text is no base64 from byte 1 on"},
		{`etl.base64.decode("aGl=")`, "etl.base64.decode: the text is no base64 from byte 4 on"},
		{`etl.base64.decode("aG\nk=")`, "etl.base64.decode: a line break at byte 3"},
		{`etl.base64url.decode("aGk=")`, "etl.base64url.decode: the text is no base64 from byte 4 on"},
		{`etl.hex.decode("abc")`, "etl.hex.decode: an odd number of digits"},
		{`etl.hex.decode("xy")`, "etl.hex.decode: \"x\" is no hexadecimal digit"},
		{`etl.hex.encode(("a"):rep(40000000))`, "the text would be longer than 64 MiB"},
		{`etl.html.escape(("a"):rep(40000000))`, "the text would be longer than 64 MiB"},
		{`etl.url.decode("%zz")`, "etl.url.decode: invalid URL escape \"%zz\""},
		{`etl.url.parse("http://[::1")`, "etl.url.parse: missing ']' in host"},
		{`etl.url.query("a=%")`, "etl.url.query: invalid URL escape \"%\""},
		{`etl.url.query(("a"):rep(2000000))`, "bad argument #1 to 'etl.url.query' (text: a text of 2000000 bytes is too long; the limit is 1 MiB)"},
		{`etl.url.build_query({ "a" })`, "bad argument #1 to 'etl.url.build_query' (parameters: a string cannot be the parameter \"1\")"},
		{`etl.url.build_query({ a = { {} } })`, "bad argument #1 to 'etl.url.build_query' (parameters: a table cannot be the parameter \"a\")"},
		{`etl.uuid.v5("x", "y")`, "bad argument #1 to 'etl.uuid.v5' (namespace: a UUID, dns, url, oid or x500 expected, got \"x\")"},
		{`etl.uuid.v4(1)`, "too many arguments to 'etl.uuid.v4' (it takes none, got 1)"},
		{`etl.text.split("a", "")`, "bad argument #2 to 'etl.text.split' (separator: a separator expected, got an empty string)"},
		{`etl.text.split("a", ",", 0)`, "bad argument #3 to 'etl.text.split' (limit: at least 1 expected, got 0)"},
		{`etl.text.split((","):rep(2000000), ",")`, "bad argument #1 to 'etl.text.split' (text: it would have more than 1048576 parts)"},
		{`etl.text.replace("a", "", "b")`, "bad argument #2 to 'etl.text.replace' (old: a text to replace expected, got an empty string)"},
		{`etl.text.replace(("a"):rep(1000000), "a", ("b"):rep(100))`, "the text would be longer than 64 MiB"},
		{`etl.text.lpad("a", 2, "")`, "bad argument #3 to 'etl.text.lpad' (fill: a text to fill with expected, got an empty string)"},
		{`etl.text.lpad("a", 1e12)`, "the text would be longer than 64 MiB"},
		{`etl.text.normalize("a", "NFX")`, "bad argument #2 to 'etl.text.normalize' (form: NFC, NFD, NFKC or NFKD expected, got \"NFX\")"},
		{`etl.text.sub("a")`, "bad argument #2 to 'etl.text.sub' (i: whole number expected, got no value)"},
		{`etl.set(1)`, "bad argument #1 to 'etl.set' (list: table expected, got number 1)"},
		{`etl.set({ a = 1 })`, "bad argument #1 to 'etl.set' (list: a list expected, got a table with the key a; options come second)"},
		{`etl.set({}, { limits = 3 })`, "bad argument #2 to 'etl.set' (options: there is no option limits; the only one is limit)"},
		{`etl.set({}, { limit = 0 })`, "bad argument #2 to 'etl.set' (options: limit is a number of keys, not the number 0)"},
		{`etl.set({ "a", "b" }, { limit = 1 })`, "the set is full: its limit is 1"},
		{`etl.set():add(nil)`, "bad argument #1 to 'set:add' (value: any value but nil expected, got nil)"},
		{`etl.set():add({})`, "bad argument #1 to 'set:add' (value: strings, numbers, booleans and dates can be keys, not a table)"},
		{`etl.set():add(0/0)`, "bad argument #1 to 'set:add' (value: strings, numbers, booleans and dates can be keys, not the number NaN)"},
		{`etl.set():add(1, 2)`, "too many arguments to 'set:add' (it takes 1, got 2)"},
		{`etl.set():ad(1)`, "a set has no method \"ad\""},
		{`etl.set().add(1)`, "'set:add' needs a set before the colon, got number"},
		{`etl.map().add(etl.set(), 1)`, "a map has no method \"add\""},

		{`etl.map().get(etl.set(), 1)`, "'map:get' needs a map before the colon, got userdata"},
		{`etl.map():set("a")`, "bad argument #2 to 'map:set' (value: any value but nil expected, got no value)"},
		{`etl.map():set("a", print)`, "bad argument #2 to 'map:set' (value: a map holds strings, numbers, booleans and dates, not a function)"},
		{`etl.map():set("a", etl.set())`, "bad argument #2 to 'map:set' (value: a map holds strings, numbers, booleans and dates, not a set)"},
		{`etl.counter():add("a", 1.5)`, "bad argument #2 to 'counter:add' (n: whole number expected, got number 1.5)"},
		{`local c = etl.counter() for i = 1, 2 do c:add("a", 2^53 - 1) end`, "the count is beyond 2^53"},
		{`local s = etl.set() s.x = 1`, "a set has no fields to assign"},
		{`setmetatable(etl.set(), {})`, "bad argument #1 to 'setmetatable' (table expected, got userdata)"},
		{`local s = etl.set() for i = 1, 100 do s:add(i) end for v in s:each() do s:remove(v) s:add(v + 1000) s:add(-v) end`, "so many were removed and added while the set was walked that their order is lost"},
	}
	s := newState(t)
	for _, tt := range tests {
		if got := results(t, s, tt.script); got != "error: "+tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.script, got, "error: "+tt.want)
		}
	}
}
