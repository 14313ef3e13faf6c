package expose

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// fromRecord makes a Go value of a type of what a script gave. It loses no digit:
// what the type does not hold exactly is an error.
func fromRecord(v record.Value, t reflect.Type) (reflect.Value, error) {
	out := reflect.New(t).Elem()
	return out, assign(out, v)
}

func assign(to reflect.Value, v record.Value) error {
	t := to.Type()
	if done, err := assignKnown(to, v); done || err != nil {
		return err
	}
	switch t.Kind() {
	case reflect.Interface:
		return assignAny(to, v)
	case reflect.Pointer:
		if v.IsNull() {
			return nil
		}
		to.Set(reflect.New(t.Elem()))
		return assign(to.Elem(), v)
	case reflect.Slice, reflect.Array:
		return assignList(to, v)
	case reflect.Map:
		return assignMap(to, v)
	case reflect.Struct:
		return assignStruct(to, v)
	}
	return assignPlain(to, v)
}

// assignKnown sets the types that mean more than their kind.
func assignKnown(to reflect.Value, v record.Value) (done bool, err error) {
	switch p := to.Addr().Interface().(type) {
	case *record.Value:
		*p = v
	case *record.Decimal:
		d, err := record.Coerce(v, record.Type{Kind: record.DecimalOf, Precision: 38, Scale: scaleOf(v)})
		if err != nil || v.IsNull() {
			return false, wants(v, "a decimal")
		}
		*p = d.Decimal()
	case *time.Time:
		at, ok := moment(v)
		if !ok {
			return false, wants(v, "a timestamp")
		}
		*p = at
	case *time.Duration:
		if v.Kind() != record.Interval || v.Int() > math.MaxInt64/1000 || v.Int() < math.MinInt64/1000 {
			return false, wants(v, "an interval")
		}
		*p = time.Duration(v.Int()) * time.Microsecond
	case *[]byte:
		if v.Kind() != record.Bytes && v.Kind() != record.String && !v.IsNull() {
			return false, wants(v, "bytes")
		}
		if !v.IsNull() {
			*p = []byte(v.Str())
		}
	default:
		return false, nil
	}
	return true, nil
}

func scaleOf(v record.Value) int {
	if v.Kind() == record.DecimalOf {
		_, scale := v.Decimal().Digits()
		return scale
	}
	return 0
}

// moment is the time of a timestamp, or of a date or datetime in UTC.
func moment(v record.Value) (time.Time, bool) {
	switch v.Kind() {
	case record.Timestamp, record.Datetime:
		return time.UnixMicro(v.Int()).UTC(), true
	case record.Date:
		return time.Unix(v.Int()*24*60*60, 0).UTC(), true
	}
	return time.Time{}, false
}

// wants is the error of a value of another kind.
func wants(v record.Value, what string) error {
	if v.IsNull() {
		return fmt.Errorf("nil where %s is wanted", what)
	}
	return fmt.Errorf("%s %s where %s is wanted", article(v.Kind()), v.Kind(), what)
}

func article(k record.Kind) string {
	if strings.ContainsRune("aeiou", rune(k.String()[0])) && k != record.Uint {
		return "an"
	}
	return "a"
}

