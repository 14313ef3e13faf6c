package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
)

// TestReferencePages makes all reference pages, for which every example must
// run and write something, and compares them with the committed ones.
func TestReferencePages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var said bytes.Buffer
	code := cli.Run(t.Context(), cli.Env{
		Args: []string{"etlscript", "components", "--write", dir}, Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
	})
	if code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	got, want := readOutputs(t, dir), readOutputs(t, filepath.Join(repo, "docs/components"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run make gen (-committed +generated):\n%s", diff)
	}
	for name, page := range got {
		if name != "README.md" && !strings.Contains(page, "\nwrites `") {
			t.Errorf("%s has no example that writes something", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "read_csv.md")); err != nil {
		t.Error(err)
	}
}
