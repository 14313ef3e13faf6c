package engine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/jobinfo"
)

// runDir is the files of a run: run.log, rejects/ and, while it goes on, temporary files
// in tmp/. Each is made when there is something to put into it.
type runDir struct {
	id      string
	path    string
	logFile *lazyFile // nil without a log file
	log     hclog.Logger
	rejects *rejectFiles
	mu      sync.Mutex
	temp    string // "" before somebody asked for it
}

func (e *Engine) newRunDir(r *Run) *runDir {
	d := &runDir{id: r.ID, path: filepath.Join(e.config.RunsDir, r.ID)}
	d.log = d.newLogger(e.config, r)
	d.rejects = newRejectFiles(filepath.Join(d.path, "rejects"))
	return d
}

// tempDir is the folder for temporary files.
func (d *runDir) tempDir() (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.temp == "" {
		path := filepath.Join(d.path, "tmp")
		if err := os.MkdirAll(path, 0o755); err != nil {
			return "", fmt.Errorf("temporary files: %w", err)
		}
		d.temp = path
	}
	return d.temp, nil
}

// removeTemp removes the temporary files.
func (d *runDir) removeTemp() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.temp == "" {
		return nil
	}
	path := d.temp
	d.temp = ""
	return os.RemoveAll(path)
}

// newLogger makes the logger of a run. Its file is there by default where the runs are
// kept in files.
func (d *runDir) newLogger(c Config, r *Run) hclog.Logger {
	l := r.def.Settings.Log
	var to []io.Writer
	console := l.Console == nil || *l.Console
	if console && c.Logger == nil && c.Log != io.Discard {
		to = append(to, c.Log)
	}
	_, files := c.Store.(*jobinfo.DirStore)
	if l.File != nil && *l.File || l.File == nil && files {
		d.logFile = &lazyFile{path: filepath.Join(d.path, "run.log")}
		to = append(to, d.logFile)
	}
	if len(to) == 0 && (c.Logger == nil || !console) {
		return hclog.NewNullLogger()
	}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{
		Name: "etlscript", Level: hclog.LevelFromString(l.Level), Output: io.MultiWriter(to...), JSONFormat: c.JSONLog,
	})
	if console && c.Logger != nil {
		log.RegisterSink(&forward{to: c.Logger.Named(r.def.Name).With("run", d.id), level: log.GetLevel()})
	}
	return log
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
	errs := []error{d.removeTemp(), d.rejects.close()}
	if d.logFile != nil {
		errs = append(errs, d.logFile.Close())
	}
	return errors.Join(errs...)
}

// clear removes the temporary files of an attempt that failed, and puts its rejects aside:
// those of the run are those of its last attempt.
func (d *runDir) clear(attempt int) error {
	errs := []error{d.removeTemp(), d.rejects.close()}
	if len(d.rejects.files()) > 0 {
		errs = append(errs, os.Rename(d.rejects.dir, fmt.Sprintf("%s.attempt%d", d.rejects.dir, attempt)))
	}
	d.rejects = newRejectFiles(d.rejects.dir)
	return errors.Join(errs...)
}

// lazyFile is a file that is made, or appended to, when the first line comes.
type lazyFile struct {
	path string
	mu   sync.Mutex
	f    *os.File
}

// Write implements io.Writer.
func (l *lazyFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
			return 0, err
		}
		f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return 0, err
		}
		l.f = f
	}
	return l.f.Write(p)
}

// Close closes the file.
func (l *lazyFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	return f.Close()
}
