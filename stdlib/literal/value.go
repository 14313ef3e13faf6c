// Package literal reads values that a script writes among the options of a
// component.
package literal

import (
	"errors"
	"fmt"
	"math"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// Exact is the magnitude below which every integral double is exact.
const Exact = 1 << 53

var errEmptyTable = errors.New(`an empty table may be a list or a map; pin the type, as in "list(any)"`)

// Value is a script's value as a value of a column's type.
func Value(v component.Value, t record.Type) (record.Value, error) {
	switch x := v.X.(type) {
	case nil:
		return record.Value{}, nil
	case bool:
		if t.Kind == record.Bool || t.Kind == record.Any {
			return record.BoolValue(x), nil
		}
	case float64:
		return number(x, t)
	case string:
		return text(x, t)
	case record.Value:
		return record.Coerce(x, t)
	case *component.Table:
		return nested(x, t)
	}
	return record.Value{}, wrongKind(v, t)
}

func wrongKind(v component.Value, t record.Type) error {
	return fmt.Errorf("%s is no %s", v.Describe(), t)
}

func number(x float64, t record.Type) (record.Value, error) {
	floats := t.Kind == record.Float || t.Kind == record.Any // which no int beyond int64 is mistaken for
	if x == math.Trunc(x) && math.Abs(x) >= Exact && !math.IsInf(x, 0) && (!floats || math.Abs(x) <= math.MaxInt64) {
		return record.Value{}, fmt.Errorf("the number %s may have lost digits, since Lua's numbers are exact below 2^53 only; write it in quotes and pin the type", record.AppendFloat(nil, x))
	}
	v, err := record.Coerce(Number(x), t)
	if err != nil {
		return v, fmt.Errorf("the number %s is no %s%s", record.AppendFloat(nil, x), t, reason(err))
	}
	return v, nil
}

// Number is an int where that is exact, else a float.
func Number(x float64) record.Value {
	if x == math.Trunc(x) && math.Abs(x) < Exact {
		return record.IntValue(int64(x))
	}
	return record.FloatValue(x)
}

// reason is why a value was not coerced, to stand behind a message.
func reason(err error) string {
	var wrong *record.CoerceError
	if errors.As(err, &wrong) && wrong.Want.Kind == record.DecimalOf && wrong.Reason != "" {
		return ": " + wrong.Reason
	}
	return ""
}

// text is a string, or what the column's type makes of it: a date or time, a
// decimal, a JSON text, or a whole number that is too large for a number of a
// script.
func text(x string, t record.Type) (record.Value, error) {
	switch t.Kind {
	case record.Int, record.Uint, record.Float, record.Bool:
		if v, err := record.Parse(t, x); err == nil && beyondNumbers(v) {
			return v, nil
		}
		return record.Value{}, fmt.Errorf("the string %q is no %s", x, t)
	case record.ListOf, record.Struct, record.MapOf:
		return record.Value{}, fmt.Errorf("the string %q is no %s", x, t)
	case record.JSON:
		if err := jsonvalue.Valid(x); err != nil {
			return record.Value{}, fmt.Errorf("%q is no %s: %w", x, t, err)
		}
		return record.TextValue(record.JSON, x), nil
	}
	v, err := record.Parse(t, x)
	if err != nil {
		return v, fmt.Errorf("%q is no %s: %w", x, t, err)
	}
	return v, nil
}

// beyondNumbers reports whether a whole number is too large for a number of a
// script to be exact.
func beyondNumbers(v record.Value) bool {
	switch v.Kind() {
	case record.Int:
		return v.Int() <= -Exact || v.Int() >= Exact
	case record.Uint:
		return v.Uint() >= Exact
	}
	return false
}