// assignPlain sets a boolean, a number or a text.
func assignPlain(to reflect.Value, v record.Value) error {
	switch to.Kind() {
	case reflect.Bool:
		if v.Kind() != record.Bool {
			return wants(v, "a bool")
		}
		to.SetBool(v.Bool())
	case reflect.String:
		if v.Kind() != record.String && v.Kind() != record.Bytes {
			return wants(v, "a string")
		}
		to.SetString(v.Str())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := record.Coerce(v, record.Of(record.Int))
		if err != nil || v.IsNull() || to.OverflowInt(n.Int()) {
			return noNumber(v, to.Type(), "an int")
		}
		to.SetInt(n.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := record.Coerce(v, record.Of(record.Uint))
		if err != nil || v.IsNull() || to.OverflowUint(n.Uint()) {
			return noNumber(v, to.Type(), "an int")
		}
		to.SetUint(n.Uint())
	case reflect.Float32, reflect.Float64:
		f, err := record.Coerce(v, record.Of(record.Float))
		if err != nil || v.IsNull() {
			return noNumber(v, to.Type(), "a number")
		}
		to.SetFloat(f.Float())
	default:
		return fmt.Errorf("scripts cannot give a Go %s", to.Type())
	}
	return nil
}

// noNumber is the error of a number that a type does not hold.
func noNumber(v record.Value, t reflect.Type, what string) error {
	switch v.Kind() {
	case record.Int, record.Uint, record.Float, record.DecimalOf:
		return fmt.Errorf("%s is no %s", record.AppendValue(nil, v), t)
	}
	return wants(v, what)
}

// assignAny sets an interface to the natural Go value.
func assignAny(to reflect.Value, v record.Value) error {
	if to.NumMethod() > 0 {
		if v.IsNull() {
			return nil
		}
		return wants(v, "a "+to.Type().String())
	}
	if x := natural(v); x != nil {
		to.Set(reflect.ValueOf(x))
	}
	return nil
}

// natural is a value as Go programs write it: nil, bool, int64, uint64, float64,
// string, []byte, time.Time, time.Duration, []any and map[string]any; dates, times,
// datetimes and decimals stay a record.Value.
func natural(v record.Value) any {
	switch v.Kind() {
	case record.Null:
		return nil
	case record.Bool:
		return v.Bool()
	case record.Int:
		return v.Int()
	case record.Uint:
		return v.Uint()
	case record.Float:
		return v.Float()
	case record.String, record.JSON:
		return v.Str()
	case record.Bytes:
		return []byte(v.Str())
	case record.Timestamp:
		return time.UnixMicro(v.Int()).UTC()
	case record.ListOf:
		out := make([]any, len(v.Items()))
		for i, item := range v.Items() {
			out[i] = natural(item)
		}
		return out
	case record.Struct, record.MapOf:
		out := map[string]any{}
		for _, e := range v.Entries() {
			out[e.Name] = natural(e.Value)
		}
		return out
	}
	return v
}

// items are those of a list; a table without any is an empty map to whoever does not
// know what is wanted.
func items(v record.Value) ([]record.Value, bool) {
	empty := v.Kind() == record.MapOf && len(v.Entries()) == 0
	return v.Items(), v.Kind() == record.ListOf || empty
}

func assignList(to reflect.Value, v record.Value) error {
	if v.IsNull() && to.Kind() == reflect.Slice {
		return nil
	}
	list, ok := items(v)
	if !ok {
		return wants(v, "a list")
	}
	if to.Kind() == reflect.Array && len(list) != to.Len() {
		return fmt.Errorf("a list of %d items where %d are wanted", len(list), to.Len())
	}
	if to.Kind() == reflect.Slice {
		to.Set(reflect.MakeSlice(to.Type(), len(list), len(list)))
	}
	for i, item := range list {
		if err := assign(to.Index(i), item); err != nil {
			return fmt.Errorf("[%d]: %w", i+1, err)
		}
	}
	return nil
}

func assignMap(to reflect.Value, v record.Value) error {
	t := to.Type()
	switch {
	case v.IsNull():
		return nil
	case t.Key().Kind() != reflect.String:
		return fmt.Errorf("scripts cannot give a Go %s: its keys are no strings", t)
	case v.Kind() != record.MapOf && v.Kind() != record.Struct:
		return wants(v, "a table with names")
	}
	to.Set(reflect.MakeMap(t))
	for _, e := range v.Entries() {
		x := reflect.New(t.Elem()).Elem()
		if err := assign(x, e.Value); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		to.SetMapIndex(reflect.ValueOf(e.Name).Convert(t.Key()), x)
	}
	return nil
}

func assignStruct(to reflect.Value, v record.Value) error {
	if v.Kind() != record.MapOf && v.Kind() != record.Struct {
		return wants(v, "a table with names")
	}
	known := fields(to.Type())
	for _, e := range v.Entries() {
		f, ok := known[e.Name]
		if !ok {
			return fmt.Errorf("there is no field %q; %s", e.Name, diag.DidYouMean(e.Name, sortedNames(known)))
		}
		x, err := to.FieldByIndexErr(f.Index)
		if err == nil {
			err = assign(x, e.Value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return nil
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
