package nested

import (
	"context"
	"errors"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// exploder takes the values of a column apart.
type exploder struct {
	options *explodeOptions
	use     expr.Use
	place   int  // of the column
	pairs   bool // it holds maps
}

// part is what one new row gets.
type part struct {
	row   int32 // of the batch
	key   string
	value record.Value
	nth   int64 // from 1; 0: NULL stands for a value with no parts
}

// step implements gofunc.FlatStep.
func (e *exploder) step(_ context.Context, b *record.Batch) (*record.Batch, []int32, []expr.Failure, error) {
	var parts []part
	var counts []int32
	var failed []expr.Failure
	for row := 0; row < b.Len() && len(parts) < e.use.Enough; row++ {
		before := len(parts)
		v, err := b.Columns[e.place].Value(row)
		if err == nil {
			parts, err = e.take(parts, int32(row), v)
		}
		if err != nil && e.options.OnError == op.ToNull {
			parts, err = e.none(parts, int32(row)), nil
		}
		if err != nil {
			failed = append(failed, e.failure(b, row, err))
		}
		if err != nil && e.use.StopAtFailure {
			break
		}
		counts = append(counts, int32(len(parts)-before))
	}
	return e.build(b, parts), counts, failed, nil
}

func (e *exploder) failure(b *record.Batch, row int, err error) expr.Failure {
	name := e.options.Column
	text := string(b.Columns[e.place].AppendText(nil, row))
	return expr.Failure{
		Row: row, Column: name.Text, Value: text,
		Err: diag.Errorf("explode.value", name.Pos, "column %q: %w", name.Text, err),
	}
}

// none is what a row without parts gives.
func (e *exploder) none(parts []part, row int32) []part {
	if e.options.Outer {
		parts = append(parts, part{row: row})
	}
	return parts
}

// take appends the parts of a value.
func (e *exploder) take(parts []part, row int32, v record.Value) ([]part, error) {
	v, err := open(v, !e.pairs)
	if err != nil {
		return parts, err
	}
	if len(v.Items())+len(v.Entries()) == 0 {
		return e.none(parts, row), nil
	}
	before := len(parts)
	for i, item := range v.Items() {
		parts = append(parts, part{row: row, value: item, nth: int64(i) + 1})
	}
	for i, entry := range v.Entries() {
		parts = append(parts, part{row: row, key: entry.Name, value: entry.Value, nth: int64(i) + 1})
	}
	for i := before; i < len(parts) && err == nil; i++ {
		parts[i].value, err = meaning(parts[i].value)
	}
	if err != nil {
		return parts[:before], err
	}
	return parts, nil
}

// errNoList and errNoMap say that a value is none of what is taken apart.
var (
	errNoList = errors.New("it is no list")
	errNoMap  = errors.New("it is no map")
)

// build makes the new rows.
func (e *exploder) build(b *record.Batch, parts []part) *record.Batch {
	rows := make([]int32, len(parts))
	for i, p := range parts {
		rows[i] = p.row
	}
	repeated := b.Select(rows)
	columns := append([]*record.Column(nil), repeated.Columns[:e.place]...)
	if e.pairs {
		columns = append(columns, column(record.Of(record.String), parts, func(p part) record.Value { return record.StringValue(p.key) }))
	}
	item := e.use.Out.Field(len(columns)).Type
	columns = append(columns, column(item, parts, func(p part) record.Value { return p.value }))
	columns = append(columns, repeated.Columns[e.place+1:]...)
	if e.options.Index.Text != "" {
		columns = append(columns, column(record.Of(record.Int), parts, func(p part) record.Value { return record.IntValue(p.nth) }))
	}
	return record.NewBatch(e.use.Out, len(parts), columns, repeated.Lineage)
}

// column is the column of something that each part has.
func column(t record.Type, parts []part, of func(part) record.Value) *record.Column {
	v := record.NewVector(t.Kind, len(parts))
	for i, p := range parts {
		if x := of(p); p.nth > 0 && !x.IsNull() {
			v.Set(t.Kind, i, len(parts), x)
		} else {
			v.SetNull(i, len(parts))
		}
	}
	return record.NewColumn(t, len(parts), v)
}
