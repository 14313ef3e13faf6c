package job

import (
	"cmp"
	"path/filepath"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Check reports all problems of a definition that can be found without
// opening anything (invariant 8), and the columns of each node as far as they
// are known then.
func (d *Definition) Check() (Schemas, diag.List) {
	problems := d.checkGraph()
	if problems.Err() != nil {
		return nil, problems
	}
	schemas, more := d.Resolve(nil)
	problems = append(problems, more...)
	problems = append(problems, d.checkPaths()...)
	problems = append(problems, d.Settings.Unenforced(d.Pos)...)
	return schemas, problems
}

// Resolve finds the columns of each node. sources gives those of the Scan
// nodes that were opened; of others the static part is taken.
func (d *Definition) Resolve(sources map[*Node]*record.Schema) (Schemas, diag.List) {
	out := Schemas{}
	var problems diag.List
	for _, n := range d.Nodes {
		in := make([]*record.Schema, len(n.Inputs))
		for i, e := range n.Inputs {
			in[i] = e.Schema(out)
		}
		schema, found := n.Op.Resolve(in)
		if known, ok := sources[n]; ok {
			schema = known
		}
		out[n] = schema
		problems = append(problems, n.blame(found)...)
	}
	return out, problems
}

// RejectFields are the columns that every reject row has behind its own.
func RejectFields() []record.Field {
	text := record.Of(record.String)
	return []record.Field{
		{Name: "_component", Type: text}, {Name: "_code", Type: text}, {Name: "_message", Type: text},
		{Name: "_file", Type: text}, {Name: "_row", Type: record.Of(record.Int)}, {Name: "_line", Type: record.Of(record.Int)},
		{Name: "_column", Type: text}, {Name: "_value", Type: text}, {Name: "_raw", Type: text},
	}
}

// Schema is the columns of the rows that the edge carries, for the main outputs
// of all nodes before it.
func (e Edge) Schema(known Schemas) *record.Schema {
	if e.Port == PortRejects {
		return e.From.refused(known).With(RejectFields()...)
	}
	return known[e.From]
}

// refused is the columns of the rows that the node may refuse: those it takes,
// of a source those it gives.
func (n *Node) refused(known Schemas) *record.Schema {
	if len(n.Inputs) == 0 {
		return known[n]
	}
	return n.Inputs[0].Schema(known)
}

// blame fills in what a node's diagnostics leave open.
func (n *Node) blame(found diag.List) diag.List {
	for _, d := range found {
		d.Component = cmp.Or(d.Component, n.Name)
		if !d.Pos.IsValid() {
			d.Pos = n.Pos
		}
	}
	return found
}

// checkGraph checks names, inputs, order and that something is written.
func (d *Definition) checkGraph() diag.List {
	var problems diag.List
	seen := map[*Node]bool{}
	names := map[string]*Node{}
	sinks := 0
	for _, n := range d.Nodes {
		if first, taken := names[n.Name]; taken {
			problems = append(problems, diag.Errorf("node.duplicate", n.Pos, "two nodes are called %q", n.Name).
				WithNote(first.Pos, "the first one").WithHint("names are unique in a job; choose another name = \"...\""))
		}
		names[n.Name] = n
		problems = append(problems, n.checkInputs(seen)...)
		seen[n] = true
		if _, ok := n.Op.(*op.Write); ok {
			sinks++
		}
	}
	if sinks == 0 {
		problems = append(problems, diag.Errorf("job.no_sink", d.Pos, "job %q writes nothing", d.Name).
			WithHint("end a stream with a sink such as :write_csv { path = \"out.csv\" }"))
	}
	return append(problems, d.unused()...)
}

// checkInputs finds edges from nodes that come later or are not in the job;
// nodes in order cannot form a cycle.
func (n *Node) checkInputs(before map[*Node]bool) diag.List {
	var problems diag.List
	if want := wantedInputs(n.Op); want >= 0 && len(n.Inputs) != want {
		problems = append(problems, diag.Errorf("node.inputs", n.Pos, "%s has %d inputs, but wants %d", n.Name, len(n.Inputs), want))
	}
	for _, e := range n.Inputs {
		if !before[e.From] {
			problems = append(problems, diag.Errorf("node.cycle", n.Pos, "%s takes rows from %s, which is itself, comes after it or is not in the job", n.Name, e.From.Name).
				WithHint("the graph must have no cycle; a definition lists each node behind its inputs"))
		}
		if !e.From.has(e.Port) {
			problems = append(problems, diag.Errorf("node.port", n.Pos, "%s has no output %q", e.From.Name, e.Port))
		}
	}
	return problems
}

// wantedInputs is the number of inputs of an operator, -1 for any.
func wantedInputs(o op.Operator) int {
	switch o.(type) {
	case *op.Scan:
		return 0
	case *op.Join:
		return 2
	case *op.Union, *op.Custom:
		return -1
	}
	return 1
}

func (n *Node) has(port string) bool {
	switch port {
	case PortOut:
		_, sink := n.Op.(*op.Write)
		return !sink
	case PortRejects:
		return true
	case PortDropped:
		_, ok := n.Op.(*op.Filter)
		return ok
	}
	return false
}

// unused warns of streams that reach no sink.
func (d *Definition) unused() diag.List {
	useful := d.ReachingSinks()
	taken := d.Consumers()
	var out diag.List
	for _, n := range d.Nodes {
		if !useful[n] && len(taken[n]) == 0 {
			out = append(out, diag.Warningf("stream.unused", n.Pos, "the stream of %s reaches no sink and does not run", n.Name).
				WithHint("write it, or remove it"))
		}
	}
	return out
}

// ReachingSinks are the nodes whose rows reach a sink.
func (d *Definition) ReachingSinks() map[*Node]bool {
	useful := map[*Node]bool{}
	for i := len(d.Nodes) - 1; i >= 0; i-- {
		n := d.Nodes[i]
		if _, ok := n.Op.(*op.Write); ok {
			useful[n] = true
		}
		if useful[n] {
			for _, e := range n.Inputs {
				useful[e.From] = true
			}
		}
	}
	return useful
}

// checkPaths refuses two sinks on one path, and reading what the job writes.
func (d *Definition) checkPaths() diag.List {
	var problems diag.List
	written := map[string]op.Name{}
	for _, n := range d.Nodes {
		w, ok := n.Op.(*op.Write)
		if !ok {
			continue
		}
		target := w.Sink.Target()
		key := d.pathKey(target.Text)
		if first, twice := written[key]; twice {
			problems = append(problems, diag.Errorf("path.twice", target.Pos, "%q is written twice in this job", target.Text).
				WithNote(first.Pos, "the first time").WithHint("give each sink a path of its own, or unite the streams with a:union(b)"))
			continue
		}
		written[key] = target
	}
	for _, n := range d.Nodes {
		if s, ok := n.Op.(*op.Scan); ok {
			problems = append(problems, d.checkSelfRead(s.Source.Paths(), written)...)
		}
	}
	return problems
}

func (d *Definition) checkSelfRead(paths []op.Name, written map[string]op.Name) diag.List {
	var problems diag.List
	for _, p := range paths {
		if p.Text == "-" {
			continue
		}
		for key, target := range written {
			if key == d.pathKey(p.Text) || globHits(d.pathKey(p.Text), key) {
				problems = append(problems, diag.Errorf("path.self_read", p.Pos, "%q reads %q, which this job writes", p.Text, target.Text).
					WithNote(target.Pos, "written here").WithHint("write to another path: outputs appear only when the run has succeeded"))
			}
		}
	}
	return problems.Sorted()
}

func globHits(pattern, path string) bool {
	if !strings.ContainsAny(pattern, "*?[") {
		return false
	}
	hit, err := filepath.Match(pattern, path)
	return err == nil && hit
}

// pathKey is a path in a form that is equal for equal files, without looking
// at any.
func (d *Definition) pathKey(path string) string {
	if path == "-" || filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.Dir, path)
}
