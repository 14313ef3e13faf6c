package component

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
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
	d := decoder{what: s.Name, params: params, target: target.Elem(), pos: pos, settled: map[int]bool{}}
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
	d := decoder{what: what, params: params, target: reflect.ValueOf(target).Elem(), pos: pos, settled: map[int]bool{}}
	d.decode([]Value{table})
	return d.problems
}

type decoder struct {
	what   string
	params []Param
	target reflect.Value
	pos    diag.Pos
	// settled are the parameters, by their place in params, that were given, or
	// whose lack another problem explains.
	settled  map[int]bool
	problems diag.List
}

func (d *decoder) decode(args []Value) {
	args = d.positional(args)
	switch {
	case len(args) > 0 && args[0].X != nil && !isTable(args[0]):
		d.report(d.noTable(args))
	case len(args) > 0:
		d.options(args)
	}
	for i, p := range d.params {
		if p.Required && !d.settled[i] {
			d.report(d.missing(p))
		}
	}
}

// settle says that nobody need miss the parameters of some places.
func (d *decoder) settle(places ...Place) {
	for i, p := range d.params {
		if slices.Contains(places, p.Place) {
			d.settled[i] = true
		}
	}
}

func (d *decoder) missing(p Param) *diag.Diagnostic {
	if p.Place == Opt {
		return diag.Errorf("option.missing", d.pos, "%s needs the option %q", d.what, p.Name).
			WithHint("%s", explained(fmt.Sprintf("%s = ...  -- %s", p.Name, p.Want), p.Doc))
	}
	return diag.Errorf("argument.missing", d.pos, "%s needs %s: %s", d.what, p.Name, p.Want).
		WithHint("%s", explained(p.Name, p.Doc))
}

// explained adds the meaning, if there is one.
func explained(what, meaning string) string {
	if meaning == "" {
		return what
	}
	return what + ": " + meaning
}

// positional decodes the arguments before the options table and returns what
// is left.
func (d *decoder) positional(args []Value) []Value {
	for i, p := range d.params {
		if p.Place != Arg {
			continue
		}
		if len(args) == 0 {
			return nil
		}
		d.set(i, args[0])
		args = args[1:]
	}
	return args
}

func isTable(v Value) bool {
	_, ok := v.X.(*Table)
	return ok
}

// options decodes the options table and reports what stands behind it.
func (d *decoder) options(args []Value) {
	if t, ok := args[0].X.(*Table); ok {
		d.list(t)
		d.entries(t)
	}
	if len(args) == 1 {
		return
	}
	out := diag.Errorf("argument.surplus", args[1].Pos, "%s takes no further argument: %s", d.what, args[1].Describe())
	if i := d.placed(ListPart); i >= 0 {
		out.WithHint("write one table: %s are %s, and options stand there by name", d.params[i].Name, d.params[i].Want)
	}
	d.report(out)
}

// noTable reports arguments that stand where the options table should.
func (d *decoder) noTable(args []Value) *diag.Diagnostic {
	d.settle(Opt, ListPart, Rest)
	what := "options"
	if i := d.placed(ListPart); i >= 0 {
		what = d.params[i].Name
	}
	return diag.Errorf("argument.type", args[0].Pos, "%s wants its %s in a table, not %s", d.what, what, args[0].Describe()).
		WithHint("%s", d.tableHint(args))
}

// tableHint says how to write a table around strings that stand alone.
func (d *decoder) tableHint(args []Value) string {
	var words []string
	for _, a := range args {
		if word, ok := a.X.(string); ok {
			words = append(words, strconv.Quote(word))
		}
	}
	required := d.find(func(p Param) bool { return p.Place == Opt && p.Required })
	switch {
	case len(words) == 0:
	case d.placed(ListPart) >= 0:
		return fmt.Sprintf("write %s { %s }", d.what, strings.Join(words, ", "))
	case required >= 0:
		return fmt.Sprintf("write %s { %s = %s }", d.what, d.params[required].Name, words[0])
	}
	return "write { option = value }"
}

// list decodes the list part of the options table.
func (d *decoder) list(t *Table) {
	if len(t.List) == 0 {
		return
	}
	if i := d.placed(ListPart); i >= 0 {
		d.set(i, Value{X: &Table{List: t.List, Pos: t.Pos}, Pos: t.Pos})
		return
	}
	out := diag.Errorf("option.list", t.List[0].Pos, "%s takes options by name only, not %s", d.what, t.List[0].Describe()).
		WithHint("write { option = value }")
	if a, ok := t.List[0].X.(*Aggregate); ok && d.placed(Rest) >= 0 {
		out.WithHint("give it the name of a column: { name = etl.%s ... }", a.Kind)
	}
	d.settle(Opt, Rest)
	d.report(out)
}

