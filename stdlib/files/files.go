// Package files opens the inputs and makes the outputs of file components: it
// expands globs, decompresses and compresses by a file's ending, and puts an
// output under its final name whole or not at all (invariant 3).
//
// A reader expands its paths with Expand and opens each File. A writer calls
// Create, writes, and ends with Flush and Commit, or with Abort. Every error
// is a diagnostic that names the file as the script does. The package knows
// no format; it may import engine/diag, engine/op and compression libraries.
package files

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Std is the path that means standard input or output.
const Std = "-"

// IfExists says what becomes of an output that exists already.
type IfExists string

// The ways to treat an output that exists already.
const (
	Replace IfExists = "replace" // put the new one in its place (default)
	Fail    IfExists = "fail"    // refuse to run
	Append  IfExists = "append"  // add behind what is there
)

// File is one input.
type File struct {
	Name  string   // as the script names it, relative to its folder where possible
	Path  string   // where it is; "" for standard input
	Inner string   // the file inside the archive at Path, if the script named one
	Stdin bool     // it is standard input
	Pos   diag.Pos // of the path or glob in the script
}

// Ending is the ending of a name that tells its format, in lower case: ".json"
// for "a.json" and for "a.JSON.gz".
func Ending(name string) string {
	ending := strings.ToLower(filepath.Ext(name))
	if isCompression(ending) {
		return strings.ToLower(filepath.Ext(name[:len(name)-len(ending)]))
	}
	return ending
}

// isCompression reports whether an ending says that a file is compressed.
func isCompression(ending string) bool {
	return slices.Contains([]string{".gz", ".zst", ".bz2", ".zip"}, ending)
}

// compression is the ending of a compressed file, "" for another one.
func compression(name string) string {
	if ending := strings.ToLower(filepath.Ext(name)); isCompression(ending) {
		return ending
	}
	return ""
}

// CheckTarget reports what is wrong with an output's path before anything is
// opened.
func CheckTarget(target op.Name) diag.List {
	switch ending := compression(target.Text); {
	case target.Text == "":
		return diag.List{diag.Errorf("file.name", target.Pos, "the path of an output is empty").WithHint(`path = "out.csv"`)}
	case strings.HasSuffix(target.Text, "/"):
		return diag.List{diag.Errorf("file.directory", target.Pos, "%q is a folder, not a file", target.Text)}
	case ending == ".zip" || ending == ".bz2":
		return diag.List{diag.Errorf("file.compression", target.Pos, "%s files can be read, not written: %q", ending, target.Text).
			WithHint("write .gz or .zst")}
	}
	return nil
}

// forbidden is the diagnostic for a file that the run may not use.
func forbidden(name op.Name, what string) *diag.Diagnostic {
	return diag.Errorf("policy.path", name.Pos, "%q is outside of the folders that this run may %s", name.Text, what).
		WithHint("a link may lead there; who runs the job may allow the folder with --allow-%s FOLDER", what)
}

// locate is where the file of a name is.
func locate(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}
