// Package luagen makes small Lua 5.1 programs for differential tests: the same
// program runs in PUC Lua and in ours, and what both emit must be equal.
//
// A program is made from a seed, always the same from the same one. It is
// deterministic and ends quickly: every loop is bounded, it asks for no time,
// no randomness and no addresses, and it does not depend on what Lua leaves
// open (the order of pairs, the length of tables with holes, how sort orders
// equals). It speaks through the functions of its driver:
//
//	emit(...)  writes the values
//	r(x)       cuts a number to what prints alike everywhere
//
// Both are Lua functions in package lua51 and Go functions beside our state.
//
// The package knows no Lua implementation and imports nothing of ours.
package luagen
