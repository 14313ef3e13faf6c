package rowfunc

import (
	"errors"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

// toColumn converts a Lua value to the type of a column; nil and etl.null are
// NULL. The problem names the column; its place is the caller's.
func toColumn(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	if value.IsNull(v) {
		return record.Value{}, nil
	}
	switch t.Kind {
	case record.String:
		if s, ok := v.(lua.LString); ok {
			return record.StringValue(string(s)), nil
		}
	case record.Bytes:
		if s, ok := v.(lua.LString); ok {
			return record.TextValue(record.Bytes, string(s)), nil
		}
	case record.Bool:
		if b, ok := v.(lua.LBool); ok {
			return record.BoolValue(bool(b)), nil
		}
	case record.Int, record.Uint:
		return toWhole(v, t, name)
	case record.Float:
		return toFloat(v, t, name)
	case record.DecimalOf:
		return toDecimal(v, t, name)
	case record.ListOf, record.Struct, record.MapOf, record.JSON:
		return toNested(v, t, name)
	case record.Any:
		return toAny(v, t, name)
	default:
		if x, ok := v.(value.Temporal); ok && x.Kind == t.Kind {
			return record.TemporalValue(x.Kind, x.N), nil
		}
	}
	return record.Value{}, wrongType(v, t, name)
}

func wrongType(v lua.LValue, t record.Type, name string) *diag.Diagnostic {
	d := diag.Errorf("column.type", diag.Pos{}, "%s is no value for the %s column %q", value.Describe(v), t, name)
	switch {
	case t.Kind == record.String && v.Type() != lua.LTTable:
		d.Hint = "convert it with tostring(...)"
	case v.Type() == lua.LTString && (t.Kind == record.Int || t.Kind == record.Float):
		d.Hint = "convert it with tonumber(...)"
	case v.Type() == lua.LTString && convertible(t.Kind):
		d.Hint = "convert it with etl." + t.Kind.String() + "(...)"
	}
	return d
}

// convertible reports whether a function of etl makes values of a kind.
func convertible(k record.Kind) bool {
	switch k {
	case record.DecimalOf, record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval:
		return true
	}
	return false
}

// toWhole converts to an int or uint. A plain number from 2^53 on may have lost
// digits, so that it is refused.
func toWhole(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	switch x := v.(type) {
	case lua.LNumber:
		f := float64(x)
		if f != math.Trunc(f) || math.IsInf(f, 0) {
			return record.Value{}, diag.Errorf("column.fraction", diag.Pos{}, "%s is no whole number, as the %s column %q wants", value.Describe(v), t, name).
				WithHint("round it with math.floor(...), or make the column a float: adds = { %s = \"float\" }", name)
		}
		if math.Abs(f) >= value.ExactLimit {
			return record.Value{}, diag.Errorf("column.inexact", diag.Pos{}, "%s may have lost digits: beyond 2^53 calculations are not exact", value.Describe(v)).
				WithHint("make the column %q a float: adds = { %s = \"float\" }", name, name)
		}
		return wholeValue(value.MakeWide(int64(f)), v, t, name)
	case value.Int64:
		return wholeValue(value.MakeWide(int64(x)), v, t, name)
	case value.Uint64:
		return wholeValue(value.Wide{Abs: uint64(x)}, v, t, name)
	case value.Decimal:
		return coerced(v, t, name)
	}
	return record.Value{}, wrongType(v, t, name)
}

// coerced converts a decimal to a column of whole numbers.
func coerced(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	own, _ := value.Record(v)
	x, err := record.Coerce(own, t)
	if err != nil {
		return record.Value{}, diag.Errorf("column.range", diag.Pos{}, "the %s column %q: %w", t, name, err).
			WithHint("round it with etl.round(x, 0)")
	}
	return x, nil
}

func wholeValue(w value.Wide, v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	if t.Kind == record.Uint && (!w.Neg || w.Abs == 0) {
		return record.UintValue(w.Abs), nil
	}
	if n, ok := w.Int64(); ok && t.Kind == record.Int {
		return record.IntValue(n), nil
	}
	return record.Value{}, diag.Errorf("column.range", diag.Pos{}, "%s is out of range for the %s column %q", value.Describe(v), t, name)
}

// toFloat converts to a float. A large integer must fit exactly.
func toFloat(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	if x, ok := v.(lua.LNumber); ok {
		return record.FloatValue(float64(x)), nil
	}
	own, ok := value.Record(v)
	if own.Kind() == record.DecimalOf {
		return record.Value{}, wrongType(v, t, name).WithHint("convert it with etl.float(...), or make the column a decimal")
	}
	if !ok || value.IsTemporal(v) {
		return record.Value{}, wrongType(v, t, name)
	}
	f := float64(own.Int())
	if own.Kind() == record.Uint {
		f = float64(own.Uint())
	}
	if record.Compare(record.Any, own, record.FloatValue(f)) != 0 {
		return record.Value{}, diag.Errorf("column.inexact", diag.Pos{}, "the float column %q would lose digits of %s", name, v)
	}
	return record.FloatValue(f), nil
}

// toDecimal converts to a decimal. Digits that the column has no room for are
// not cut, and numbers with a fraction are not guessed at.
func toDecimal(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	switch v.(type) {
	case lua.LNumber, value.Int64, value.Uint64, value.Decimal:
	default:
		return record.Value{}, wrongType(v, t, name)
	}
	number, d := value.ToDecimal(v)
	if d != nil {
		d.Message += fmt.Sprintf(" (for the %s column %q)", t, name)
		return record.Value{}, d
	}
	own, _ := value.Record(number)
	if err := own.Decimal().Fit(t.Precision, t.Scale); err != nil {
		return record.Value{}, diag.Errorf("column.range", diag.Pos{}, "%s does not fit the column %q: %w", value.Describe(v), name, err).
			WithHint(`round it with etl.round(x, %d, "half_even"), or make the column wider`, t.Scale)
	}
	return own, nil
}

// toNested converts a table to a list, struct or map, or any value to JSON.
func toNested(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	if t.Kind != record.JSON && v.Type() != lua.LTTable {
		return record.Value{}, wrongType(v, t, name)
	}
	x, err := value.FromLua(v, t)
	if err == nil && t.Kind != record.JSON {
		x, err = record.Coerce(x, t)
	}
	if err != nil {
		return record.Value{}, wrongItem(err, t, name)
	}
	return x, nil
}

// wrongItem is the problem with a part of a nested value, with its place, as in
// items[2].price.
func wrongItem(err error, t record.Type, name string) *diag.Diagnostic {
	path, reason := "", err
	var item *value.ItemError
	var wrong *record.CoerceError
	switch {
	case errors.As(err, &item):
		path, reason = item.Path, errors.New(item.Reason)
	case errors.As(err, &wrong):
		inner := *wrong
		inner.Path = ""
		path, reason = wrong.Path, &inner
	}
	if path != "" && path[0] != '[' {
		path = "." + path
	}
	return diag.Errorf("column.type", diag.Pos{}, "%s%s, in the %s column: %w", name, path, t, reason)
}

// toAny keeps the value's own kind.
func toAny(v lua.LValue, t record.Type, name string) (record.Value, *diag.Diagnostic) {
	switch x := v.(type) {
	case lua.LString:
		return record.StringValue(string(x)), nil
	case lua.LNumber:
		return record.FloatValue(float64(x)), nil
	case lua.LBool:
		return record.BoolValue(bool(x)), nil
	}
	if own, ok := value.Record(v); ok {
		return own, nil
	}
	if v.Type() != lua.LTTable {
		return record.Value{}, wrongType(v, t, name)
	}
	x, err := value.FromLua(v, t)
	if err != nil {
		return record.Value{}, wrongItem(err, t, name)
	}
	return x, nil
}
