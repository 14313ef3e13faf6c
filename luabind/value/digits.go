package value

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// Digits are an integer or decimal of our own types as its sign and its digits,
// with that many behind the point; what lies half-way is rounded to the even
// neighbour. ok is false for values of other types.
func Digits(v lua.LValue, places int) (negative bool, digits string, ok bool) {
	if _, plain := v.(lua.LNumber); plain {
		return false, "", false
	}
	d, ok := exactDecimal(v)
	if !ok {
		return false, "", false
	}
	d, err := d.Round(places, record.HalfEven)
	if err != nil {
		return false, "", false
	}
	return d.Sign() < 0, string(record.AppendDecimal(nil, d.Abs(), places)), true
}

// IsWhole reports whether a value is an integer or decimal of our own types that
// has no digits behind the point.
func IsWhole(v lua.LValue) bool {
	if _, plain := v.(lua.LNumber); plain {
		return false
	}
	d, ok := exactDecimal(v)
	return ok && d.IsInteger()
}
