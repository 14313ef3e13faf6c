package job

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Check reports all problems of a definition that can be found without
// opening anything (invariant 8), and the columns of each node as far as they
// are known then; there are none where the graph itself is broken.
func (d *Definition) Check() (Schemas, diag.List) {
	var schemas Schemas
	problems := d.checkEdges()
	if len(problems) == 0 {
		schemas, problems = d.Resolve(nil)
	}
	problems = append(problems, d.checkNames()...)
	problems = append(problems, d.checkSinks()...)
	problems = append(problems, d.checkPaths()...)
	return schemas, append(problems, d.Settings.Unenforced(d.Pos)...)
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
		problems = append(problems, n.blame(append(found, n.checkRejects(out)...))...)
	}
	return out, problems
}

// RejectFields are the columns that every reject row has behind its own.
func RejectFields() []record.Field {
	text := record.Of(record.String)
	return []record.Field{
		{Name: "_component", Type: text},
		{Name: "_code", Type: text},
		{Name: "_message", Type: text},
		{Name: "_file", Type: text},
		{Name: "_row", Type: record.Of(record.Int)},
		{Name: "_line", Type: record.Of(record.Int)},
		{Name: "_column", Type: text},
		{Name: "_value", Type: text},
		{Name: "_raw", Type: text},
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

// refused is the columns of the rows that the node may refuse: those it takes;
// of a source those it gives, as text, since a refused row may hold what is no
// value of its column's type.
func (n *Node) refused(known Schemas) *record.Schema {
	if len(n.Inputs) > 0 {
		return n.Inputs[0].Schema(known)
	}
	out := known[n]
	for _, f := range known[n].Fields() {
		out = out.With(record.Field{Name: f.Name, Type: record.Of(record.String)})
	}
	return out
}

// checkRejects refuses to put the columns about a refused row beside others of
// the same names.
func (n *Node) checkRejects(known Schemas) diag.List {
	var problems diag.List
	for _, e := range n.Inputs {
		if e.Port != PortRejects {
			continue
		}
		own := e.From.refused(known)
		for _, f := range RejectFields() {
			if own.Has(f.Name) {
				problems = append(problems, diag.Errorf("column.duplicate", n.Pos,
					"the rejects of %s have a column %q of their own, besides the one that says why a row was refused", e.From.Name, f.Name).
					WithHint("rename the column where the rows are read, for instance with columns = {...}"))
			}
		}
	}
	return problems
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

// checkEdges checks that each node takes what it wants, and from nodes before
// it.
func (d *Definition) checkEdges() diag.List {
	var problems diag.List
	before := map[*Node]bool{}
	for _, n := range d.Nodes {
		problems = append(problems, n.checkInputs(before)...)
		before[n] = true
	}
	return problems
}

// checkNames finds names that two nodes have.
func (d *Definition) checkNames() diag.List {
	var problems diag.List
	names := map[string]*Node{}
	for _, n := range d.Nodes {
		first, taken := names[n.Name]
		if !taken {
			names[n.Name] = n
			continue
		}
		problems = append(problems, diag.Errorf("node.duplicate", n.Pos, "two nodes are called %q", n.Name).
			WithNote(first.Pos, "the first one").WithHint("names are unique in a job; choose another name = \"...\""))
	}
	return problems
}

// checkSinks refuses a job that writes nothing, and else warns of streams that
// reach no sink.
func (d *Definition) checkSinks() diag.List {
	if slices.ContainsFunc(d.Nodes, (*Node).IsSink) {
		return d.unused()
	}
	return diag.List{diag.Errorf("job.no_sink", d.Pos, "job %q writes nothing", d.Name).
		WithHint("end a stream with a sink such as :write_csv { path = \"out.csv\" }")}
}

// IsSink reports whether the node writes rows out of the job.
func (n *Node) IsSink() bool {
	_, sink := n.Op.(*op.Write)
	return sink
}

// checkInputs finds edges from nodes that come later or are not in the job;
// nodes in order cannot form a cycle.
func (n *Node) checkInputs(before map[*Node]bool) diag.List {
	var problems diag.List
	if least, most := wantedInputs(n.Op); len(n.Inputs) < least || len(n.Inputs) > most {
		problems = append(problems, diag.Errorf("node.inputs", n.Pos, "%s has %d inputs, but wants %s", n.Name, len(n.Inputs), inputCount(least, most)))
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

// wantedInputs is the least and the greatest number of inputs of an operator.
func wantedInputs(o op.Operator) (least, most int) {
	switch o.(type) {
	case *op.Scan:
		return 0, 0
	case *op.Join:
		return 2, 2
	case *op.Union:
		return 1, math.MaxInt
	case *op.Custom:
		return 0, math.MaxInt
	}
	return 1, 1
}

func inputCount(least, most int) string {
	if most == math.MaxInt {
		return fmt.Sprintf("at least %d", least)
	}
	return strconv.Itoa(most)
}

func (n *Node) has(port string) bool {
	split, splits := n.Op.(*op.Split)
	switch port {
	case PortOut:
		return !n.IsSink() && !splits
	case PortRejects:
		return true
	case PortDropped:
		_, ok := n.Op.(*op.Filter)
		return ok || splits
	}
	return splits && split.Port(strings.TrimPrefix(port, ".")) >= 0
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
		if n.IsSink() {
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
