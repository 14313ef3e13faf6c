package vm

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/value"
)

// openBit adds the library bit, as LuaJIT has it: operations on 32 bits, whose
// results are between -2^31 and 2^31-1.
func (s *State) openBit() {
	s.setLibrary("bit", map[string]lua.LGFunction{
		"tobit": func(L *lua.LState) int { return pushBits(L, bitsOf(L, 1)) },
		"bnot":  func(L *lua.LState) int { return pushBits(L, ^bitsOf(L, 1)) },
		"bswap": func(L *lua.LState) int { return pushBits(L, bits.ReverseBytes32(bitsOf(L, 1))) },
		"band":  bitwise(func(a, b uint32) uint32 { return a & b }),
		"bor":   bitwise(func(a, b uint32) uint32 { return a | b }),
		"bxor":  bitwise(func(a, b uint32) uint32 { return a ^ b }),

		"lshift":  shift(func(x uint32, n int) uint32 { return x << n }),
		"rshift":  shift(func(x uint32, n int) uint32 { return x >> n }),
		"arshift": shift(func(x uint32, n int) uint32 { return uint32(int32(x) >> n) }),
		"rol":     shift(bits.RotateLeft32),
		"ror":     shift(func(x uint32, n int) uint32 { return bits.RotateLeft32(x, -n) }),
		"tohex":   bitTohex,
	})
}

// bitsOf is argument i as 32 bits: a whole number, of which the lowest bits
// count.
func bitsOf(L *lua.LState, i int) uint32 {
	f := number(L, i)
	if f != math.Trunc(f) || math.Abs(f) >= value.ExactLimit {
		L.ArgError(i, value.FormatNumber(f)+" is no integer below 2^53")
	}
	return uint32(int64(f))
}

func pushBits(L *lua.LState, x uint32) int { return pushNumber(L, float64(int32(x))) }

// bitwise is an operation on one operand or more.
func bitwise(operation func(a, b uint32) uint32) lua.LGFunction {
	return func(L *lua.LState) int {
		spendArguments(L)
		x := bitsOf(L, 1)
		for i := 2; i <= L.GetTop(); i++ {
			x = operation(x, bitsOf(L, i))
		}
		return pushBits(L, x)
	}
}

// shift shifts by the lowest five bits of the second argument.
func shift(operation func(x uint32, n int) uint32) lua.LGFunction {
	return func(L *lua.LState) int { return pushBits(L, operation(bitsOf(L, 1), int(bitsOf(L, 2)&31))) }
}

// bitTohex is tohex(x, n): the last n hexadecimal digits, eight by default; in
// capitals when n is negative.
func bitTohex(L *lua.LState) int {
	x, n := bitsOf(L, 1), optInteger(L, 2, 8)
	digits := strconv.FormatUint(1<<32|uint64(x), 16)[1:]
	if n < 0 {
		digits = strings.ToUpper(digits)
		n = -n
	}
	L.Push(lua.LString(digits[8-min(n, 8):]))
	return 1
}
