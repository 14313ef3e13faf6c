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
		appendOwn(to, x, f.Name)
	}
	r.made.AppendOrigin(x.row.Origin)
}

// appendOwn adds a column of the refused row itself; NULL where it has none,
// or none that can be read.
func appendOwn(to *record.ColumnBuilder, x refusal, name string) {
	if x.row.Batch != nil {
		if c := x.row.Batch.Column(name); c != nil && to.AppendFrom(c, x.row.Row) == nil {
			return
		}
	}
	to.AppendNull()
}

func rejectValues(x refusal) map[string]record.Value {
	file := ""
	if x.row.Origin.Source != nil {
		file = x.row.Origin.Source.Name
	}
	return map[string]record.Value{
		"_component": record.StringValue(x.node.Name()),
		"_code":      record.StringValue(string(x.row.Code)),
		"_message":   record.StringValue(x.row.Message),
		"_file":      orNull(file),
		"_row":       positive(x.row.Origin.Row),
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
