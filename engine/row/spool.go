package row

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/etlscript/etlscript/engine/record"
)

// spool is a queue that never makes its giver wait: what does not fit into
// memory goes to a temporary file, which the taker reads behind the giver. Once
// the taker has caught up, the file starts anew.
type spool struct {
	dir    func() (string, error) // of the file
	codec  *record.Codec
	memory int // packets that are kept in memory

	mu     sync.Mutex
	held   []packet // the oldest packets
	stored []storedPacket
	next   int   // of stored: the first one that was not read
	end    int64 // of the file
	file   *os.File
	closed bool
	ready  chan struct{} // holds a token when there may be something to pull
}

// storedPacket is a packet whose rows are in the file from start on.
type storedPacket struct {
	packet
	start  int64
	inFile bool
}

func newSpool(dir func() (string, error), schema *record.Schema, memory int) *spool {
	return &spool{dir: dir, codec: record.NewCodec(schema), memory: memory, ready: make(chan struct{}, 1)}
}

func (s *spool) push(_ context.Context, p packet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	if s.next == len(s.stored) && len(s.held) < s.memory {
		s.held = append(s.held, p)
		return nil
	}
	return s.store(p)
}

func (s *spool) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// store puts a packet behind the others in the file.
func (s *spool) store(p packet) error {
	stored := storedPacket{packet: p, start: s.end, inFile: p.batch != nil}
	if stored.inFile {
		if err := s.write(p.batch); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		stored.batch = nil
	}
	s.stored = append(s.stored, stored)
	return nil
}

func (s *spool) write(b *record.Batch) error {
	if s.file == nil {
		dir, err := s.dir()
		if err != nil {
			return err
		}
		if s.file, err = os.CreateTemp(dir, "spool-*"); err != nil {
			return err
		}
	}
	w := io.NewOffsetWriter(s.file, s.end)
	if err := s.codec.Write(w, b); err != nil {
		return err
	}
	written, err := w.Seek(0, io.SeekCurrent)
	s.end += written
	return err
}

func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.wake()
}

func (s *spool) pull(ctx context.Context) (packet, error) {
	for {
		p, ok, err := s.take()
		if ok || err != nil {
			return p, err
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return packet{}, context.Cause(ctx)
		}
	}
}

// take gives the oldest packet, if there is one.
func (s *spool) take() (p packet, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.held) > 0:
		p = s.held[0]
		s.held = s.held[1:]
		return p, true, nil
	case s.next < len(s.stored):
		p, err = s.load()
		return p, err == nil, err
	case s.closed:
		return packet{}, false, io.EOF
	}
	return packet{}, false, nil
}

// load reads the oldest packet of the file.
func (s *spool) load() (packet, error) {
	stored := s.stored[s.next]
	s.next++
	if stored.inFile {
		b, err := s.codec.Read(io.NewSectionReader(s.file, stored.start, s.end-stored.start))
		if err != nil {
			return packet{}, fmt.Errorf("spool: %w", err)
		}
		stored.batch = b
	}
	if s.next == len(s.stored) {
		s.stored, s.next, s.end = s.stored[:0], 0, 0
	}
	return stored.packet, nil
}

// release implements queue: it removes the file.
func (s *spool) release() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
