// Package pattern matches Lua 5.1 patterns: those of string.find, match, gmatch
// and gsub. It owns the language of patterns and of gsub's replacement texts;
// it knows no Lua value and imports nothing of this module.
//
// Patterns work on bytes, with the character classes of the C locale, and find
// what lstrlib.c of PUC Lua 5.1 finds. A Pattern is compiled once, by Compile or
// through a Cache, and Find runs it over a subject. Scan walks all matches by
// the rules that gmatch and gsub share, and Replacement writes what gsub puts in
// their places.
//
// # Cost
//
// The matcher does not recurse. Its backtrack stack holds at most one entry for
// each repetition of the pattern, so its memory depends on the pattern alone.
// Its time may still be exponential in the pattern, as that of every
// backtracking matcher, so it counts its steps and hands them to a function of
// the caller, which ends the match by an error. A step costs some nanoseconds:
// it is one item of the pattern tried at one place, or eight bytes scanned. The
// count depends on pattern and subject only. Between two calls of the function
// lie at most one pass over the subject for each item of the pattern.
//
// # Differences from PUC Lua 5.1
//
//   - A malformed pattern is an error always. PUC notices it only when a match
//     gets as far as the fault, so its find("abc", "x(") is nil, and its gsub
//     never notices an unfinished capture that the replacement does not name.
//   - The byte 0 stands for itself in a pattern. PUC ends the pattern there.
//   - A pattern of more than 65536 items is an error, "pattern too complex".
//   - A replacement text that ends with % is an error, as is one that names a
//     capture that the pattern does not have. PUC writes a byte 0 for the former
//     and notices the latter only when something matches.
package pattern
