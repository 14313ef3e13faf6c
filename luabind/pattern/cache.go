package pattern

import (
	"strings"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// cacheSize is the number of patterns that a cache keeps.
	cacheSize = 256
	// maxCached is the length in bytes up to which a pattern is kept. It bounds
	// the memory of a cache, for scripts may build long patterns from data.
	maxCached = 512
)

// Cache keeps the patterns compiled last. It is for one goroutine; the patterns
// may be shared. Errors and patterns of more than 512 bytes are not kept.
type Cache struct {
	patterns *simplelru.LRU[string, *Pattern]
}

// NewCache makes an empty cache of 256 patterns.
func NewCache() *Cache {
	patterns, err := simplelru.NewLRU[string, *Pattern](cacheSize, nil)
	if err != nil {
		panic(err) // Only for a size that is not positive.
	}
	return &Cache{patterns: patterns}
}

// Compile is Compile, or the pattern that an earlier call compiled.
func (c *Cache) Compile(text string) (*Pattern, error) {
	if p, ok := c.patterns.Get(text); ok {
		return p, nil
	}
	p, err := Compile(text)
	if err == nil && len(text) <= maxCached {
		// The text may be a small part of a large string.
		c.patterns.Add(strings.Clone(text), p)
	}
	return p, err
}

// CompileGmatch is CompileGmatch, or the pattern that an earlier call compiled.
func (c *Cache) CompileGmatch(text string) (*Pattern, error) {
	return c.Compile(gmatchText(text))
}
