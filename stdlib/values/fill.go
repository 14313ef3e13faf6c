package values

import (
	"context"
	"errors"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/gofunc"
	"github.com/etlscript/etlscript/stdlib/literal"
)

type fillNullOptions struct {
	component.Common
	Values entries `arg:"values" required:"true" doc:"column = the value that NULL becomes"`
}

// FillNullSpec declares fill_null.
func FillNullSpec() *component.Spec {
	return &component.Spec{
		Name: "fill_null", Kind: component.Transform,
		Summary: "Gives NULLs a value",
		Doc:     "The value must fit the type of the column. Dates, times and decimals are made by `etl.date` and its like, or written as text.",
		Order:   "kept",
		Options: &fillNullOptions{},
		Build: component.Build(func(o *fillNullOptions) (op.Operator, diag.List) {
			return &op.Map{Func: fillNull(o.Values), OnError: op.Fail}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { item = "tea", qty = 3 }, { item = "jam" } }, { types = { item = "string", qty = "int" } })
  :fill_null({ qty = 0 })
  :write_csv { path = "out.csv" }

return etl.job { name = "no_gaps" }
`,
	}
}

// entries are columns and what belongs to each.
type entries []component.Entry

// DecodeOption implements component.OptionDecoder.
func (e *entries) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return diag.Errorf("argument.type", v.Pos, "a table of columns is wanted, not %s", v.Describe()).
			WithHint("write { column = ... }")
	}
	*e = t.Entries
	return nil
}

// Want implements component.OptionDecoder.
func (*entries) Want() string { return "a table { column = ... }" }

// names are the columns.
func (e entries) names() []string {
	out := make([]string, len(e))
	for i, x := range e {
		out[i] = x.Key.Text
	}
	return out
}

func fillNull(given entries) expr.Func {
	return gofunc.New(gofunc.Spec{
		Reads: given.names(), Writes: given.names(),
		Schema: func(in *record.Schema) (*record.Schema, diag.List) {
			_, problems := fillValues(given, in)
			return in, problems
		},
		Start: func(use expr.Use) gofunc.Step {
			values, _ := fillValues(given, use.In) // Schema has reported the problems
			return func(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
				return fill(b, values)
			}
		},
	})
}

// fillValues are the values by the places of their columns.
func fillValues(given entries, in *record.Schema) (map[int]record.Value, diag.List) {
	var problems diag.List
	out := map[int]record.Value{}
	for _, e := range given {
		i := in.Index(e.Key.Text)
		if i < 0 {
			if !in.Open() {
				problems = append(problems, op.UnknownColumn(in, e.Key))
			}
			continue
		}
		t := in.Field(i).Type
		if !t.Known() {
			continue
		}
		v, err := literal.Value(e.Value, t)
		if err == nil && v.IsNull() {
			err = errors.New("NULL fills nothing")
		}
		if err != nil {
			problems = append(problems, diag.Errorf("option.value", e.Value.Pos, "column %q: %w", e.Key.Text, err))
			continue
		}
		out[i] = v
	}
	return out, problems
}

// fill gives the NULLs of columns their values.
func fill(b *record.Batch, values map[int]record.Value) ([]*record.Column, []expr.Failure, error) {
	columns := make([]*record.Column, len(b.Columns))
	copy(columns, b.Columns)
	for place, v := range values {
		c := columns[place]
		rows := nulls(c)
		if len(rows) == 0 {
			continue
		}
		made := make([]record.Value, len(rows))
		for i := range made {
			made[i] = v
		}
		filled, err := c.Assign(rows, made)
		if err != nil {
			return nil, nil, err
		}
		columns[place] = filled
	}
	return columns, nil, nil
}

// nulls are the rows in which a column is NULL.
func nulls(c *record.Column) []int32 {
	var rows []int32
	for i := range c.Len() {
		if c.IsNull(i) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

type fillDownOptions struct {
	component.Common
	Columns []op.Name `list:"columns" required:"true" doc:"the columns"`
	By      []op.Name `opt:"by" doc:"columns of a key: the value before it is that of the last row with the same key"`
}

// FillDownSpec declares fill_down.
func FillDownSpec() *component.Spec {
	return &component.Spec{
		Name: "fill_down", Kind: component.Transform,
		Summary: "Gives NULLs the value of the row before",
		Doc: "NULL becomes the last value of the column that was no NULL; NULLs before the first one stay. With `by` each key has " +
			"values of its own, which are kept in memory. Rows are taken one after the other, so sort before if the order matters.",
		Holds:   "with `by` the keys and their last values",
		Order:   "kept",
		Options: &fillDownOptions{},
		Build: component.Build(func(o *fillDownOptions) (op.Operator, diag.List) {
			return &op.Map{Func: fillDown(o), OnError: op.Fail}, nil
		}),
		Example: `local etl = require "etl"

etl.rows({ { day = "Mon", n = 1 }, { n = 2 }, { day = "Tue", n = 3 }, { n = 4 } }, { types = { day = "string", n = "int" } })
  :fill_down { "day" }
  :write_csv { path = "out.csv" }

return etl.job { name = "days" }
`,
	}
}

func fillDown(o *fillDownOptions) expr.Func {
	return gofunc.New(gofunc.Spec{
		Reads: append(op.Names(o.Columns), op.Names(o.By)...), Writes: op.Names(o.Columns), Ordered: true,
		Schema: func(in *record.Schema) (*record.Schema, diag.List) {
			return in, unknown(in, append(o.Columns[:len(o.Columns):len(o.Columns)], o.By...))
		},
		Start: func(use expr.Use) gofunc.Step {
			d := &downFiller{columns: places(use.In, o.Columns), by: newKeyer(use.In, o.By), last: map[string][]record.Value{}}
			return func(ctx context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
				columns, failed, err := d.step(ctx, b)
				if err == nil && use.Hold != nil {
					err = use.Hold(d.by.held)
				}
				return columns, failed, err
			}
		},
	})
}

// valueSize is about how many bytes a value takes besides its text.
const valueSize = 64

// downFiller fills NULLs with the values before them.
type downFiller struct {
	columns []int
	by      *keyer
	last    map[string][]record.Value // by key, for each of columns
}

func (d *downFiller) step(_ context.Context, b *record.Batch) ([]*record.Column, []expr.Failure, error) {
	if err := d.by.read(b); err != nil {
		return nil, nil, err
	}
	columns := make([]*record.Column, len(b.Columns))
	copy(columns, b.Columns)
	for i, place := range d.columns {
		filled, err := d.column(b, columns[place], i)
		if err != nil {
			return nil, nil, err
		}
		columns[place] = filled
	}
	return columns, nil, nil
}

// column fills column number i.
func (d *downFiller) column(b *record.Batch, c *record.Column, i int) (*record.Column, error) {
	var rows []int32
	var made []record.Value
	for row := range b.Len() {
		key := d.by.key(row)
		last, ok := d.last[string(key)]
		if !ok {
			last = make([]record.Value, len(d.columns))
			d.last[string(key)] = last
			d.by.hold(int64(len(last)) * valueSize)
		}
		if !c.IsNull(row) {
			v, err := c.Value(row)
			if err != nil {
				return nil, err
			}
			d.by.held += v.Bytes() - last[i].Bytes()
			last[i] = v.Clone()
		} else if !last[i].IsNull() {
			rows, made = append(rows, int32(row)), append(made, last[i])
		}
	}
	if len(rows) == 0 {
		return c, nil
	}
	return c.Assign(rows, made)
}
