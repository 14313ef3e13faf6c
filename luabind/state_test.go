package luabind

import (
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// mustCompile compiles a script that is right.
func mustCompile(t testing.TB, text string) *chunk {
	t.Helper()
	c, d := compile("job.lua", text)
	if d != nil {
		t.Fatalf("compile: %s: %v", d.Code, d)
	}
	return c
}

// openState makes a state that is closed at the end of the test.
func openState(t testing.TB) *state {
	t.Helper()
	s := newState(stateOptions{})
	t.Cleanup(s.close)
	return s
}

// evaluate runs a script in a new state and returns its results as text,
// separated by blanks.
func evaluate(t testing.TB, script string) (string, error) {
	t.Helper()
	s := openState(t)
	out, err := s.call(context.Background(), 0, s.load(mustCompile(t, script)), lua.MultRet)
	if err != nil {
		d := s.diagnose(err)
		return "", d
	}
	parts := make([]string, len(out))
	for i, v := range out {
		parts[i] = toText(s.L, v)
	}
	return strings.Join(parts, " "), nil
}

// expectAll runs scripts and compares their results.
func expectAll(t *testing.T, wants map[string]string) {
	t.Helper()
	for script, want := range wants {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			got, err := evaluate(t, script)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
