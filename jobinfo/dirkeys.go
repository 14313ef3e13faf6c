package jobinfo

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// doneSuffix is the end of the name of the file that says which run COMPLETED under a
// key. The file without it is locked while a run claims the key, and names that run.
const doneSuffix = ".done"

// keyDone is the content of a file of doneSuffix. The key is for people who look.
type keyDone struct {
	Key       string `json:"key"`
	Completed string `json:"completed"`
}

// Claim implements Recorder.
func (s *DirStore) Claim(key, run string) (Claim, error) {
	c, err := s.claim(key, run)
	if err != nil {
		return nil, fmt.Errorf("idempotency key %q: %w", key, err)
	}
	return c, nil
}

func (s *DirStore) claim(key, run string) (*dirClaim, error) {
	dir := filepath.Join(s.root(), keysDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(key))
	path := filepath.Join(dir, hex.EncodeToString(sum[:]))
	lock, err := lockFile(path)
	if errors.Is(err, ErrHeld) {
		return nil, &HeldError{Run: holder(path)}
	}
	if err != nil {
		return nil, err
	}
	c := &dirClaim{path: path, run: run, lock: lock, done: keyDone{Key: key}}
	if err := c.begin(); err != nil {
		return nil, errors.Join(err, c.Release())
	}
	return c, nil
}

// holder is the run that claims the key of a file, "" where it has not said so yet.
func holder(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	run, _, whole := strings.Cut(string(text), "\n")
	if !whole {
		return ""
	}
	return run
}

// dirClaim is a key whose file it has locked.
type dirClaim struct {
	path, run string
	mu        sync.Mutex
	lock      *os.File // nil when released
	done      keyDone
}

// begin names the holder, for those who want the key too.
func (c *dirClaim) begin() error {
	if err := c.lock.Truncate(0); err != nil {
		return err
	}
	if _, err := c.lock.WriteAt([]byte(c.run+"\n"), 0); err != nil {
		return err
	}
	return unlessMissing(readJSON(c.path+doneSuffix, &c.done))
}

// Done implements Claim.
func (c *dirClaim) Done() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done.Completed
}

// Complete implements Claim. It is on the disk when it returns.
func (c *dirClaim) Complete() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lock == nil {
		return errReleased
	}
	done := keyDone{Key: c.done.Key, Completed: c.run}
	if err := writeJSON(c.path+doneSuffix, done, true); err != nil {
		return fmt.Errorf("idempotency key %q: %w", c.done.Key, err)
	}
	c.done = done
	return nil
}

// errReleased says that a claim was used after it was given up.
var errReleased = errors.New("the idempotency key was given up already")

// Release implements Claim. It removes the file while it is locked, so that the folder
// holds no more files than there are keys that COMPLETED; a system that refuses to
// remove open files keeps it.
func (c *dirClaim) Release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lock == nil {
		return nil
	}
	_ = os.Remove(c.path)
	err := release(c.lock)
	c.lock = nil
	return err
}
