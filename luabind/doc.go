// Package luabind runs job scripts: it compiles them, runs their definition
// phase in a limited Lua state, turns what they built into a job.Definition,
// and runs their row functions for the engine.
//
// It owns everything Lua: gopher-lua is imported here and nowhere else, and no
// type of it is part of the exported API. The engine meets script functions as
// expr.Func values. The package may import the packages under engine, retry and
// golang-lru; it never imports stdlib.
//
// # The dialect
//
// Scripts are Lua 5.1 with these differences, each of which keeps data whole:
//
//   - Numbers print as record.AppendFloat writes them: shortest round trip, no
//     exponent between 1e-6 and 1e21.
//   - Text becomes a number only if it is written in decimal or as 0x with
//     hexadecimal digits: "010"+0 is 10, "0b11"+0 raises. math.huge is infinity.
//   - Reading an undeclared global raises. Globals are declared by assignments
//     and function statements of a file's main chunk, outside of any function.
//   - string.format raises for missing or wrong arguments; string.char, rep and
//     `..` check their range and size. Upper and lower know Unicode; padding and
//     precision of %s count characters.
//   - os has time, date, clock and difftime only and works in UTC. There is no
//     io, debug, package, load or _G.
//   - Budgets and cancellation cannot be caught by pcall.
//
// # The rooms below
//
// Package syntax compiles scripts, vm is a limited Lua state with our library,
// value the types that Lua lacks, pattern its patterns, etllib the functions of
// the module etl, rowfunc the functions over rows. This package is the definition phase, and the door to all.
package luabind
