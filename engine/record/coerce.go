package record

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// CoerceError says that a value is no value of a type.
type CoerceError struct {
	Path   string // of the value inside the whole one, as items[2].price (from 1); "" for the whole
	Value  Value
	Want   Type
	Reason string // may be empty
}

func (e *CoerceError) Error() string {
	text := "NULL"
	if !e.Value.IsNull() {
		text = clip(string(appendJSON(nil, e.Value)))
	}
	message := fmt.Sprintf("the %s %s is no %s", e.Value.kind, text, e.Want)
	if e.Path != "" {
		message = e.Path + ": " + message
	}
	if e.Reason != "" {
		message += ": " + e.Reason
	}
	return message
}

func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// Coerce is v as a value of type t; the error is a *CoerceError. It never loses
// a digit or a field:
//
//   - NULL stays NULL, and any takes every value.
//   - A number becomes an int, uint or decimal that is the same number, or a
//     float whose text is the same number. Floats count as the number that their
//     text means; from 2^53 on they become no int and no uint, since digits may
//     have been lost before.
//   - Lists go item by item, and maps entry by entry. A struct or map becomes a
//     struct with the entries in the type's order, missing ones NULL, or a map;
//     an entry that the struct type lacks is an error.
//   - Everything but a string becomes json as the JSON text that it is. A string
//     does not, since it is not known whether it holds JSON.
//   - Other values must be of the type's kind.
func Coerce(v Value, t Type) (Value, error) {
	if v.kind == Null || t.Kind == Any || t.Kind == v.kind && !deep(t.Kind) {
		return v, nil
	}
	switch t.Kind {
	case Int, Uint, Float, DecimalOf:
		if rank(v.kind) == Int {
			return coerceNumber(v, t)
		}
	case ListOf:
		if v.kind == ListOf {
			return coerceItems(v, t)
		}
	case Struct:
		if v.kind == Struct || v.kind == MapOf {
			return coerceFields(v, t)
		}
	case MapOf:
		if v.kind == Struct || v.kind == MapOf {
			return coerceEntries(v, t)
		}
	case JSON:
		return coerceJSON(v, t)
	}
	return Value{}, refuse(v, t, "")
}

// deep reports whether values of a kind may differ in more than the kind.
func deep(k Kind) bool { return k == DecimalOf || k == ListOf || k == Struct || k == MapOf }

func refuse(v Value, t Type, reason string) *CoerceError {
	return &CoerceError{Value: v, Want: t, Reason: reason}
}

// inside is an error of a part of a value, with the part's place in front.
func inside(err error, place string) error {
	e, ok := err.(*CoerceError)
	if !ok {
		return err
	}
	if e.Path != "" && e.Path[0] != '[' {
		place += "."
	}
	e.Path = place + e.Path
	return e
}

func coerceNumber(v Value, t Type) (Value, error) {
	if v.kind == Float && (t.Kind == Int || t.Kind == Uint) && math.Abs(v.Float()) >= 1<<53 {
		return Value{}, refuse(v, t, "beyond 2^53 floats may have lost digits")
	}
	d, err := decimalOf(v)
	if err != nil {
		return Value{}, refuse(v, t, err.Error())
	}
	switch t.Kind {
	case Int:
		if n, ok := d.Int64(); ok {
			return IntValue(n), nil
		}
		return Value{}, refuse(v, t, wholeReason(d))
	case Uint:
		if n, ok := d.Uint64(); ok {
			return UintValue(n), nil
		}
		return Value{}, refuse(v, t, wholeReason(d))
	case Float:
		f := d.Float64()
		same, err := DecimalFromFloat(f)
		if whole := v.kind == Int || v.kind == Uint; err != nil || same != d || whole && !d.isFloat() { // some print as other integers do
			return Value{}, refuse(v, t, "a float loses digits of it")
		}
		return FloatValue(f), nil
	}
	if err := d.Fit(t.Precision, t.Scale); err != nil {
		return Value{}, refuse(v, t, err.Error())
	}
	return DecimalValue(d), nil
}

// decimalOf is a number as a decimal.
func decimalOf(v Value) (Decimal, error) {
	if v.kind == Float {
		return DecimalFromFloat(v.Float())
	}
	return exactDecimal(v), nil
}

func wholeReason(d Decimal) string {
	if d.IsInteger() {
		return errRange.Error()
	}
	return errWhole.Error()
}

func coerceItems(v Value, t Type) (Value, error) {
	items := make([]Value, len(v.Items()))
	for i, item := range v.Items() {
		x, err := Coerce(item, *t.Elem)
		if err != nil {
			return Value{}, inside(err, "["+strconv.Itoa(i+1)+"]")
		}
		items[i] = x
	}
	return ListValue(items), nil
}

func coerceEntries(v Value, t Type) (Value, error) {
	entries := make([]Entry, len(v.Entries()))
	for i, e := range v.Entries() {
		x, err := Coerce(e.Value, *t.Elem)
		if err != nil {
			return Value{}, inside(err, e.Name)
		}
		entries[i] = Entry{e.Name, x}
	}
	return MapValue(entries), nil
}

func coerceFields(v Value, t Type) (Value, error) {
	entries := make([]Entry, len(t.Fields))
	for i, f := range t.Fields {
		entries[i].Name = f.Name
	}
	for _, e := range v.Entries() {
		i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.Name == e.Name })
		if i < 0 {
			return Value{}, refuse(v, t, fmt.Sprintf("the type has no field %q", e.Name))
		}
		x, err := Coerce(e.Value, t.Fields[i].Type)
		if err != nil {
			return Value{}, inside(err, e.Name)
		}
		entries[i].Value = x
	}
	return StructValue(entries), nil
}

func coerceJSON(v Value, t Type) (Value, error) {
	if v.kind == String {
		return Value{}, refuse(v, t, "a string may be text or JSON")
	}
	if err := checkJSON(v); err != nil {
		return Value{}, refuse(v, t, err.Error())
	}
	return TextValue(JSON, string(appendJSON(nil, v))), nil
}
