//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package jobinfo

import (
	"errors"
	"io/fs"
	"os"
)

// heldSuffix is the end of the name of the file that says, where the system cannot lock
// files for us, that somebody has the file of the name before it. It stays when the process is
// killed: the run then counts as held until somebody removes the file.
const heldSuffix = ".held"

func tryLock(f *os.File) (bool, error) {
	held, err := os.OpenFile(f.Name()+heldSuffix, os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, held.Close()
}

func isLocked(f *os.File) (bool, error) {
	_, err := os.Stat(f.Name() + heldSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func unlock(f *os.File) error { return os.Remove(f.Name() + heldSuffix) }
