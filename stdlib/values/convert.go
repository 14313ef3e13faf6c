package values

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

type convertOptions struct {
	component.Common
	Types   readopt.Types `arg:"types" required:"true" doc:"column = the type that it gets, as in types of read_csv"`
	OnError op.OnError    `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a row with a value that cannot be converted; null makes NULL of the value"`
}

// ConvertSpec declares convert.
func ConvertSpec() *component.Spec {
	return &component.Spec{
		Name: "convert", Kind: component.Transform,
		Summary: "Gives columns other types",
		Doc: "No digit is lost: a value that the type does not hold exactly is an error. Of text, blanks around it do not count; empty " +
			"text and the words na, nan, null and none are NULL, in any case; true, t, 1, yes, y and false, f, 0, no, n are " +
			"booleans; \"3.0\" is an int. 0 and 1 are booleans, but a boolean is no number. Everything becomes text as it is written to files.",
		Order:   "kept",
		Options: &convertOptions{OnError: op.Fail},
		Build: component.Build(func(o *convertOptions) (op.Operator, diag.List) {
			return &op.Map{Func: convert(o), OnError: o.OnError}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { day = "31.01.2013", paid = "yes", qty = "3.0" }, { day = "01.02.2013", paid = "N", qty = "null" } })
  :convert({ day = { "date", format = "%d.%m.%Y" }, paid = "bool", qty = "int" })
  :write_csv { path = "out.csv" }

return etl.job { name = "typed" }
`,
	}
}

func convert(o *convertOptions) expr.Func {
	var names []string
	for _, p := range o.Types {
		names = append(names, p.Name.Text)
	}
	return gofunc.New(gofunc.Spec{
		Reads: names, Writes: names,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) { return convertedSchema(o, in) },
		Start: func(use expr.Use) gofunc.Step {
			c := &converter{options: o, in: use.In, out: use.Out}
			return c.step
		},
	})
}

func convertedSchema(o *convertOptions, in *record.Schema) (*record.Schema, diag.List) {
	var problems diag.List
	fields := append([]record.Field(nil), in.Fields()...)
	for _, p := range o.Types {
		i := in.Index(p.Name.Text)
		switch {
		case i >= 0:
			fields[i].Type = p.Type
		case in.Open():
			fields = append(fields, record.Field{Name: p.Name.Text, Type: p.Type})
		default:
			problems = append(problems, op.UnknownColumn(in, p.Name))
		}
	}
	if in.Open() {
		return record.NewOpenSchema(fields...), problems
	}
	return record.NewSchema(fields...), problems
}

// converter converts columns of batches.
type converter struct {
	options *convertOptions
	in, out *record.Schema
}

func (c *converter) step(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
	columns := append([]*record.Column(nil), b.Columns...)
	failures := gofunc.Failures{}
	for i := range c.options.Types {
		p := &c.options.Types[i]
		place := c.in.Index(p.Name.Text)
		columns[place] = c.column(p, columns[place], failures)
	}
	return columns, failures.InOrder(), nil
}

// column converts a column, and notes the first failure of each row.
func (c *converter) column(p *readopt.Pin, from *record.Column, failures gofunc.Failures) *record.Column {
	made := record.NewVector(p.Type.Kind, from.Len())
	for row := range from.Len() {
		v, err := from.Value(row)
		if err == nil {
			v, err = convertValue(v, p)
		}
		if err == nil || c.options.OnError == op.ToNull {
			if err != nil {
				v = record.Value{}
			}
			made.Set(p.Type.Kind, row, from.Len(), v)
			continue
		}
		made.SetNull(row, from.Len())
		text := string(from.AppendText(nil, row))
		failures.Add(row, expr.Failure{
			Column: p.Name.Text, Value: text,
			Err: diag.Errorf("convert.value", p.Name.Pos, "column %q: %q is no %s%s", p.Name.Text, short(text), p.Type, reason(err)),
		})
	}
	return record.NewColumn(p.Type, from.Len(), made)
}

// reason is what stands behind a message, if an error tells more than that the
// value is of another kind.
func reason(err error) string {
	var c *record.CoerceError
	if errors.As(err, &c) {
		if c.Reason == "" {
			return ""
		}
		return ": " + c.Reason
	}
	return ": " + err.Error()
}

// short is a text that fits into a message.
func short(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

// errBool is the error of a boolean where a number is wanted.
var errBool = errors.New("a boolean is no number")

// convertValue converts a value.
func convertValue(v record.Value, p *readopt.Pin) (record.Value, error) {
	switch kind := p.Type.Kind; {
	case v.IsNull(), v.Kind() == kind && kind != record.DecimalOf:
		return v, nil
	case v.Kind() == record.String:
		return convertText(strings.TrimSpace(v.Str()), p)
	case kind == record.String:
		return record.StringValue(string(record.AppendValue(nil, v))), nil
	case kind == record.Bool:
		return convertBool(v, p)
	case v.Kind() == record.Bool && isNumber(kind):
		return record.Value{}, errBool
	}
	return record.Coerce(v, p.Type)
}

func isNumber(k record.Kind) bool {
	return k == record.Int || k == record.Uint || k == record.Float || k == record.DecimalOf
}

// convertBool takes 0 and 1.
func convertBool(v record.Value, p *readopt.Pin) (record.Value, error) {
	n, err := record.Coerce(v, record.Of(record.Int))
	if err != nil || n.Int() != 0 && n.Int() != 1 {
		return record.Value{}, fmt.Errorf("only 0 and 1 are booleans")
	}
	return record.BoolValue(n.Int() == 1), nil
}

// convertText reads a text that has no blanks around it.
func convertText(text string, p *readopt.Pin) (record.Value, error) {
	if isNullWord(text) {
		return record.Value{}, nil
	}
	switch p.Type.Kind {
	case record.Bool:
		return boolWord(text)
	case record.Int, record.Uint:
		return wholeText(text, p)
	}
	return p.Parse(text)
}

func isNullWord(text string) bool {
	switch strings.ToLower(text) {
	case "", "na", "nan", "null", "none":
		return true
	}
	return false
}

func boolWord(text string) (record.Value, error) {
	switch strings.ToLower(text) {
	case "true", "t", "1", "yes", "y":
		return record.BoolValue(true), nil
	case "false", "f", "0", "no", "n":
		return record.BoolValue(false), nil
	}
	return record.Value{}, errors.New("write true or false")
}

// wholeText reads a whole number, also with zeros behind a point.
func wholeText(text string, p *readopt.Pin) (record.Value, error) {
	v, err := p.Parse(text)
	if err == nil {
		return v, nil
	}
	d, other := record.ParseDecimal(text)
	if other != nil {
		return record.Value{}, err
	}
	return record.Coerce(record.DecimalValue(d), p.Type)
}
