package vm

import (
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// mustCompile compiles a script that is right.
func mustCompile(t testing.TB, text string) *syntax.Chunk {
	t.Helper()
	c, d := syntax.Compile("job.lua", text)
	if d != nil {
		t.Fatalf("compile: %s: %v", d.Code, d)
	}
	return c
}

// openState makes a state that is closed at the end of the test.
func openState(t testing.TB) *State {
	t.Helper()
	s := New(Options{})
	t.Cleanup(s.Close)
	return s
}

// evaluate runs a script in a new state and returns its results as text,
// separated by blanks.
func evaluate(t testing.TB, script string) (string, error) {
	t.Helper()
	s := openState(t)
	out, err := s.Call(context.Background(), 0, s.Load(mustCompile(t, script)), lua.MultRet)
	if err != nil {
		d := s.Diagnose(err)
		return "", d
	}
	parts := make([]string, len(out))
	for i, v := range out {
		parts[i] = ToText(s.L, v)
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

func TestStateOptions(t *testing.T) {
	t.Parallel()
	var lines []string
	lib := mustCompile(t, "return function()\n\terror('from the library')\nend")
	s := New(Options{
		Print: func(line string) { lines = append(lines, line) },
		Chunk: func(name string) *syntax.Chunk {
			if name == lib.Name {
				return lib
			}
			return nil
		},
	})
	defer s.Close()
	// The state did not load the library: its position comes through Chunk.
	out, err := s.Call(t.Context(), 0, s.L.NewFunctionFromProto(lib.Proto), 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Call(t.Context(), 0, out[0].(*lua.LFunction), 0)
	if got := s.Diagnose(err).Error(); got != "job.lua:2:2: from the library" {
		t.Errorf("got %q", got)
	}
	main := mustCompile(t, `print(1, nil, 0.1 + 0.2); print(); print(setmetatable({}, { __tostring = function() return "mine" end }))`)
	if _, err := s.Call(t.Context(), 0, s.Load(main), 0); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(lines, "|"); got != "1\tnil\t0.30000000000000004||mine" {
		t.Errorf("got %q", got)
	}
}
