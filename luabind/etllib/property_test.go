package etllib

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// TestDecodeUndoesEncode checks every pair over any bytes.
func TestDecodeUndoesEncode(t *testing.T) {
	t.Parallel()
	s := newState(t)
	rapid.Check(t, func(r *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"))
		for _, module := range []string{"base64", "base64url", "hex", "url"} {
			script := `local x = ... return etl.` + module + `.decode(etl.` + module + `.encode(x))`
			if got := results(t, s, script, lua.LString(text)); got != text {
				r.Fatalf("%s: got %q, want %q", module, got, text)
			}
		}
		if got := results(t, s, `local x = ... return etl.url.query("k=" .. etl.url.encode(x)).k`, lua.LString(text)); got != text {
			r.Fatalf("query: got %q, want %q", got, text)
		}
		if got := results(t, s, `local x = ... return (etl.re.gsub("<" .. x .. ">", etl.re.escape(x), "", 1))`, lua.LString(text)); validText(text) && got != "<>" {
			r.Fatalf("escape of %q leaves %q", text, got)
		}
	})
}

// validText reports whether a pattern can hold the text: no byte that is no
// UTF-8, which matches U+FFFD.
func validText(s string) bool {
	return strings.ToValidUTF8(s, "") == s && !strings.ContainsRune(s, '\uFFFD')
}

// jsonValues are values that JSON has.
func jsonValues() *rapid.Generator[record.Value] {
	leaf := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) record.Value { return record.StringValue(strings.ToValidUTF8(s, "?")) }),
		rapid.Map(rapid.Int64(), record.IntValue),
		rapid.Map(rapid.Uint64(), record.UintValue),
		rapid.Map(rapid.Float64(), func(f float64) record.Value {
			if math.IsInf(f, 0) || f != f {
				f = 0
			}
			return record.FloatValue(f)
		}),
		rapid.Map(rapid.Bool(), record.BoolValue),
		rapid.Just(record.Value{}),
	)
	items := rapid.Map(rapid.SliceOfN(leaf, 0, 4), record.ListValue)
	return rapid.OneOf(leaf, items, rapid.Custom(func(t *rapid.T) record.Value {
		var entries []record.Entry
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,3}"), 0, 4, rapid.ID).Draw(t, "names") {
			entries = append(entries, record.Entry{Name: name, Value: rapid.OneOf(leaf, items).Draw(t, name)})
		}
		return record.MapValue(entries)
	}))
}

// TestJSONSurvives reads texts and writes them again.
func TestJSONSurvives(t *testing.T) {
	t.Parallel()
	s := newState(t)
	rapid.Check(t, func(r *rapid.T) {
		text, err := jsonvalue.Append(nil, jsonValues().Draw(r, "value"))
		if err != nil {
			r.Fatal(err)
		}
		if got := results(t, s, `local x = ... return etl.json.encode(etl.json.decode(x))`, lua.LString(text)); got != string(text) {
			r.Fatalf("got %s, want %s", got, text)
		}
	})
}

