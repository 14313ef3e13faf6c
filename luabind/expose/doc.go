// Package expose gives scripts what a Go program hands out: functions, plain values,
// and objects with their fields and methods, as modules that scripts require by name.
//
// Plain values (booleans, numbers, texts, times, lists, maps and structs) are copied,
// with all digits: a Go int64 is an exact integer in Lua and back. Pointers to structs
// are objects: gopher-luar makes them a userdata of their type; their fields, methods
// and arguments go through the conversions of this package, since gopher-luar's cut
// integers to floats, and floats to integers. A Go error as the last result is raised
// and keeps its identity through pcall.
//
// Names are in snake_case: UserID is user_id. The tag `etl:"name"` gives a field
// another name and `etl:"-"` hides it; `etl:"-Close,-Reset"` on a field named _ hides
// methods.
package expose
