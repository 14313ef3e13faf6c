package row

import (
	"github.com/etlscript/etlscript/engine/record"
)

// rejectRows makes the rows of a rejects port: the columns of the refused row,
// then those of job.RejectFields.
type rejectRows struct {
	schema *record.Schema
	made   *record.Builder
}

func newRejectRows(schema *record.Schema) *rejectRows {
	return &rejectRows{schema: schema, made: record.NewBuilder(schema, 0)}
}

func (r *rejectRows) add(x refusal) {
	about := rejectValues(x)
	for i, f := range r.schema.Fields() {
		to := r.made.Column(i)
		if v, ok := about[f.Name]; ok {
			to.Append(v)
			continue
		}
		appendOwn(to, f.Type, x, f.Name)
	}
	r.made.AppendOrigin(x.row.Origin)
}

// appendOwn adds a column of the refused row itself; NULL where it has none, or
// none that is a value of its type.
func appendOwn(to *record.ColumnBuilder, want record.Type, x refusal, name string) {
	if x.row.Batch == nil {
		to.AppendNull()
		return
	}
	c := x.row.Batch.Column(name)
	switch {
	case c == nil || c.IsNull(x.row.Row):
		to.AppendNull()
	case !c.Type.Equal(want): // of a source: its text
		to.Append(record.StringValue(string(c.AppendText(nil, x.row.Row))))
	case name == x.row.Column || to.AppendFrom(c, x.row.Row) != nil:
		appendBlamed(to, c, x.row.Row)
	}
}

// appendBlamed adds the value that a row was refused for, which may not decode.
func appendBlamed(to *record.ColumnBuilder, c *record.Column, row int) {
	if v, err := c.Value(row); err == nil {
		to.Append(v)
		return
	}
	to.AppendNull()
}

func rejectValues(x refusal) map[string]record.Value {
	file, row := x.row.Origin.Place()
	return map[string]record.Value{
		"_component": record.StringValue(x.node.Name()),
		"_code":      record.StringValue(string(x.row.Code)),
		"_message":   record.StringValue(x.row.Message),
		"_file":      orNull(file),
		"_row":       positive(row),
		"_line":      positive(int64(x.row.Line)),
		"_column":    orNull(x.row.Column),
		"_value":     orNull(x.row.Value),
		"_raw":       orNull(x.row.Raw),
	}
}

func orNull(s string) record.Value {
	if s == "" {
		return record.Value{}
	}
	return record.StringValue(s)
}

func positive(n int64) record.Value {
	if n == 0 {
		return record.Value{}
	}
	return record.IntValue(n)
}

func (r *rejectRows) batch() *record.Batch { return r.made.Build() }
