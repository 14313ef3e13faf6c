package value

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// Decimal is an exact decimal number. It is compared by value, also as a key of
// a table, since it is always normalised.
type Decimal record.Decimal

var _ lua.LValue = Decimal{}

// Type implements lua.LValue.
func (Decimal) Type() lua.LValueType { return lua.LTUserData }

// String is the number in plain digits.
func (d Decimal) String() string { return record.Decimal(d).String() }

// FieldNames are the names that Field knows.
func (Decimal) FieldNames() []string { return []string{"precision", "scale"} }

// Field is the precision or scale of the smallest decimal type that holds the
// number.
func (d Decimal) Field(name string) (lua.LValue, bool) {
	precision, scale := record.Decimal(d).Digits()
	switch name {
	case "precision":
		return lua.LNumber(precision), true
	case "scale":
		return lua.LNumber(scale), true
	}
	return lua.LNil, false
}
