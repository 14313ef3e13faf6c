package op

import (
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// AggregateKinds are the aggregates in the order of the reference.
func AggregateKinds() []AggregateKind {
	return []AggregateKind{Count, CountDistinct, Sum, Min, Max, Mean, Median, Std, Var, First, Last}
}

// Use is how an aggregate uses its function over rows.
func (a *Aggregate) Use(in *record.Schema) expr.Use {
	return expr.Use{Role: expr.Value, In: in, StopAtFailure: a.OnError == Fail}
}

// Resolve implements Operator.
func (a *Aggregate) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	var problems diag.List
	var fields []record.Field
	seen := columnSet{}
	for _, n := range a.By {
		f, d := lookup(in[0], n)
		if d == nil {
			d = seen.add(n)
		}
		if d != nil {
			problems = append(problems, d)
		}
		fields = append(fields, f)
	}
	for i := range a.Columns {
		t, ds := a.resolveColumn(in[0], &a.Columns[i])
		problems = append(problems, ds...)
		if d := seen.add(a.Columns[i].Name); d != nil {
			problems = append(problems, d)
		}
		fields = append(fields, record.Field{Name: a.Columns[i].Name.Text, Type: t})
	}
	return record.NewSchema(fields...), problems
}

func (a *Aggregate) resolveColumn(in *record.Schema, c *AggregateColumn) (record.Type, diag.List) {
	input, problems := a.InputType(in, c)
	if c.Kind == Count && c.Func == nil && c.Input.Text == "" {
		return record.Of(record.Int), problems
	}
	t, ok := c.Kind.Result(input)
	if !ok {
		problems = append(problems, notDefined(c, input))
	}
	return t, problems
}

func notDefined(c *AggregateColumn, input record.Type) *diag.Diagnostic {
	d := diag.Errorf("aggregate.type", c.Name.Pos, "%s of %s values is not defined", c.Kind, input)
	if c.Func == nil && input.Kind == record.String {
		return d.WithHint("%s takes numbers; a column without any value is read as string: pin its type, as in types = { %s = \"int\" }",
			c.Kind, c.Input.Text)
	}
	return d.WithHint("%s takes numbers", c.Kind)
}

// InputType is the type of the values that an aggregate takes.
func (a *Aggregate) InputType(in *record.Schema, c *AggregateColumn) (record.Type, diag.List) {
	switch {
	case c.Func != nil:
		out, problems := c.Func.Resolve(a.Use(in))
		if out == nil || out.Len() == 0 {
			return record.Type{}, problems
		}
		return inferred(in, out).Field(0).Type, problems
	case c.Input.Text != "":
		f, d := lookup(in, c.Input)
		if d != nil {
			return f.Type, diag.List{d}
		}
		return f.Type, nil
	}
	return record.Of(record.Any), nil // etl.count() takes whole rows
}

// Result is the type of an aggregate over values of a type, and whether there
// is one.
func (k AggregateKind) Result(in record.Type) (record.Type, bool) {
	numeric := !in.Known() || slices.Contains([]record.Kind{record.Int, record.Uint, record.Float, record.Any}, in.Kind)
	switch k {
	case Count, CountDistinct:
		return record.Of(record.Int), true
	case Sum:
		return in, numeric
	case Mean, Median, Std, Var:
		return record.Of(record.Float), numeric
	}
	return in, true
}

// Laws implements Operator.
func (a *Aggregate) Laws() []ledger.Law {
	return []ledger.Law{
		law(ledger.In, ledger.Merged, ledger.Rejected, ledger.Skipped),
		law(ledger.Groups, ledger.Out, ledger.Discarded),
	}
}

// Traits implements Operator.
func (a *Aggregate) Traits() Traits {
	t := Traits{Blocking: true, Reads: Names(a.By)}
	for _, c := range a.Columns {
		if c.Input.Text != "" {
			t.Reads = append(t.Reads, c.Input.Text)
		}
		if c.Func == nil {
			continue
		}
		f := funcTraits(c.Func)
		t.Reads, t.All = append(t.Reads, f.Reads...), t.All || f.All
		if f.Group != "" {
			t.Ordered, t.Group = true, f.Group
		}
	}
	return t
}
