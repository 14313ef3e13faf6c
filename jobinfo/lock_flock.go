//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package jobinfo

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file, if nobody else has it. The system unlocks it when the process
// ends, however that comes about.
func tryLock(f *os.File) (bool, error) { return flock(f, syscall.LOCK_EX|syscall.LOCK_NB) }

// isLocked reports whether somebody has a file. It locks the file for a moment, together
// with others who ask.
func isLocked(f *os.File) (bool, error) {
	free, err := flock(f, syscall.LOCK_SH|syscall.LOCK_NB)
	if err != nil || !free {
		return !free && err == nil, err
	}
	return false, unlock(f)
}

// unlock gives a file up. Closing it would not do while a process is being started,
// which has a copy of the descriptor for a moment.
func unlock(f *os.File) error {
	_, err := flock(f, syscall.LOCK_UN)
	return err
}

func flock(f *os.File, how int) (done bool, err error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), how); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, os.NewSyscallError("flock", err)
		}
	}
}
