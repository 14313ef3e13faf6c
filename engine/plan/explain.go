package plan

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Explain writes how the job will run, for a person.
func (p *Plan) Explain(w io.Writer) error {
	var b strings.Builder
	o := p.Options
	fmt.Fprintf(&b, "job %q: strategy %s, %s, queues of %s, batches of %s\n",
		p.Job.Name, cmp.Or(p.Job.Settings.Strategy, job.Row), count(o.Workers, "worker"), count(o.QueueBatches, "batch"), count(o.BatchRows, "row"))
	for _, s := range p.Stages {
		b.WriteByte('\n')
		s.explain(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// count is a number with its noun.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (s *Stage) explain(b *strings.Builder) {
	fmt.Fprintf(b, "stage %d\n", s.ID)
	if s.Head == nil {
		fmt.Fprintf(b, "  takes rows from %s\n", s.First().In[0].From.Name())
	} else {
		s.Head.explain(b, "")
	}
	for _, n := range s.Parallel {
		n.explain(b, count(s.Workers, "worker"))
	}
	for i, n := range s.Ordered {
		n.explain(b, s.whyOrdered(i))
	}
	for _, e := range s.Last().Out {
		e.explain(b)
	}
}

// whyOrdered says why one goroutine runs ordered node i.
func (s *Stage) whyOrdered(i int) string {
	n := s.Ordered[i]
	for _, span := range s.Spans {
		if span.From <= i && i < span.To {
			return "1 worker, row by row: functions from " + s.Ordered[span.From].Name() + " to " + s.Ordered[span.To-1].Name() +
				" share a variable that one of them writes"
		}
	}
	switch {
	case len(n.Groups) > 0:
		return "1 worker: the function keeps something from row to row"
	case n.Job.Op.Traits().Ordered:
		return "in order"
	}
	return "in order, behind " + s.Ordered[0].Name()
}

func (n *Node) explain(b *strings.Builder, how string) {
	fmt.Fprintf(b, "  %s (%s)", n.Name(), n.Kind())
	if how != "" {
		fmt.Fprintf(b, ": %s", how)
	}
	b.WriteByte('\n')
	if _, sink := n.Job.Op.(*op.Write); !sink {
		fmt.Fprintf(b, "    columns: %s\n", columnList(n.Schema))
	}
	for _, line := range n.details() {
		fmt.Fprintf(b, "    %s\n", line)
	}
}

// Kind is what the node is, as scripts call it.
func (n *Node) Kind() string {
	if n.Job.Spec != nil {
		return n.Job.Spec.Name
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", n.Job.Op), "*op."))
}

func columnList(s *record.Schema) string {
	switch {
	case s.Open() && s.Len() == 0:
		return "not known before the source is opened"
	case s.Open():
		return strings.TrimSuffix(s.String(), ", ...") + ", and others not known before the source is opened"
	case s.Len() == 0:
		return "none"
	}
	return s.String()
}

func (n *Node) details() []string {
	var out []string
	switch o := n.Job.Op.(type) {
	case *op.Scan:
		if paths := o.Source.Paths(); len(paths) > 0 {
			out = append(out, "reads: "+strings.Join(op.Names(paths), ", "))
		}
		out = append(out, "looked at: "+n.usedList())
	case *op.Write:
		if target := o.Sink.Target().Text; target != "" {
			out = append(out, "writes: "+target)
		}
	case *op.Join:
		out = append(out, fmt.Sprintf("%s join; keeps the right side in memory", o.How))
	case *op.Aggregate:
		out = append(out, "keeps one row a group in memory")
	case *op.Sort:
		out = append(out, "keeps all rows in memory")
	}
	return append(out, n.functions()...)
}

func (n *Node) usedList() string {
	switch {
	case n.AllUsed:
		return "all columns"
	case len(n.Used) == 0:
		return "none, all are copied as they are"
	}
	return strings.Join(n.Used, ", ")
}

func (n *Node) functions() []string {
	var out []string
	for _, f := range Functions(n.Job.Op) {
		i := f.Info()
		line := "function: " + i.Rung
		if i.Pos.IsValid() {
			line = fmt.Sprintf("function at %s: %s", i.Pos, i.Rung)
		}
		if i.Why != "" {
			line += " (" + i.Why + ")"
		}
		out = append(out, line)
	}
	return out
}

func (e *Edge) explain(b *strings.Builder) {
	to := e.To.Name()
	if len(e.To.In) > 1 {
		to = fmt.Sprintf("%s (%s)", to, inputName(e))
	}
	if e.Port != job.PortOut {
		fmt.Fprintf(b, "  %s rows ", strings.TrimPrefix(e.Port, "."))
	} else {
		b.WriteString("  ")
	}
	fmt.Fprintf(b, "-> %s: %s\n", to, e.Kind)
	if e.Why != "" {
		fmt.Fprintf(b, "    %s\n", e.Why)
	}
}

func inputName(e *Edge) string {
	if _, ok := e.To.Job.Op.(*op.Join); ok {
		return [...]string{"left", "right"}[e.Input]
	}
	return fmt.Sprintf("input %d", e.Input+1)
}

// DOT writes the plan as a graph for Graphviz.
func (p *Plan) DOT(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %q {\n  rankdir=LR;\n  node [shape=box];\n", p.Job.Name)
	for _, s := range p.Stages {
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=\"stage %d\";\n", s.ID, s.ID)
		for _, n := range s.Nodes() {
			fmt.Fprintf(&b, "    %q [label=%q];\n", n.Name(), n.Name()+"\n"+n.Kind())
		}
		b.WriteString("  }\n")
	}
	for _, e := range p.Edges {
		fmt.Fprintf(&b, "  %q -> %q%s;\n", e.From.Name(), e.To.Name(), e.style())
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (e *Edge) style() string {
	var attrs []string
	if e.Kind == Spool {
		attrs = append(attrs, `style=dashed`, `label="spool"`)
	}
	if e.Port != job.PortOut {
		attrs = append(attrs, fmt.Sprintf("taillabel=%q", strings.TrimPrefix(e.Port, ".")))
	}
	if len(attrs) == 0 {
		return ""
	}
	return " [" + strings.Join(attrs, ", ") + "]"
}
