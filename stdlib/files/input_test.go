package files

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bzipped is "a,b\n1,2\n", made by the bzip2 command.
const bzipped = "BZh91AY&SY\xbf\x87@\x7f\x00\x00\x03Y\x00\x00\x10\x00\x040\x000\x00 \x000\xc0\x08i\xb2\x88#'\x8b\xb9\x22\x9c(H_\xc3\xa0?\x80"

func gzipped(texts ...string) string {
	var b bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
	}
	return b.String()
}

func zstded(text string) string {
	w, _ := zstd.NewWriter(nil)
	defer w.Close()
	return string(w.EncodeAll([]byte(text), nil))
}

// zipped makes an archive of names and texts in turn.
func zipped(members ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, _ := w.Create(members[i])
		_, _ = io.WriteString(f, members[i+1])
	}
	_ = w.Close()
	return b.String()
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read expands one path, opens what it names and reads to the end.
func read(t *testing.T, dir, path string) (string, error) {
	t.Helper()
	found, problems := Expand(dir, []op.Name{{Text: path}})
	if err := problems.Err(); err != nil {
		return "", err
	}
	in, err := found[0].Open(op.Env{})
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(in)
	return string(text), errors.Join(err, in.Close())
}

func TestOpen(t *testing.T) {
	t.Parallel()
	const text = "a,b\n1,2\n"
	long := strings.Repeat(text, 100_000)
	tests := []struct{ name, content, path, want string }{
		{"plain.csv", text, "", text},
		{"empty.csv", "", "", ""},
		{"one.csv.gz", gzipped(text), "", text},
		{"members.CSV.GZ", gzipped(text, "", text), "", text + text},
		{"long.csv.gz", gzipped(long), "", long},
		{"one.csv.zst", zstded(text), "", text},
		{"frames.csv.zst", zstded(text) + zstded(long), "", text + long},
		{"one.csv.bz2", bzipped, "", text},
		{"one.zip", zipped("in/", "", "in/a.csv", text, "__MACOSX/a.csv", "x"), "", text},
		{"named.zip", zipped("a.csv", "x", "in/b.csv", text), "named.zip/in/b.csv", text},
		{"packed.zip", zipped("a.csv.gz", gzipped(text)), "", text},
		{"[x].csv", text, "", text},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{tt.name: tt.content})
			path := tt.path
			if path == "" {
				path = tt.name
			}
			got, err := read(t, dir, path)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %d bytes, want %d", len(got), len(tt.want))
			}
		})
	}
}

// A damaged or cut off file never ends as if it were whole.
func TestOpenDamaged(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a,b\n1,2\n", 1000)
	flip := func(s string, at int) string {
		return s[:at] + string(s[at]^0x55) + s[at+1:]
	}
	contents := map[string]string{
		"cut.gz": gzipped(long)[:30], "header.gz": gzipped(long)[:5], "empty.gz": "", "plain.gz": long, "tail.gz": gzipped(long) + "x",
		"checksum.gz": gzipped(long)[:len(gzipped(long))-2] + "xx",
		"cut.zst":     zstded(long)[:20], "empty.zst": "", "plain.zst": long, "flipped.zst": flip(zstded(long), 20),
		"cut.bz2": bzipped[:30], "empty.bz2": "", "plain.bz2": long,
		"cut.zip": zipped("a", long)[:40], "empty.zip": "", "plain.zip": long, "flipped.zip": flip(zipped("a", "packed text"), 35),
	}
	for name, content := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{name: content})
			text, err := read(t, dir, name)
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Code != "io.corrupt" || !strings.Contains(d.Message, `"`+name+`"`) {
				t.Errorf("read %d bytes, error %v", len(text), err)
			}
		})
	}
}

// Every cut of a compressed file is noticed.
func TestOpenCutAnywhere(t *testing.T) {
	t.Parallel()
	const text = "a,b\n1,2\n"
	for name, whole := range map[string]string{"x.gz": gzipped(text), "x.zst": zstded(text), "x.bz2": bzipped, "x.zip": zipped("a", text)} {
		dir := t.TempDir()
		for n := range len(whole) {
			writeFiles(t, dir, map[string]string{name: whole[:n]})
			if got, err := read(t, dir, name); err == nil {
				t.Errorf("%s: %d of %d bytes give %q without an error", name, n, len(whole), got)
			}
		}
	}
}

func TestOpenArchives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"two.zip": zipped("a.csv", "x", "in/b.csv", "y"), "none.zip": zipped("in/", ""), "nested.zip": zipped("a.zip", zipped("b", "c")),
	})
	tests := []struct{ path, want, hint string }{
		{"two.zip", `the archive "two.zip" holds 2 files: a.csv, in/b.csv`, `name one of them: "two.zip/a.csv"`},
		{"two.zip/other", `the archive has no file "other"`, `known: a.csv, in/b.csv`},
		{"two.zip/c.csv", `the archive has no file "c.csv"`, `did you mean "a.csv"?`},
		{"none.zip", `the archive "none.zip" holds no file`, ""},
		{"nested.zip", `"nested.zip": archives inside archives are not read`, ""},
	}
	for _, tt := range tests {
		_, err := read(t, dir, tt.path)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Message != tt.want || d.Hint != tt.hint {
			t.Errorf("%s: got %v", tt.path, diag.ListOf(err))
		}
	}
}

func TestInputSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.csv": "12345", "a.csv.gz": gzipped("12345"), "a.zip": zipped("a", "12345")})
	type facts struct {
		Size   int64
		Known  bool
		Random bool
		Last   byte
	}
	want := map[string]facts{
		"a.csv": {5, true, true, '5'}, "a.csv.gz": {0, false, false, '5'}, "a.zip": {5, true, false, '5'},
	}
	got := map[string]facts{}
	for name := range want {
		in, err := File{Name: name, Path: filepath.Join(dir, name)}.Open(op.Env{})
		if err != nil {
			t.Fatal(err)
		}
		size, known := in.Size()
		last, err := in.LastByte()
		if err = errors.Join(err, in.Close()); err != nil {
			t.Fatal(err)
		}
		got[name] = facts{size, known, in.Random(), last}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadAt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.csv": "12345"})
	in, err := File{Name: "a.csv", Path: filepath.Join(dir, "a.csv")}.Open(op.Env{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	piece := make([]byte, 2)
	if n, err := in.ReadAt(piece, 3); n != 2 || string(piece) != "45" || err != nil {
		t.Errorf("read %d bytes: %q, %v", n, piece, err)
	}
	if all, err := io.ReadAll(in); string(all) != "12345" || err != nil {
		t.Errorf("then read %q, %v", all, err)
	}
}

func TestStdin(t *testing.T) {
	t.Parallel()
	found, problems := Expand("", []op.Name{{Text: Std}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	in, err := found[0].Open(op.Env{Stdin: strings.NewReader("a\n")})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(in); string(text) != "a\n" || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
	if _, err := found[0].Open(op.Env{}); err == nil {
		t.Error("there is no standard input, and no error")
	}
	broken, err := found[0].Open(op.Env{Stdin: iotest.ErrReader(errors.New("unplugged"))})
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(broken)
	if want := `cannot read "stdin": unplugged`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenVanished(t *testing.T) {
	t.Parallel()
	_, err := File{Name: "a.csv", Path: filepath.Join(t.TempDir(), "a.csv")}.Open(op.Env{})
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Code != "file.missing" || d.Message != `cannot open "a.csv": no such file or directory` {
		t.Errorf("got %v", err)
	}
}
