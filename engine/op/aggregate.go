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
	if c.Kind == Sum {
		return d.WithHint("sum takes numbers and intervals")
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
// is one. Sums, means and medians of decimals are decimals.
func (k AggregateKind) Result(in record.Type) (record.Type, bool) {
	numeric := !in.Known() || slices.Contains([]record.Kind{record.Int, record.Uint, record.Float, record.DecimalOf, record.Any}, in.Kind)
	switch k {
	case Count, CountDistinct:
		return record.Of(record.Int), true
	case Sum:
		if in.Kind == record.DecimalOf {
			return widest(in.Scale), true
		}
		return in, numeric || in.Kind == record.Interval
	case Mean:
		if in.Kind == record.DecimalOf {
			return widest(meanScale(in)), true
		}
		return record.Of(record.Float), numeric
	case Median:
		if in.Kind == record.DecimalOf {
			return widest(in.Scale + 1), true // the middle between two values
		}
		return record.Of(record.Float), numeric
	case Std, Var:
		return record.Of(record.Float), numeric
	}
	return in, true
}

// widest is the decimal type with that scale, or the greatest, that holds most
// numbers.
func widest(scale int) record.Type {
	return record.Type{Kind: record.DecimalOf, Precision: record.MaxDigits, Scale: min(scale, record.MaxDigits)}
}

// meanScale is how many digits behind the point a mean of decimals has: all that
// the digits before the point leave, and at least six more than the values.
func meanScale(in record.Type) int {
	const more = 6
	return max(record.MaxDigits-(in.Precision-in.Scale), in.Scale+more)
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
