package expose

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/etlscript/etlscript/engine/record"
)

// maxDepth is how deep values of the host nest at most.
const maxDepth = 100

// toRecord copies a plain Go value. The error says what no script can take.
func toRecord(v reflect.Value, depth int) (record.Value, error) {
	if depth > maxDepth {
		return record.Value{}, fmt.Errorf("values nest more than %d deep", maxDepth)
	}
	if !v.IsValid() {
		return record.Value{}, nil
	}
	if known, ok := knownToRecord(v); ok {
		return known, nil
	}
	switch v.Kind() {
	case reflect.Bool:
		return record.BoolValue(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return record.IntValue(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return record.UintValue(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return record.FloatValue(v.Float()), nil
	case reflect.String:
		return record.StringValue(v.String()), nil
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return record.Value{}, nil
		}
		return toRecord(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return listToRecord(v, depth)
	case reflect.Map:
		return mapToRecord(v, depth)
	case reflect.Struct:
		return structToRecord(v, depth)
	}
	return record.Value{}, fmt.Errorf("scripts have no value for a Go %s", v.Type())
}

// knownToRecord takes the types that mean more than their kind.
func knownToRecord(v reflect.Value) (record.Value, bool) {
	if !v.CanInterface() {
		return record.Value{}, false
	}
	switch x := v.Interface().(type) {
	case record.Value:
		return x, true
	case record.Decimal:
		return record.DecimalValue(x), true
	case time.Time:
		return record.TemporalValue(record.Timestamp, x.UnixMicro()), true
	case time.Duration:
		return record.TemporalValue(record.Interval, x.Microseconds()), true
	case []byte:
		if x == nil {
			return record.Value{}, true
		}
		return record.TextValue(record.Bytes, string(x)), true
	case error:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return record.Value{}, true
		}
		return record.StringValue(x.Error()), true
	}
	return record.Value{}, false
}

func listToRecord(v reflect.Value, depth int) (record.Value, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return record.Value{}, nil
	}
	items := make([]record.Value, v.Len())
	for i := range items {
		var err error
		if items[i], err = toRecord(v.Index(i), depth+1); err != nil {
			return record.Value{}, fmt.Errorf("[%d]: %w", i+1, err)
		}
	}
	return record.ListValue(items), nil
}

func mapToRecord(v reflect.Value, depth int) (record.Value, error) {
	if v.IsNil() {
		return record.Value{}, nil
	}
	if v.Type().Key().Kind() != reflect.String {
		return record.Value{}, fmt.Errorf("the keys of a Go %s are no strings", v.Type())
	}
	var entries []record.Entry
	for k, x := range v.Seq2() {
		made, err := toRecord(x, depth+1)
		if err != nil {
			return record.Value{}, fmt.Errorf("%s: %w", k.String(), err)
		}
		entries = append(entries, record.Entry{Name: k.String(), Value: made})
	}
	slices.SortFunc(entries, func(a, b record.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return record.MapValue(entries), nil
}

func structToRecord(v reflect.Value, depth int) (record.Value, error) {
	var entries []record.Entry
	for name, f := range fields(v.Type()) {
		x, err := v.FieldByIndexErr(f.Index)
		if err != nil {
			continue // of an embedded struct that is nil
		}
		made, err := toRecord(x, depth+1)
		if err != nil {
			return record.Value{}, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, record.Entry{Name: name, Value: made})
	}
	slices.SortFunc(entries, func(a, b record.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return record.StructValue(entries), nil
}
