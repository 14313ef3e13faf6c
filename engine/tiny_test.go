package engine

import (
	"encoding/json"
	"runtime"
	"sync"
	"testing"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

// tinyArgs are the arguments of a tiny job, as a request brings them.
const tinyArgs = `{"customer":"c-1029","day":"2026-03-01","region":"emea","limit":250,"flags":["fast","dry"],"threshold":0.75,
"notify":{"mail":"ops@example.org","on":["failure"]},"paths":{"in":"in/2026-03-01.csv","out":"out/2026-03-01.csv"}}`

type tinyJob struct {
	Customer, Day, Region string
	Limit                 int
	Flags                 []string
	Threshold             float64
	Notify                struct {
		Mail string
		On   []string
	}
	Paths map[string]string
}

func decodeTiny() (tinyJob, error) {
	var a tinyJob
	err := json.Unmarshal([]byte(tinyArgs), &a)
	return a, err
}

// BenchmarkTinyJobs runs jobs that hardly do anything: decode their arguments, and move a
// row.
func BenchmarkTinyJobs(b *testing.B) {
	for name, run := range map[string]func(testing.TB, int){"engine": tinyByEngine, "pool": tinyByPool} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			run(b, b.N)
		})
	}
}

func tinyByPool(t testing.TB, n int) {
	work := make(chan string)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for range work {
				if _, err := decodeTiny(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range n {
		work <- tinyArgs
	}
	close(work)
	wg.Wait()
}

func tinyByEngine(t testing.TB, n int) {
	w := &writer{}
	x := copies(1, 0, w)
	e, err := New(Config{
		Executors: map[job.Strategy]Executor{job.Row: x}, RunsDir: t.TempDir(), Store: &jobinfo.MemStore{}, MaxConcurrent: runtime.GOMAXPROCS(0), MaxQueued: n + 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	runs := make([]*Run, n)
	def := definition(source{}, job.Settings{})
	for i := range n {
		if _, err := decodeTiny(); err != nil {
			t.Fatal(err)
		}
		if runs[i], err = e.Start(t.Context(), def); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range runs {
		if res := r.Wait(); res.State != jobinfo.Completed {
			t.Fatal(res.State, res.Problems)
		}
	}
}
