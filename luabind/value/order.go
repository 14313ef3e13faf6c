package value

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// Compare orders two numbers of any of Lua's and our own types, exactly; two
// dates, times or intervals of one kind; or two strings, bytewise: -1, 0 or 1.
// ok is false for values that have no order. Nothing has an order with NaN
// either, but that is no mistake in Lua: c is then 1 both ways, so that neither
// value is less than the other or equal to it.
func Compare(a, b lua.LValue) (c int, ok bool) {
	if x, number := numeric(a); number {
		y, number := numeric(b)
		if number && (isNaN(a) || isNaN(b)) {
			return 1, true
		}
		return record.Compare(record.Any, x, y), number
	}
	switch x := a.(type) {
	case Temporal:
		y, ok := b.(Temporal)
		return record.Compare(x.Kind, x.record(), y.record()), ok && x.Kind == y.Kind
	case lua.LString:
		y, ok := b.(lua.LString)
		return strings.Compare(string(x), string(y)), ok
	}
	return 0, false
}

func isNaN(v lua.LValue) bool { n, ok := v.(lua.LNumber); return ok && n != n }

// numeric is a number as a value of records.
func numeric(v lua.LValue) (record.Value, bool) {
	switch x := v.(type) {
	case lua.LNumber:
		return record.FloatValue(float64(x)), true
	case Int64:
		return record.IntValue(int64(x)), true
	case Uint64:
		return record.UintValue(uint64(x)), true
	case Decimal:
		return record.DecimalValue(record.Decimal(x)), true
	}
	return record.Value{}, false
}

// Equal reports whether two values are equal: numbers of any types when they
// are the same number, all others when they are the same value. It asks no
// metamethod.
func Equal(a, b lua.LValue) bool {
	if c, ok := Compare(a, b); ok {
		return c == 0
	}
	return a == b
}
