// Package value holds what Lua has no type for: integers beyond 2^53, decimals,
// dates, times and intervals, and NULL inside tables. Each is a comparable Go
// value that is a Lua value as well, equal by value and usable as the key of a
// table. The package converts them from and to values of records, nested ones
// from and to tables, and has their order and arithmetic, as pure functions;
// package vm gives them operators and functions in scripts.
//
// It is a leaf below luabind and may import engine/record, engine/jsonvalue and
// engine/diag only.
package value
