package luabind

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind/rowfunc"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Config configures a Loader.
type Config struct {
	// Registry holds the components that scripts may use. It is required.
	Registry *component.Registry
	// Params are the values of the parameters that scripts declare with
	// etl.param, by name. A parameter that the script does not declare is an
	// error. Defaults to none.
	Params map[string]string
	// Modules are what the host gives to scripts: require "NAME" gives the module of
	// that name. Defaults to none.
	Modules map[string]Module
	// Libraries are scripts that belong to no job: require "NAME.file" loads file.lua of
	// the library of that name, before one in the job's folder. Defaults to none.
	Libraries map[string]fs.FS
	// Log takes what scripts print and log while they are loaded. Defaults to
	// nowhere.
	Log hclog.Logger
	// Limits bound what scripts may use. Each has a default, which depends on
	// the profile.
	Limits Limits
	// Profile says how far the scripts are trusted. Defaults to wholly.
	Profile Profile
	// LookupEnv finds the environment variables of parameters. Defaults to
	// os.LookupEnv.
	LookupEnv func(name string) (value string, set bool)
}

// WithDefaults is the configuration with the defaults filled in.
func (c Config) WithDefaults() Config {
	if c.Log == nil {
		c.Log = hclog.NewNullLogger()
	}
	if c.LookupEnv == nil {
		c.LookupEnv = os.LookupEnv
	}
	c.Limits = c.Profile.limits(c.Limits)
	return c
}

// Validate returns every problem of a configuration with defaults.
func (c Config) Validate() []error {
	errs := append(c.Limits.Validate(), c.Profile.validate()...)
	if c.Registry == nil {
		errs = append(errs, errors.New("luabind: the configuration has no registry of components"))
	}
	return slices.Concat(errs, c.validateModules(), c.validateLibraries())
}

// Loader runs the definition phase of job scripts. It keeps compiled scripts
// and may be used by several goroutines at once.
type Loader struct {
	cfg      Config
	compiler *syntax.Compiler
	watchdog *vm.Watchdog // over the definition phase and the workers of its scripts
}

// NewLoader makes a loader.
func NewLoader(cfg Config) (*Loader, error) {
	cfg = cfg.WithDefaults()
	if err := errors.Join(cfg.Validate()...); err != nil {
		return nil, err
	}
	return &Loader{cfg: cfg, compiler: syntax.NewCompiler(), watchdog: vm.NewWatchdog(cfg.Limits.Memory)}, nil
}

// Script is what a script defines.
type Script struct {
	// Jobs are the jobs that the script returned, in its order.
	Jobs []*job.Definition
	// Params are the parameters that it declares, in its order.
	Params []Param
	// Sources are the texts of the script and of all that it loaded, for
	// printing diagnostics.
	Sources diag.Texts
	// Warnings are those that belong to no job; each job has its own.
	Warnings diag.List
}

// LoadFile loads the script at path. Relative paths of the job start in the
// script's folder. The result is never nil: when the error is not nil, which
// is then a diag.List, it still has the sources to print that with.
func (l *Loader) LoadFile(ctx context.Context, path string) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return &Script{Sources: diag.Texts{}}, diag.List{unreadable(path, err)}
	}
	run, end, err := l.begin(ctx, filepath.ToSlash(path), filepath.Dir(path), filepath.ToSlash(filepath.Dir(path)))
	if err != nil {
		return run.out, err
	}
	defer end()
	run.scriptPath = path
	return run.out, run.run(string(text)).Err()
}

func unreadable(path string, err error) *diag.Diagnostic {
	if errors.Is(err, fs.ErrNotExist) {
		d := diag.Errorf("script.missing", diag.Pos{}, "there is no script %s", path)
		d.Err = err
		return d
	}
	return diag.Errorf("script.read", diag.Pos{}, "the script cannot be read: %w", err)
}

// Load loads a script from a text. name stands for it in diagnostics; dir is
// where relative paths of the job start and where require looks, "" for a job
// that has no folder: its paths start in the working directory, and it can
// require nothing but "etl". The results are those of LoadFile.
func (l *Loader) Load(ctx context.Context, name, text, dir string) (*Script, error) {
	run, end, err := l.begin(ctx, name, dir, "")
	if err != nil {
		return run.out, err
	}
	defer end()
	return run.out, run.run(text).Err()
}

