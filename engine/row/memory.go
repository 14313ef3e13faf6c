package row

import (
	"fmt"
	"slices"
	"sync"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/plan"
)

// memory is what the operators of a run hold together, as far as they know: rows, keys
// and states, not the batches on their way.
type memory struct {
	limit int64

	mu     sync.Mutex
	held   int64
	shares []*share
}

// holder is a kernel or merger that holds rows, keys or states from batch to batch.
type holder interface {
	// bytes is about how much memory these take.
	bytes() int64
}

// share is what one operator holds. One goroutine uses it.
type share struct {
	of    *memory
	node  *plan.Node
	bytes int64 // guarded by of.mu
}

func (m *memory) share(n *plan.Node) *share {
	s := &share{of: m, node: n}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shares = append(m.shares, s)
	return s
}

// set says how much the operator holds now. The error says that all of them hold more
// than the limit; what made it grow is to blame.
func (s *share) set(bytes int64) error {
	m := s.of
	m.mu.Lock()
	defer m.mu.Unlock()
	grown := bytes > s.bytes
	m.held += bytes - s.bytes
	s.bytes = bytes
	if !grown || m.held <= m.limit {
		return nil
	}
	return m.exceeded(s)
}

// exceeded is the problem of the operator that holds too much, with the others that
// hold something, the greatest first.
func (m *memory) exceeded(s *share) *diag.Diagnostic {
	d := diag.Errorf("resource.memory", s.node.Job.Pos, "it holds %s, and with that the operators of this run hold more than the limit of %s", sizeText(s.bytes), sizeText(m.limit))
	others := slices.DeleteFunc(slices.Clone(m.shares), func(x *share) bool { return x == s || x.bytes < m.limit>>7 })
	slices.SortStableFunc(others, func(a, b *share) int { return int(b.bytes>>10 - a.bytes>>10) })
	for _, x := range others {
		d.WithNote(x.node.Job.Pos, "%s holds %s", x.node.Name(), sizeText(x.bytes))
	}
	return d.WithHint("hold less: filter rows and select columns before it; or raise the limit in etl.job: limits = { memory = %q }", sizeText(2*m.limit))
}

// sizeText is a size as people and scripts write it: "1.5GiB".
func sizeText(bytes int64) string {
	const step = 1024
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(bytes)/step, 0
	for ; size >= step && unit < len(units)-1; unit++ {
		size /= step
	}
	if size >= 10 || size == float64(int64(size)) {
		return fmt.Sprintf("%.0f%s", size, units[unit])
	}
	return fmt.Sprintf("%.1f%s", size, units[unit])
}

// mapEntry is about what an entry of a map with strings as keys takes, besides the text.
const mapEntry = 64

// keySet is a set of keys that knows its size.
type keySet struct {
	keys map[string]struct{}
	text int64
}

// add adds a key, and reports whether it is new.
func (s *keySet) add(key []byte) bool {
	if _, ok := s.keys[string(key)]; ok {
		return false
	}
	if s.keys == nil {
		s.keys = map[string]struct{}{}
	}
	s.keys[string(key)] = struct{}{}
	s.text += int64(len(key))
	return true
}

func (s *keySet) bytes() int64 { return s.text + int64(len(s.keys))*mapEntry }
