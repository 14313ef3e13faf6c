package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

// SubmitAll submits jobs that belong together, such as those of one file: each comes after
// the jobs that its settings name, and after those before it that write what it reads; those that are the fallback of another one are
// submitted only where that fails. Names that are not among the jobs are taken as done.
// The runs come in order of the jobs; an error means that the jobs from there on have none.
func (e *Engine) SubmitAll(ctx context.Context, defs []*job.Definition, s Submission) ([]*Run, error) {
	s.Family = defs
	t := together{engine: e, ctx: ctx, submission: s, jobs: map[string]*job.Definition{}, runs: map[string]*Run{}, feeds: job.Feeds(defs), fallbacks: map[string]bool{}}
	for _, d := range defs {
		t.jobs[d.Name] = d
	}
	for _, d := range defs {
		t.fallbacks[d.Settings.Fallback.Job] = true
	}
	var runs []*Run
	for _, d := range defs {
		if t.fallbacks[d.Name] {
			continue
		}
		r, err := t.submit(d, nil)
		if err != nil {
			return runs, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// together is jobs that are submitted at once.
type together struct {
	engine     *Engine
	ctx        context.Context
	submission Submission
	jobs       map[string]*job.Definition
	runs       map[string]*Run
	feeds      map[*job.Definition][]*job.Definition
	fallbacks  map[string]bool // jobs that run only where others fail
	piped      *Run            // the last one that uses standard input or output
}

// submit submits a job behind those that come before it; path are the jobs that wait for
// it, for circles.
func (t *together) submit(d *job.Definition, path []string) (*Run, error) {
	if r := t.runs[d.Name]; r != nil {
		return r, nil
	}
	if slices.Contains(path, d.Name) {
		return nil, fmt.Errorf("job %q comes after itself", d.Name)
	}
	s := t.submission
	for _, name := range d.Settings.After {
		before := t.jobs[name]
		if before == nil {
			continue
		}
		r, err := t.submit(before, append(path, d.Name))
		if err != nil {
			return nil, err
		}
		s.after = append(s.after, wait{run: r, well: true})
	}
	for _, before := range t.feeds[d] {
		if slices.Contains(path, before.Name) || t.fallbacks[before.Name] {
			continue // it comes behind by what the jobs say, or stands in for another one
		}
		r, err := t.submit(before, append(path, d.Name))
		if err != nil {
			return nil, err
		}
		s.after = append(s.after, wait{run: r, well: true})
	}
	if usesStdio(d) && t.piped != nil {
		s.after = append(s.after, wait{run: t.piped})
	}
	r, err := t.engine.Submit(t.ctx, d, s)
	if err != nil {
		return nil, fmt.Errorf("job %q: %w", d.Name, err)
	}
	if usesStdio(d) {
		t.piped = r
	}
	t.runs[d.Name] = r
	return r, nil
}

// usesStdio reports whether a job reads standard input or writes to standard output, which
// two runs cannot do at once.
func usesStdio(d *job.Definition) bool {
	for _, n := range d.Nodes {
		if readsStdin(n) || writesStdout(n) {
			return true
		}
	}
	return false
}

func readsStdin(n *job.Node) bool {
	scan, ok := n.Op.(*op.Scan)
	if !ok {
		return false
	}
	for _, p := range scan.Source.Paths() {
		if p.Text == job.Stdio {
			return true
		}
	}
	return false
}

func writesStdout(n *job.Node) bool {
	w, ok := n.Op.(*op.Write)
	return ok && w.Sink.Target().Text == job.Stdio
}