// LoadFS loads the script at a path of a file system, from which it requires others.
// dir is where relative paths of the job start, "" for the working directory. The
// results are those of LoadFile.
func (l *Loader) LoadFS(ctx context.Context, fsys fs.FS, file, dir string) (*Script, error) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return &Script{Sources: diag.Texts{}}, diag.List{unreadable(file, err)}
	}
	folder, err := fs.Sub(fsys, path.Dir(file))
	if err != nil {
		return &Script{Sources: diag.Texts{}}, diag.List{unreadable(file, err)}
	}
	run, end, err := l.beginIn(ctx, folder, file, dir, path.Dir(file))
	if err != nil {
		return run.out, err
	}
	defer end()
	run.scriptPath = file
	return run.out, run.run(string(text)).Err()
}

// WithParams is a loader like l for other values of parameters. Both share what they
// keep, and the limit of memory.
func (l *Loader) WithParams(params map[string]string) *Loader {
	other := *l
	other.cfg.Params = params
	return &other
}

// begin makes ready to run a script, which requires others from the folder dir. end is
// called behind it.
func (l *Loader) begin(ctx context.Context, name, dir, label string) (run *loading, end func(), err error) {
	folder, closeFolder, err := openFolder(dir)
	if err != nil {
		problem := diag.Errorf("script.folder", diag.Pos{File: name}, "the folder of the job cannot be opened: %w", err)
		return &loading{out: &Script{Sources: diag.Texts{}}}, nil, diag.List{problem}
	}
	run, closeRun, err := l.beginIn(ctx, folder, name, dir, label)
	if err != nil {
		closeFolder()
		return run, nil, err
	}
	return run, func() { closeRun(); closeFolder() }, nil
}

// beginIn is begin for a folder that is open.
func (l *Loader) beginIn(ctx context.Context, folder fs.FS, name, dir, label string) (run *loading, end func(), err error) {
	run = &loading{
		cfg: l.cfg, ctx: ctx, compiler: l.compiler, watchdog: l.watchdog, name: name, dir: dir,
		graph: newGraph(), declared: map[string]declared{},
		out:   &Script{Sources: diag.Texts{}},
		files: files{folder: folder, label: label, done: map[string]lua.LValue{}, texts: map[string]string{}, open: []string{filepath.Base(name)}},
		print: func(line string) { l.cfg.Log.Info(line) },
	}
	if err := run.open(); err != nil {
		return run, nil, diag.ListOf(err)
	}
	return run, run.state.Watch(l.watchdog), nil
}

// loading is one run of a script's definition phase.
type loading struct {
	cfg        Config
	ctx        context.Context // of the load, which the script's functions have no other way to get
	compiler   *syntax.Compiler
	watchdog   *vm.Watchdog
	state      *vm.State
	name       string
	scriptPath string // path of the script, as the loader was given it; "" for a text
	dir        string
	files      files
	out        *Script
	print      func(line string) // takes what the definition phase prints

	streamMeta *lua.LTable
	portsMeta  *lua.LTable
	opaqueMeta *lua.LTable

	graph    *graph // that new nodes belong to
	building bool   // the build functions of the jobs run
	jobs     []*jobTable
	params   []Param
	declared map[string]declared
	funcs    []*scriptFunc
	together [][]*scriptFunc // that work on one state
	problems diag.List
}

// openFolder opens the folder for require, so that no path leads out of it.
func openFolder(dir string) (folder fs.FS, done func(), err error) {
	if dir == "" {
		return nil, func() {}, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), func() { _ = root.Close() }, nil // it was only read
}

// open makes the state that the script runs in. Row functions keep it: workers
// copy what a function captures from it. It holds nothing but memory.
func (l *loading) open() error {
	l.state = l.newState(nil, func(line string) { l.print(line) })
	l.opaqueMeta = l.opaqueMetatable()
	l.streamMeta = l.streamMetatable()
	l.portsMeta = l.portsMetatable()
	openModule(l.state, l.members(), l.memberHint)
	l.state.SetGlobal("require", l.state.Bind("require", l.require))
	return l.cfg.openModules(l.state, true)
}

// newState makes a state with our own types.
func (l *loading) newState(chunks func(name string) *syntax.Chunk, print func(line string)) *vm.State {
	return vm.New(vm.Options{Exact: true, Print: print, Chunk: chunks, Limits: l.cfg.Limits})
}

