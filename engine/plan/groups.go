package plan

import (
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
)

// Functions are the functions over rows that an operator calls, in order.
func Functions(o op.Operator) []expr.Func {
	switch o := o.(type) {
	case *op.Filter:
		return []expr.Func{o.Func}
	case *op.Map:
		return []expr.Func{o.Func}
	case *op.Split:
		return []expr.Func{o.Func}
	case *op.FlatMap:
		return []expr.Func{o.Func} // those of its state are of the same group
	case *op.Aggregate:
		var out []expr.Func
		for _, c := range o.Columns {
			if c.Func != nil {
				out = append(out, c.Func)
			}
		}
		return out
	}
	return nil
}

// groupsOf are the state groups of an operator's functions, each once.
func groupsOf(o op.Operator) []string {
	var out []string
	for _, f := range Functions(o) {
		if g := f.Info().Group; g != "" && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	if c, ok := o.(*op.Custom); ok && c.Trait.Group != "" {
		out = append(out, c.Trait.Group)
	}
	return out
}

// members maps each state group to its nodes, and lists the groups in order.
func (p *Plan) members() (groups []string, nodes map[string][]*Node) {
	nodes = map[string][]*Node{}
	for _, n := range p.Nodes {
		for _, g := range n.Groups {
			if len(nodes[g]) == 0 {
				groups = append(groups, g)
			}
			nodes[g] = append(nodes[g], n)
		}
	}
	return groups, nodes
}

// checkGroups refuses groups whose functions cannot take turns row by row.
func (p *Plan) checkGroups() diag.List {
	var problems diag.List
	groups, nodes := p.members()
	for _, g := range groups {
		first := nodes[g][0]
		for _, n := range nodes[g][1:] {
			if n.Stage != first.Stage || first.Stage.Head == first {
				problems = append(problems, groupProblem(g, first, n))
			}
		}
	}
	return problems
}

func groupProblem(group string, first, n *Node) *diag.Diagnostic {
	why := "are on different branches"
	if blocker := blockedBetween(first, n); blocker != nil {
		why = "have " + blocker.Name() + " between them, which takes all rows before it gives the first"
	}
	d := diag.Errorf("lua.group", groupPos(n, group),
		"the functions of %q and %q share a variable that one of them writes, but %s", first.Name(), n.Name(), why).
		WithNote(groupPos(first, group), "the function of %q", first.Name()).
		WithHint("give each function a variable of its own, or put both one behind the other on a stream that has no other consumer between them")
	d.Component = n.Name()
	return d
}

// blockedBetween is a blocking node on the way from first to n, which may be
// an end of it; nil if there is none.
func blockedBetween(first, n *Node) *Node {
	if n == first {
		return nil
	}
	for _, e := range n.In {
		if e.From != first && !reaches(first, e.From) {
			continue
		}
		if n.Job.Op.Traits().Blocking {
			return n
		}
		if e.From == first {
			if first.Job.Op.Traits().Blocking {
				return first
			}
			return nil
		}
		return blockedBetween(first, e.From)
	}
	return nil
}

func reaches(from, to *Node) bool {
	return slices.ContainsFunc(to.In, func(e *Edge) bool { return e.From == from || reaches(from, e.From) })
}

func groupPos(n *Node, group string) diag.Pos {
	for _, f := range Functions(n.Job.Op) {
		if i := f.Info(); i.Group == group && i.Pos.IsValid() {
			return i.Pos
		}
	}
	return n.Job.Pos
}

// findSpans finds the parts of each stage that single rows must go through:
// from the first to the last node of each group of several; what overlaps
// becomes one.
func (p *Plan) findSpans() {
	groups, nodes := p.members()
	for _, g := range groups {
		if len(nodes[g]) < 2 {
			continue
		}
		s := nodes[g][0].Stage
		s.addSpan(Span{
			From: slices.Index(s.Ordered, nodes[g][0]),
			To:   slices.Index(s.Ordered, nodes[g][len(nodes[g])-1]) + 1,
		})
	}
}

func (s *Stage) addSpan(n Span) {
	var apart []Span
	for _, o := range s.Spans {
		if o.To <= n.From || n.To <= o.From {
			apart = append(apart, o)
			continue
		}
		n = Span{From: min(n.From, o.From), To: max(n.To, o.To)}
	}
	s.Spans = append(apart, n)
	slices.SortFunc(s.Spans, func(a, b Span) int { return a.From - b.From })
}
