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

// TestFunctionsPage compares the reference page of functions with the committed
// one.
func TestFunctionsPage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "functions.md")
	var said bytes.Buffer
	code := cli.Run(t.Context(), cli.Env{
		Args: []string{"etlscript", "functions", "--write", file}, Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
	})
	if code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(repo, "docs/functions.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run make gen (-committed +generated):\n%s", diff)
	}
}
