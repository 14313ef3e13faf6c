package pattern_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/luabind/pattern"
)

func cached(t *testing.T, c *pattern.Cache, text string) *pattern.Pattern {
	t.Helper()
	p, err := c.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCacheKeepsTheLastPatterns(t *testing.T) {
	t.Parallel()
	c := pattern.NewCache()
	first := cached(t, c, "%d+")
	if cached(t, c, "%d+") != first {
		t.Error("a pattern was compiled twice")
	}
	for i := range 256 {
		cached(t, c, fmt.Sprint(i))
	}
	if cached(t, c, "%d+") == first {
		t.Error("a pattern stayed although 256 others came")
	}
}

func TestCacheDoesNotKeepLongPatterns(t *testing.T) {
	t.Parallel()
	c := pattern.NewCache()
	text := strings.Repeat("a", 2000)
	first := cached(t, c, text)
	if cached(t, c, text) == first {
		t.Error("a long pattern was kept")
	}
}

func TestCacheTellsGmatchApart(t *testing.T) {
	t.Parallel()
	c := pattern.NewCache()
	anchored := cached(t, c, "^a")
	p, err := c.CompileGmatch("^a")
	if err != nil || p == anchored {
		t.Errorf("gmatch got the anchored pattern, error %v", err)
	}
	again, err := c.CompileGmatch("^a")
	if err != nil || again != p {
		t.Errorf("the pattern of gmatch was compiled twice, error %v", err)
	}
}

func TestCacheReportsErrorsEachTime(t *testing.T) {
	t.Parallel()
	c := pattern.NewCache()
	for range 2 {
		if _, err := c.Compile("[a"); err == nil {
			t.Error("no error")
		}
	}
}
