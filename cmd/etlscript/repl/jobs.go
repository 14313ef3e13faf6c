package repl

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind"
)

// jobs are the jobs of the session, nil if it was shown what is wrong with them.
func (s *Session) jobs(ctx context.Context) (*luabind.Script, error) {
	script, err := s.script.Jobs(ctx)
	if err != nil {
		return nil, s.show(diag.ListOf(err), script.Sources)
	}
	return script, nil
}

func (s *Session) plan(ctx context.Context, _ string) error {
	script, err := s.jobs(ctx)
	if script == nil || err != nil {
		return err
	}
	e, err := engine.New(s.config.Engine)
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	for _, d := range script.Jobs {
		p, found := e.Explain(d)
		if err := s.show(append(d.Warnings, found...), script.Sources); err != nil || p == nil {
			return err
		}
		if err := p.Explain(s.config.Out); err != nil {
			return fmt.Errorf("repl: %w", err)
		}
	}
	return nil
}

// run runs the jobs of the session, one after the other.
func (s *Session) run(ctx context.Context, _ string) error {
	script, err := s.jobs(ctx)
	if script == nil || err != nil {
		return err
	}
	for _, d := range script.Jobs {
		result, err := s.runJob(ctx, d)
		if err != nil || result == nil {
			return err
		}
		s.last = result
		if err := s.show(result.Problems, script.Sources); err != nil {
			return err
		}
		s.summary(result)
	}
	return nil
}

func (s *Session) runJob(ctx context.Context, d *job.Definition) (*engine.Result, error) {
	if len(s.points) > 0 {
		return s.debug(ctx, d)
	}
	return s.carryOut(ctx, s.config.Engine, d)
}

func (s *Session) summary(r *engine.Result) {
	s.sayf("%s: %s in %s\n", r.Job, r.State, r.Duration.Round(time.Millisecond))
	for _, o := range r.Outputs {
		s.sayf("  wrote %s to %s\n", rowCount(int(o.Rows)), o.Target)
	}
	for _, f := range r.Rejects {
		s.sayf("  rejected %s in %s; :rejects shows them\n", rowCount(int(f.Rows)), f.Node)
	}
}

// interruptible is a context that Ctrl-C cancels until done is called.
func interruptible(parent context.Context) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-signals:
			cancel(engine.ErrCancelled)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		<-stopped
	}
}

// rejects shows the rows that the last run rejected.
func (s *Session) rejects(context.Context, string) error {
	if s.last == nil {
		s.sayf("nothing was run yet\n")
		return nil
	}
	if len(s.last.Rejects) == 0 {
		s.sayf("the last run rejected nothing\n")
	}
	for _, f := range s.last.Rejects {
		s.sayf("%s:\n", f.Node)
		t, err := readRejects(f.Path)
		if err != nil {
			s.sayf("%s cannot be read: %v\n", f.Path, err)
			continue
		}
		t.write(s.config.Out)
		if int(f.Rows) > len(t.rows) {
			s.sayf("(the first %s of %d; all are in %s)\n", rowCount(len(t.rows)), f.Rows, f.Path)
		}
	}
	return nil
}

// readRejects is the first rows of a file of rejects.
func readRejects(path string) (t *table, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := csv.NewReader(f)
	t = &table{}
	if t.heads, err = lines.Read(); err != nil {
		return nil, err
	}
	t.types = make([]string, len(t.heads))
	for range headRows {
		row, err := lines.Read()
		if err != nil {
			break
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}
