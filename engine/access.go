package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

// access enforces the paths of a policy when files are opened: it follows links
// first, so that a link inside of an allowed folder leads no way out. Whoever
// else may change the folders can still put a link there between this check and
// the opening; scripts cannot, since sinks make no links.
type access struct{ policy *job.Policy }

var _ op.Access = access{}

// MayRead implements op.Access.
func (a access) MayRead(path string) bool { return a.reaches(a.policy.Read, path) }

// MayWrite implements op.Access.
func (a access) MayWrite(path string) bool { return a.reaches(a.policy.Write, path) }

// reaches reports whether a path, links followed, is within allowed folders,
// links followed as well. What cannot be followed is not.
func (a access) reaches(allowed []string, path string) bool {
	real, err := follow(path, maxLinks)
	if err != nil {
		return false
	}
	roots := make([]string, 0, len(allowed))
	for _, root := range allowed {
		if r, err := follow(root, maxLinks); err == nil {
			roots = append(roots, r)
		}
	}
	return job.Within(roots, real)
}

// maxLinks is how many links to files that are not there follow one another.
const maxLinks = 40

// follow is the absolute path behind all links, also of a file that is not there
// yet.
func follow(path string, links int) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return real, err
	}
	if links == 0 {
		return "", errors.New("too many links")
	}
	if to, err := os.Readlink(path); err == nil {
		if !filepath.IsAbs(to) {
			folder, err := follow(filepath.Dir(path), links-1)
			if err != nil {
				return "", err
			}
			to = filepath.Join(folder, to)
		}
		return follow(to, links-1)
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path, nil
	}
	folder, err := follow(parent, links)
	return filepath.Join(folder, filepath.Base(path)), err
}
