package jobinfo

import (
	"encoding/json"
	"fmt"
	"os"
)

// FileStore keeps events as JSON lines in a file.
type FileStore struct{ f *os.File }

// OpenFileStore opens or makes the file and appends to it.
func OpenFileStore(path string) (*FileStore, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return &FileStore{f: f}, nil
}

// Append implements Store: the line is on the disk when it returns.
func (s *FileStore) Append(e Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	if _, err := s.f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	if err := s.f.Sync(); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	return nil
}

// Close closes the file.
func (s *FileStore) Close() error { return s.f.Close() }
