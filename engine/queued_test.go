package engine

import (
	"context"
	"runtime"
	"testing"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// A run that waits takes at most 4 KiB.
func TestMemoryOfQueuedRuns(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has its own idea of memory")
	}
	const n = 5000
	block := make(chan struct{})
	x := executor(func(context.Context, *plan.Plan, plan.Attempt) ([]plan.Output, error) {
		<-block
		return nil, nil
	})
	e, err := New(Config{Executors: map[job.Strategy]Executor{job.Row: x}, RunsDir: t.TempDir(), Store: &jobinfo.MemStore{}, MaxConcurrent: 1})
	if err != nil {
		t.Fatal(err)
	}
	def := definition(source{}, job.Settings{Description: "a job", Tags: []string{"a"}, Priority: 1})
	runs := []*Run{start(t, t.Context(), e, def)}
	before := heapInUse()
	for range n {
		runs = append(runs, start(t, t.Context(), e, def))
	}
	each := (heapInUse() - before) / n
	t.Logf("%d bytes for each run that waits", each)
	if each > 4<<10 {
		t.Errorf("a run that waits takes %d bytes, 4096 are enough", each)
	}
	close(block)
	for _, r := range runs {
		r.Wait()
	}
}

// heapInUse is the bytes that are in use.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
