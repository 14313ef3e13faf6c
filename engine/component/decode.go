package component

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Decode turns the arguments of a call into a copy of the component's options:
// first its positional arguments, then the options table, if any. Unknown
// keys, wrong types and missing options are all reported. pos is the place of
// the call.
func (s *Spec) Decode(args []Value, pos diag.Pos) (any, diag.List) {
	params, err := s.Params()
	if err != nil {
		return nil, diag.List{diag.Errorf("internal.spec", pos, "%s: %w", s.Name, err)}
	}
	target := reflect.New(reflect.TypeOf(s.Options).Elem())
	target.Elem().Set(reflect.ValueOf(s.Options).Elem())
	d := decoder{what: s.Name, params: params, target: target.Elem(), pos: pos, given: map[string]bool{}}
	d.decode(args)
	return target.Interface(), d.problems
}

// DecodeTable turns one options table into target, a pointer to a struct that
// declares its fields as a component's options do; what names the table's
// owner. It serves tables that belong to no component, such as etl.job{...}.
func DecodeTable(what string, target any, table Value, pos diag.Pos) diag.List {
	s := Spec{Name: what, Options: target}
	params, err := s.Params()
	if err != nil {
		return diag.List{diag.Errorf("internal.spec", pos, "%s: %w", what, err)}
	}
	d := decoder{what: what, params: params, target: reflect.ValueOf(target).Elem(), pos: pos, given: map[string]bool{}}
	d.decode([]Value{table})
	return d.problems
}

type decoder struct {
	what     string
	params   []Param
	target   reflect.Value
	pos      diag.Pos
	given    map[string]bool
	problems diag.List
}

func (d *decoder) decode(args []Value) {
	args = d.positional(args)
	switch {
	case len(args) > 1:
		d.report(diag.Errorf("argument.surplus", d.at(args[1].Pos), "%s takes no further argument: %s", d.what, args[1].Describe()))
	case len(args) == 1 && args[0].X != nil:
		d.options(args[0])
	}
	for _, p := range d.params {
		if p.Required && !d.given[p.Name] {
			d.report(d.missing(p))
		}
	}
}

func (d *decoder) missing(p Param) *diag.Diagnostic {
	if p.Place == Opt {
		return diag.Errorf("option.missing", d.pos, "%s needs the option %q", d.what, p.Name).
			WithHint("%s = ...  -- %s: %s", p.Name, p.Want, p.Doc)
	}
	return diag.Errorf("argument.missing", d.pos, "%s needs %s: %s", d.what, p.Name, p.Want)
}

// positional decodes the arguments before the options table and returns what
// is left.
func (d *decoder) positional(args []Value) []Value {
	for _, p := range d.params {
		if p.Place != Arg {
			continue
		}
		if len(args) == 0 {
			return nil
		}
		d.set(p, args[0])
		args = args[1:]
	}
	return args
}

func (d *decoder) options(v Value) {
	t, ok := v.X.(*Table)
	if !ok {
		d.report(diag.Errorf("argument.type", d.at(v.Pos), "%s wants its options in a table, not %s", d.what, v.Describe()).
			WithHint("write { option = value }"))
		return
	}
	if i := d.find(func(p Param) bool { return p.Place == ListPart }); i >= 0 {
		if len(t.List) > 0 {
			d.set(d.params[i], Value{X: &Table{List: t.List, Pos: t.Pos}, Pos: t.Pos})
		}
	} else if len(t.List) > 0 {
		d.report(diag.Errorf("option.list", d.at(t.List[0].Pos), "%s takes options by name only, not %s", d.what, t.List[0].Describe()).
			WithHint("write { option = value }"))
	}
	d.entries(t)
}

func (d *decoder) entries(t *Table) {
	rest := d.find(func(p Param) bool { return p.Place == Rest })
	var aggregates []Entry
	for _, e := range t.Entries {
		if _, ok := e.Value.X.(*Aggregate); ok && rest >= 0 {
			aggregates = append(aggregates, e)
			continue
		}
		i := d.find(func(p Param) bool { return p.Place == Opt && p.Name == e.Key.Text })
		if i < 0 {
			d.report(d.unknown(e))
			continue
		}
		d.set(d.params[i], e.Value)
	}
	if len(aggregates) > 0 {
		d.given[d.params[rest].Name] = true
		d.target.FieldByIndex(d.params[rest].index).Set(reflect.ValueOf(aggregates))
	}
}

func (d *decoder) find(ok func(Param) bool) int { return slices.IndexFunc(d.params, ok) }

func (d *decoder) unknown(e Entry) *diag.Diagnostic {
	var known []string
	for _, p := range d.params {
		if p.Place == Opt {
			known = append(known, p.Name)
		}
	}
	return diag.Errorf("option.unknown", d.at(e.Key.Pos), "%s has no option %q", d.what, e.Key.Text).
		WithHint("%s", diag.DidYouMean(e.Key.Text, known))
}

