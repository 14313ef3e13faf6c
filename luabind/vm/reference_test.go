package vm

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/etlscript/etlscript/internal/lua51"
	"github.com/etlscript/etlscript/internal/luagen"
)

var (
	programs = flag.Int("programs", 10_000, "how many generated programs are compared with PUC Lua")
	seed     = flag.Uint64("seed", 1, "the seed of the first of them")
)

// batch is how many programs go to lua5.1 at once.
const batch = 64

// startReference starts lua5.1, or skips where there is none.
func startReference(t testing.TB) *lua51.Process {
	t.Helper()
	path, err := lua51.Find()
	if err != nil {
		t.Skip("NOT COMPARED WITH PUC LUA: there is no lua5.1 on this machine: ", err)
	}
	p, err := lua51.Start(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Generated programs do in our state what they do in PUC Lua, but for the
// deviations that deviations lists.
func TestGeneratedProgramsAgreeWithPUCLua(t *testing.T) {
	t.Parallel()
	n := *programs
	switch {
	case testing.Short():
		n = min(n, 200)
	case raceEnabled:
		n = min(n, 1_000)
	}
	// States live for a moment; collecting less often saves a fifth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	began := time.Now()
	var next atomic.Int64
	var different, excused atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		reference := startReference(t)
		wait.Go(func() {
			defer reference.Close()
			for different.Load() < 5 {
				from := int(next.Add(batch)) - batch
				if from >= n {
					return
				}
				counts := compareBatch(t, reference, *seed+uint64(from), min(batch, n-from))
				different.Add(int64(counts.different))
				excused.Add(int64(counts.excused))
			}
		})
	}
	wait.Wait()
	t.Logf("%d programs from seed %d in %v; excused: %d", n, *seed, time.Since(began).Round(time.Second), excused.Load())
	if most := int64(n/2000 + 2); excused.Load() > most {
		t.Errorf("%d programs are excused, but at most %d are to be", excused.Load(), most)
	}
}

// tally is how many programs differ for no reason that is known, and how many
// for one that excuse knows.
type tally struct{ different, excused int }

// compareBatch compares n programs from a seed on.
func compareBatch(t *testing.T, reference *lua51.Process, from uint64, n int) (counts tally) {
	t.Helper()
	made := make([]*luagen.Program, n)
	texts := make([]string, n)
	for i := range made {
		made[i] = luagen.New(from + uint64(i))
		texts[i] = made[i].String()
	}
	wants, err := reference.Run(time.Minute, texts...)
	if err != nil {
		t.Errorf("seeds from %d on: %v", from, err)
		return tally{different: n}
	}
	for i, text := range texts {
		o := optionsOf(from + uint64(i))
		ours, theirs, same := agree(o, text, wants[i])
		if same {
			continue
		}
		if why := excuse(t, o, text, ours, theirs); why != "" {
			counts.excused++
			t.Logf("seed %d is excused: %s", from+uint64(i), why)
			continue
		}
		counts.different++
		report(t, from+uint64(i), made[i])
	}
	return counts
}

// optionsOf makes both forms of functions take their turns.
func optionsOf(seed uint64) Options { return Options{Exact: seed%2 == 1} }

// agree runs a program and reports whether the answer is the reference's, but
// for the deviations.
func agree(o Options, text, reference string) (ours, theirs string, same bool) {
	answer := runReference(o, text)
	if answer == reference {
		return answer, reference, true
	}
	ours, theirs = normalOurs(answer), normalTheirs(reference)
	return ours, theirs, ours == theirs
}

// report reduces a program that differs and tells of both answers.
func report(t *testing.T, seed uint64, p *luagen.Program) {
	t.Helper()
	tries := 0
	small := p.Reduce(func(text string) bool {
		tries++
		return tries <= 400 && differs(t, optionsOf(seed), text)
	}).String()
	want, err := askReference(t, small)
	ours, theirs, _ := agree(optionsOf(seed), small, want)
	t.Errorf("seed %d:\n%s\n--- ours\n%s\n--- PUC Lua\n%s (%v)", seed, small, ours, theirs, err)
}

// differs reports whether a reduced program still differs, and not because of
// what was left out of it.
func differs(t *testing.T, o Options, text string) bool {
	want, err := askReference(t, text)
	if err != nil || strings.HasPrefix(want, "syntax: ") || strings.Contains(want, "there is no variable") {
		return false
	}
	ours, theirs, same := agree(o, text, want)
	return !same && excuse(t, o, text, ours, theirs) == "" && !strings.Contains(ours, "there is no variable") && !strings.Contains(ours, "nobody declared")
}

// askReference runs one program in a process of its own, which a reduced program
// that does not end takes with it.
func askReference(t *testing.T, text string) (string, error) {
	reference := startReference(t)
	defer reference.Close()
	answers, err := reference.Run(time.Second, text)
	if err != nil {
		return "", err
	}
	return answers[0], nil
}

// FuzzReference is the comparison for any seed.
func FuzzReference(f *testing.F) {
	for s := range uint64(10) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		reference := startReference(t)
		defer reference.Close()
		compareBatch(t, reference, seed, 1)
	})
}

// Example programs can be looked at with LUA_PRINT=seed.
func TestPrintProgram(t *testing.T) {
	s, err := strconv.ParseUint(os.Getenv("LUA_PRINT"), 10, 64)
	if err != nil {
		t.Skip("LUA_PRINT is no seed")
	}
	text := luagen.New(s).String()
	reference := startReference(t)
	defer reference.Close()
	wants, err := reference.Run(time.Minute, text)
	fmt.Println(text, "\n---\n", runReference(optionsOf(s), text), "\n---\n", wants, err)
}
