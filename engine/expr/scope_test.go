package expr

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScopeMakesOnce(t *testing.T) {
	t.Parallel()
	var s Scope
	var made, closed atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			got, err := s.Shared("k", func() (any, func(), error) { return made.Add(1), func() { closed.Add(1) }, nil })
			if got != int64(1) || err != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	wg.Wait()
	s.Close()
	s.Close()
	if made.Load() != 1 || closed.Load() != 1 {
		t.Errorf("made %d times, closed %d times", made.Load(), closed.Load())
	}
}

func TestScopeTriesAgainAfterAnError(t *testing.T) {
	t.Parallel()
	var s Scope
	bad := errors.New("bad")
	closed := false
	if _, err := s.Shared("k", func() (any, func(), error) { return nil, func() { closed = true }, bad }); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	got, err := s.Shared("k", func() (any, func(), error) { return "good", nil, nil })
	s.Close()
	if got != "good" || err != nil || closed {
		t.Errorf("got %v, %v; closed what was not made: %v", got, err, closed)
	}
}

func TestScopeClosesTheYoungestFirst(t *testing.T) {
	t.Parallel()
	var s Scope
	var closed []string
	for _, key := range []string{"a", "b", "c"} {
		if _, err := s.Shared(key, func() (any, func(), error) { return key, func() { closed = append(closed, key) }, nil }); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	if d := cmp.Diff([]string{"c", "b", "a"}, closed); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
