package component

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
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
// with required:"true", enum:"a,b", min:"0", max:"9" (of int64 fields) and
// doc:"..." beside them. The default is the field's value in Spec.Options.
type Param struct {
	Name     string
	Place    Place
	Required bool
	Enum     []string
	Doc      string
	Want     string // what it takes, in words: "a string", "a list of columns"
	Default  any    // nil when it has none
	index    []int  // of the struct field
	bounds   bounds
}

// bounds are the least and the greatest number that a parameter takes; nil
// where there is none.
type bounds struct{ min, max *int64 }

func (b bounds) String() string {
	switch {
	case b.min != nil && b.max != nil:
		return fmt.Sprintf(" from %d to %d", *b.min, *b.max)
	case b.min != nil:
		return fmt.Sprintf(" from %d on", *b.min)
	case b.max != nil:
		return fmt.Sprintf(" up to %d", *b.max)
	}
	return ""
}

func (b bounds) hold(n int64) bool {
	return (b.min == nil || n >= *b.min) && (b.max == nil || n <= *b.max)
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
	// DecodeOption takes the script's value. The receiver holds the default and
	// shares what it points to with Spec.Options: it is replaced, not changed
	// in place. An error that is a diagnostic, or a list of them, is reported
	// as it is; ErrWrongType says that it wants something else; any other is a
	// text that follows "option "x" of y: ".
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
		if err := p.complete(f); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		if x := v.FieldByIndex(f.Index); !x.IsZero() {
			p.Default = x.Interface()
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Param) int { return a.order() - b.order() })
	return out, checkTwice(out)
}

// order is arguments, list part, aggregates, options.
func (p Param) order() int { return [...]int{Arg: 0, ListPart: 1, Rest: 2, Opt: 3}[p.Place] }

// checkTwice refuses parameters that a call could not tell apart.
func checkTwice(params []Param) error {
	type key struct {
		place Place
		name  string
	}
	seen := map[key]bool{}
	for _, p := range params {
		k := key{p.Place, p.Name}
		if p.Place == ListPart || p.Place == Rest {
			k.name = ""
		}
		if seen[k] {
			return fmt.Errorf("%q is declared twice", p.Name)
		}
		seen[k] = true
	}
	return nil
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

// complete fills in what the parameter takes.
func (p *Param) complete(f reflect.StructField) error {
	if !f.IsExported() {
		return fmt.Errorf("only exported fields can be options")
	}
	var errs [2]error
	p.bounds.min, errs[0] = bound(f, "min")
	p.bounds.max, errs[1] = bound(f, "max")
	want, err := wantOf(f.Type)
	if err := errors.Join(err, errs[0], errs[1]); err != nil {
		return err
	}
	switch {
	case len(p.Enum) > 0:
		want = anyOf(p.Enum)
	case p.Place == ListPart:
		want = strings.TrimPrefix(want, "a string or ")
	}
	p.Want = want + p.bounds.String()
	return nil
}

// anyOf is the words as a choice: "a", "b" or "c".
func anyOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

func bound(f reflect.StructField, tag string) (*int64, error) {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || f.Type.Kind() != reflect.Int64 {
		return nil, fmt.Errorf("%s:%q wants a number, and an int64 field", tag, text)
	}
	return &n, nil
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
