package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// graph is the nodes that one job owns, in the order in which the script made
// them.
type graph struct {
	nodes []*node
	names nodeNames
}

func newGraph() *graph { return &graph{names: newNodeNames()} }

// node is a component of a job whose script still runs. Its options are
// decoded when the script has ended, so that all problems are found at once.
type node struct {
	def     *job.Node // its operator is built at the end
	graph   *graph
	args    []component.Value
	rejects diag.Pos  // where its rejects were asked for, if they were
	dropped diag.Pos  // where its dropped rows were asked for, if they were
	ports   []op.Name // that the script took by name, of a node that has such
}

// stream is one output of a node.
type stream struct {
	node *node
	port string
}

// Describe names the value for messages.
func (*stream) Describe() string { return "a stream" }

// optionsIndex is where the options table stands among the arguments: behind
// the positional ones.
func (n *node) optionsIndex() int {
	count := 0
	for _, p := range params(n.def.Spec) {
		if p.Place == component.Arg {
			count++
		}
	}
	return count
}

// params are the parameters of a spec of the registry, which has checked that
// they declare well.
func params(s *component.Spec) []component.Param {
	out, err := s.Params()
	if err != nil {
		return nil
	}
	return out
}

// takes reports whether the node's component has the option.
func (n *node) takes(option string) bool {
	return slices.ContainsFunc(params(n.def.Spec), func(p component.Param) bool {
		return p.Place == component.Opt && p.Name == option
	})
}

// option is an entry of the node's options table.
func (n *node) option(name string) (component.Value, bool) {
	i := n.optionsIndex()
	if i >= len(n.args) {
		return component.Value{}, false
	}
	t, ok := n.args[i].X.(*component.Table)
	if !ok {
		return component.Value{}, false
	}
	return t.Get(name)
}

// setOption adds an entry to the node's options table. A node that lacks
// positional arguments has no place for it, and is refused in any case.
func (n *node) setOption(name string, v component.Value) {
	i := n.optionsIndex()
	if i == len(n.args) {
		n.args = append(n.args, component.Value{X: &component.Table{Pos: v.Pos}, Pos: v.Pos})
	}
	if i > len(n.args) {
		return
	}
	if t, ok := n.args[i].X.(*component.Table); ok {
		t.Entries = append(t.Entries, component.Entry{Key: op.Name{Text: name, Pos: v.Pos}, Value: v})
	}
}

// implyReject makes the component reject the rows on which it fails, because
// the script takes its rejects.
func (n *node) implyReject() *diag.Diagnostic {
	given, ok := n.option("on_error")
	switch {
	case !n.rejects.IsValid():
		return nil
	case !ok:
		n.setOption("on_error", component.Value{X: string(op.Reject), Pos: n.rejects})
		return nil
	case given.X != string(op.Reject):
		return diag.Errorf("port.rejects", n.rejects, "%s gives no rejects, since its on_error is not \"reject\"", n.def.Name).
			WithNote(given.Pos, "set here").WithHint("remove on_error: rejects() implies it")
	}
	return nil
}

// implyPorts adds the ports that the script took to those of the options.
func (n *node) implyPorts() {
	if len(n.ports) == 0 {
		return
	}
	taken := &component.Table{Pos: n.def.Pos}
	for _, p := range n.ports {
		taken.List = append(taken.List, component.Value{X: p.Text, Pos: p.Pos})
	}
	n.ports = nil
	if given, ok := n.option(optionPorts); ok {
		if t, ok := given.X.(*component.Table); ok {
			t.List = append(t.List, taken.List...)
		}
		return
	}
	n.setOption(optionPorts, component.Value{X: taken, Pos: n.def.Pos})
}

// decode reads the options of the node.
func (n *node) decode() (any, diag.List) {
	n.implyPorts()
	if d := n.implyReject(); d != nil {
		return nil, diag.List{d}
	}
	return n.def.Spec.Decode(n.args, n.def.Pos)
}

// build makes the operators of all nodes and returns the nodes. ready says
// that the functions may be used; otherwise only the options are checked.
func (g *graph) build(ready bool) ([]*job.Node, diag.List) {
	var problems diag.List
	out := make([]*job.Node, 0, len(g.nodes))
	for _, n := range g.nodes {
		options, found := n.decode()
		if ready && found.Err() == nil {
			found = append(found, n.operator(options)...)
		}
		problems = append(problems, found...)
		out = append(out, n.def)
	}
	return out, problems
}

// operator makes the operator of the node.
func (n *node) operator(options any) diag.List {
	var problems diag.List
	n.def.Op, problems = n.def.Spec.Build(options)
	for _, d := range problems {
		if !d.Pos.IsValid() {
			d.Pos = n.def.Pos // it is about the call as a whole
		}
	}
	switch n.def.Op.(type) {
	case *op.Filter, *op.Split:
	default:
		if n.dropped.IsValid() {
			problems = append(problems, diag.Errorf("port.dropped", n.dropped, "%s drops no rows; only a filter or a split does", n.def.Name))
		}
	}
	return problems
}

// newNode makes a node of a call whose receiver is the input, if it has one.
func (l *loading) newNode(L *lua.LState, spec *component.Spec, at syntax.Site, inputs []*stream) (*node, error) {
	first := len(inputs) + 1
	further, err := l.furtherStreams(L, spec, first, at)
	if err != nil {
		return nil, err
	}
	args, err := l.arguments(L, spec, at, first+len(further))
	if err != nil {
		return nil, err
	}
	n := &node{def: &job.Node{Spec: spec, Pos: at.Pos}, graph: l.graph, args: args}
	for _, s := range slices.Concat(inputs, further) {
		n.def.Inputs = append(n.def.Inputs, job.Edge{From: s.node.def, Port: s.port})
	}
	l.nameNode(n)
	l.graph.nodes = append(l.graph.nodes, n)
	return n, nil
}

// arguments are those of the running function from number first on.
func (l *loading) arguments(L *lua.LState, spec *component.Spec, at syntax.Site, first int) ([]component.Value, error) {
	if !spec.Together {
		return l.convert(L, spec.Name, at, first, l.rowFunc)
	}
	var together []*scriptFunc
	args, err := l.convert(L, spec.Name, at, first, func(fn *lua.LFunction, pos diag.Pos) any {
		f := l.keep(&scriptFunc{lua: fn, together: true})
		together = append(together, f)
		return f
	})
	l.together = append(l.together, together)
	return args, err
}

// nameNode gives a node the name that its options say, or one of its own.
func (l *loading) nameNode(n *node) {
	names := n.graph.names
	if v, ok := n.option("name"); ok {
		if name, ok := v.X.(string); ok && name != "" {
			n.def.Name = name
			if d := names.give(name, v.Pos); d != nil {
				l.report(diag.List{d})
			}
			return
		}
	}
	n.def.Name = names.make(n.def.Spec.Name, l.fileOf(n.def.Pos), n.def.Pos)
}
