// Package rowfunc runs the functions of scripts over rows: it finds out from
// their text what they read, write and share, infers the columns that they make,
// copies them with all that they capture into the states of workers, and runs
// them over batches as expr.Runner.
//
// It may import the packages under engine, and luabind/syntax, luabind/value and
// luabind/vm; it knows no component and nothing of the definition phase.
package rowfunc
