package etlscript_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/luabind"
	"github.com/etlscript/etlscript/stdlib"
)

// A script that is typed statement by statement defines the same job as the file.
func TestSessionIsTheScript(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("scripts/*.lua")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	loader, err := luabind.NewLoader(luabind.Config{Registry: &registry, Libraries: stdlib.Libraries()})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s := loader.NewSession(filepath.Dir(file))
			typeIn(t, s, file)
			want, err := loader.LoadFile(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Jobs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Jobs) != len(want.Jobs) {
				t.Fatalf("the session has %d jobs, the file %d", len(got.Jobs), len(want.Jobs))
			}
			for i, d := range want.Jobs {
				if len(got.Jobs[i].Nodes) != len(d.Nodes) || got.Jobs[i].Name != d.Name {
					t.Errorf("the session has %d nodes, the file %d", len(got.Jobs[i].Nodes), len(d.Nodes))
				}
			}
		})
	}
}

// typeIn gives the session a file, statement by statement.
func typeIn(t *testing.T, s *luabind.Session, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var input string
	lines := strings.SplitAfter(string(text), "\n")
	for i, line := range lines {
		input += line
		if i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), ":") {
			continue // a call goes on
		}
		answer, err := s.Eval(t.Context(), strings.TrimSuffix(input, "\n"))
		if err != nil {
			t.Fatalf("%s: %v", input, err)
		}
		if !answer.More {
			input = ""
		}
	}
}
