package value

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Boxes makes values of numbers, as many as a page holds with one allocation. A
// page lives as long as one of its numbers. gopher-lua does the same for the
// numbers that it computes. The zero value is ready for use by one goroutine.
type Boxes struct{ page []lua.LNumber }

// boxesInPage is how many numbers a page holds: so many that making it costs little beside
// them, and so few that a number which is kept keeps only 1 KiB.
const boxesInPage = 128

// Box is a number as a value, in memory of its own.
func (b *Boxes) Box(n lua.LNumber) lua.LValue {
	if len(b.page) == 0 {
		b.page = make([]lua.LNumber, boxesInPage)
	}
	b.page[0] = n
	v := lua.LValue(lua.LNumber(0))
	(*words)(unsafe.Pointer(&v))[1] = unsafe.Pointer(&b.page[0])
	b.page = b.page[1:]
	return v
}
