package jobinfo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// lockFile makes a file where there is none, and locks it. The error is ErrHeld where
// somebody else has it. Closing it by release gives it up.
func lockFile(path string) (*os.File, error) {
	// Those who only ask whether a file is locked have it for some microseconds.
	const tries, pause = 500, time.Millisecond
	for range tries {
		f, err := lockOnce(path)
		if f != nil || err != nil {
			return f, err
		}
		time.Sleep(pause)
	}
	return nil, fmt.Errorf("%s: %w", path, ErrHeld)
}

// lockOnce gives neither a file nor an error where another try is worth it.
func lockOnce(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	got, err := tryLock(f)
	if err == nil && got && sameFile(f, path) {
		return f, nil
	}
	held := false
	if err == nil && !got {
		held, err = isLocked(f)
	}
	if got {
		err = errors.Join(err, unlock(f))
	}
	if held {
		err = fmt.Errorf("%s: %w", path, ErrHeld)
	}
	return nil, errors.Join(err, f.Close())
}

// sameFile reports whether a file still is where it was opened: whoever had the lock
// before may have removed it.
func sameFile(f *os.File, path string) bool {
	mine, err := f.Stat()
	there, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(mine, there)
}

// release gives up a file that lockFile has locked.
func release(f *os.File) error { return errors.Join(unlock(f), f.Close()) }

// fileHeld reports whether somebody has locked a file. Nobody has one that is not there.
func fileHeld(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	held, err := isLocked(f)
	return held, errors.Join(err, f.Close())
}
