package files

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// list is all files and folders below dir, folders with a slash.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			name += "/"
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func create(t *testing.T, dir, path string, mode IfExists) *Output {
	t.Helper()
	o, err := Create(op.Env{Dir: dir}, op.Name{Text: path}, mode)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func write(t *testing.T, o *Output, text string) {
	t.Helper()
	if n, err := io.WriteString(o, text); err != nil || n != len(text) {
		t.Fatalf("wrote %d bytes: %v", n, err)
	}
}

// finish takes the output to its end.
func finish(t *testing.T, o *Output) {
	t.Helper()
	if err := errors.Join(o.Flush(), o.Commit(), o.Abort()); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func code(err error) diag.Code {
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		return ""
	}
	return d.Code
}

func TestOutputAppearsAtCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"out.csv": "old"})
	o := create(t, dir, "out.csv", Replace)
	if o.IsNew() {
		t.Error("the file is there, and IsNew is true")
	}
	write(t, o, strings.Repeat("new", 200_000))
	if err := o.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, dir, "out.csv"); got != "old" {
		t.Errorf("before the commit it holds %d bytes", len(got))
	}
	if err := o.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, dir, "out.csv"); got != strings.Repeat("new", 200_000) {
		t.Errorf("behind the commit it holds %d bytes", len(got))
	}
	if err := o.Abort(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"out.csv"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestCommitWantsFlush(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := create(t, dir, "out.csv", Replace)
	write(t, o, "x")
	if err := o.Commit(); code(err) != "internal.output" {
		t.Errorf("got %v", err)
	}
	if err := o.Abort(); err != nil {
		t.Error(err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	t.Parallel()
	steps := map[string]func(t *testing.T, o *Output){
		"at once":      func(*testing.T, *Output) {},
		"while open":   func(t *testing.T, o *Output) { write(t, o, strings.Repeat("x", 1<<20)) },
		"behind flush": func(t *testing.T, o *Output) { write(t, o, "x"); _ = o.Flush() },
		"twice":        func(_ *testing.T, o *Output) { _ = o.Abort() },
		"flush failed": func(_ *testing.T, o *Output) { _ = o.file.Close(); _ = o.Flush() },
	}
	for name, step := range steps {
		for _, target := range []string{"new/deep/out.csv", "kept/out.csv.gz", "kept/new/out.csv.zst"} {
			t.Run(name+" "+filepath.Base(target), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				writeFiles(t, dir, map[string]string{"kept/other": ""})
				o := create(t, dir, target, Replace)
				step(t, o)
				// The file may be closed already, which an abort may say.
				if err := o.Abort(); err != nil && !errors.Is(err, fs.ErrClosed) {
					t.Error(err)
				}
				if diff := cmp.Diff([]string{"kept/", "kept/other"}, list(t, dir)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestAbortKeepsFoldersInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := create(t, dir, "new/a.csv", Replace)
	second := create(t, dir, "new/b.csv", Replace)
	finish(t, second)
	if err := first.Abort(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"new/", "new/b.csv"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestIfExists(t *testing.T) {
	t.Parallel()
	tests := []struct {
		mode   IfExists
		before string // "-": no file
		want   string
		code   diag.Code
	}{
		{Replace, "-", "new", ""},
		{Replace, "old", "new", ""},
		{Fail, "-", "new", ""},
		{Fail, "old", "old", "file.exists"},
		{Fail, "", "", "file.exists"},
		{Append, "-", "new", ""},
		{Append, "", "new", ""},
		{Append, "old", "oldnew", ""},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		if tt.before != "-" {
			writeFiles(t, dir, map[string]string{"out.csv": tt.before})
		}
		o, err := Create(op.Env{Dir: dir}, op.Name{Text: "out.csv"}, tt.mode)
		if code(err) != tt.code {
			t.Errorf("%s on %q: %v", tt.mode, tt.before, err)
		}
		if err == nil {
			if want := tt.before == "-" || tt.before == ""; o.IsNew() != want {
				t.Errorf("%s on %q: IsNew is %v", tt.mode, tt.before, o.IsNew())
			}
			write(t, o, "new")
			finish(t, o)
		}
		if got := content(t, dir, "out.csv"); got != tt.want {
			t.Errorf("%s on %q: it holds %q", tt.mode, tt.before, got)
		}
		if diff := cmp.Diff([]string{"out.csv"}, list(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
}

// A file that came into being during the run is not replaced.
func TestFailAtCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := create(t, dir, "out.csv", Fail)
	write(t, o, "new")
	writeFiles(t, dir, map[string]string{"out.csv": "theirs"})
	if err := o.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := o.Commit(); code(err) != "file.exists" {
		t.Errorf("got %v", err)
	}
	if err := o.Abort(); err != nil {
		t.Error(err)
	}
	if got := content(t, dir, "out.csv"); got != "theirs" {
		t.Errorf("it holds %q", got)
	}
	if diff := cmp.Diff([]string{"out.csv"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestAppendIsAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"out.csv": "old\n"})
	o := create(t, dir, "out.csv", Append)
	write(t, o, "new\n")
	if err := errors.Join(o.Flush(), o.Abort()); err != nil {
		t.Fatal(err)
	}
	if got := content(t, dir, "out.csv"); got != "old\n" {
		t.Errorf("behind an abort it holds %q", got)
	}
}

func TestExisting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"out.csv.gz": gzipped("old")})
	o := create(t, dir, "out.csv.gz", Append)
	defer func() { _ = o.Abort() }()
	in, err := o.Existing()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err = errors.Join(err, in.Close()); err != nil || string(text) != "old" {
		t.Errorf("read %q, %v", text, err)
	}
}

// The standard library and the reference decoder read what was compressed,
// members that were appended included.
func TestCompressedOutputs(t *testing.T) {
	t.Parallel()
	unzstd := func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }
	unzip := func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	for name, open := range map[string]func(io.Reader) (io.Reader, error){"a.csv.gz": unzip, "A.CSV.ZST": unzstd} {
		dir := t.TempDir()
		text := strings.Repeat("1,2,3\n", 100_000)
		for _, mode := range []IfExists{Replace, Append} {
			o := create(t, dir, name, mode)
			write(t, o, text)
			finish(t, o)
		}
		packed := content(t, dir, name)
		r, err := open(strings.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text+text {
			t.Errorf("%s: read %d bytes, %v", name, len(got), err)
		}
		if len(packed) > len(text)/10 {
			t.Errorf("%s has %d bytes", name, len(packed))
		}
	}
}

func TestLinksAndModes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"real/out.csv": "old"})
	path := filepath.Join(dir, "real", "out.csv")
	if err := errors.Join(
		os.Chmod(path, 0o640), os.Symlink("real/out.csv", filepath.Join(dir, "link.csv")),
		os.Symlink("link.csv", filepath.Join(dir, "twice.csv")), os.Symlink("real/new.csv", filepath.Join(dir, "dangling.csv")),
	); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"twice.csv", "dangling.csv"} {
		o := create(t, dir, name, Replace)
		write(t, o, "new")
		finish(t, o)
	}
	if diff := cmp.Diff([]string{"dangling.csv", "link.csv", "real/", "real/new.csv", "real/out.csv", "twice.csv"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
	if got := content(t, dir, "real/out.csv") + content(t, dir, "real/new.csv"); got != "newnew" {
		t.Errorf("the files hold %q", got)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestCreateProblems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"file": "", "folder/x": ""})
	if err := errors.Join(os.Symlink("circle", filepath.Join(dir, "circle")), os.Symlink("nowhere", filepath.Join(dir, "dangling"))); err != nil {
		t.Fatal(err)
	}
	before := list(t, dir)
	tests := []struct {
		path, want string
		code       diag.Code
	}{
		{"", `the path of an output is empty`, "file.name"},
		{"folder", `"folder" is a folder, not a file`, "file.directory"},
		{"folder/", `"folder/" is a folder, not a file`, "file.directory"},
		{"a.csv.bz2", `.bz2 files can be read, not written: "a.csv.bz2"`, "file.compression"},
		{"a.zip", `.zip files can be read, not written: "a.zip"`, "file.compression"},
		{"file/a.csv", `cannot write "file/a.csv": not a directory`, "io.write"},
		{"circle", `cannot write "circle": too many levels of symbolic links`, "io.write"},
		{"dangling/x.csv", `cannot write "dangling/x.csv": no such file or directory`, "io.write"},
		{"dangling/y/x.csv", `cannot make the folder of "dangling/y/x.csv": no such file or directory`, "io.write"},
		{strings.Repeat("x", 300), `cannot write "` + strings.Repeat("x", 300) + `": file name too long`, "io.write"},
	}
	for _, tt := range tests {
		_, err := Create(op.Env{Dir: dir}, op.Name{Text: tt.path}, Replace)
		if err == nil || err.Error() != tt.want || code(err) != tt.code {
			t.Errorf("%q: %s %v", tt.path, code(err), err)
		}
	}
	if _, err := Create(op.Env{}, op.Name{Text: Std}, Replace); code(err) != "file.stdout" {
		t.Errorf("without standard output: %v", err)
	}
	if diff := cmp.Diff(before, list(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestLongNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := strings.Repeat("n", 250) + ".csv"
	o := create(t, dir, name, Replace)
	write(t, o, "x")
	finish(t, o)
	if got := content(t, dir, name); got != "x" {
		t.Errorf("it holds %q", got)
	}
}

func TestStdoutStreams(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o, err := Create(op.Env{Stdout: &out}, op.Name{Text: Std}, Fail)
	if err != nil {
		t.Fatal(err)
	}
	write(t, o, "x")
	finish(t, o)
	if out.String() != "x" || !o.IsNew() {
		t.Errorf("stdout got %q", &out)
	}
}

func TestDevicesAreNotReplaced(t *testing.T) {
	t.Parallel()
	o := create(t, "", os.DevNull, Replace)
	write(t, o, "x")
	finish(t, o)
	info, err := os.Stat(os.DevNull)
	if err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s became %v, %v", os.DevNull, info.Mode(), err)
	}
}

// fullDisk has no room.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/somewhere/.out.tmp", Err: syscall.ENOSPC}
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	o, err := Create(op.Env{Stdout: fullDisk{}}, op.Name{Text: Std, Pos: diag.Pos{File: "job.lua", Line: 3}}, Replace)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Write(bytes.Repeat([]byte("x"), 1<<20))
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Code != "io.write" || d.Error() != `job.lua:3: cannot write "-": no space left on device` || d.Hint == "" {
		t.Errorf("got %v", err)
	}
	if err := o.Flush(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("flush: %v", err)
	}
	if err := o.Abort(); err != nil {
		t.Error(err)
	}
}

// Every stage of a file's life may fail: here the file was closed behind its
// back, and the target's folder vanished.
func TestFailuresAreDiagnostics(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	closed := create(t, dir, "a.csv", Replace)
	write(t, closed, "x")
	_ = closed.file.Close()
	if err := closed.Flush(); code(err) != "io.write" {
		t.Errorf("flush: %v", err)
	}
	_ = closed.Abort()

	gone := create(t, dir, "new/b.csv", Replace)
	if err := gone.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "new")); err != nil {
		t.Fatal(err)
	}
	if err := gone.Commit(); code(err) != "io.write" {
		t.Errorf("commit: %v", err)
	}
	if err := gone.Abort(); err != nil {
		t.Error(err)
	}
	if names := list(t, dir); len(names) > 0 {
		t.Errorf("left behind: %v", slices.Compact(names))
	}
}
