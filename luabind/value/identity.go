package value

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// words is how Go holds an interface value: its type, and a pointer to its
// data. gopher-lua's own allocator of numbers builds on the same layout; a test
// would notice another one.
type words [2]unsafe.Pointer

// ownNumber boxes a number in memory of its own, so that identical tells it
// from an equal number that a script computed. Go itself shares the boxes of
// some numbers.
func ownNumber(n lua.LNumber) lua.LValue {
	v := lua.LValue(lua.LNumber(0))
	(*words)(unsafe.Pointer(&v))[1] = unsafe.Pointer(&n)
	return v
}

// Identical reports whether two values are one and the same: a value that was
// only handed on, not one that happens to be equal.
func Identical(a, b lua.LValue) bool {
	return *(*words)(unsafe.Pointer(&a)) == *(*words)(unsafe.Pointer(&b))
}
