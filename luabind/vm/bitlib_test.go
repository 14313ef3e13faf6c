package vm

import "testing"

// The results are those of LuaJIT's documentation.
func TestBitLibrary(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		`return bit.tobit(0xffffffff), bit.tobit(0xffffffff + 1), bit.tobit(2^40 + 1234), bit.tobit(-1)`:                                                                      "-1 0 1234 -1",
		`return bit.bnot(0), bit.bnot(-1), bit.bnot(0xffffffff), bit.bnot(0x12345678) == -0x12345679`:                                                                         "-1 0 0 true",
		`return bit.bor(1, 2, 4, 8), bit.bor(7), bit.band(0x12345678, 0xff), bit.band(7, 6, 12)`:                                                                              "15 7 120 4",
		`return bit.tohex(bit.bxor(0xa5a5f0f0, 0xaa55ff00)), bit.bxor(5, 5)`:                                                                                                  "0ff00ff0 0",
		`return bit.lshift(1, 0), bit.lshift(1, 8), bit.lshift(1, 40), bit.lshift(1, 31), bit.lshift(3, 31)`:                                                                  "1 256 256 -2147483648 -2147483648",
		`return bit.rshift(256, 8), bit.rshift(-256, 8), bit.arshift(256, 8), bit.arshift(-256, 8), bit.rshift(-1, 0)`:                                                        "1 16777215 1 -1 -1",
		`return bit.tohex(bit.lshift(0x87654321, 12)), bit.tohex(bit.rshift(0x87654321, 12)), bit.tohex(bit.arshift(0x87654321, 12))`:                                         "54321000 00087654 fff87654",
		`return bit.tohex(bit.rol(0x12345678, 12)), bit.tohex(bit.ror(0x12345678, 12)), bit.rol(1, 33), bit.ror(1, 32)`:                                                       "45678123 67812345 2 1",
		`return bit.tohex(bit.bswap(0x12345678)), bit.tohex(bit.bswap(0x78563412))`:                                                                                           "78563412 12345678",
		`return bit.tohex(1), bit.tohex(-1), bit.tohex(0xffffffff), bit.tohex(-1, -8), bit.tohex(0x21, 4), bit.tohex(0x87654321, 4), bit.tohex(1, 0) == "", bit.tohex(1, 99)`: "00000001 ffffffff ffffffff FFFFFFFF 0021 4321 true 00000001",
		`return bit.band("0xff", "15"), bit.lshift("1", "4")`:                                                                                                                 "15 16",
		`return pcall(bit.band)`:                                           "false bad argument #1 to '?' (number expected, got no value)",
		`return pcall(bit.band, 1, {})`:                                    "false bad argument #2 to '?' (number expected, got table)",
		`return pcall(bit.bnot, 1.5)`:                                      "false bad argument #1 to '?' (1.5 is no integer below 2^53)",
		`return pcall(bit.bor, 1, 1 / 0)`:                                  "false bad argument #2 to '?' (Inf is no integer below 2^53)",
		`return pcall(bit.bor, 0 / 0)`:                                     "false bad argument #1 to '?' (NaN is no integer below 2^53)",
		`return pcall(bit.tobit, 2^53)`:                                    "false bad argument #1 to '?' (9007199254740992 is no integer below 2^53)",
		`return bit.tobit(2^53 - 1), bit.tobit(1 - 2^53), bit.tobit(2^31)`: "-1 1 -2147483648",
	})
}
