package luabind

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/etllib"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// members are the functions of the module `etl` in the definition phase, by
// name: the sources of the registry, the aggregates, and what defines a job.
func (l *loading) members() map[string]lua.LGFunction {
	out := map[string]lua.LGFunction{"job": l.job, "param": l.param, "script": l.script, "sink": l.sinkTable, "reject": refuseEarly}
	maps.Copy(out, l.backoffs())
	maps.Copy(out, logMembers(l.cfg.Log))
	for _, k := range op.AggregateKinds() {
		out[string(k)] = l.aggregate(k)
	}
	for _, s := range l.cfg.Registry.Specs() {
		if s.Kind == component.Source {
			out[s.Name] = l.source(s)
		}
	}
	return out
}

// The phases in which functions of a script run, in words.
const (
	whileRowsFlow = "while rows flow"
	whileJobRuns  = "while the job runs"
)

// runMembers are the functions of the module in a phase after the definition: all but
// reject and the log refuse to work.
func runMembers(members map[string]lua.LGFunction, phase string, reject lua.LGFunction) map[string]lua.LGFunction {
	out := maps.Clone(members)
	for name := range out {
		if !strings.HasPrefix(name, "log.") {
			out[name] = refuseLate(name, phase)
		}
	}
	out["reject"] = reject
	return out
}

// refuseEarly is etl.reject while no row is at hand.
func refuseEarly(L *lua.LState) int {
	vm.Raise(L, diag.Errorf("phase.load", vm.Where(L), "etl.reject can only be called while rows flow").
		WithHint("call it inside a function over rows"))
	return 0
}

func refuseLate(name, phase string) lua.LGFunction {
	return func(L *lua.LState) int {
		vm.Raise(L, diag.Errorf("phase.run", vm.Where(L), "etl.%s cannot be called %s", name, phase).
			WithHint("call it outside of the function, where the job is defined"))
		return 0
	}
}

// hostsKey is where a state's registry keeps the values of the module.
const hostsKey = "etlscript.hosts"

// hostsOf are the values of the module in a state, by full name: "etl",
// "etl.log", "etl.log.info".
func hostsOf(s *vm.State) map[string]lua.LValue {
	if ud, ok := s.L.G.Registry.RawGetString(hostsKey).(*lua.LUserData); ok {
		if hosts, ok := ud.Value.(map[string]lua.LValue); ok {
			return hosts
		}
	}
	return nil
}

// openModule gives a state the module with these functions and those of package
// etllib. A name with a dot is a function of a table inside it.
func openModule(s *vm.State, members map[string]lua.LGFunction, hint hintFunc) {
	members = maps.Clone(members)
	maps.Copy(members, etllib.Members(s))
	hosts := map[string]lua.LValue{}
	inner := map[string]map[string]lua.LValue{"": {"null": value.Null{}}}
	for name, fn := range members {
		table, short, nested := strings.Cut(name, ".")
		if !nested {
			table, short = "", name
		}
		if inner[table] == nil {
			inner[table] = map[string]lua.LValue{}
		}
		bound := s.Bind(short, fn)
		inner[table][short] = bound
		hosts[moduleName+"."+name] = bound
	}
	for name, values := range inner {
		if name != "" {
			inner[""][name] = sealed(s, moduleName+"."+name, values, diag.DidYouMean)
			hosts[moduleName+"."+name] = inner[""][name]
		}
	}
	hosts[moduleName] = sealed(s, moduleName, inner[""], hint)
	ud := s.L.NewUserData()
	ud.Value = hosts
	s.L.G.Registry.RawSetString(hostsKey, ud)
}

// hintFunc says what an unknown name may mean.
type hintFunc func(name string, known []string) string

// memberHint says what an unknown member of the module may mean.
func (l *loading) memberHint(name string, known []string) string {
	if s, ok := l.cfg.Registry.Lookup(name); ok {
		return s.Name + " is a method of streams: stream:" + s.Name + "(...)"
	}
	return diag.DidYouMean(name, known)
}

// sealed makes a table that scripts can only read, and whose unknown members
// are errors. The members stand in a table behind its metatable, since the
// fields of a Lua table can be assigned.
func sealed(s *vm.State, label string, members map[string]lua.LValue, hint hintFunc) *lua.LTable {
	t, inner := s.L.CreateTable(0, 0), s.L.CreateTable(0, len(members))
	known := sortedKeys(members)
	for _, name := range known {
		inner.RawSetString(name, members[name])
	}
	inner.Metatable = s.NewMetatable(map[string]lua.LGFunction{
		"__index": func(L *lua.LState) int {
			name := L.Get(2).String()
			vm.Raise(L, diag.Errorf("member.unknown", vm.Where(L), "%s has no %q", label, name).
				WithHint("%s", hint(name, known)))
			return 0
		},
	})
	meta := s.NewMetatable(map[string]lua.LGFunction{
		"__newindex": func(L *lua.LState) int {
			name := L.Get(2).String()
			vm.Raise(L, diag.Errorf("member.assign", vm.Where(L), "%s cannot be changed", label).
				WithHint("use a variable: local %s = ...", name))
			return 0
		},
		"__tostring": func(L *lua.LState) int {
			L.Push(lua.LString(label))
			return 1
		},
	})
	meta.RawSetString("__index", inner)
	t.Metatable = meta
	return t
}

// opaqueMetatable is that of values which scripts only hand on.
func (l *loading) opaqueMetatable() *lua.LTable {
	return l.state.NewMetatable(map[string]lua.LGFunction{
		"__tostring": func(L *lua.LState) int {
			L.Push(lua.LString(opaqueText(L.Get(1))))
			return 1
		},
	})
}

func opaqueText(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		switch x := ud.Value.(type) {
		case *jobTable:
			return "job " + x.settings.Name
		case *Backoff:
			return "etl.backoff." + x.Kind
		case *component.Aggregate:
			return "etl." + string(x.Kind)
		}
	}
	return v.String()
}

func sortedKeys(m map[string]lua.LValue) []string { return slices.Sorted(maps.Keys(m)) }

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// userdata hands a value of ours to the script.
func (l *loading) userdata(x any) *lua.LUserData {
	ud := l.state.L.NewUserData()
	ud.Value = x
	ud.Metatable = l.opaqueMeta
	if s, ok := x.(*stream); ok {
		ud.Metatable = l.streamMeta
		if s.port == portsOf {
			ud.Metatable = l.portsMeta
		}
	}
	return ud
}

// logMembers are the functions of etl.log, which write messages to the log.
func logMembers(log hclog.Logger) map[string]lua.LGFunction {
	write := func(write func(string, ...any)) lua.LGFunction {
		return func(L *lua.LState) int {
			write(logText(L))
			return 0
		}
	}
	return map[string]lua.LGFunction{
		"log.trace": write(log.Trace), "log.debug": write(log.Debug), "log.info": write(log.Info),
		"log.warn": write(log.Warn), "log.error": write(log.Error),
	}
}

// logText joins the arguments by blanks.
func logText(L *lua.LState) string {
	var parts []string
	for _, v := range vm.Arguments(L, 1) {
		parts = append(parts, vm.ToText(L, v))
	}
	return strings.Join(parts, " ")
}
