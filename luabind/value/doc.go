// Package value holds what Lua has no type for: integers beyond 2^53, dates and
// times, NULL inside tables. Each is a comparable Go value that is a Lua value as
// well, equal by value and usable as the key of a table. The package converts
// them from and to values of records and has their arithmetic; package vm gives
// them operators in scripts.
//
// It is a leaf below luabind and may import engine/record only.
package value
