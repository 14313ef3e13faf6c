package luabind

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// The methods of streams that are no components.
const (
	methodRejects = "rejects"
	methodDropped = "dropped"
)

// streamMethods are the methods of all streams: the components that take
// rows, and the further outputs of a component.
func (l *loading) streamMethods() map[string]lua.LValue {
	out := map[string]lua.LValue{
		methodRejects: l.state.Bind(methodRejects, l.rejects),
		methodDropped: l.state.Bind(methodDropped, l.dropped),
	}
	for _, s := range l.cfg.Registry.Specs() {
		if s.Kind != component.Source {
			out[s.Name] = l.state.Bind(s.Name, l.method(s))
		}
	}
	return out
}

// streamMetatable is what makes a userdata a stream: methods, and a clear
// refusal of everything else.
func (l *loading) streamMetatable() *lua.LTable {
	events := map[string]lua.LGFunction{"__index": l.streamIndex(l.streamMethods()), "__tostring": streamText}
	for event, misuse := range streamMisuses() {
		events[event] = refuseMisuse(misuse)
	}
	events["__call"] = calledStream
	return l.state.NewMetatable(events)
}

// streamText is the name of the node, and its output where that is not the
// main one.
func streamText(L *lua.LState) int {
	s, ok := toStream(L.Get(1))
	if !ok {
		return 0
	}
	text := s.node.def.Name
	switch {
	case strings.HasPrefix(s.port, "."):
		text += s.port
	case s.port != job.PortOut && s.port != portsOf:
		text += ":" + s.port
	}
	L.Push(lua.LString(text))
	return 1
}

// streamMisuses says for each metamethod what a script tried to do.
func streamMisuses() map[string]string {
	out := map[string]string{
		"__newindex": "has no fields to assign",
		"__concat":   "cannot be joined to a text",
		"__len":      "has no length yet",
		"__lt":       "cannot be compared",
		"__le":       "cannot be compared",
	}
	for _, event := range []string{"__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm"} {
		out[event] = "is no number"
	}
	return out
}

func refuseMisuse(misuse string) lua.LGFunction {
	return func(L *lua.LState) int {
		vm.Raise(L, diag.Errorf("stream.misuse", vm.Where(L), "a stream %s", misuse).
			WithHint("no row has been read yet; work on the rows with methods such as :map(function(row) ... end)"))
		return 0
	}
}

func (l *loading) streamIndex(methods map[string]lua.LValue) lua.LGFunction {
	return func(L *lua.LState) int {
		name := L.Get(2).String()
		if m, ok := methods[name]; ok {
			L.Push(m)
			return 1
		}
		vm.Raise(L, diag.Errorf("method.unknown", vm.Where(L), "a stream has no method %q", name).
			WithHint("%s", l.methodHint(name, methods)))
		return 0
	}
}

func (l *loading) methodHint(name string, methods map[string]lua.LValue) string {
	if s, ok := l.cfg.Registry.Lookup(name); ok {
		return s.Name + " is a source: etl." + s.Name + " { ... } makes a stream"
	}
	if slices.Contains(op.AggregateKinds(), op.AggregateKind(name)) {
		return "etl." + name + " is an aggregate: write :aggregate { column = etl." + name + " ... }"
	}
	return diag.DidYouMean(name, sortedKeys(methods))
}

// method is what a transform or sink does when a script calls it.
func (l *loading) method(spec *component.Spec) lua.LGFunction {
	return func(L *lua.LState) int {
		at := callSite(L, spec.Name)
		receiver, err := l.receiver(L, spec.Name, at)
		if err == nil {
			err = wholePorts(receiver, at.Pos)
		}
		if err != nil {
			vm.Raise(L, err)
		}
		n, err := l.newNode(L, spec, at, []*stream{receiver})
		if err != nil {
			vm.Raise(L, err)
		}
		if spec.Kind == component.Sink {
			L.Push(L.Get(1))
			return 1
		}
		L.Push(l.made(n))
		return 1
	}
}

// made is what a call gives that made a node.
func (l *loading) made(n *node) lua.LValue {
	if n.def.Spec.Ports {
		return l.userdata(&stream{node: n, port: portsOf})
	}
	return l.userdata(&stream{node: n, port: job.PortOut})
}

