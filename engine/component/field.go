package component

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// ErrWrongType is the error of a value that is not of the type that an option
// wants. The diagnostic says both.
var ErrWrongType = errors.New("wrong type")

// itemError is a wrong type of something within an option's table.
type itemError struct {
	pos  diag.Pos
	text string
}

func (e *itemError) Error() string { return e.text }

// setField decodes a value into a field of one of the known types.
func setField(f reflect.Value, v Value) error {
	if own, ok := f.Addr().Interface().(OptionDecoder); ok {
		return own.DecodeOption(v)
	}
	switch dst := f.Addr().Interface().(type) {
	case *bool:
		return setTyped(dst, v)
	case **bool:
		*dst = new(bool) // the default stays as it is
		return setTyped(*dst, v)
	case *float64:
		return setTyped(dst, v)
	case *int64:
		return setInt(dst, v)
	case *time.Duration:
		return setDuration(dst, v)
	case *[]string:
		names, err := names(v)
		*dst = op.Names(names)
		return err
	case *op.Name:
		dst.Pos = v.Pos
		return setTyped(&dst.Text, v)
	case *[]op.Name:
		var err error
		*dst, err = names(v)
		return err
	case *expr.Func:
		return setTyped(dst, v)
	case *[]op.Field:
		var err error
		*dst, err = fields(v)
		return err
	case *record.Type:
		var err error
		*dst, err = ColumnType(v)
		return err
	case *[]Value:
		t, ok := v.X.(*Table)
		if !ok {
			return ErrWrongType
		}
		*dst = t.List
		return nil
	case *Value:
		*dst = v
		return nil
	}
	if word, ok := v.X.(string); ok && f.Kind() == reflect.String {
		f.SetString(word)
		return nil
	}
	return ErrWrongType
}

func setTyped[T any](dst *T, v Value) error {
	x, ok := v.X.(T)
	if !ok {
		return ErrWrongType
	}
	*dst = x
	return nil
}

func setInt(dst *int64, v Value) error {
	switch x := v.X.(type) {
	case float64:
		if x != math.Trunc(x) {
			return fmt.Errorf("%v is no integral number", x)
		}
		if math.Abs(x) >= 1<<53 {
			return fmt.Errorf("%.0f is too large a number", x)
		}
		*dst = int64(x)
		return nil
	case record.Value:
		if x.Kind() == record.Int {
			*dst = x.Int()
			return nil
		}
	}
	return ErrWrongType
}

func setDuration(dst *time.Duration, v Value) error {
	word, ok := v.X.(string)
	if !ok {
		return ErrWrongType
	}
	d, err := time.ParseDuration(word)
	if err != nil || d < 0 {
		return fmt.Errorf(`%q is no duration; write for example "500ms", "10m" or "1h30m"`, word)
	}
	*dst = d
	return nil
}

// names decodes a string or a list of strings.
func names(v Value) ([]op.Name, error) {
	if word, ok := v.X.(string); ok {
		return []op.Name{{Text: word, Pos: v.Pos}}, nil
	}
	t, ok := v.X.(*Table)
	if !ok {
		return nil, ErrWrongType
	}
	if len(t.Entries) > 0 {
		key := t.Entries[0].Key
		return nil, &itemError{key.Pos, fmt.Sprintf("is a list of strings without names, but has an entry %q", key.Text)}
	}
	out := make([]op.Name, 0, len(t.List))
	for _, x := range t.List {
		word, ok := x.X.(string)
		if !ok {
			return nil, &itemError{x.Pos, fmt.Sprintf("is a list of strings, but holds %s", x.Describe())}
		}
		out = append(out, op.Name{Text: word, Pos: x.Pos})
	}
	return out, nil
}
