package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/vm"
)

// portsOf stands for all ports of a node, which its component names.
const portsOf = ""

// optionPorts is the option that gets the names of the ports that a script takes.
const optionPorts = "ports"

// portsMetatable is what makes a userdata the ports of a node: each name is a stream.
func (l *loading) portsMetatable() *lua.LTable {
	events := map[string]lua.LGFunction{"__index": l.portsIndex(), "__tostring": streamText}
	for event, misuse := range streamMisuses() {
		events[event] = refuseMisuse(misuse)
	}
	return l.state.NewMetatable(events)
}

// calledStream refuses the call of a stream. It most likely was meant as a method of all
// ports, of which a method's name makes one.
func calledStream(L *lua.LState) int {
	if s, ok := toStream(L.Get(2)); ok && s.port == portsOf {
		vm.Raise(L, wholePorts(s, vm.Where(L)))
	}
	return refuseMisuse("is no function")(L)
}

func (l *loading) portsIndex() lua.LGFunction {
	methods := map[string]lua.LValue{
		methodRejects: l.state.Bind(methodRejects, l.rejects),
		methodDropped: l.state.Bind(methodDropped, l.dropped),
	}
	return func(L *lua.LState) int {
		s, _ := toStream(L.Get(1))
		name, ok := L.Get(2).(lua.LString)
		switch {
		case !ok || name == "":
			vm.Raise(L, diag.Errorf("split.port", vm.Where(L), "the name of a port is a string that is not empty"))
		case methods[string(name)] != nil:
			L.Push(methods[string(name)])
		default:
			s.node.ports = append(s.node.ports, op.Name{Text: string(name), Pos: vm.Where(L)})
			L.Push(l.userdata(&stream{node: s.node, port: job.SplitPort(string(name))}))
		}
		return 1
	}
}

// wholePorts refuses the ports of a node where one of them is wanted.
func wholePorts(s *stream, pos diag.Pos) error {
	if s.port != portsOf {
		return nil
	}
	return diag.Errorf("split.stream", pos, "%s gives several streams; this wants one of them", s.node.def.Name).
		WithHint("name it, as in ports.big")
}