// source is what a source does when a script calls it.
func (l *loading) source(spec *component.Spec) lua.LGFunction {
	return func(L *lua.LState) int {
		at := callSite(L, spec.Name)
		n, err := l.newNode(L, spec, at, nil)
		if err != nil {
			vm.Raise(L, err)
		}
		L.Push(l.userdata(&stream{node: n, port: job.PortOut}))
		return 1
	}
}

// receiver is the stream on which a method was called.
func (l *loading) receiver(L *lua.LState, name string, at syntax.Site) (*stream, error) {
	s, ok := toStream(L.Get(1))
	if !ok || at.Sep == '.' {
		return nil, diag.Errorf("call.dot", at.Pos, "%s was called without its stream", name).
			WithHint("call it with a colon, as in stream:%s(...)", name)
	}
	return s, l.belongs(s, at)
}

// belongs reports a stream of another job.
func (l *loading) belongs(s *stream, at syntax.Site) error {
	if s.node.graph == l.graph {
		return nil
	}
	return diag.Errorf("stream.foreign", at.Pos, "the stream of %s belongs to another job", s.node.def.Name).
		WithNote(s.node.def.Pos, "made here").
		WithHint("each job owns what its build function makes; make the stream inside of it")
}

func toStream(v lua.LValue) (*stream, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	s, ok := ud.Value.(*stream)
	return s, ok
}

// furtherStreams are the leading stream arguments from index first on.
func (l *loading) furtherStreams(L *lua.LState, spec *component.Spec, first int, at syntax.Site) ([]*stream, error) {
	var out []*stream
	for i := first; i <= L.GetTop(); i++ {
		s, ok := toStream(L.Get(i))
		if !ok {
			break
		}
		if err := l.belongs(s, at); err != nil {
			return nil, err
		}
		if err := wholePorts(s, at.Arg(len(out)).Pos); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if spec.Streams == component.NoStream && len(out) > 0 || spec.Streams == component.OneStream && len(out) > 1 {
		return nil, diag.Errorf("stream.surplus", at.Arg(len(out)-1).Pos, "%s takes %s, not %d", spec.Name, streamCount(spec.Streams), len(out))
	}
	if spec.Streams != component.NoStream && len(out) == 0 {
		return nil, diag.Errorf("stream.missing", at.Pos, "%s needs %s", spec.Name, streamCount(spec.Streams)).
			WithHint("write the stream first, as in a:%s(b, ...)", spec.Name)
	}
	return out, nil
}

func streamCount(a component.Arity) string {
	return [...]string{"no further stream", "one further stream", "one further stream or more"}[a]
}

// rejects is stream:rejects(): the rows on which the component failed.
func (l *loading) rejects(L *lua.LState) int {
	n, at := l.portOwner(L, methodRejects)
	if !n.takes("on_error") {
		vm.Raise(L, diag.Errorf("port.rejects", at.Pos, "%s has no rejects, since it cannot fail on a row", n.def.Name))
	}
	n.rejects = at.Pos
	L.Push(l.userdata(&stream{node: n, port: job.PortRejects}))
	return 1
}

// dropped is stream:dropped(): the rows that a filter did not keep.
func (l *loading) dropped(L *lua.LState) int {
	n, at := l.portOwner(L, methodDropped)
	n.dropped = at.Pos
	L.Push(l.userdata(&stream{node: n, port: job.PortDropped}))
	return 1
}

// portOwner is the node whose further output a script asks for.
func (l *loading) portOwner(L *lua.LState, method string) (*node, syntax.Site) {
	at := callSite(L, method)
	s, err := l.receiver(L, method, at)
	if err != nil {
		vm.Raise(L, err)
	}
	if L.GetTop() > 1 {
		vm.Raise(L, diag.Errorf("argument.surplus", at.Arg(0).Pos, "%s takes no argument", method))
	}
	if s.port != job.PortOut && s.port != portsOf {
		vm.Raise(L, diag.Errorf("port."+diag.Code(method), at.Pos, "the %s of %s have no %s of their own", s.port, s.node.def.Name, method))
	}
	return s.node, at
}
