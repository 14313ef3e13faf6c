package engine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/oklog/ulid/v2"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

// runDir is what a run keeps on disk: events.jsonl, run.log, rejects/ and,
// while it goes on, temporary files in tmp/.
type runDir struct {
	id      string
	path    string
	events  *jobinfo.FileStore
	logFile *os.File // nil without log.file
	log     hclog.Logger
	rejects *rejectFiles
}

func (e *Engine) newRunDir(def *job.Definition) (*runDir, error) {
	id := ulid.MustNew(ulid.Timestamp(e.config.Now()), ulid.DefaultEntropy()).String()
	d := &runDir{id: id, path: filepath.Join(e.config.RunsDir, id)}
	if err := os.MkdirAll(d.tmp(), 0o755); err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	var err error
	if d.events, err = jobinfo.OpenFileStore(filepath.Join(d.path, "events.jsonl")); err != nil {
		return nil, err
	}
	if d.log, err = d.newLogger(e.config, def); err != nil {
		return nil, errors.Join(err, d.close())
	}
	d.rejects = newRejectFiles(filepath.Join(d.path, "rejects"))
	return d, nil
}

func (d *runDir) tmp() string { return filepath.Join(d.path, "tmp") }

func (d *runDir) newLogger(c Config, def *job.Definition) (hclog.Logger, error) {
	l := def.Settings.Log
	var to []io.Writer
	console := l.Console == nil || *l.Console
	if console && c.Logger == nil {
		to = append(to, c.Log)
	}
	if l.File != nil && *l.File {
		f, err := os.Create(filepath.Join(d.path, "run.log"))
		if err != nil {
			return nil, fmt.Errorf("log file: %w", err)
		}
		d.logFile = f
		to = append(to, f)
	}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{
		Name: "etlscript", Level: hclog.LevelFromString(l.Level), Output: io.MultiWriter(to...), JSONFormat: c.JSONLog,
	})
	if console && c.Logger != nil {
		log.RegisterSink(&forward{to: c.Logger.Named(def.Name).With("run", d.id), level: log.GetLevel()})
	}
	return log, nil
}

// forward hands log lines to the logger of a host.
type forward struct {
	to    hclog.Logger
	level hclog.Level
}

// Accept implements hclog.SinkAdapter.
func (f *forward) Accept(_ string, level hclog.Level, message string, args ...any) {
	if level >= f.level {
		f.to.Log(level, message, args...)
	}
}

// close closes the files and removes the temporary ones.
func (d *runDir) close() error {
	errs := []error{d.events.Close(), os.RemoveAll(d.tmp())}
	if d.logFile != nil {
		errs = append(errs, d.logFile.Close())
	}
	if d.rejects != nil {
		errs = append(errs, d.rejects.close())
	}
	return errors.Join(errs...)
}
