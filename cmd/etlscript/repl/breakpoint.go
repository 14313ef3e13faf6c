package repl

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// breakpoint is a place where runs stop.
type breakpoint struct {
	node string // that takes the rows; of a source, that gives them
	from string // the node that they come from; "" for any
	when string // a condition over row; "" for none
	cond expr.Func

	schema *record.Schema // that the runner is made for
	runner expr.Runner
	scope  *expr.Scope
}

func (p *breakpoint) String() string {
	text := p.node
	if p.from != "" {
		text = p.from + " -> " + p.node
	}
	if p.when != "" {
		text += " when " + p.when
	}
	return text
}

// at reports whether the breakpoint is where a node takes rows over an edge, nil
// where a source gives them.
func (p *breakpoint) at(n *plan.Node, e *plan.Edge) bool {
	return p.node == n.Name() && (p.from == "" || e != nil && p.from == e.From.Name())
}

// holds tests the condition on rows; one that is true is enough.
func (p *breakpoint) holds(b *record.Batch) (bool, error) {
	if p.cond == nil {
		return true, nil
	}
	if err := p.open(b.Schema); err != nil {
		return false, err
	}
	res, err := p.runner.Run(context.Background(), b)
	if err != nil {
		return false, err
	}
	if len(res.Failed) > 0 {
		return len(res.Keep) > 0, res.Failed[0].Err
	}
	return len(res.Keep) > 0, nil
}

// open makes a runner for rows with these columns.
func (p *breakpoint) open(s *record.Schema) error {
	if p.schema == s {
		return nil
	}
	p.close()
	use := expr.Use{Role: expr.Filter, In: s, Out: s, Node: "the condition", Scope: &expr.Scope{}}
	if _, problems := p.cond.Resolve(use); problems.Err() != nil {
		return problems.Err()
	}
	runner, err := p.cond.Open(use)
	if err != nil {
		return err
	}
	p.schema, p.runner, p.scope = s, runner, use.Scope
	return nil
}

// close frees the runner.
func (p *breakpoint) close() {
	if p.runner != nil {
		p.runner.Close()
		p.scope.Close()
	}
	p.schema, p.runner, p.scope = nil, nil, nil
}

// breakCommand is :break.
func (s *Session) breakCommand(ctx context.Context, args string) error {
	if args == "" {
		for i, p := range s.points {
			s.sayf("%3d  %s\n", i+1, p)
		}
		return nil
	}
	place, when, _ := strings.Cut(args, " when ")
	p := &breakpoint{node: strings.TrimSpace(place), when: strings.TrimSpace(when)}
	if from, to, ok := strings.Cut(p.node, "->"); ok {
		p.from, p.node = strings.TrimSpace(from), strings.TrimSpace(to)
	}
	if names := s.nodeNames(); len(names) > 0 {
		for _, name := range []string{p.node, p.from} {
			if name != "" && !slices.Contains(names, name) {
				s.sayf("there is no node %q; %s\n", name, diag.DidYouMean(name, names))
				return nil
			}
		}
	}
	if p.when != "" {
		cond, sources, err := s.script.RowFunc(ctx, p.when)
		if err != nil {
			return s.show(diag.ListOf(err), sources)
		}
		p.cond = cond
	}
	s.points = append(s.points, p)
	s.sayf("%3d  %s\n", len(s.points), p)
	return nil
}

// nodeNames are the names of the nodes of the session's jobs.
func (s *Session) nodeNames() []string {
	script, err := s.script.Jobs(context.Background())
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range script.Jobs {
		for _, n := range d.Nodes {
			out = append(out, n.Name)
		}
	}
	return out
}

// clear is :clear.
func (s *Session) clear(_ context.Context, args string) error {
	if args == "" {
		s.points = nil
		return nil
	}
	i, err := strconv.Atoi(args)
	if err != nil || i < 1 || i > len(s.points) {
		s.sayf("there is no breakpoint %q; :break lists them\n", args)
		return nil
	}
	s.points = slices.Delete(s.points, i-1, i)
	return nil
}
