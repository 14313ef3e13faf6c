package luabind

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/luabind/syntax"
)

func newSession(t *testing.T) *Session {
	t.Helper()
	l, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	s := l.NewSession(t.TempDir())
	say(t, s, `local etl = require "etl"`)
	return s
}

// say evaluates an input that has no error.
func say(t *testing.T, s *Session, input string) *Answer {
	t.Helper()
	a, err := s.Eval(t.Context(), input)
	if err != nil {
		t.Fatalf("%s: %v", input, err)
	}
	return a
}

// An input is a value, statements, both, or the beginning of one.
func TestSessionInputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		input   string
		values  string
		printed string
		more    bool
		kept    bool
	}{
		{input: "1 + n, 'x', nil", values: "8,x,nil"},
		{input: "n", values: "7"},
		{input: "local m = n * 2", kept: true},
		{input: "local m = n; return m", kept: true},
		{input: "print(n)", printed: "7", kept: true},
		{input: "table.insert(t, n)", kept: true},
		{input: "tostring(n)", values: "7", kept: true},
		{input: "for i = 1, 2 do print(i) end", printed: "1,2", kept: true},
		{input: "for i = 1, 2 do", more: true},
		{input: "n +", more: true},
		{input: "local x =", more: true},
		{input: "{", more: true},
		{input: "[[a\nb", more: true},
		{input: "--[[ a", more: true},
		{input: "f(", more: true},
		{input: "  "},
		{input: "-- nothing", kept: true},
	} {
		s := newSession(t)
		say(t, s, "local n, t = 7, {}")
		before := s.Text()
		a := say(t, s, c.input)
		if got := strings.Join(a.Values, ","); got != c.values {
			t.Errorf("%s: the values are %s, want %s", c.input, got, c.values)
		}
		if got := strings.Join(a.Printed, ","); got != c.printed {
			t.Errorf("%s: it printed %s, want %s", c.input, got, c.printed)
		}
		if a.More != c.more || (s.Text() != before) != c.kept {
			t.Errorf("%s: more is %v, the script is %q", c.input, a.More, s.Text())
		}
	}
}

// What an input has done stays: variables, functions that share them, tables.
func TestSessionRemembers(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	say(t, s, "local n = 0 local function count() n = n + 1 return n end")
	say(t, s, "count() count()")
	say(t, s, "n = n + 10")
	if got := say(t, s, "n").Values; !cmp.Equal(got, []string{"12"}) {
		t.Errorf("n is %v", got)
	}
	s.Undo()
	if got := say(t, s, "n").Values; !cmp.Equal(got, []string{"2"}) {
		t.Errorf("n is %v behind :undo", got)
	}
}

// An error leaves no trace.
func TestSessionErrorsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"nobody":                               `there is no variable "nobody" here`,
		"local x = = 2":                        `unexpected "="`,
		"t.n = 1 error('broken')":              "broken",
		"local s = etl.rows({ { a = 1 } }, 5)": "rows",
		"end":                                  `unexpected "end"`,
	} {
		s := newSession(t)
		say(t, s, "local t = { n = 0 }")
		before := s.Text()
		a, err := s.Eval(t.Context(), input)
		if err == nil || !strings.Contains(err.Error(), want) || a.Sources[s.Name()] == "" {
			t.Errorf("%s: %v", input, err)
		}
		if s.Text() != before || !cmp.Equal(say(t, s, "t.n").Values, []string{"0"}) {
			t.Errorf("%s: the script is %q", input, s.Text())
		}
	}
}

func TestFinalReturn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"local a = 1\nreturn a\n":                        {"local a = 1\n", "return a\n"},
		"local function f() return 1 end return f()":     {"local function f() return 1 end ", "return f()"},
		"local s = 'return' do return s end":             {"local s = 'return' do return s end", ""},
		"if a then\n  return 1\nend\nprint(2)":           {"if a then\n  return 1\nend\nprint(2)", ""},
		"local t = { f = function() return end } return": {"local t = { f = function() return end } ", "return"},
	} {
		c, d := syntax.Compile("x", text)
		if d != nil {
			t.Fatal(d)
		}
		body, final := c.FinalReturn()
		if got := [2]string{body, final}; got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
