package row

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/engine/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numbers are the lines "1,a", "2,b", ...: a number and one of some words.
func numbers(n int, words ...string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d,%s", i+1, words[i%len(words)])
	}
	return out
}

func TestOneStage(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		s := g.scan(text("in", "id:int,name:string", "1,a", "02,b", "3,c", "4,", "+6,f"))
		s = g.add("even", even("id"), s)
		s = g.add("twice", compute("twice", "id", func(n int64) (int64, error) { return 2 * n, nil }), s)
		s = g.add("select", &op.Project{Mode: op.Keep, Columns: names("name", "id", "twice")}, s)
		g.write(s, "out")
	})
	want := []string{"b,02,4", "~,4,8", "f,+6,12"}
	if d := cmp.Diff(want, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
	if d := cmp.Diff(map[string]int64{"in": 5, "kept": 3, "dropped": 2, "out": 3}, got.counts(t, "even")); d != "" {
		t.Error(d)
	}
}

func TestErrorIsThatOfTheLowestRow(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		s := g.scan(text("in", "id:int,name:string", numbers(500, "a", "b")...))
		s = g.add("later", keep("id", func(n int64) (bool, error) {
			if n >= 100 {
				return false, fmt.Errorf("later fails at %d", n)
			}
			return true, nil
		}), s)
		s = g.add("earlier", compute("x", "id", func(n int64) (int64, error) {
			if n >= 98 {
				return 0, fmt.Errorf("earlier fails at %d", n)
			}
			return n, nil
		}), s)
		g.write(s, "out")
	})
	if want := "job.lua:3: earlier: earlier fails at 98"; got.err == nil || got.err.Error() != want {
		t.Errorf("error %v, want %s", got.err, want)
	}
}

func TestErrorOfTheFirstBranch(t *testing.T) {
	t.Parallel()
	fails := func(at int64) *op.Filter {
		return keep("id", func(n int64) (bool, error) {
			if n == at {
				return false, errors.New("fails")
			}
			return true, nil
		})
	}
	for range 20 {
		got := runAll(t, func(g *graph) {
			s := g.scan(text("in", "id:int,name:string", numbers(300, "a", "b")...))
			g.write(g.add("one", fails(200), s), "a")
			g.write(g.add("two", fails(100), s), "b")
			g.write(g.add("three", fails(150), s), "c")
		})
		if want := "job.lua:4: two: fails"; got.err == nil || got.err.Error() != want {
			t.Fatalf("error %v, want %s", got.err, want)
		}
	}
}
