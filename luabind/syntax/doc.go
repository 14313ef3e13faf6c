// Package syntax turns the text of a script into compiled Lua: it scans, guards
// against hostile sources, parses, rewrites what the virtual machine would do
// wrong with data, and compiles. What it makes is a Chunk: immutable, shared by
// any number of states, with the tokens and the tree that messages and analysis
// look at.
//
// It may import engine/diag, luabind/value for how numbers read, and
// golang-lru; it knows no Lua state.
package syntax
