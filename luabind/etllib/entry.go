package etllib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Entry is a function of the module.
type Entry struct {
	// Name is what stands behind "etl.", as in "re.match".
	Name string
	// Params are what it takes, in order. Missing and surplus arguments are
	// errors.
	Params []Param
	// Pure is whether equal arguments give equal results and nothing else
	// changes, so that a call may be moved, repeated or left out.
	Pure bool
	// Calls is whether it calls a function that it is given.
	Calls bool
	// MakesOwn is whether it may make values of types that Lua lacks.
	MakesOwn bool
	// Kind is the kind of its first result; Null when that differs from call to
	// call or is no plain value.
	Kind record.Kind
	// OrNil is whether that may be nil as well.
	OrNil bool
	// Gives describes the results in the reference.
	Gives string
	// Doc says what it does, in one or two sentences.
	Doc string
	// Example is an expression that is true.
	Example string

	run func(c call) int
}

// Param is what a function takes in one place.
type Param struct {
	Name     string
	Takes    Takes
	Optional bool
}

// Takes is the sort of values that a parameter takes.
type Takes uint8

// The sorts of values.
const (
	Text     Takes = iota // a string
	Whole                 // a whole number below 2^53
	Flag                  // a boolean
	Table                 // a table
	Function              // a function
	Any                   // anything but nothing
)

func (t Takes) String() string {
	return [...]string{"string", "whole number", "boolean", "table", "function", "any value but nil"}[t]
}

// Signature is how the function is called: "etl.re.match(subject, pattern)".
func (e Entry) Signature() string { return "etl." + e.Name + parameters(e.Params) }

// parameters are the names between the brackets of a call.
func parameters(params []Param) string {
	var b strings.Builder
	for i, p := range params {
		name := p.Name
		if i > 0 {
			name = ", " + name
		}
		if p.Optional {
			name = "[" + name + "]"
		}
		b.WriteString(name)
	}
	return "(" + b.String() + ")"
}

// Entries are all functions, in the order of the reference.
func Entries() []Entry {
	return slices.Concat(valueEntries(), textEntries(), reEntries(), jsonEntries(), hashEntries(), encodingEntries(), urlEntries(), uuidEntries(), containerEntries())
}

// Lookup finds a function by its full name, as in "etl.re.match".
func Lookup(name string) (Entry, bool) {
	short, ok := strings.CutPrefix(name, "etl.")
	if !ok {
		return Entry{}, false
	}
	for _, e := range Entries() {
		if e.Name == short {
			return e, true
		}
	}
	return Entry{}, false
}

// Members are the functions for a state, by name. What they keep, such as
// compiled expressions, belongs to the state.
func Members(s *vm.State) map[string]lua.LGFunction {
	lib := libraryOf(s)
	out := map[string]lua.LGFunction{}
	for _, e := range Entries() {
		out[e.Name] = lib.function(&e)
	}
	return out
}
