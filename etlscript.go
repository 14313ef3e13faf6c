// Package etlscript runs data pipelines written in Lua inside of other programs.
//
// A Host has what scripts may use: components, modules of Go functions, limits, a log.
// It loads scripts into jobs, and runs them:
//
//	host, err := etlscript.New(etlscript.Config{})
//	script, err := host.LoadString(ctx, "job.lua", text, etlscript.LoadOptions{})
//	result, err := host.Run(ctx, script.Jobs[0])
//
// Hosts share nothing: two of them in one process may have components of the same name,
// other limits and other logs. A Host may be used by several goroutines at once.
//
// The row strategy is part of this package; strategies that need a heavy engine are
// handed in by those who want them (Config.Executors).
package etlscript

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/row"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/luabind"
	"github.com/etlscript/etlscript/stdlib"
)

// What a host is made of, under the names of its packages.
type (
	// Component declares a component of the program's own.
	Component = component.Spec
	// Module is Go functions, plain values and objects for scripts.
	Module = luabind.Module
	// Limits bound what scripts may use; see their documentation for the defaults.
	Limits = luabind.Limits
	// Executor carries out plans by one strategy.
	Executor = engine.Executor
	// Strategy is the name of one.
	Strategy = job.Strategy
	// Hooks are functions that are called at moments of a run's life.
	Hooks = job.Hooks
	// HookFunc is a hook.
	HookFunc = job.HookFunc
	// Moment is what a hook gets.
	Moment = job.Moment
	// Recorder is where runs are kept: a jobinfo.DirStore, a jobinfo.MemStore, or one of
	// the program's own.
	Recorder = jobinfo.Recorder
)

// Config is what a Host has. The zero Config trusts its scripts and has the components
// of the standard library.
type Config struct {
	// Components are added to those of the standard library. A name that is taken is
	// an error.
	Components []*Component
	// WithoutStandard leaves the components of the standard library out.
	WithoutStandard bool
	// Modules are what scripts get by require "NAME". Functions are called by several
	// workers at once; objects are there only while a script is loaded.
	Modules map[string]Module
	// Libraries are scripts that are added to those of the standard library: require
	// "NAME.file" loads file.lua of the library of that name.
	Libraries map[string]fs.FS
	// Restrict makes all that scripts may reach an allow-list. nil trusts them.
	Restrict *Restriction
	// Limits bound instructions and memory. Each has a default, which depends on
	// Restrict.
	Limits Limits
	// Logger takes what scripts print and log, and the log of runs. Defaults to
	// nowhere.
	Logger hclog.Logger
	// RunsDir is the folder of the run directories. Defaults to ".etlscript/runs" in
	// the working directory.
	RunsDir string
	// Store keeps what happens to runs. Defaults to files in RunsDir.
	Store Recorder
	// MaxConcurrent is how many runs go on at once; others wait. 0 sets no limit.
	MaxConcurrent int
	// Hooks are called for every run, before those of its job.
	Hooks Hooks
	// Stdin and Stdout are what the path "-" means. Default to an empty input and to
	// nowhere.
	Stdin  io.Reader
	Stdout io.Writer
	// Workers is how many workers a job has that sets no limits.cpu. Defaults to the
	// number of processors.
	Workers int
	// BatchRows is the most rows in a batch. Defaults to that of the engine.
	BatchRows int
	// Executors are strategies beside "row", which every host has.
	Executors map[Strategy]Executor
	// LookupEnv finds the environment variables that parameters name. Defaults to
	// os.LookupEnv.
	LookupEnv func(name string) (value string, set bool)
}

// Restriction is what restricted scripts may reach; nothing else.
type Restriction struct {
	Components []string // sources and sinks, by name
	Read       []string // folders, with all below, or files
	Write      []string // the same
	Env        []string // environment variables that parameters may take
}

// Host loads and runs scripts.
type Host struct {
	loader *luabind.Loader
	engine *engine.Engine
}

// New makes a host. The error joins every problem of the configuration.
func New(c Config) (*Host, error) {
	registry, err := c.registry()
	if err != nil {
		return nil, err
	}
	loader, loaderErr := luabind.NewLoader(c.loader(registry))
	e, engineErr := engine.New(c.engine())
	if err := errors.Join(loaderErr, engineErr); err != nil {
		return nil, err
	}
	return &Host{loader: loader, engine: e}, nil
}

func (c Config) registry() (*component.Registry, error) {
	r := &component.Registry{}
	var errs []error
	if !c.WithoutStandard {
		errs = append(errs, stdlib.Register(r))
	}
	for _, s := range c.Components {
		errs = append(errs, r.Register(s))
	}
	return r, errors.Join(errs...)
}

func (c Config) loader(r *component.Registry) luabind.Config {
	cfg := luabind.Config{Registry: r, Modules: c.Modules, Log: c.Logger, Limits: c.Limits, LookupEnv: c.LookupEnv}
	cfg.Libraries = stdlib.Libraries()
	maps.Copy(cfg.Libraries, c.Libraries)
	if c.Restrict != nil {
		cfg.Profile = luabind.Profile{Restricted: true, Env: c.Restrict.Env}
	}
	return cfg
}

func (c Config) engine() engine.Config {
	executors := map[job.Strategy]engine.Executor{job.Row: &row.Executor{}}
	maps.Copy(executors, c.Executors)
	cfg := engine.Config{
		Executors: executors, RunsDir: c.RunsDir, Logger: c.Logger, Stdin: c.Stdin, Stdout: c.Stdout,
		Workers: c.Workers, BatchRows: c.BatchRows, Store: c.Store, MaxConcurrent: c.MaxConcurrent, Hooks: c.Hooks,
	}
	if r := c.Restrict; r != nil {
		cfg.Policy = &job.Policy{Components: r.Components, Read: r.Read, Write: r.Write}
	}
	return cfg
}

// LoadOptions are what a single load has of its own.
type LoadOptions struct {
	// Params are the values of the parameters that the script declares, by name.
	Params map[string]string
	// Dir is where relative paths of the job's files start. Defaults to the working
	// directory; LoadFile starts in the script's folder.
	Dir string
}

// LoadString loads a script from a text; name stands for it in messages. It can require
// the modules of the host and, where Dir is set, the scripts in that folder.
//
// The error of this function and its like is an *Error, which shows the problems with
// the lines of the script.
func (h *Host) LoadString(ctx context.Context, name, text string, o LoadOptions) (*Script, error) {
	return loaded(h.loader.WithParams(o.Params).Load(ctx, name, text, o.Dir))
}

// LoadFS loads a script from a file system, and from there what it requires.
func (h *Host) LoadFS(ctx context.Context, fsys fs.FS, path string, o LoadOptions) (*Script, error) {
	return loaded(h.loader.WithParams(o.Params).LoadFS(ctx, fsys, path, o.Dir))
}

// LoadFile loads a script from a file. LoadOptions.Dir has no meaning here.
func (h *Host) LoadFile(ctx context.Context, path string, o LoadOptions) (*Script, error) {
	return loaded(h.loader.WithParams(o.Params).LoadFile(ctx, path))
}
