package luabind

import (
	"maps"
	"slices"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Param is a parameter that a script declares with etl.param.
type Param struct {
	Name     string
	Type     record.Type
	Default  record.Value // NULL when it has none
	Doc      string
	Required bool   // it has no default and must be given
	Secret   bool   // its value is shown nowhere
	Env      string // the environment variable that gives it where --param does not; "" if none
	Pos      diag.Pos
}

// paramOptions are the options of etl.param.
type paramOptions struct {
	Name     string          `arg:"name" required:"true" doc:"name of the parameter, as in --param name=value"`
	Type     record.Type     `opt:"type" doc:"type of the value; default: string"`
	Default  component.Value `opt:"default" doc:"value where none is given; without one the parameter must be given"`
	Doc      string          `opt:"doc" doc:"what the parameter is for"`
	Env      string          `opt:"env" doc:"environment variable whose value is taken where --param gives none"`
	Secret   bool            `opt:"secret" doc:"whether the value is a secret: the script gets it, and records, hooks and messages show *** for it"`
	Required *bool           `opt:"required" doc:"whether it must be given; false makes it nil where it is not"`
}

// declared is a parameter and the value that it has in this load.
type declared struct {
	param Param
	value record.Value
}

// param is etl.param("name", { type = ..., default = ..., doc = ... }).
func (l *loading) param(L *lua.LState) int {
	at := callSite(L, "param")
	args, err := l.convert(L, "param", at, 1, l.keepHook)
	if err != nil {
		vm.Raise(L, err)
	}
	o := paramOptions{Type: record.Of(record.String)}
	spec := component.Spec{Name: "etl.param", Options: &o}
	options, problems := spec.Decode(args, at.Pos)
	if problems.Err() != nil {
		vm.Raise(L, problems)
	}
	p, err := l.declare(options.(*paramOptions), at)
	if err != nil {
		vm.Raise(L, err)
	}
	L.Push(value.ToLua(p.value))
	return 1
}

// declare notes a parameter and finds its value.
func (l *loading) declare(o *paramOptions, at syntax.Site) (declared, error) {
	first, twice := l.declared[o.Name]
	if twice {
		return first, diag.Errorf("param.duplicate", at.Pos, "the parameter %q is declared twice", o.Name).
			WithNote(first.param.Pos, "the first time").
			WithHint("declare it once and keep it in a variable: local %s = etl.param(%q)", "value", o.Name)
	}
	p := declared{param: Param{Name: o.Name, Type: o.Type, Doc: o.Doc, Env: o.Env, Secret: o.Secret, Pos: at.Pos}}
	err := supportedParam(o.Type, at.Pos)
	if err == nil && o.Default.X != nil {
		p.param.Default, err = defaultValue(o)
	}
	if err != nil {
		return p, err
	}
	p.param.Required = o.Default.X == nil && (o.Required == nil || *o.Required)
	p.value, err = l.paramValue(p.param)
	l.declared[o.Name] = p
	l.params = append(l.params, p.param)
	return p, err
}

// supportedParam refuses the types that have no values in scripts yet.
func supportedParam(t record.Type, pos diag.Pos) error {
	switch t.Kind {
	case record.DecimalOf, record.ListOf, record.Struct, record.MapOf, record.JSON, record.Interval:
		return diag.Errorf("type.unsupported", pos, "parameters of type %s come with a later version", t).
			WithHint("declare it as a string")
	}
	return nil
}

// paramValue is the given value of a parameter, that of its environment
// variable, or its default.
func (l *loading) paramValue(p Param) (record.Value, error) {
	if text, given := l.cfg.Params[p.Name]; given {
		v, err := record.Parse(p.Type, text)
		if err != nil {
			return v, diag.Errorf("param.value", p.Pos, "the parameter %q is given as %s, which is no %s", p.Name, p.quoted(text), p.Type).
				WithHint("run with --param %s=%s", p.Name, example(p.Type))
		}
		return v, nil
	}
	text, set, err := l.variable(p)
	switch {
	case err != nil:
		return record.Value{}, err
	case set:
		v, err := record.Parse(p.Type, text)
		if err != nil {
			return v, diag.Errorf("param.value", p.Pos, "the parameter %q takes the environment variable %s, whose value is no %s", p.Name, p.Env, p.Type).
				WithHint("a value of the type is for example %s", example(p.Type))
		}
		return v, nil
	case p.Required:
		return record.Value{}, missingParam(p)
	}
	return p.Default, nil
}

// hidden stands for the value of a secret.
const hidden = "***"

// quoted is a value of the parameter as messages show it.
func (p Param) quoted(text string) string {
	if p.Secret {
		return hidden
	}
	return strconv.Quote(text)
}

// paramsInEffect are the values of the declared parameters as text; a secret is "***", and
// one that is NULL is empty.
func (l *loading) paramsInEffect() map[string]string {
	out := map[string]string{}
	for name, p := range l.declared {
		out[name] = record.FormatValue(p.value)
		if p.param.Secret {
			out[name] = hidden
		}
	}
	return out
}

func missingParam(p Param) error {
	d := diag.Errorf("param.missing", p.Pos, "the parameter %q is not given and has no default", p.Name)
	if p.Env != "" {
		return d.WithHint("run with --param %s=%s, or set the environment variable %s", p.Name, example(p.Type), p.Env)
	}
	return d.WithHint("run with --param %s=%s", p.Name, example(p.Type))
}

// defaultValue reads the default of a parameter: a value of its type, or the
// text of one.
func defaultValue(o *paramOptions) (record.Value, error) {
	text := ""
	switch x := o.Default.X.(type) {
	case string:
		text = x
	case float64:
		text = record.FormatValue(record.FloatValue(x))
	case bool:
		text = record.FormatValue(record.BoolValue(x))
	case record.Value:
		text = record.FormatValue(x)
	default:
		return record.Value{}, wrongDefault(o)
	}
	v, err := record.Parse(o.Type, text)
	if err != nil {
		return v, wrongDefault(o)
	}
	return v, nil
}

func wrongDefault(o *paramOptions) error {
	return diag.Errorf("param.default", o.Default.Pos, "the default of the parameter %q is %s, which is no %s", o.Name, o.Default.Describe(), o.Type).
		WithHint("write for example default = %q", example(o.Type))
}

// example is a text that is a value of the type.
func example(t record.Type) string {
	switch t.Kind {
	case record.Int, record.Uint:
		return "42"
	case record.Float:
		return "1.5"
	case record.Bool:
		return "true"
	case record.Date:
		return "2024-01-31"
	case record.Time:
		return "13:45:00"
	case record.Datetime:
		return "2024-01-31T13:45:00"
	case record.Timestamp:
		return "2024-01-31T13:45:00Z"
	}
	return "text"
}

// checkParams refuses parameters that were given, but never declared.
func (l *loading) checkParams() diag.List {
	var problems diag.List
	for _, name := range slices.Sorted(maps.Keys(l.cfg.Params)) {
		if _, ok := l.declared[name]; ok {
			continue
		}
		d := diag.Errorf("param.unknown", diag.Pos{File: l.name}, "the script declares no parameter %q", name)
		d.Hint = diag.DidYouMean(name, slices.Sorted(maps.Keys(l.declared)))
		if d.Hint == "" {
			d.Hint = "declare it with etl.param(\"" + name + "\", { type = \"string\" }), or leave --param out"
		}
		problems = append(problems, d)
	}
	return problems
}
