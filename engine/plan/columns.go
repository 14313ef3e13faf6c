package plan

import (
	"slices"

	"github.com/etlscript/etlscript/engine/op"
)

// columns is a set of column names, or all.
type columns struct {
	all   bool
	names map[string]bool
}

func (c *columns) add(names ...string) {
	if c.names == nil {
		c.names = map[string]bool{}
	}
	for _, n := range names {
		c.names[n] = true
	}
}

func (c *columns) merge(d columns) {
	c.all = c.all || d.all
	for n := range d.names {
		c.add(n)
	}
}

// mapped is the set with each name replaced; names for which there is none
// are left out.
func (c columns) mapped(old func(name string) (string, bool)) columns {
	out := columns{all: c.all}
	for n := range c.names {
		if o, ok := old(n); ok {
			out.add(o)
		}
	}
	return out
}

// findColumns finds for each source which of its columns are looked at:
// backwards from the nodes that read columns, through renamings. A column that
// is only copied to a sink is not looked at.
func (p *Plan) findColumns() {
	looked := make([]columns, len(p.Nodes))
	for _, n := range slices.Backward(p.Nodes) {
		for _, e := range n.In {
			looked[e.From.ID].merge(n.looksAt(e.Input, looked[n.ID]))
		}
		if _, scan := n.Job.Op.(*op.Scan); scan {
			n.setUsed(looked[n.ID])
		}
	}
}

func (n *Node) setUsed(c columns) {
	n.AllUsed = c.all
	for _, f := range n.Schema.Fields() {
		if c.names[f.Name] {
			n.Used = append(n.Used, f.Name)
			delete(c.names, f.Name)
		}
	}
	// What an open schema does not know yet follows by name.
	var rest []string
	for name := range c.names {
		if n.Schema.Open() {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	n.Used = append(n.Used, rest...)
}

// looksAt is the columns of an input that the node itself or, through its
// output, a later node looks at.
func (n *Node) looksAt(input int, later columns) columns {
	traits := n.Job.Op.Traits()
	var out columns
	switch o := n.Job.Op.(type) {
	case *op.Aggregate:
		// Its output is made of what it reads.
	case *op.Project:
		out = n.throughProject(o, later)
	case *op.Join:
		return n.throughJoin(o, input, later)
	default:
		out.merge(later)
	}
	out.all = out.all || traits.All
	out.add(traits.Reads...)
	return out
}

func (n *Node) throughProject(o *op.Project, later columns) columns {
	if later.all && !n.Schema.Open() {
		later = columns{}
		later.add(n.Schema.Names()...)
	}
	return later.mapped(func(name string) (string, bool) {
		if o.Mode == op.Rename {
			if i := slices.Index(o.To, name); i >= 0 {
				return o.Columns[i].Text, true
			}
		}
		return name, true
	})
}

func (n *Node) throughJoin(o *op.Join, input int, later columns) columns {
	left, right := n.Inputs[0], n.Inputs[1]
	if input == 0 {
		out := later.mapped(func(name string) (string, bool) { return name, left.Has(name) || left.Open() })
		out.add(op.Names(o.Left)...)
		return out
	}
	out := later.mapped(func(name string) (string, bool) { return rightColumn(o, n, name) })
	if o.How == op.Semi || o.How == op.Anti {
		out = columns{}
	}
	out.add(op.Names(o.Right)...)
	if right.Open() {
		return out
	}
	for name := range out.names {
		if !right.Has(name) {
			delete(out.names, name)
		}
	}
	return out
}

// rightColumn is the column of a join's right side that an output column may
// come from.
func rightColumn(o *op.Join, n *Node, name string) (string, bool) {
	left := n.Inputs[0]
	if base := len(name) - len(o.Suffix); o.Suffix != "" && base > 0 && name[base:] == o.Suffix && left.Has(name[:base]) {
		return name[:base], true
	}
	return name, !left.Has(name)
}