func (d *decoder) report(p *diag.Diagnostic) { d.problems = append(d.problems, p) }

func (d *decoder) at(p diag.Pos) diag.Pos {
	if p.IsValid() {
		return p
	}
	return d.pos
}

// set decodes one value into the parameter's field.
func (d *decoder) set(p Param, v Value) {
	if v.X == nil {
		return
	}
	d.given[p.Name] = true
	err := setField(d.target.FieldByIndex(p.index), v)
	if err == nil {
		err = checkEnum(p, v)
	}
	if err == nil {
		return
	}
	var list diag.List
	var one *diag.Diagnostic
	switch {
	case errors.As(err, &list):
		d.problems = append(d.problems, list...)
	case errors.As(err, &one):
		d.report(one)
	default:
		d.report(d.wrong(p, v, err))
	}
}

func (d *decoder) wrong(p Param, v Value, err error) *diag.Diagnostic {
	label := fmt.Sprintf("option %q of %s", p.Name, d.what)
	if p.Place != Opt {
		label = fmt.Sprintf("%s of %s", p.Name, d.what)
	}
	if !errors.Is(err, errWrongType) {
		return diag.Errorf("option.value", d.at(v.Pos), "%s: %w", label, err)
	}
	out := diag.Errorf("option.type", d.at(v.Pos), "%s wants %s, not %s", label, p.Want, v.Describe())
	if word, ok := v.X.(string); ok && len(p.Enum) > 0 {
		out.Code = "option.value"
		return out.WithHint("%s", diag.DidYouMean(word, p.Enum))
	}
	return out
}

var errWrongType = errors.New("wrong type")

func checkEnum(p Param, v Value) error {
	if len(p.Enum) == 0 {
		return nil
	}
	if word, ok := v.X.(string); ok && !slices.Contains(p.Enum, word) {
		return errWrongType
	}
	return nil
}

// setField decodes a value into a field of one of the known types.
func setField(f reflect.Value, v Value) error {
	if own, ok := f.Addr().Interface().(OptionDecoder); ok {
		return own.DecodeOption(v)
	}
	switch dst := f.Addr().Interface().(type) {
	case *bool:
		return setTyped(dst, v)
	case **bool:
		*dst = new(bool)
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
		*dst, err = typeOf(v)
		return err
	case *[]Value:
		t, ok := v.X.(*Table)
		if !ok {
			return errWrongType
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
	return errWrongType
}

func setTyped[T any](dst *T, v Value) error {
	x, ok := v.X.(T)
	if !ok {
		return errWrongType
	}
	*dst = x
	return nil
}

func setInt(dst *int64, v Value) error {
	switch x := v.X.(type) {
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return fmt.Errorf("%v is no integral number", x)
		}
		*dst = int64(x)
		return nil
	case record.Value:
		if x.Kind() == record.Int {
			*dst = x.Int()
			return nil
		}
	}
	return errWrongType
}

func setDuration(dst *time.Duration, v Value) error {
	word, ok := v.X.(string)
	if !ok {
		return errWrongType
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
	if !ok || len(t.Entries) > 0 {
		return nil, errWrongType
	}
	out := make([]op.Name, 0, len(t.List))
	for _, x := range t.List {
		word, ok := x.X.(string)
		if !ok {
			return nil, fmt.Errorf("wants strings only, not %s", x.Describe())
		}
		out = append(out, op.Name{Text: word, Pos: x.Pos})
	}
	return out, nil
}

// fields decodes { column = "type" }.
func fields(v Value) ([]op.Field, error) {
	t, ok := v.X.(*Table)
	if !ok || len(t.List) > 0 {
		return nil, errWrongType
	}
	var problems diag.List
	out := make([]op.Field, 0, len(t.Entries))
	for _, e := range t.Entries {
		typ, err := typeOf(e.Value)
		var d *diag.Diagnostic
		switch {
		case errors.As(err, &d):
			problems = append(problems, d)
		case err != nil:
			problems = append(problems, diag.Errorf("type.unknown", e.Value.Pos, "column %q: a type is a string such as \"int\", not %s", e.Key.Text, e.Value.Describe()))
		default:
			out = append(out, op.Field{Name: e.Key, Type: typ})
		}
	}
	return out, problems.Err()
}

func typeOf(v Value) (record.Type, error) {
	word, ok := v.X.(string)
	if !ok {
		return record.Type{}, errWrongType
	}
	t, err := record.ParseType(word)
	if err == nil {
		return t, nil
	}
	d := diag.Errorf("type.unknown", v.Pos, "%w", err)
	var unknown *record.UnknownTypeError
	if errors.As(err, &unknown) {
		d.WithHint("%s", diag.DidYouMean(unknown.Word, record.TypeNames()))
	}
	return record.Type{}, d
}
