package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/engine/row"
)

// debug runs a job row by row and talks at each stop.
func (s *Session) debug(ctx context.Context, def *job.Definition) (*engine.Result, error) {
	d := newDebugger(s.points)
	defer func() {
		for _, p := range s.points {
			p.close()
		}
	}()
	c := s.config.Engine
	c.Executors = map[job.Strategy]engine.Executor{job.Row: &row.Executor{Tap: d}}
	c.Workers, c.BatchRows = 1, 1
	one := *def
	one.Settings.Limits.CPU = 0 // one worker, so that the rows come one after the other
	ctx, done := interruptible(ctx)
	defer done()
	run, err := s.start(ctx, c, &one)
	if run == nil || err != nil {
		return nil, err
	}
	ended := make(chan engine.Result, 1)
	go func() { ended <- run.Wait() }()
	for {
		at, result := s.await(d, ended)
		if result != nil {
			return result, nil
		}
		next, ok := s.stopped(ctx, at)
		if !ok {
			run.Cancel(nil)
			close(d.over)
			last := <-ended
			return &last, nil
		}
		d.goOn <- next
	}
}

// await waits for the next stop, or the end of the run.
func (s *Session) await(d *debugger, ended <-chan engine.Result) (*stop, *engine.Result) {
	defer s.edit.away()()
	select {
	case at := <-d.stops:
		return at, nil
	case result := <-ended:
		return nil, &result
	}
}

// stopped talks at a stop until the run is to go on; ok is false when it is to end.
func (s *Session) stopped(ctx context.Context, at *stop) (next pace, ok bool) {
	s.sayf("%s\n", at.title())
	if at.problem != nil {
		_ = s.show(diag.ListOf(at.problem), nil)
	}
	s.showRow(at)
	for {
		line, err := s.edit.read("stopped> ")
		if errors.Is(err, io.EOF) {
			return 0, false
		}
		switch text := strings.TrimSpace(line); {
		case err != nil, text == "":
		case isCommand(text, "row"):
			s.showRow(at)
		case isCommand(text, "step"):
			return toNextEvent, true
		case isCommand(text, "continue"):
			return toBreakpoint, true
		case isCommand(text, "abort"):
			return 0, false
		case strings.HasPrefix(text, ":"):
			s.whileStopped(ctx, text)
		default:
			s.lookAt(ctx, at, text)
		}
	}
}

// isCommand reports whether a line is a command, whose name may be cut short.
func isCommand(line, name string) bool {
	cut, ok := strings.CutPrefix(line, ":")
	return ok && cut != "" && strings.HasPrefix(name, cut)
}

// whileStopped runs a command that does not touch the run.
func (s *Session) whileStopped(ctx context.Context, line string) {
	name, args, _ := strings.Cut(line[1:], " ")
	c, err := findCommand(name)
	switch {
	case err != nil:
		s.sayf("%v\n", err)
	case c.name == "list" || c.name == "help" || c.name == "plan" || c.name == "doc":
		if err := c.run(s, ctx, strings.TrimSpace(args)); err != nil {
			s.sayf("%v\n", err)
		}
	default:
		s.sayf(":%s does not work while a run is stopped; :continue or :abort it first\n", c.name)
	}
}

// showRow shows the row before the node, and after it.
func (s *Session) showRow(at *stop) {
	if at.refused != nil && at.refused.Batch != nil {
		s.showRows("before", at.refused.Batch.Slice(at.refused.Row, at.refused.Row+1))
		return
	}
	if at.before != nil {
		s.showRows("before", at.before)
	}
	if at.after != nil {
		s.showRows("after", at.after)
	}
}

func (s *Session) showRows(title string, b *record.Batch) {
	t := newTable(b.Schema)
	t.add(b)
	s.sayf("%s:\n", title)
	t.write(s.config.Out)
}

// lookAt shows the value of an expression over the row.
func (s *Session) lookAt(ctx context.Context, at *stop, expression string) {
	b := at.after
	if b == nil {
		b = at.before
	}
	if b == nil {
		s.sayf("there is no row to look at\n")
		return
	}
	f, sources, err := s.script.RowFunc(ctx, expression)
	var values []string
	if err == nil {
		values, err = valuesOf(ctx, f, b)
	}
	if err != nil {
		_ = s.show(diag.ListOf(err), sources)
		return
	}
	s.sayf("%s\n", strings.Join(values, "\n"))
}

// valuesOf is what a function gives for rows.
func valuesOf(ctx context.Context, f expr.Func, b *record.Batch) ([]string, error) {
	scope := &expr.Scope{}
	defer scope.Close()
	use := expr.Use{Role: expr.Value, In: b.Schema, Node: "the expression", Scope: scope}
	out, problems := f.Resolve(use)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	use.Out = out
	runner, err := f.Open(use)
	if err != nil {
		return nil, fmt.Errorf("repl: %w", err)
	}
	defer runner.Close()
	res, err := runner.Run(ctx, b)
	if err != nil {
		return nil, err
	}
	if len(res.Failed) > 0 {
		return nil, res.Failed[0].Err
	}
	var values []string
	for i := range b.Len() {
		values = append(values, cell(res.Value, i))
	}
	return values, nil
}
