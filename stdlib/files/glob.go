package files

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// anyFolders is the part of a glob that stands for any number of folders.
const anyFolders = "**"

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

// glob gives the files below dir that match a pattern, sorted, named as the
// pattern names them: relative to dir, or absolute.
func glob(dir, pattern string) ([]string, error) {
	pattern = filepath.ToSlash(pattern)
	parts := strings.Split(path.Clean(pattern), "/")
	for _, part := range parts {
		if _, err := path.Match(part, ""); err != nil {
			return nil, err
		}
	}
	g := globber{dir: dir, found: map[string]bool{}}
	start := ""
	if path.IsAbs(pattern) {
		start, parts = "/", parts[1:]
	}
	if err := g.walk(start, parts); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(g.found))
	for name := range g.found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

type globber struct {
	dir   string
	found map[string]bool
}

// walk finds what matches the parts below a folder.
func (g *globber) walk(folder string, parts []string) error {
	part, rest := parts[0], parts[1:]
	if part == anyFolders && len(rest) == 0 {
		rest = []string{"*"}
	}
	if part == anyFolders {
		if err := g.walk(folder, rest); err != nil {
			return err
		}
		// The folders below the first ones are found by ** again, not by rest.
		return g.descend(folder, "*", append([]string{anyFolders}, rest...))
	}
	if !isGlob(part) {
		return g.visit(path.Join(folder, part), rest)
	}
	return g.descend(folder, part, rest)
}

// descend goes on in the entries of a folder that match a part.
func (g *globber) descend(folder, part string, rest []string) error {
	entries, err := os.ReadDir(locate(g.dir, folder))
	if err != nil {
		return unlessMissing(err)
	}
	for _, e := range entries {
		if hidden(e.Name()) && !hidden(part) {
			continue
		}
		if ok, err := path.Match(part, e.Name()); err != nil || !ok {
			continue
		}
		// A folder that ** enters is no link, so that links cannot go in circles.
		if len(rest) > 0 && rest[0] == anyFolders && !e.IsDir() {
			continue
		}
		if err := g.visit(path.Join(folder, e.Name()), rest); err != nil {
			return err
		}
	}
	return nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func (g *globber) visit(name string, rest []string) error {
	info, err := os.Stat(locate(g.dir, name))
	switch {
	case err != nil:
		return unlessMissing(err)
	case info.IsDir() && len(rest) > 0:
		return g.walk(name, rest)
	case !info.IsDir() && len(rest) == 0:
		g.found[name] = true
	}
	return nil
}

// unlessMissing drops errors that only say that nothing is there.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
