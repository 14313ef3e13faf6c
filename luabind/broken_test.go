package luabind

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
)

var update = flag.Bool("update", false, "write the expected texts anew")

// TestBrokenScripts loads each testdata/broken/NAME.lua and compares what is
// printed with NAME.txt. A first line "-- params: a=b" gives parameters.
func TestBrokenScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/broken/*.lua")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d broken scripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			loader, err := NewLoader(Config{Registry: testRegistry(t), Params: paramsIn(string(text))})
			if err != nil {
				t.Fatal(err)
			}
			script, err := loader.Load(t.Context(), filepath.Base(file), string(text), "testdata/broken")
			if err == nil {
				t.Fatal("the script loads")
			}
			if len(script.Jobs) > 0 {
				t.Errorf("a broken script gives %d jobs", len(script.Jobs))
			}
			golden(t, strings.TrimSuffix(file, ".lua")+".txt", printed(t, script, err))
		})
	}
}

// paramsIn reads the first line of a script, as in "-- params: a=b c=d".
func paramsIn(text string) map[string]string {
	first, _, _ := strings.Cut(text, "\n")
	list, ok := strings.CutPrefix(first, "-- params: ")
	if !ok {
		return nil
	}
	out := map[string]string{}
	for _, p := range strings.Fields(list) {
		name, value, _ := strings.Cut(p, "=")
		out[name] = value
	}
	return out
}

// printed is the diagnostics as a person sees them.
func printed(t *testing.T, script *Script, err error) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Print(&b, diag.ListOf(err), script.Sources); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares a text with a file, or writes the file under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: (-want +got)\n%s", file, d)
	}
}
