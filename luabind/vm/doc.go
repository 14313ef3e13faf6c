// Package vm is one limited Lua world: a state with our own library, strict
// globals and an instruction budget, in which the standard idioms of data jobs
// cannot corrupt data.
//
// A State belongs to one goroutine. Load makes a function of a syntax.Chunk;
// Call and Invoke run one under a context and a budget; Bind makes Go functions
// safe to call; Raise throws a Go error through the script, and Diagnose says
// what went wrong, with the place in the script.
//
// It may import luabind/syntax, luabind/value and luabind/pattern; it knows no
// component and no row.
package vm
