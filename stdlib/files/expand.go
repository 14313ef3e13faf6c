package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Expand finds the files that paths and globs name, in their order, those of a
// glob sorted by name. Names are relative to dir. A glob is made of *, ?,
// [a-z] and, as a folder's name, ** for any number of folders; like a shell's
// it matches no hidden names unless it spells the dot. "-" is standard input;
// "a.zip/b.csv" is a file in an archive. It reports every name and glob
// without a file, every folder, and every file that was named twice.
func Expand(dir string, patterns []op.Name) ([]File, diag.List) {
	e := expansion{dir: dir, seen: map[string]op.Name{}}
	for _, p := range patterns {
		e.add(p)
	}
	return e.files, e.problems
}

type expansion struct {
	dir      string
	seen     map[string]op.Name // by path
	files    []File
	problems diag.List
}

func (e *expansion) report(d *diag.Diagnostic) { e.problems = append(e.problems, d) }

func (e *expansion) add(p op.Name) {
	if p.Text == Std {
		e.take(File{Name: "stdin", Stdin: true, Pos: p.Pos}, p)
		return
	}
	path := locate(e.dir, p.Text)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		e.report(diag.Errorf("file.directory", p.Pos, "%q is a folder, not a file", p.Text).
			WithHint("name its files with a glob: %q", filepath.ToSlash(filepath.Join(p.Text, "*.csv"))))
	case err == nil:
		e.take(File{Name: p.Text, Path: path, Pos: p.Pos}, p)
	case isGlob(p.Text):
		e.glob(p)
	default:
		e.inArchive(p, err)
	}
}

func (e *expansion) take(f File, p op.Name) {
	key := f.Path + "\x00" + f.Inner
	if first, twice := e.seen[key]; twice {
		e.report(diag.Errorf("file.twice", p.Pos, "%s would be read twice", f.Name).
			WithNote(first.Pos, "%q names it too", first.Text).
			WithHint("name each file once"))
		return
	}
	e.seen[key] = p
	e.files = append(e.files, f)
}

func (e *expansion) glob(p op.Name) {
	names, err := glob(e.dir, p.Text)
	if err != nil {
		e.report(diag.Errorf("file.pattern", p.Pos, "%q is no glob: %w", p.Text, err))
		return
	}
	if len(names) == 0 {
		e.report(diag.Errorf("file.glob_empty", p.Pos, "no file matches %q", p.Text).
			WithHint("a glob is relative to the script's folder, and ** stands for any number of folders"))
		return
	}
	for _, name := range names {
		e.take(File{Name: name, Path: locate(e.dir, name), Pos: p.Pos}, p)
	}
}

// inArchive takes a path of the form archive.zip/inner, or reports the path.
func (e *expansion) inArchive(p op.Name, cause error) {
	for at := strings.IndexByte(p.Text, '/'); at >= 0; at = nextSlash(p.Text, at) {
		archive := locate(e.dir, p.Text[:at])
		if compression(archive) != ".zip" || !isFile(archive) {
			continue
		}
		e.take(File{Name: p.Text, Path: archive, Inner: p.Text[at+1:], Pos: p.Pos}, p)
		return
	}
	if !errors.Is(cause, fs.ErrNotExist) {
		e.report(diag.Errorf("file.open", p.Pos, "cannot open %q: %w", p.Text, plain(cause)))
		return
	}
	e.report(e.missing(p))
}

func nextSlash(s string, at int) int {
	if next := strings.IndexByte(s[at+1:], '/'); next >= 0 {
		return at + 1 + next
	}
	return -1
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// missing is the diagnostic for a file that is not there.
func (e *expansion) missing(p op.Name) *diag.Diagnostic {
	d := diag.Errorf("file.missing", p.Pos, "there is no file %q", p.Text)
	folder, base := filepath.Split(p.Text)
	entries, err := os.ReadDir(locate(e.dir, folder))
	if err != nil {
		return d.WithHint("there is no folder %q either; paths start at the script's folder", filepath.Clean(folder))
	}
	var names []string
	for _, x := range entries {
		if !x.IsDir() && !strings.HasPrefix(x.Name(), ".") {
			names = append(names, x.Name())
		}
	}
	if near := diag.Nearest(base, names); near != "" {
		return d.WithHint("did you mean %q?", folder+near)
	}
	return d.WithHint("paths start at the script's folder; %s", contents(folder, names))
}

// contents says in words which files a folder holds.
func contents(folder string, names []string) string {
	const most = 10
	where := "it holds "
	if folder != "" {
		where = folder + " holds "
	}
	switch {
	case len(names) == 0:
		return where + "no files"
	case len(names) > most:
		names = append(slices.Clone(names[:most]), "and others")
	}
	return where + strings.Join(names, ", ")
}