// openWorker makes a state for row functions. It has the same module, but what
// defines a job refuses to work there.
func (l *loading) openWorker() (*vm.State, error) { return l.openRun(whileRowsFlow, rowfunc.RejectRow) }

// openHook makes a state for a call of a function that the engine calls by itself.
func (l *loading) openHook() (*vm.State, error) { return l.openRun(whileJobRuns, refuseEarly) }

func (l *loading) openRun(phase string, reject lua.LGFunction) (*vm.State, error) {
	log := l.cfg.Log
	s := l.newState(l.state.Chunk, func(line string) { log.Info(line) })
	s.Watch(l.watchdog)
	openModule(s, runMembers(l.members(), phase, reject), l.memberHint)
	s.SetGlobal("require", s.Bind("require", requireModule(phase)))
	if err := l.cfg.openModules(s, false); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// funcEnv is what row functions need of the script.
func (l *loading) funcEnv() rowfunc.Env {
	return rowfunc.Env{Home: l.state, Open: l.openWorker, Hosts: hostsOf, Effort: new(rowfunc.Effort)}
}

// resolveFuncs makes row functions of all functions that components got, and
// reports whether all of them may be used.
func (l *loading) resolveFuncs() bool {
	env := l.funcEnv()
	made := make([]*rowfunc.Func, 0, len(l.funcs))
	done := map[*scriptFunc]*rowfunc.Func{}
	for _, f := range l.funcs {
		r, d := rowfunc.New(f.lua, env)
		if d != nil {
			l.report(diag.List{d})
			return false
		}
		f.Func, done[f] = r, r
		made = append(made, r)
	}
	together := make([][]*rowfunc.Func, len(l.together))
	for i, functions := range l.together {
		for _, f := range functions {
			together[i] = append(together[i], done[f])
		}
	}
	problems := rowfunc.Group(made, together...)
	l.report(problems)
	return problems.Err() == nil
}

// run runs the whole definition phase and returns all that was found.
func (l *loading) run(text string) diag.List {
	jobs, err := l.execute(text)
	if err == nil {
		l.report(l.checkJobs(jobs))
		err = l.buildJobs(jobs)
	}
	if err != nil {
		l.report(l.failure(err))
		return l.sorted()
	}
	l.report(l.checkParams())
	l.finish(jobs)
	return l.sorted()
}

func (l *loading) sorted() diag.List {
	l.out.Params = l.params
	l.out.Warnings = l.problems.Warnings()
	return l.problems.Sorted()
}

// execute runs the script and returns the jobs that it returned.
func (l *loading) execute(text string) ([]*jobTable, error) {
	c, err := l.compile(l.name, text)
	if err != nil {
		return nil, err
	}
	l.files.texts[filepath.Base(l.name)] = text
	out, err := l.state.Call(l.ctx, 0, l.state.Load(c), 1)
	if err != nil {
		return nil, err
	}
	jobs, problems := l.returned(out[0])
	return jobs, problems.Err()
}

// compile compiles a text and keeps it for diagnostics.
func (l *loading) compile(name, text string) (*syntax.Chunk, error) {
	l.out.Sources[name] = strings.TrimPrefix(text, "\ufeff")
	c, d := l.compiler.Compile(name, text)
	if d != nil {
		return nil, d
	}
	return c, nil
}

// finish makes the definitions: functions first, since operators look at them.
func (l *loading) finish(jobs []*jobTable) {
	ready := l.resolveFuncs()
	l.resolveHooks()
	hash, params := l.files.hash(), l.paramsInEffect()
	for _, j := range jobs {
		nodes, problems := j.graph.build(ready)
		l.report(problems.Errors())
		l.out.Jobs = append(l.out.Jobs, &job.Definition{
			Name: j.settings.Name, Pos: j.pos, Dir: l.dir, Settings: j.settings, Nodes: nodes, Sources: l.out.Sources,
			Warnings: problems.Warnings(), Script: l.scriptPath, Hash: hash, Params: maps.Clone(params),
		})
	}
	l.report(job.CheckTogether(l.out.Jobs))
	if l.problems.Err() != nil {
		l.out.Jobs = nil
	}
}

// report notes what was found.
func (l *loading) report(found diag.List) { l.problems = append(l.problems, found...) }

// failure is what an error that ended the script says.
func (l *loading) failure(err error) diag.List {
	var list diag.List
	if errors.As(err, &list) {
		return list
	}
	return diag.List{l.state.Diagnose(err)}
}