// TestWorkIsCounted runs functions on large texts until the budget ends.
func TestWorkIsCounted(t *testing.T) {
	t.Parallel()
	const prepare = `
		local x, big, bad, many, twice = ("a"):rep(1000000), ("a"):rep(2^26), {}, {}, {}
		for i = 1, 1000 do bad[i] = x many[i] = big end
		bad[1001] = print
		local half, list, gaps, m, n = x:sub(1, 500000), {}, etl.set(), etl.map(), 0
		for i = 1, 2000 do list[i] = i end
		for i = 1, 100000 do gaps:add(i) end
		for i = 1, 99999 do gaps:remove(i) end
		for i = 1, 2 do twice[i] = big end`
	const mostCalls = 2000 // that a budget of a million instructions lasts for
	var script strings.Builder
	script.WriteString(prepare + " return {")
	var all []string
	for _, call := range []string{
		`pcall(etl.json.encode, bad)`, `pcall(etl.json.encode, many)`, `etl.text.trim(x, ("é"):rep(1000))`, `pcall(etl.base64.decode, x .. "!")`,
		`pcall(etl.hex.decode, x .. "!")`, `pcall(etl.decimal, x)`, `pcall(etl.date, x)`, `pcall(etl.parse_date, x, "%Y")`, `pcall(etl.int, x)`,
		`pcall(etl.url.build_query, { a = x, b = print })`, `etl.text.starts_with(x, x)`, `etl.text.lpad("a", 10, x)`, `pcall(etl.uuid.v5, x, "a")`,
		`pcall(etl.text.replace, big, "a", "aa")`, `etl.hash.hmac_sha256(x, "a")`, `etl.re.escape(x)`, `pcall(etl.re.test, "a", x)`,
		`pcall(etl.json.decode, x)`, `pcall(etl.json.encode, twice)`, `pcall(etl.uuid.parse, x)`, `pcall(etl.html.unescape, x)`,
		`etl.set({ x, x .. "b" })`, `etl.map({ [x] = 1 })`, `etl.set(list)`, `etl.map(list)`, `etl.text.contains(x .. x, half .. "suxxtqda")`, `etl.text.split(x, half .. "b")`,
		`etl.text.replace(x, half .. "b", "")`, `n = n + 1 etl.re.test("", ("(?i:\\pL)"):rep(100) .. n)`,
		`for k in gaps:each() do break end`, `m:set("k", x)`, `m:has(x)`,
		`etl.re.test(x, "b")`, `etl.re.gsub(x, "b", "")`, `etl.hash.md5(x)`, `etl.base64.encode(x)`, `etl.hex.encode(x)`, `etl.url.encode(x)`,
		`etl.url.decode(x)`, `etl.html.escape(x)`, `etl.text.len(x)`, `etl.text.trim(x)`, `etl.text.replace(x, "b", "c")`,
		`etl.text.split(x, "b")`, `etl.text.normalize(x)`, `etl.json.encode(x)`, `etl.uuid.v5("dns", x)`, `etl.text.contains(x, "b")`,
	} {
		fmt.Fprintf(&script, "function() while true do tick() %s end end,\n", call)
		all = append(all, call)
	}
	s, calls := newState(t), 0
	s.SetGlobal("tick", s.Bind("tick", func(L *lua.LState) int {
		if calls++; calls > mostCalls {
			L.RaiseError("the budget lasts too long")
		}
		return 0
	}))
	out, err := s.Call(t.Context(), 0, s.Load(compile(t, script.String()+"}")), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, call := range all {
		calls = 0
		_, err = s.Call(t.Context(), 1_000_000, out[0].(*lua.LTable).RawGetInt(i+1).(*lua.LFunction), 0)
		if d := s.Diagnose(err); d == nil || d.Code != "lua.budget" {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// TestExpressionsAreKept compiles an expression once.
func TestExpressionsAreKept(t *testing.T) {
	t.Parallel()
	s := newState(t)
	if got := results(t, s, `for i = 1, 100 do etl.re.test("a", "a") end for i = 1, 300 do etl.re.test("a", "b" .. i) end return 1`); got != "1" {
		t.Fatal(got)
	}
	kept := libraryOf(s).patterns.kept
	if kept.Contains("a") || !kept.Contains("b300") || kept.Len() != keptExpressions {
		t.Errorf("%d expressions are kept", kept.Len())
	}
}

// TestUUIDsFollowTheSeed draws the same for the same seed.
func TestUUIDsFollowTheSeed(t *testing.T) {
	t.Parallel()
	draw := func(key uint64) string {
		s := newState(t)
		s.Randomize(1, key)
		return results(t, s, `return etl.uuid.v4(), etl.uuid.v4()`)
	}
	first, again, other := draw(1), draw(1), draw(2)
	if first != again || first == other {
		t.Errorf("got %s, %s and %s", first, again, other)
	}
	if !regexp.MustCompile(`^([0-9a-f-]{36}), ([0-9a-f-]{36})$`).MatchString(first) {
		t.Error(first)
	}
}

// TestFunctionsAllocateLittle bounds what a call costs beside its result. Under
// the race detector, package regexp makes its scratch space anew now and then.
func TestFunctionsAllocateLittle(t *testing.T) {
	s := newState(t)
	for call, most := range map[string]float64{
		`etl.re.test(x, "b$")`: 2, `etl.text.starts_with(x, "b")`: 1, `etl.text.trim(x)`: 2, `set:has(x)`: 1, `set:add(x)`: 1,
		`etl.re.match(x, "a(b)")`: 6,
	} {
		c := compile(t, `local set, x = etl.set{ "aab" }, "aab" return function() for i = 1, 100 do local y = `+call+` end end`)
		out, err := s.Call(t.Context(), 0, s.Load(c), 1)
		if err != nil {
			t.Fatal(err)
		}
		end := s.Begin(t.Context(), 0)
		got := testing.AllocsPerRun(10, func() {
			if _, err := s.Invoke(out[0].(*lua.LFunction), lua.LNil); err != nil {
				t.Fatal(err)
			}
		}) / 100
		end()
		if got > most {
			t.Errorf("%s: %.2f allocations, want at most %v", call, got, most)
		}
	}
}
