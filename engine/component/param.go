package component

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Param is one thing that a component takes, as its options struct declares
// it with field tags:
//
//	arg:"fn"         a positional argument, in order of the fields
//	opt:"delimiter"  an entry of the options table
//	list:"columns"   the list part of the options table
//	rest:"columns"   all entries of the options table whose value is an aggregate
//
// with required:"true", enum:"a,b" and doc:"..." beside them. The default is
// the field's value in Spec.Options.
type Param struct {
	Name     string
	Place    Place
	Required bool
	Enum     []string
	Doc      string
	Want     string // what it takes, in words: "a string", "a list of columns"
	Default  any    // nil when it has none
	index    []int  // of the struct field
}

// Place is where a parameter stands in a call.
type Place uint8

// The places.
const (
	Arg Place = iota
	Opt
	ListPart
	Rest
)

// OptionDecoder is a type of option that decodes itself.
type OptionDecoder interface {
	// DecodeOption takes the script's value. Problems carry their position.
	DecodeOption(v Value) error
	// Want says what it takes, in words.
	Want() string
}

// Params are the parameters of a component: arguments, list part, then
// options in the order of the struct's fields.
func (s *Spec) Params() ([]Param, error) {
	v := reflect.ValueOf(s.Options).Elem()
	var out []Param
	for _, f := range reflect.VisibleFields(v.Type()) {
		p, ok := paramOf(f)
		if !ok {
			continue
		}
		want, err := wantOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		p.Want = want
		if len(p.Enum) > 0 {
			p.Want = "one of " + strings.Join(p.Enum, ", ")
		}
		if x := v.FieldByIndex(f.Index); !x.IsZero() {
			p.Default = x.Interface()
		}
		out = append(out, p)
	}
	return out, nil
}

func paramOf(f reflect.StructField) (Param, bool) {
	p := Param{Required: f.Tag.Get("required") == "true", Doc: f.Tag.Get("doc"), index: f.Index}
	if enum := f.Tag.Get("enum"); enum != "" {
		p.Enum = strings.Split(enum, ",")
	}
	for place, tag := range []string{"arg", "opt", "list", "rest"} {
		if name, ok := f.Tag.Lookup(tag); ok {
			p.Name, p.Place = name, Place(place)
			return p, true
		}
	}
	return p, false
}

// wants says in words what a field of a plain type takes.
func wants() map[reflect.Type]string {
	return map[reflect.Type]string{
		reflect.TypeFor[string]():        "a string",
		reflect.TypeFor[bool]():          "true or false",
		reflect.TypeFor[*bool]():         "true or false",
		reflect.TypeFor[int64]():         "an integral number",
		reflect.TypeFor[float64]():       "a number",
		reflect.TypeFor[time.Duration](): `a duration such as "1m30s"`,
		reflect.TypeFor[[]string]():      "a string or a list of strings",
		reflect.TypeFor[op.Name]():       "a string",
		reflect.TypeFor[[]op.Name]():     "a string or a list of strings",
		reflect.TypeFor[op.OnError]():    "a string",
		reflect.TypeFor[expr.Func]():     "a function",
		reflect.TypeFor[[]op.Field]():    `a table of column = "type"`,
		reflect.TypeFor[record.Type]():   "a type",
		reflect.TypeFor[[]Entry]():       "aggregates by column name",
		reflect.TypeFor[[]Value]():       "a list",
		reflect.TypeFor[Value]():         "a value",
	}
}

func wantOf(t reflect.Type) (string, error) {
	if d, ok := reflect.New(t).Interface().(OptionDecoder); ok {
		return d.Want(), nil
	}
	if w, ok := wants()[t]; ok {
		return w, nil
	}
	if t.Kind() == reflect.String {
		return "a string", nil
	}
	return "", fmt.Errorf("options of type %s are not known", t)
}
