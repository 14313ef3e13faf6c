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

// options runs the command with arguments.
func options(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	var said bytes.Buffer
	code = cli.Run(t.Context(), cli.Env{
		Args: append([]string{"etlscript", "options"}, args...), Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
	})
	return said.String(), code
}

// TestJobsPage compares the reference page of jobs with the committed one.
func TestJobsPage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "jobs.md")
	if said, code := options(t, "--write", file); code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", code, said)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(repo, "docs/jobs.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run make gen (-committed +generated):\n%s", diff)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	if out, code := options(t); code != cli.ExitOK || !strings.Contains(out, "\nretry            when and how to try again\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code := options(t, "owner"); code != cli.ExitOK || out != "owner = a string\n  who answers for the job\n" {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code := options(t, "on_failur"); code != cli.ExitUsage || !strings.Contains(out, `did you mean "on_failure"?`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
