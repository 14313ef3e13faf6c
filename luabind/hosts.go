package luabind

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/expose"
	"github.com/etlscript/etlscript/luabind/rowfunc"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Module is what the host gives to scripts under one name; see expose.Module.
type Module = expose.Module

// validateLibraries returns every problem of the libraries of a configuration.
func (c Config) validateLibraries() []error {
	var errs []error
	for name := range c.Libraries {
		if !isName(name) {
			errs = append(errs, fmt.Errorf("luabind: %q cannot be the name of a library", name))
		}
	}
	return errs
}

// validateModules returns every problem of the modules of a configuration.
func (c Config) validateModules() []error {
	var errs []error
	for _, name := range c.moduleNames() {
		if !isName(name) || name == moduleName {
			errs = append(errs, fmt.Errorf("luabind: %q cannot be the name of a module", name))
		}
		for member := range c.Modules[name] {
			if !isName(member) {
				errs = append(errs, fmt.Errorf("luabind: module %s: %q cannot be the name of a member", name, member))
			}
		}
		for _, err := range c.Modules[name].Validate() {
			errs = append(errs, fmt.Errorf("luabind: module %s: %w", name, err))
		}
	}
	return errs
}

func (c Config) moduleNames() []string {
	names := make([]string, 0, len(c.Modules))
	for name := range c.Modules {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// isName reports whether a text is a name of Lua, but for its few words.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// openModules gives a state the modules of the host; with objects while the script is
// loaded.
func (c Config) openModules(s *vm.State, objects bool) error {
	hosts := hostsOf(s)
	for _, name := range c.moduleNames() {
		m := c.Modules[name]
		members, err := m.Bind(s, name, objects)
		if err != nil {
			return fmt.Errorf("the module %s: %w", name, err)
		}
		key := rowfunc.HostModule + name
		for member, v := range members {
			if fn, ok := v.(*lua.LFunction); ok {
				hosts[key+"."+member] = fn
			}
		}
		hosts[key] = sealed(s, name, members, func(member string, known []string) string {
			if m.IsObject(member) {
				return "objects of the host are there while the script is loaded; while rows flow, only its functions are"
			}
			return diag.DidYouMean(member, known)
		})
	}
	return nil
}

// hostModule is a module of the host that a script requires.
func hostModule(s *vm.State, name string) (lua.LValue, bool) {
	v, ok := hostsOf(s)[rowfunc.HostModule+strings.TrimSuffix(name, ".lua")]
	return v, ok
}
