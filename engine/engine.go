// Package engine runs jobs: it takes a definition through checking,
// preparation, execution, the ledger's test and publication, tracks the
// state of each run, and keeps its run directory.
//
// The engine knows no Lua and no component; strategies are handed in through
// Config. Read run.go first: it is a run's life from top to bottom.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// Executor carries out plans by one strategy.
type Executor interface {
	// Execute runs the plan and returns its outputs, flushed but not yet
	// visible. After an error there are none: the executor has aborted them.
	// Every goroutine it started has ended when it returns.
	Execute(ctx context.Context, p *plan.Plan, a plan.Attempt) ([]plan.Output, error)
}

// Config is what an Engine needs.
type Config struct {
	// Executors are the strategies that this engine can run.
	Executors map[job.Strategy]Executor
	// RunsDir is the folder of the run directories: the files of a run (run.log, rejects,
	// temporary ones) are in the one of its id. Defaults to ".etlscript/runs" in the
	// working directory.
	RunsDir string
	// Store keeps what happens to runs. Defaults to files in RunsDir; with another one
	// nothing is written there before there is something to write.
	Store jobinfo.Recorder
	// MaxConcurrent is how many runs go on at once; others wait. 0 sets no limit.
	MaxConcurrent int
	// MaxQueued is how many runs may wait; further ones are refused with ErrFull.
	// Defaults to 100,000.
	MaxQueued int
	// Hooks are called for every run, before those of its job.
	Hooks job.Hooks
	// HookTimeout is how long one hook may take. Defaults to 30 s.
	HookTimeout time.Duration
	// Version is that of the program, for the records of runs. Defaults to nothing.
	Version string
	// Log takes the log lines of runs. Defaults to nowhere.
	Log io.Writer
	// Logger takes them instead of Log, for a program that has a log of its own. What
	// is beneath the level of the job does not come so far. Defaults to none.
	Logger hclog.Logger
	// JSONLog writes log lines as JSON instead of text.
	JSONLog bool
	// Stdin and Stdout are what "-" means to sources and sinks. Default to an
	// empty input and to nowhere.
	Stdin  io.Reader
	Stdout io.Writer
	// Workers is the number of workers of a job that sets no limits.cpu.
	// Defaults to the number of processors.
	Workers int
	// QueueBatches is the length of a queue between stages, in batches.
	// Defaults to that of plan.Options.
	QueueBatches int
	// BatchRows is the most rows in a batch. Defaults to that of plan.Options.
	BatchRows int
	// Policy bounds which components and files jobs may use. Defaults to none:
	// everything is allowed.
	Policy *job.Policy
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Seed is that of random numbers in all runs; with it and the same clock a
	// run can be repeated exactly. 0 draws one for each run.
	Seed uint64
}

// seed is the seed of a run's random numbers.
func (c Config) seed() uint64 {
	if c.Seed != 0 {
		return c.Seed
	}
	return rand.Uint64()
}

// WithDefaults is the configuration with the defaults filled in.
func (c Config) WithDefaults() Config {
	if c.RunsDir == "" {
		c.RunsDir = ".etlscript/runs"
	}
	if c.Store == nil {
		c.Store = &jobinfo.DirStore{Dir: c.RunsDir}
	}
	if c.MaxQueued == 0 {
		c.MaxQueued = 100_000
	}
	if c.HookTimeout == 0 {
		c.HookTimeout = 30 * time.Second
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	if c.Stdin == nil {
		c.Stdin = emptyInput{}
	}
	if c.Stdout == nil {
		c.Stdout = io.Discard
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// maxWorkers bounds the workers of a job, as limits.cpu does.
const maxWorkers = 1024

// Validate returns every problem of a configuration with defaults.
func (c Config) Validate() error {
	var errs []error
	if len(c.Executors) == 0 {
		errs = append(errs, errors.New("engine: no executor"))
	}
	if c.Workers < 1 || c.Workers > maxWorkers {
		errs = append(errs, fmt.Errorf("engine: %d workers, but a job has 1 to %d", c.Workers, maxWorkers))
	}
	if c.MaxConcurrent < 0 || c.MaxQueued < 0 || c.HookTimeout < 0 {
		errs = append(errs, errors.New("engine: a negative limit"))
	}
	return errors.Join(errs...)
}

type emptyInput struct{}

func (emptyInput) Read([]byte) (int, error) { return 0, io.EOF }

// Engine runs jobs, many at once. It may be used by several goroutines. Shutdown ends it;
// an engine without runs holds nothing, so that one may also be left as it is.
type Engine struct {
	config      Config
	queue       queue
	environment jobinfo.Environment
}

// New makes an engine.
func New(c Config) (*Engine, error) {
	c = c.WithDefaults()
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Log != io.Discard {
		c.Log = &sharedLog{w: c.Log}
	}
	e := &Engine{config: c, environment: environment(c.Version)}
	e.queue.init(c.MaxConcurrent, c.MaxQueued)
	return e, nil
}

// sharedLog lets the runs of an engine write their log lines at once.
type sharedLog struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *sharedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
