package rows

import (
	"errors"
	"fmt"
	"math"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/record"
)

// exact is the magnitude below which every integral double is exact.
const exact = 1 << 53

// kindOf is the kind of a script's value, Null for nil.
func kindOf(v component.Value) record.Kind {
	switch x := v.X.(type) {
	case bool:
		return record.Bool
	case string:
		return record.String
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < exact {
			return record.Int
		}
		return record.Float
	case record.Value:
		return x.Kind()
	}
	return record.Null
}

// infer is the kind of a column that holds the values.
func infer(values []component.Value) record.Kind {
	kind, big := record.Null, false
	for _, v := range values {
		k := kindOf(v)
		if x, ok := v.X.(record.Value); ok && k == record.Int {
			big = big || x.Int() <= -exact || x.Int() >= exact
		}
		kind = join(kind, k)
	}
	switch {
	case kind == record.Null:
		return record.String
	case kind == record.Float && big:
		return record.Any // no float holds such an int
	}
	return kind
}

// join is the kind of a column that holds values of two kinds.
func join(a, b record.Kind) record.Kind {
	numbers := (a == record.Int || a == record.Float) && (b == record.Int || b == record.Float)
	switch {
	case a == record.Null || a == b:
		return b
	case b == record.Null:
		return a
	case numbers:
		return record.Float
	}
	return record.Any
}

// valueOf is a script's value as a value of a column's type.
func valueOf(v component.Value, t record.Type) (record.Value, error) {
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
		return typed(x, t)
	}
	return record.Value{}, wrongKind(v, t)
}

func wrongKind(v component.Value, t record.Type) error {
	if _, nested := v.X.(*component.Table); nested {
		return errors.New("nested tables come with a later version")
	}
	return fmt.Errorf("%s is no %s", v.Describe(), t)
}

func number(x float64, t record.Type) (record.Value, error) {
	whole := x == math.Trunc(x)
	integral := whole && math.Abs(x) < exact
	switch {
	case whole && !integral && math.Abs(x) <= math.MaxInt64:
		return record.Value{}, fmt.Errorf("the number %s may have lost digits, since Lua's numbers are exact below 2^53 only; write it in quotes and pin the type", record.AppendFloat(nil, x))
	case t.Kind == record.Float, t.Kind == record.Any && !integral:
		return record.FloatValue(x), nil
	case t.Kind == record.Int && integral, t.Kind == record.Any:
		return record.IntValue(int64(x)), nil
	case t.Kind == record.Uint && integral && x >= 0:
		return record.UintValue(uint64(x)), nil
	}
	return record.Value{}, fmt.Errorf("the number %s is no %s", record.AppendFloat(nil, x), t)
}

// text is a string, or what the column's type makes of it: a date or time, or a
// whole number that is too large for a number of a script.
func text(x string, t record.Type) (record.Value, error) {
	switch t.Kind {
	case record.Int, record.Uint, record.Float, record.Bool:
		if v, err := record.Parse(t, x); err == nil && beyondNumbers(v) {
			return v, nil
		}
		return record.Value{}, fmt.Errorf("the string %q is no %s", x, t)
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
		return v.Int() <= -exact || v.Int() >= exact
	case record.Uint:
		return v.Uint() >= exact
	}
	return false
}

func typed(x record.Value, t record.Type) (record.Value, error) {
	switch {
	case x.Kind() == t.Kind, t.Kind == record.Any:
		return x, nil
	case x.Kind() == record.Int && t.Kind == record.Float && math.Abs(float64(x.Int())) < exact:
		return record.FloatValue(float64(x.Int())), nil
	case x.Kind() == record.Int && t.Kind == record.Uint && x.Int() >= 0:
		return record.UintValue(uint64(x.Int())), nil
	}
	return record.Value{}, fmt.Errorf("a value of type %s is no %s", x.Kind(), t)
}
