package job_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

func filesIn(dir string, access op.Access) job.Files {
	return job.Moment{Env: op.Env{Dir: dir, Access: access}}.Files()
}

// content is a file's text, "none" where there is no file.
func content(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if errors.Is(err, fs.ErrNotExist) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := filesIn(dir, nil)
	for _, step := range []error{
		f.Write("out/a/_SUCCESS", "1"), f.Write("out/a/_SUCCESS", "22"), f.Append("log.txt", "a\n"), f.Append("log.txt", "b\n"),
		f.Write(filepath.Join(dir, "absolute"), "x"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if content(t, dir, "out/a/_SUCCESS") != "22" || content(t, dir, "log.txt") != "a\nb\n" || content(t, dir, "absolute") != "x" {
		t.Error("the files are not as they were written")
	}
	for name, want := range map[string]bool{"log.txt": true, "out/a": true, "none": false, "none/none": false} {
		if got, err := f.Exists(name); got != want || err != nil {
			t.Errorf("%s exists: %v, %v", name, got, err)
		}
	}
	for _, want := range []bool{true, false} {
		if was, err := f.Remove("log.txt"); was != want || err != nil {
			t.Errorf("removed: %v, %v", was, err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "out/a"))
	if err != nil || len(entries) != 1 {
		t.Errorf("temporary files stay: %v, %v", entries, err)
	}
}

// A link stays a link, and a file keeps its mode.
func TestFilesKeepWhatTheyReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "real"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := filesIn(dir, nil).Write("link", "x"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(filepath.Join(dir, "real"))
	if err != nil || info.Mode().Perm() != 0o600 || content(t, dir, "real") != "x" {
		t.Errorf("%v, %v", info, err)
	}
	if to, err := os.Readlink(filepath.Join(dir, "link")); to != "real" {
		t.Error(to, err)
	}
}

func TestFilesRefuse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"":       `file.name: "" is no name of a file`,
		"-":      `file.name: "-" is no name of a file`,
		"a/":     `file.name: "a/" is no name of a file`,
		"folder": `file.directory: "folder" is a folder, not a file`,
		"pipe":   `file.device: "pipe" is a pipe or a device, not a file`,
		"file/x": `io.write: cannot look for "file/x": not a directory`,
	} {
		f := filesIn(dir, nil)
		_, removeErr := f.Remove(name)
		for what, err := range map[string]error{"write": f.Write(name, "x"), "append": f.Append(name, "x"), "remove": removeErr} {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || string(d.Code)+": "+d.Message != want {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
	}
}

// fence allows what lies below a folder.
type fence struct{ read, write string }

func (f fence) MayRead(path string) bool  { return strings.HasPrefix(path, f.read+"/") }
func (f fence) MayWrite(path string) bool { return strings.HasPrefix(path, f.write+"/") }

func TestFilesAskTheAccess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := filesIn(dir, fence{read: dir + "/in", write: dir + "/out"})
	if err := f.Write("out/x", "x"); err != nil {
		t.Error(err)
	}
	_, removeErr := f.Remove("out/../in/x")
	_, existsErr := f.Exists("out/x")
	for what, err := range map[string]error{"write": f.Write("in/x", "x"), "append": f.Append("../x", "x"), "remove": removeErr, "exists": existsErr} {
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Code != "policy.path" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "in")); err == nil {
		t.Error("a refused path made a folder")
	}
}
