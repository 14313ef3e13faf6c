package row

import (
	"context"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// aggregate makes one row a group.
type aggregate struct {
	op      *op.Aggregate
	schema  *record.Schema
	book    *ledger.Node
	rows    int // in a batch
	by      []int
	columns []aggregateColumn
	single  bool // functions that share a state see the rows one by one

	index  map[string]int32
	keys   *record.Builder // the keys of the groups, from their first rows
	text   int64           // bytes of the keys in index
	groups int
	given  int
	key    []byte
}

type aggregateColumn struct {
	place  int         // of the input column, negative for none
	name   string      // of it
	runner expr.Runner // of the function, nil for none
	values accumulator
}

func (r *run) newAggregate(n *plan.Node, o *op.Aggregate, book *ledger.Node) (merger, error) {
	in := n.Inputs[0]
	a := &aggregate{op: o, schema: n.Schema, book: book, rows: r.plan.Options.BatchRows, index: map[string]int32{}}
	for _, name := range o.By {
		a.by = append(a.by, in.Index(name.Text))
	}
	a.keys = record.NewBuilder(columnsSchema(in, a.by), 0)
	used := map[string]bool{}
	for i := range o.Columns {
		c, err := r.newAggregateColumn(n, o, &o.Columns[i])
		if err != nil {
			a.close()
			return nil, err
		}
		a.columns = append(a.columns, c)
		if f := o.Columns[i].Func; f != nil {
			group := f.Info().Group
			a.single = a.single || group != "" && used[group]
			used[group] = true
		}
	}
	if len(a.by) == 0 {
		a.newGroup()
	}
	return a, nil
}

func columnsSchema(in *record.Schema, places []int) *record.Schema {
	fields := make([]record.Field, len(places))
	for i, place := range places {
		fields[i] = in.Field(place)
	}
	return record.NewSchema(fields...)
}

func (r *run) newAggregateColumn(n *plan.Node, o *op.Aggregate, c *op.AggregateColumn) (aggregateColumn, error) {
	in := n.Inputs[0]
	out := aggregateColumn{place: -1, name: c.Name.Text}
	t, _ := o.InputType(in, c)
	switch {
	case c.Func != nil:
		use := o.Use(in)
		value, problems := c.Func.Resolve(use)
		if err := problems.Err(); err != nil {
			return out, err
		}
		runner, err := r.openFunc(n, c.Func, use, value, nil)
		if err != nil {
			return out, err
		}
		out.runner = runner
	case c.Input.Text != "":
		out.place, out.name = in.Index(c.Input.Text), c.Input.Text
	}
	out.values = newAccumulator(c.Kind, t)
	return out, nil
}

func (a *aggregate) take(ctx context.Context, _ int, b *record.Batch, out output) error {
	if !a.single {
		return a.add(ctx, b, out)
	}
	for i := range b.Len() {
		if err := a.add(ctx, b.Slice(i, i+1), out); err != nil {
			a.book.Add(ledger.Skipped, int64(b.Len()-i-1))
			return err
		}
	}
	return nil
}

// add puts the rows of a batch into their groups. It counts every row: as
// merged, refused, or skipped when the stream breaks off.
func (a *aggregate) add(ctx context.Context, b *record.Batch, out output) error {
	inputs, refused, err := a.evaluate(ctx, b, out)
	if err != nil {
		a.book.Add(ledger.Skipped, int64(b.Len()))
		return err
	}
	groups, err := a.assign(b, refused)
	if err != nil {
		a.book.Add(ledger.Skipped, int64(b.Len()-refused.Count()))
		return err
	}
	for i := range a.columns {
		c := &a.columns[i]
		c.values.grow(a.groups)
		if err := c.add(b, inputs[i], groups); err != nil {
			return err
		}
	}
	return nil
}

// evaluate makes the input of each aggregate, nil for none, and finds the rows
// that a function refuses.
func (a *aggregate) evaluate(ctx context.Context, b *record.Batch, out output) ([]*record.Column, record.Bits, error) {
	inputs := make([]*record.Column, len(a.columns))
	refused := record.NewBits(b.Len())
	failures := make([]expr.Failure, b.Len())
	for i, c := range a.columns {
		switch {
		case c.runner != nil:
			res, err := c.runner.Run(ctx, b)
			if err != nil {
				return nil, nil, err
			}
			if err := a.failed(b, res.Failed, refused, failures); err != nil {
				return nil, nil, err
			}
			inputs[i] = res.Value
		case c.place >= 0:
			inputs[i] = b.Columns[c.place]
		}
	}
	for i := range b.Len() {
		if refused.Get(i) {
			out.reject(rejected(b, failures[i]))
		}
	}
	return inputs, refused, nil
}

// failed deals with the rows that failed in one function.
func (a *aggregate) failed(b *record.Batch, failed []expr.Failure, refused record.Bits, failures []expr.Failure) error {
	for _, x := range failed {
		switch {
		case a.op.OnError == op.ToNull:
		case a.op.OnError != op.Reject:
			return failedRow(b, x)
		case !refused.Get(x.Row):
			refused.Set(x.Row)
			failures[x.Row] = x
		}
	}
	return nil
}

// assign finds the group of each row, none for refused ones.
func (a *aggregate) assign(b *record.Batch, refused record.Bits) ([]int32, error) {
	keys, err := decodeKeys(b, a.by)
	if err != nil {
		return nil, err
	}
	groups := make([]int32, b.Len())
	for i := range groups {
		if refused.Get(i) {
			groups[i] = none
			continue
		}
		if groups[i], err = a.group(b, keys, i); err != nil {
			return nil, err
		}
		a.book.Add(ledger.Merged, 1)
	}
	return groups, nil
}

// group is the group of a row; a new one if its key is new.
func (a *aggregate) group(b *record.Batch, keys []keyColumn, row int) (int32, error) {
	if len(a.by) == 0 {
		return 0, nil
	}
	a.key = appendKey(a.key[:0], keys, row)
	if g, ok := a.index[string(a.key)]; ok {
		return g, nil
	}
	a.index[string(a.key)] = int32(a.groups)
	a.text += int64(len(a.key)) + mapEntry
	for i, place := range a.by {
		if err := a.keys.Column(i).AppendFrom(b.Columns[place], row); err != nil {
			return none, atValue(b, b.Schema.Field(place).Name, err)
		}
	}
	return a.newGroup(), nil
}

func (a *aggregate) newGroup() int32 {
	a.groups++
	a.book.Add(ledger.Groups, 1)
	return int32(a.groups - 1)
}

func (c *aggregateColumn) add(b *record.Batch, in *record.Column, groups []int32) error {
	if in == nil {
		for _, g := range groups {
			if g != none {
				c.values.count(g)
			}
		}
		return nil
	}
	values, err := in.Decode()
	if err != nil {
		return atValue(b, c.name, err)
	}
	for i, g := range groups {
		if g == none || values.IsNull(i) {
			continue
		}
		if err := c.values.add(g, input{in, values, i}); err != nil {
			e := atRow(b, i, err)
			e.column = c.name
			return e
		}
	}
	return nil
}

func (a *aggregate) end(ctx context.Context, _ int, out output) error {
	for i := range a.columns {
		a.columns[i].values.grow(a.groups)
	}
	keys := a.keys.Build()
	for a.given < a.groups {
		b, err := a.build(keys)
		if err != nil {
			return err
		}
		a.given += b.Len()
		if err := out.emit(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// build makes the rows of the next groups.
func (a *aggregate) build(keys *record.Batch) (*record.Batch, error) {
	n := min(a.rows, a.groups-a.given)
	made := record.NewBuilder(a.schema, n)
	for g := a.given; g < a.given+n; g++ {
		for i := range a.by {
			if err := made.Column(i).AppendFrom(keys.Columns[i], g); err != nil {
				return nil, err
			}
		}
		for i, c := range a.columns {
			if err := c.values.result(int32(g), made.Column(len(a.by)+i)); err != nil {
				return nil, err
			}
		}
	}
	return made.Build(), nil
}

// bytes implements holder.
func (a *aggregate) bytes() int64 {
	total := a.text + a.keys.Bytes()
	for _, c := range a.columns {
		total += c.values.bytes()
	}
	return total
}

func (a *aggregate) discard(_, rows int) { a.book.Add(ledger.Skipped, int64(rows)) }

func (a *aggregate) abandon() { a.book.Add(ledger.Discarded, int64(a.groups-a.given)) }

func (a *aggregate) close() {
	for _, c := range a.columns {
		if c.runner != nil {
			c.runner.Close()
		}
	}
}
