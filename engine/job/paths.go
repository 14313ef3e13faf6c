package job

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Stdio is the path that means standard input or output.
const Stdio = "-"

// target is a path that a sink writes.
type target struct {
	op.Name
	key string
}

// checkPaths refuses two sinks on one path, reading what the job writes, and
// two readers of standard input.
func (d *Definition) checkPaths() diag.List {
	written, problems := d.targets()
	var stdin *op.Name
	for _, n := range d.Nodes {
		s, ok := n.Op.(*op.Scan)
		if !ok {
			continue
		}
		for _, p := range s.Source.Paths() {
			switch {
			case p.Text != Stdio:
				problems = append(problems, n.blame(d.checkSelfRead(p, written))...)
			case stdin != nil:
				problems = append(problems, n.blame(diag.List{diag.Errorf("path.stdin", p.Pos, "standard input is read twice in this job").
					WithNote(stdin.Pos, "the first time").WithHint("use the first stream in both places: a stream may have many consumers")})...)
			default:
				stdin = &p
			}
		}
	}
	return problems
}

// targets are the paths that the job writes, in order of the sinks.
func (d *Definition) targets() ([]target, diag.List) {
	var out []target
	var problems diag.List
	seen := map[string]op.Name{}
	for _, n := range d.Nodes {
		w, ok := n.Op.(*op.Write)
		if !ok || w.Sink == nil || w.Sink.Target().Text == "" {
			continue
		}
		t := target{w.Sink.Target(), d.pathKey(w.Sink.Target().Text)}
		t.Pos = cmp.Or(t.Pos, n.Pos)
		if first, twice := seen[t.key]; twice {
			problems = append(problems, n.blame(diag.List{diag.Errorf("path.twice", t.Pos, "%q is written twice in this job", t.Text).
				WithNote(first.Pos, "the first time").WithHint("give each sink a path of its own, or unite the streams with a:union(b)")})...)
			continue
		}
		seen[t.key] = t.Name
		out = append(out, t)
	}
	return out, problems
}

func (d *Definition) checkSelfRead(p op.Name, written []target) diag.List {
	var problems diag.List
	for _, t := range written {
		if t.key == d.pathKey(p.Text) || d.globHits(p.Text, t.key) {
			problems = append(problems, diag.Errorf("path.self_read", p.Pos, "%q reads %q, which this job writes", p.Text, t.Text).
				WithNote(t.Pos, "written here").WithHint("write to another path: outputs appear only when the run has succeeded"))
		}
	}
	return problems
}

// pathKey is a path in a form that is equal for equal files, without looking
// at any.
func (d *Definition) pathKey(name string) string {
	if name == Stdio {
		return name
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.Dir, name)
	}
	return absolute(name)
}

// absolute is a path from the root; as it is where the working folder is not
// known.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// globHits reports whether a source that reads the glob would read the file
// of a path key, as stdlib/files expands globs: ** stands for any number of
// folders, and hidden names match only where the glob spells the dot.
func (d *Definition) globHits(glob, key string) bool {
	if !isGlob(glob) {
		return false
	}
	if !filepath.IsAbs(glob) {
		glob = filepath.Join(literally(d.Dir), glob)
	}
	return partsMatch(parts(absolute(glob)), parts(key))
}

func isGlob(name string) bool { return strings.ContainsAny(name, "*?[") }

func parts(name string) []string { return strings.Split(filepath.ToSlash(name), "/") }

// literally is a glob that matches just the path.
func literally(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(filepath.ToSlash(name))
}

// partsMatch matches the folders and the name of a file with those of a glob.
func partsMatch(glob, name []string) bool {
	if len(glob) == 0 {
		return len(name) == 0
	}
	if glob[0] == "**" && partsMatch(glob[1:], name) {
		return true
	}
	if len(name) == 0 {
		return false
	}
	switch {
	case glob[0] == "**":
		return !hidden(name[0]) && (len(glob) == 1 && len(name) == 1 || partsMatch(glob, name[1:]))
	case hidden(name[0]) && !hidden(glob[0]):
		return false
	}
	hit, err := path.Match(glob[0], name[0])
	return err == nil && hit && partsMatch(glob[1:], name[1:])
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }
