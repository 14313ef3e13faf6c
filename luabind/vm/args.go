package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// wrongType raises that argument i is not what it should be.
func wrongType(L *lua.LState, i int, expected string) {
	L.ArgError(i, expected+" expected, got "+givenType(L, i))
}

// givenType is the type of argument i as messages name it.
func givenType(L *lua.LState, i int) string {
	if i > L.GetTop() {
		return "no value"
	}
	return L.Get(i).Type().String()
}

// needsAny raises when there is no argument i, not even nil.
func needsAny(L *lua.LState, i int) lua.LValue {
	if i > L.GetTop() {
		L.ArgError(i, "value expected")
	}
	return L.Get(i)
}

// table is argument i as a table.
func table(L *lua.LState, i int) *lua.LTable {
	t, ok := L.Get(i).(*lua.LTable)
	if !ok {
		wrongType(L, i, "table")
	}
	return t
}

// text is argument i as a string; numbers are written by our rule.
func text(L *lua.LState, i int) string {
	v := L.Get(i)
	if t, ok := v.(lua.LString); ok {
		return string(t)
	}
	t, ok := concatText(v)
	if !ok {
		wrongType(L, i, "string")
	}
	return t
}

// number is argument i as a number, or the number that a string means.
func number(L *lua.LState, i int) float64 {
	v := L.Get(i)
	if n, ok := v.(lua.LNumber); ok {
		return float64(n)
	}
	f, ok := numeral(L, v)
	if !ok {
		wrongType(L, i, "number")
	}
	return f
}

// integer is argument i as a whole number, cut to a range that an int holds.
func integer(L *lua.LState, i int) int { return truncated(number(L, i)) }

// optInteger is argument i as a whole number, or the default when it is nil.
func optInteger(L *lua.LState, i, missing int) int {
	if L.Get(i) == lua.LNil {
		return missing
	}
	return integer(L, i)
}

func truncated(f float64) int {
	const most = 1 << 53
	switch {
	case f != f:
		return 0
	case f > most:
		return most
	case f < -most:
		return -most
	}
	return int(f)
}
