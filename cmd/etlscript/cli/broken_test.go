package cli_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
)

// TestBroken runs broken scripts and good scripts over broken inputs. Each
// must end with a diagnostic, whose whole text is in the file's section
// "want", and must leave no output behind.
func TestBroken(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"scripts", "inputs"} {
		cases, err := filepath.Glob("testdata/broken/" + kind + "/*.txtar")
		if err != nil || len(cases) < 15 {
			t.Fatalf("%d broken %s: %v", len(cases), kind, err)
		}
		for _, path := range cases {
			t.Run(kind+"/"+strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
				t.Parallel()
				testBroken(t, path)
			})
		}
	}
}

func testBroken(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	want := unpack(t, dir, archive)
	before := files(t, dir)
	got := runBroken(t, dir)
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("the folder changed (-before +after):\n%s", diff)
	}
	if *update {
		rewrite(t, path, archive, got)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics differ (-want +got):\n%s", diff)
	}
}

// unpack writes the files of a case and returns its expected text. Backslash
// escapes in files whose name ends in .esc stand for bytes that a text file
// cannot hold.
func unpack(t *testing.T, dir string, archive *txtar.Archive) string {
	t.Helper()
	want := ""
	for _, f := range archive.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		name, data := f.Name, f.Data
		if plain, ok := strings.CutSuffix(name, ".esc"); ok {
			name, data = plain, unescape(data)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return want
}

// unescape knows \xff, \r, \0 and \e (nothing: the end of the file without a
// line end).
func unescape(data []byte) []byte {
	if i := bytes.Index(data, []byte(`\e`)); i >= 0 {
		data = data[:i]
	}
	for old, new := range map[string]string{`\xff`: "\xff", `\r`: "\r", `\0`: "\x00"} {
		data = bytes.ReplaceAll(data, []byte(old), []byte(new))
	}
	return data
}

// files are all files and folders below dir with their contents, but for run
// directories.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "runs" {
			return fs.SkipDir
		}
		if d.IsDir() {
			out[path] = "folder"
			return nil
		}
		data, err := os.ReadFile(path)
		out[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// runBroken runs job.lua and returns what it printed, without what differs
// from run to run.
func runBroken(t *testing.T, dir string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := cli.Run(ctx, cli.Env{
		Args:  []string{"etlscript", "run", "--runs", filepath.Join(dir, "runs"), filepath.Join(dir, "job.lua")},
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	if ctx.Err() != nil {
		t.Errorf("did not end within a minute")
	}
	if code != cli.ExitFailed && code != cli.ExitUsage {
		t.Errorf("exit code %d", code)
	}
	text := strings.ReplaceAll(stderr.String(), dir+string(filepath.Separator), "")
	text = regexp.MustCompile(`(?m)^t: read \d+ rows?, wrote \d+ rows?.*\n`).ReplaceAllString(text, "") // progress, on slow machines
	text = regexp.MustCompile(`in \d+(\.\d+)?(ms|s|µs)\b`).ReplaceAllString(text, "in TIME")
	text = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\dT\S+Z `).ReplaceAllString(text, "NOW ")
	text = regexp.MustCompile(`[0-9A-Z]{26}`).ReplaceAllString(text, "RUN")
	return stdout.String() + text
}

func rewrite(t *testing.T, path string, archive *txtar.Archive, got string) {
	t.Helper()
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	archive.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
