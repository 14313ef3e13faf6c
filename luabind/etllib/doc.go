// Package etllib is the part of the module `etl` that is neither components nor
// job definition: regular expressions, JSON, hashes, encodings, UUIDs, texts,
// and containers for state that would blow up Lua tables.
//
// Entries lists the functions, each declared once with its parameters, purity,
// result and example; Lookup finds one by name. Members makes them for a state.
// Reference is their page of the documentation.
//
// It may import luabind/vm, luabind/value, engine/record, engine/jsonvalue and
// engine/diag; it knows no component, no row and nothing of the definition
// phase.
package etllib

//go:generate go run ../../cmd/etlscript functions --write ../../docs/functions.md