func (d *decoder) entries(t *Table) {
	rest := d.placed(Rest)
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
		d.set(i, e.Value)
	}
	if len(aggregates) > 0 {
		d.settle(Rest)
		d.target.FieldByIndex(d.params[rest].index).Set(reflect.ValueOf(aggregates))
	}
}

func (d *decoder) find(ok func(Param) bool) int { return slices.IndexFunc(d.params, ok) }

// placed is the first parameter of a place, -1 if there is none.
func (d *decoder) placed(place Place) int {
	return d.find(func(p Param) bool { return p.Place == place })
}

// unknown reports an entry that is no option. What it was probably meant to be
// is not missed any more.
func (d *decoder) unknown(e Entry) *diag.Diagnostic {
	out := diag.Errorf("option.unknown", e.Key.Pos, "%s has no option %q", d.what, e.Key.Text)
	var known []string
	for _, p := range d.params {
		if p.Place == Opt {
			known = append(known, p.Name)
		}
	}
	if near := diag.Nearest(e.Key.Text, known); near != "" {
		d.settled[d.find(func(p Param) bool { return p.Place == Opt && p.Name == near })] = true
		return out.WithHint("did you mean %q?", near)
	}
	d.settle(ListPart, Rest)
	return out.WithHint("%s", d.elsewhere(diag.DidYouMean(e.Key.Text, known)))
}

// elsewhere adds to a hint about options where other things stand.
func (d *decoder) elsewhere(hint string) string {
	if i := d.placed(ListPart); i >= 0 {
		return fmt.Sprintf("%s; %s stand in the table without a name: %s", hint, d.params[i].Name, d.params[i].Want)
	}
	if i := d.placed(Rest); i >= 0 {
		return fmt.Sprintf("%s; %s: %s", hint, d.params[i].Name, d.params[i].Doc)
	}
	return hint
}

// report adds a problem; one without a place belongs to the call.
func (d *decoder) report(p *diag.Diagnostic) { d.reportAt(p, d.pos) }

// reportAt adds a problem; one without a place belongs to pos.
func (d *decoder) reportAt(p *diag.Diagnostic, pos diag.Pos) {
	switch {
	case p.Pos.IsValid():
	case pos.IsValid():
		p.Pos = pos
	default:
		p.Pos = d.pos
	}
	d.problems = append(d.problems, p)
}

// set decodes one value into the field of parameter i.
func (d *decoder) set(i int, v Value) {
	if v.X == nil {
		return
	}
	d.settled[i] = true
	p := d.params[i]
	field := d.target.FieldByIndex(p.index)
	err := setField(field, v)
	if err == nil {
		err = checkWord(p, v)
	}
	if err == nil {
		err = checkBounds(p, field)
	}
	if err == nil {
		return
	}
	var list diag.List
	var one *diag.Diagnostic
	switch {
	case errors.As(err, &list):
		for _, x := range list {
			d.reportAt(x, v.Pos)
		}
	case errors.As(err, &one):
		d.reportAt(one, v.Pos)
	default:
		d.report(d.wrong(p, v, err))
	}
}

func (d *decoder) wrong(p Param, v Value, err error) *diag.Diagnostic {
	label := fmt.Sprintf("option %q of %s", p.Name, d.what)
	if p.Place != Opt {
		label = fmt.Sprintf("%s of %s", p.Name, d.what)
	}
	var item *itemError
	switch {
	case errors.As(err, &item):
		return diag.Errorf("option.type", item.pos, "%s %w", label, err)
	case !errors.Is(err, ErrWrongType):
		return diag.Errorf("option.value", v.Pos, "%s: %w", label, err)
	}
	out := diag.Errorf("option.type", v.Pos, "%s wants %s, not %s", label, p.Want, v.Describe())
	word, isWord := v.X.(string)
	switch near := diag.Nearest(word, p.Enum); {
	case isWord && len(p.Enum) > 0:
		out.Code = "option.value"
		if near != "" {
			out.WithHint("did you mean %q?", near)
		}
	case p.Place == Arg:
		out.WithHint("%s", explained(p.Name, p.Doc))
	}
	return out
}

// checkWord refuses a word that is not among those known, or says nothing.
func checkWord(p Param, v Value) error {
	word, ok := v.X.(string)
	switch {
	case !ok:
	case len(p.Enum) > 0 && !slices.Contains(p.Enum, word):
		return ErrWrongType
	case p.Required && word == "":
		return errors.New("must not be empty")
	}
	return nil
}

func checkBounds(p Param, field reflect.Value) error {
	if field.Kind() != reflect.Int64 || p.bounds.hold(field.Int()) {
		return nil
	}
	return fmt.Errorf("%d is not %s", field.Int(), p.Want)
}
